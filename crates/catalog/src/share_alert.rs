//! What the owners of links are told, and from where links were opened.

use lightcase_model::{AccountId, AlertId, AlertKind, Phi, ShareId, Timestamp};

use crate::row::{sixteen, stored};
use crate::sql::{Bind, Sql};
use crate::{Catalog, Result, Tx};

/// Something the owner of a link is told.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Its identifier.
    pub id: AlertId,
    /// The link.
    pub share: ShareId,
    /// Who the link is for.
    pub recipient: Phi<String>,
    /// What happened.
    pub kind: AlertKind,
    /// When.
    pub at: Timestamp,
    /// Whether the owner said that it was seen.
    pub seen: bool,
}

/// Which alerts, newest first.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Only of links of this account.
    pub created_by: Option<AccountId>,
    /// Only of this link.
    pub share: Option<ShareId>,
    /// Only those that were not seen.
    pub unseen: bool,
    /// Only those since then that no mail was made of and whose owner has an address and an account
    /// that is not disabled.
    pub unmailed_since: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}

impl Tx {
    /// Tells the owner of a link something. The caller records the event it is about.
    pub async fn alert(&mut self, share: ShareId, kind: AlertKind, at: Timestamp) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("INSERT INTO share_alert (id, share, kind, at) VALUES ($1, $2, $3, $4)")
                .bind(AlertId::random().as_bytes().as_slice())
                .bind(share.as_bytes().as_slice()).bind(kind.name()).bind(at.micros())
                .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Tells the owner of a link something that happens again and again: nothing while that is
    /// among what the owner has not seen. The caller records the event it is about.
    pub async fn alert_once(
        &mut self,
        share: ShareId,
        kind: AlertKind,
        at: Timestamp,
    ) -> Result<()> {
        let told: i64 = on_tx!(self, conn => {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM share_alert WHERE share = $1 AND kind = $2 AND seen_at = 0",
            )
            .bind(share.as_bytes().as_slice()).bind(kind.name()).fetch_one(&mut *conn).await?
        });
        if told == 0 { self.alert(share, kind, at).await } else { Ok(()) }
    }

    /// Tells the owner of a link what somebody else did to it; nothing when the owner did it.
    pub async fn alert_of_other(
        &mut self,
        share: ShareId,
        (kind, at): (AlertKind, Timestamp),
        by: Option<AccountId>,
    ) -> Result<()> {
        let by = by.map(|by| by.as_bytes().to_vec()).unwrap_or_default();
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO share_alert (id, share, kind, at) SELECT $1, id, $3, $4 FROM share \
                 WHERE id = $2 AND created_by IS NOT NULL AND created_by <> $5",
            )
            .bind(AlertId::random().as_bytes().as_slice())
            .bind(share.as_bytes().as_slice()).bind(kind.name()).bind(at.micros()).bind(by)
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Notes that a mail is made of an alert; whether none was before. Not a change of its own: the
    /// mail is recorded.
    pub async fn note_alert_mailed(&mut self, id: AlertId) -> Result<bool> {
        Ok(on_tx!(self, conn => {
            sqlx::query("UPDATE share_alert SET mailed = 1 WHERE id = $1 AND mailed = 0")
                .bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?.rows_affected() > 0
        }))
    }

    /// Notes a network that a link was opened from; whether it is another than all before, of
    /// which there was one at least.
    pub async fn note_network(&mut self, share: ShareId, network: &[u8; 32]) -> Result<bool> {
        let (added, known): (u64, i64) = on_tx!(self, conn => {
            let added = sqlx::query(
                "INSERT INTO share_network (share, network) VALUES ($1, $2) \
                 ON CONFLICT (share, network) DO NOTHING",
            )
            .bind(share.as_bytes().as_slice()).bind(network.as_slice())
            .execute(&mut *conn).await?.rows_affected();
            let known = sqlx::query_scalar("SELECT COUNT(*) FROM share_network WHERE share = $1")
                .bind(share.as_bytes().as_slice()).fetch_one(&mut *conn).await?;
            (added, known)
        });
        self.changed |= added > 0;
        Ok(added > 0 && known > 1)
    }
}

impl Catalog {
    /// Alerts, newest first.
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Vec<Alert>> {
        type Row = (Vec<u8>, Vec<u8>, String, String, i64, i64);
        let mut sql = Sql::new(
            "SELECT a.id, a.share, s.recipient, a.kind, a.at, a.seen_at FROM share_alert a \
             JOIN share s ON s.id = a.share WHERE 1 = 1",
        );
        if let Some(by) = filter.created_by {
            sql.push(" AND s.created_by = ").bytes(by.as_bytes());
        }
        if let Some(share) = filter.share {
            sql.push(" AND a.share = ").bytes(share.as_bytes());
        }
        if filter.unseen {
            sql.push(" AND a.seen_at = 0");
        }
        if let Some(since) = filter.unmailed_since {
            sql.push(" AND a.mailed = 0 AND a.at >= ").int(since.micros());
            sql.push(
                " AND s.created_by IN \
                 (SELECT id FROM account WHERE email <> '' AND disabled_at = 0)",
            );
        }
        sql.push(" ORDER BY a.at DESC, a.id DESC LIMIT ").int(i64::from(filter.limit));
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        let alert = |(id, share, recipient, kind, at, seen_at): Row| {
            Ok(Alert {
                id: AlertId::from_bytes(sixteen(&id, "alert id")?),
                share: ShareId::from_bytes(sixteen(&share, "share id")?),
                recipient: Phi::new(recipient),
                kind: stored(kind.parse(), "alert")?,
                at: Timestamp::from_micros(at),
                seen: seen_at != 0,
            })
        };
        rows.into_iter().map(alert).collect()
    }

    /// Notes that alerts were seen; with an account, only those of its links. Not an event: what
    /// they are about is recorded.
    pub async fn see_alerts(
        &self,
        ids: &[AlertId],
        created_by: Option<AccountId>,
        at: Timestamp,
    ) -> Result<()> {
        let mut sql = Sql::new("UPDATE share_alert SET seen_at = ");
        sql.int(at.micros()).push(" WHERE seen_at = 0 AND id IN ");
        sql.list(ids.iter().map(|id| Bind::Bytes(id.as_bytes().to_vec())));
        if let Some(by) = created_by {
            sql.push(" AND share IN (SELECT id FROM share WHERE created_by = ");
            sql.bytes(by.as_bytes()).push(")");
        }
        on_engine!(self, pools => {
            bound!(sqlx::query, sql).execute(&pools.write).await?;
        });
        Ok(())
    }

    /// From how many networks a link was opened.
    pub async fn share_networks(&self, share: ShareId) -> Result<i64> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar("SELECT COUNT(*) FROM share_network WHERE share = $1")
                .bind(share.as_bytes().as_slice()).fetch_one(&pools.read).await?
        }))
    }
}
