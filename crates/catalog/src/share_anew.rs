//! A session that is over begins anew in its place: what its browser loads from there goes on.

use lightcase_model::{SessionId, Timestamp};

use crate::row::sixteen;
use crate::{Result, ShareSession, Tx};

/// A session that is over, as it was read.
#[derive(Debug)]
pub struct OverSession {
    /// Its identifier: the handle in the path.
    pub id: SessionId,
    /// Whether it has counted its use.
    pub use_counted: bool,
    /// When it ended whatever happened.
    pub expires_at: Timestamp,
    /// Whether somebody ended it already; else it is only too old, or was idle too long.
    pub ended: bool,
    cookie_hash: Vec<u8>,
    seen_at: i64,
    ended_at: i64,
}

impl Tx {
    /// The session of the same browser at the same link that is over and was used last. Those that
    /// were used after `idle_since`, have not expired when `of` begins and were not ended still
    /// live.
    pub async fn over_share_session(
        &mut self,
        of: &ShareSession,
        idle_since: Timestamp,
    ) -> Result<Option<OverSession>> {
        type Row = (Vec<u8>, Vec<u8>, i64, i64, i64, i64);
        let row: Option<Row> = on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT id, cookie_hash, use_counted, seen_at, expires_at, ended_at \
                 FROM share_session WHERE share = $1 AND device = $2 \
                 AND (ended_at <> 0 OR expires_at <= $3 OR seen_at <= $4) \
                 ORDER BY seen_at DESC, id LIMIT 1",
            )
            .bind(of.share.as_bytes().as_slice()).bind(of.device.as_bytes().as_slice())
            .bind(of.created_at.micros()).bind(idle_since.micros())
            .fetch_optional(&mut *conn).await?
        });
        let over = |(id, cookie_hash, use_counted, seen_at, expires_at, ended_at): Row| {
            Ok(OverSession {
                id: SessionId::from_bytes(sixteen(&id, "session id")?),
                use_counted: use_counted != 0,
                expires_at: Timestamp::from_micros(expires_at),
                ended: ended_at != 0,
                cookie_hash,
                seen_at,
                ended_at,
            })
        };
        row.map(over).transpose()
    }

    /// Begins a session in the place of one that is over, with another cookie and a notice to be
    /// accepted again; whether that was still as it was read.
    pub async fn begin_share_session_anew(
        &mut self,
        over: &OverSession,
        session: &ShareSession,
    ) -> Result<bool> {
        let begun = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE share_session SET cookie_hash = $1, use_counted = $2, created_at = $3, \
                 seen_at = $4, expires_at = $5, accepted_at = 0, ended_at = 0 \
                 WHERE id = $6 AND cookie_hash = $7 AND seen_at = $8 AND ended_at = $9",
            )
            .bind(session.cookie_hash.as_slice()).bind(i64::from(session.use_counted))
            .bind(session.created_at.micros()).bind(session.seen_at.micros())
            .bind(session.expires_at.micros()).bind(over.id.as_bytes().as_slice())
            .bind(over.cookie_hash.as_slice()).bind(over.seen_at).bind(over.ended_at)
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= begun > 0;
        Ok(begun > 0)
    }
}
