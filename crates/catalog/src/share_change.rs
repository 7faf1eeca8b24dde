//! What the owner of a link changes: its end, its secret, and whether it is there at all.

use lightcase_model::{AccountId, Phi, ShareId, StudyUid, Timestamp};

use crate::row::sixteen;
use crate::share_source::push_of_studies;
use crate::sql::Sql;
use crate::{Catalog, Result, Tx};

/// Whose links are recalled.
#[derive(Debug, Clone)]
pub enum Recall {
    /// Those that show anything of this study, or clean copies of it.
    Study(StudyUid),
    /// Those that show anything of a patient with this (0010,0020), or clean copies of it.
    Patient(Phi<String>),
    /// Those for a recipient with exactly this name or address, without case.
    Recipient(Phi<String>),
    /// Those that this account made.
    User(AccountId),
}

impl Tx {
    /// Moves the end of a link.
    pub async fn set_share_expiry(&mut self, id: ShareId, expires: Timestamp) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE share SET expires_at = $1 WHERE id = $2")
                .bind(expires.micros()).bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Gives a link another secret and passcode; the old ones open nothing from then on. Wrong
    /// tries, uses and the browsers that had them are forgotten, a lock is lifted and a mailed code
    /// dies.
    pub async fn renew_share(
        &mut self,
        id: ShareId,
        secret_hash: &[u8; 32],
        passcode_verifier: Option<[u8; 32]>,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "UPDATE share SET secret_hash = $1, passcode_verifier = $2, failed_attempts = 0, \
                 uses = 0, locked_until = 0, frozen_at = 0 WHERE id = $3",
            )
            .bind(secret_hash.as_slice()).bind(passcode_verifier.map(|each| each.to_vec()))
            .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
            sqlx::query("DELETE FROM share_code WHERE share = $1")
                .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
            sqlx::query("DELETE FROM share_device WHERE share = $1")
                .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }
}

impl Catalog {
    /// The links of a study, patient, recipient or account that were not revoked, expired ones
    /// included: somebody could extend them.
    pub async fn shares_to_recall(&self, of: &Recall) -> Result<Vec<ShareId>> {
        let mut sql = Sql::new("SELECT s.id FROM share s WHERE s.revoked_at = 0");
        match of {
            Recall::Study(study) => push_of_studies(&mut sql, "st.study_uid = ", study.as_str()),
            Recall::Patient(patient) => {
                push_of_studies(&mut sql, "p.patient_id = ", patient.expose());
            }
            Recall::Recipient(recipient) => {
                let recipient = recipient.expose().trim().to_lowercase();
                sql.push(" AND (s.recipient_folded LIKE ").text(begins(&recipient));
                sql.push(" ESCAPE '!' OR s.recipient_folded LIKE ").text(ends(&recipient));
                sql.push(" ESCAPE '!')");
            }
            Recall::User(account) => {
                sql.push(" AND s.created_by = ").bytes(account.as_bytes());
            }
        }
        sql.push(" ORDER BY s.created_at, s.id");
        let ids: Vec<Vec<u8>> = on_engine!(self, pools => {
            bound!(sqlx::query_scalar, sql).fetch_all(&pools.read).await?
        });
        ids.iter().map(|id| Ok(ShareId::from_bytes(sixteen(id, "share id")?))).collect()
    }

    /// Whether a link was ever made for an address of this domain.
    pub async fn domain_known(&self, domain: &str) -> Result<bool> {
        let known: Option<i64> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM share WHERE email_domain = $1 LIMIT 1")
                .bind(domain.to_lowercase()).fetch_optional(&pools.read).await?
        });
        Ok(known.is_some())
    }
}

fn begins(name: &str) -> String {
    format!("{}\n%", crate::share::escaped(name))
}

fn ends(email: &str) -> String {
    format!("%\n{}", crate::share::escaped(email))
}
