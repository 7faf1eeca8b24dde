//! Opening a link: attempts and uses counted atomically, proved browsers, sessions.

use lightcase_model::{DeviceId, SessionId, ShareId, Timestamp};

use crate::row::{sixteen, stored};
use crate::share_source::in_sight;
use crate::{Catalog, Result, Tx};

/// What became of counting an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Wrong tries so far, this one included until it is proved right.
    pub failed_attempts: i64,
}

/// A session of a recipient.
#[derive(Debug, Clone)]
pub struct ShareSession {
    /// Its identifier: the handle in the path.
    pub id: SessionId,
    /// SHA-256 of its cookie.
    pub cookie_hash: [u8; 32],
    /// The link.
    pub share: ShareId,
    /// The browser that proved the factors.
    pub device: DeviceId,
    /// Whether a use was counted for this browser already.
    pub use_counted: bool,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// When the notice was accepted.
    pub accepted_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    cookie_hash: Vec<u8>,
    share: Vec<u8>,
    device: Vec<u8>,
    use_counted: i64,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
    accepted_at: i64,
}

impl Tx {
    /// Counts an attempt before the factor is compared, in one atomic statement, so that parallel
    /// guesses cannot exceed the limit. `None`: the link does not take attempts now (revoked,
    /// frozen, locked, expired, not begun, withdrawn, or unknown), or has another secret since it was read.
    pub async fn count_attempt(
        &mut self,
        id: ShareId,
        secret_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Opening>> {
        let attempts: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(concat!(
                "UPDATE share SET failed_attempts = failed_attempts + 1 WHERE id = $1 \
                 AND secret_hash = $3 AND revoked_at = 0 AND frozen_at = 0 \
                 AND locked_until <= $2 AND expires_at > $2 AND starts_at <= $2 AND ",
                in_sight!("share.id"),
                " RETURNING failed_attempts"
            ))
            .bind(id.as_bytes().as_slice()).bind(now.micros()).bind(secret_hash.as_slice())
            .fetch_optional(&mut *conn).await?
        });
        self.changed |= attempts.is_some();
        Ok(attempts.map(|failed_attempts| Opening { failed_attempts }))
    }

    /// Takes an attempt back that proved right.
    pub async fn forgive_attempt(&mut self, id: ShareId) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "UPDATE share SET failed_attempts = failed_attempts - 1 \
                 WHERE id = $1 AND failed_attempts > 0",
            )
            .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Locks a link until an instant.
    pub async fn lock_share(&mut self, id: ShareId, until: Timestamp) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE share SET locked_until = $1 WHERE id = $2")
                .bind(until.micros()).bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Freezes a link until its owner acts.
    pub async fn freeze_share(&mut self, id: ShareId, at: Timestamp) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE share SET frozen_at = $1 WHERE id = $2 AND frozen_at = 0")
                .bind(at.micros()).bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Counts a use in one atomic statement; the count, or `None` when the link has none left or
    /// is not live.
    pub async fn count_use(&mut self, id: ShareId, now: Timestamp) -> Result<Option<i64>> {
        let uses: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE share SET uses = uses + 1 WHERE id = $1 AND uses < max_uses \
                 AND revoked_at = 0 AND frozen_at = 0 AND expires_at > $2 RETURNING uses",
            )
            .bind(id.as_bytes().as_slice()).bind(now.micros())
            .fetch_optional(&mut *conn).await?
        });
        self.changed |= uses.is_some();
        Ok(uses)
    }

    /// Counts a visit that proved nothing; the caller records it.
    pub async fn count_probe(&mut self, id: ShareId) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE share SET probes = probes + 1 WHERE id = $1")
                .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        Ok(())
    }

    /// Notes an opening on the link; whether it was the first. So many questions before it, which
    /// counted as probes, were none.
    pub async fn note_opening(
        &mut self,
        id: ShareId,
        questions: u32,
        at: Timestamp,
    ) -> Result<bool> {
        let first: Option<i64> = on_tx!(self, conn => {
            // What it was before: a RETURNING would give what it has become.
            let first = sqlx::query_scalar("SELECT first_opened_at FROM share WHERE id = $1")
                .bind(id.as_bytes().as_slice()).fetch_optional(&mut *conn).await?;
            sqlx::query(
                "UPDATE share SET last_opened_at = $1, first_opened_at = \
                 CASE WHEN first_opened_at = 0 THEN $1 ELSE first_opened_at END, probes = \
                 CASE WHEN probes > $3 THEN probes - $3 ELSE 0 END WHERE id = $2",
            )
            .bind(at.micros()).bind(id.as_bytes().as_slice()).bind(i64::from(questions))
            .execute(&mut *conn).await?;
            first
        });
        self.changed = true;
        Ok(first == Some(0))
    }

    /// Notes a browser that proved the first factor.
    pub async fn add_share_device(
        &mut self,
        id: DeviceId,
        share: ShareId,
        cookie_hash: &[u8; 32],
        at: Timestamp,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO share_device (cookie_hash, id, share, created_at) \
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(cookie_hash.as_slice()).bind(id.as_bytes().as_slice())
            .bind(share.as_bytes().as_slice()).bind(at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// The browser of a device cookie's hash, if it proved itself for this link.
    pub async fn share_device(
        &mut self,
        share: ShareId,
        cookie_hash: &[u8; 32],
    ) -> Result<Option<DeviceId>> {
        let id: Option<Vec<u8>> = on_tx!(self, conn => {
            sqlx::query_scalar("SELECT id FROM share_device WHERE cookie_hash = $1 AND share = $2")
                .bind(cookie_hash.as_slice()).bind(share.as_bytes().as_slice())
                .fetch_optional(&mut *conn).await?
        });
        id.map(|id| Ok(DeviceId::from_bytes(sixteen(&id, "device id")?))).transpose()
    }

    /// Begins a session.
    pub async fn add_share_session(&mut self, session: &ShareSession) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO share_session (id, cookie_hash, share, device, use_counted, \
                 created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(session.id.as_bytes().as_slice()).bind(session.cookie_hash.as_slice())
            .bind(session.share.as_bytes().as_slice()).bind(session.device.as_bytes().as_slice())
            .bind(i64::from(session.use_counted)).bind(session.created_at.micros())
            .bind(session.seen_at.micros()).bind(session.expires_at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Notes that the notice was accepted; whether it was not before.
    pub async fn accept_notice(&mut self, id: SessionId, at: Timestamp) -> Result<bool> {
        let accepted = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE share_session SET accepted_at = $1 WHERE id = $2 AND accepted_at = 0 \
                 AND ended_at = 0",
            )
            .bind(at.micros()).bind(id.as_bytes().as_slice())
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= accepted > 0;
        Ok(accepted > 0)
    }

    /// Claims the one use that a session without factors counts with its first image byte;
    /// whether it is this call that has to count it.
    pub async fn claim_session_use(&mut self, id: SessionId) -> Result<bool> {
        let claimed = on_tx!(self, conn => {
            sqlx::query("UPDATE share_session SET use_counted = 1 WHERE id = $1 AND use_counted = 0")
                .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= claimed > 0;
        Ok(claimed > 0)
    }

    /// Whether another session of this browser has counted its use already.
    pub async fn device_use_counted(&mut self, device: DeviceId, but: SessionId) -> Result<bool> {
        let counted: i64 = on_tx!(self, conn => {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM share_session \
                 WHERE device = $1 AND use_counted = 1 AND id <> $2",
            )
            .bind(device.as_bytes().as_slice()).bind(but.as_bytes().as_slice())
            .fetch_one(&mut *conn).await?
        });
        Ok(counted > 0)
    }

    /// Ends all sessions of a link; returns those that were open.
    pub async fn end_share_sessions_of(
        &mut self,
        share: ShareId,
        at: Timestamp,
    ) -> Result<Vec<SessionId>> {
        let ended: Vec<Vec<u8>> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE share_session SET ended_at = $1 WHERE share = $2 AND ended_at = 0 \
                 RETURNING id",
            )
            .bind(at.micros()).bind(share.as_bytes().as_slice()).fetch_all(&mut *conn).await?
        });
        self.changed |= !ended.is_empty();
        ended.iter().map(|id| Ok(SessionId::from_bytes(sixteen(id, "session id")?))).collect()
    }

    /// Ends a session; whether it was open. One that has begun anew since, with another cookie,
    /// goes on.
    pub async fn end_share_session(
        &mut self,
        session: &ShareSession,
        at: Timestamp,
    ) -> Result<bool> {
        let ended = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE share_session SET ended_at = $1 WHERE id = $2 AND ended_at = 0 \
                 AND cookie_hash = $3",
            )
            .bind(at.micros()).bind(session.id.as_bytes().as_slice())
            .bind(session.cookie_hash.as_slice())
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= ended > 0;
        Ok(ended > 0)
    }
}

impl Catalog {
    /// The session of a handle, unless it was ended. Cookie, idle time and the link's own state
    /// are the caller's rule.
    pub async fn share_session(&self, id: SessionId) -> Result<Option<ShareSession>> {
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT id, cookie_hash, share, device, use_counted, created_at, seen_at, \
                 expires_at, accepted_at FROM share_session WHERE id = $1 AND ended_at = 0",
            )
            .bind(id.as_bytes().as_slice()).fetch_optional(&pools.read).await?
        });
        row.map(|row| {
            Ok(ShareSession {
                id: SessionId::from_bytes(sixteen(&row.id, "session id")?),
                cookie_hash: stored(row.cookie_hash.as_slice().try_into(), "cookie hash")?,
                share: ShareId::from_bytes(sixteen(&row.share, "share id")?),
                device: DeviceId::from_bytes(sixteen(&row.device, "device id")?),
                use_counted: row.use_counted != 0,
                created_at: Timestamp::from_micros(row.created_at),
                seen_at: Timestamp::from_micros(row.seen_at),
                expires_at: Timestamp::from_micros(row.expires_at),
                accepted_at: (row.accepted_at != 0)
                    .then(|| Timestamp::from_micros(row.accepted_at)),
            })
        })
        .transpose()
    }

    /// Notes that a session was used. Not an event: the requests it carries are recorded.
    pub async fn touch_share_session(&self, id: SessionId, at: Timestamp) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("UPDATE share_session SET seen_at = $1 WHERE id = $2")
                .bind(at.micros()).bind(id.as_bytes().as_slice()).execute(&pools.write).await?;
        });
        Ok(())
    }
}
