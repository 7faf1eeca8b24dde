//! Sessions of staff. Only the hash of a cookie is kept.

use lightcase_model::{AccountId, SessionId, Timestamp};

use crate::row::sixteen;
use crate::{Catalog, Result, Tx};

/// A session that has not ended; whether it has expired or idled away is the caller's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Its identifier, for audit and log.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

impl Tx {
    /// Begins a session.
    pub async fn add_session(&mut self, session: &Session, cookie_hash: &[u8; 32]) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO session (id, cookie_hash, account, created_at, seen_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(session.id.as_bytes().as_slice()).bind(cookie_hash.as_slice())
            .bind(session.account.as_bytes().as_slice()).bind(session.created_at.micros())
            .bind(session.seen_at.micros()).bind(session.expires_at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Ends one session; whether it was still open.
    pub async fn end_session(&mut self, id: SessionId, at: Timestamp) -> Result<bool> {
        let ended = on_tx!(self, conn => {
            sqlx::query("UPDATE session SET ended_at = $1 WHERE id = $2 AND ended_at = 0")
                .bind(at.micros()).bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= ended > 0;
        Ok(ended > 0)
    }

    /// Ends all sessions of an account, but for one that may stay; returns those that were open.
    pub async fn end_sessions_of(
        &mut self,
        account: AccountId,
        but: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>> {
        let but = but.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        let ended: Vec<Vec<u8>> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE session SET ended_at = $1 WHERE account = $2 AND ended_at = 0 \
                 AND id <> $3 RETURNING id",
            )
            .bind(at.micros()).bind(account.as_bytes().as_slice()).bind(but)
            .fetch_all(&mut *conn).await?
        });
        self.changed |= !ended.is_empty();
        ended.iter().map(|id| Ok(SessionId::from_bytes(sixteen(id, "session id")?))).collect()
    }
}

type Row = (Vec<u8>, Vec<u8>, i64, i64, i64);

impl Catalog {
    /// The session of a cookie's hash, unless it was ended or its account disabled.
    pub async fn session(&self, cookie_hash: &[u8; 32]) -> Result<Option<Session>> {
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT s.id, s.account, s.created_at, s.seen_at, s.expires_at FROM session s \
                 JOIN account a ON a.id = s.account \
                 WHERE s.cookie_hash = $1 AND s.ended_at = 0 AND a.disabled_at = 0",
            )
            .bind(cookie_hash.as_slice()).fetch_optional(&pools.read).await?
        });
        row.map(|(id, account, created_at, seen_at, expires_at)| {
            Ok(Session {
                id: SessionId::from_bytes(sixteen(&id, "session id")?),
                account: AccountId::from_bytes(sixteen(&account, "account id")?),
                created_at: Timestamp::from_micros(created_at),
                seen_at: Timestamp::from_micros(seen_at),
                expires_at: Timestamp::from_micros(expires_at),
            })
        })
        .transpose()
    }

    /// Notes that a session was used. Not an event: the requests it carries are recorded.
    pub async fn touch_session(&self, id: SessionId, at: Timestamp) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("UPDATE session SET seen_at = $1 WHERE id = $2")
                .bind(at.micros()).bind(id.as_bytes().as_slice()).execute(&pools.write).await?;
        });
        Ok(())
    }
}
