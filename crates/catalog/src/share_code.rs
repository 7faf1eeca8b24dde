//! One-time codes that were mailed: one for each link, the last.

use lightcase_model::{ShareId, Timestamp};

use crate::row::stored;
use crate::{Result, Tx};

/// A code may be tried so often.
const TRIES: i64 = 5;

/// When a code was mailed, and how many were since one was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailedCode {
    /// When the last one was.
    pub sent_at: Timestamp,
    /// How many.
    pub mailed: i64,
}

impl Tx {
    /// The code that was mailed last.
    pub async fn mailed_code(&mut self, share: ShareId) -> Result<Option<MailedCode>> {
        let row: Option<(i64, i64)> = on_tx!(self, conn => {
            sqlx::query_as("SELECT sent_at, mailed FROM share_code WHERE share = $1")
                .bind(share.as_bytes().as_slice()).fetch_optional(&mut *conn).await?
        });
        Ok(row.map(|(sent_at, mailed)| MailedCode {
            sent_at: Timestamp::from_micros(sent_at),
            mailed,
        }))
    }

    /// Puts another code in the place of the one before.
    pub async fn set_code(
        &mut self,
        share: ShareId,
        verifier: &[u8; 32],
        sent: Timestamp,
        expires: Timestamp,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO share_code (share, verifier, sent_at, expires_at, mailed) \
                 VALUES ($1, $2, $3, $4, 1) ON CONFLICT (share) DO UPDATE SET \
                 verifier = $2, sent_at = $3, expires_at = $4, tries = 0, \
                 mailed = share_code.mailed + 1",
            )
            .bind(share.as_bytes().as_slice()).bind(verifier.as_slice())
            .bind(sent.micros()).bind(expires.micros()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Counts a try of the code before it is compared, in one atomic statement; its verifier, or
    /// `None` when there is none that may be tried.
    pub async fn try_code(&mut self, share: ShareId, now: Timestamp) -> Result<Option<[u8; 32]>> {
        let verifier: Option<Vec<u8>> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE share_code SET tries = tries + 1 \
                 WHERE share = $1 AND tries < $2 AND expires_at > $3 RETURNING verifier",
            )
            .bind(share.as_bytes().as_slice()).bind(TRIES).bind(now.micros())
            .fetch_optional(&mut *conn).await?
        });
        self.changed |= verifier.is_some();
        verifier.map(|verifier| stored(verifier.as_slice().try_into(), "code verifier")).transpose()
    }

    /// Takes a try back that proved right, while other factors are still missing.
    pub async fn forgive_code(&mut self, share: ShareId) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE share_code SET tries = tries - 1 WHERE share = $1 AND tries > 0")
                .bind(share.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        Ok(())
    }

    /// Uses the code up.
    pub async fn spend_code(&mut self, share: ShareId) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM share_code WHERE share = $1")
                .bind(share.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }
}
