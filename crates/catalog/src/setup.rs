//! The first administrator's set-up link: valid once and not for long.

use lightcase_model::Timestamp;

use crate::{Catalog, Result, Tx};

impl Tx {
    /// Notes a set-up link; earlier ones end. Not an event: nobody can do anything with it but
    /// set up, and that is recorded.
    pub async fn add_setup_link(
        &mut self,
        secret_hash: &[u8; 32],
        expires: Timestamp,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM setup_link").execute(&mut *conn).await?;
            sqlx::query("INSERT INTO setup_link (secret_hash, expires_at) VALUES ($1, $2)")
                .bind(secret_hash.as_slice()).bind(expires.micros()).execute(&mut *conn).await?;
        });
        Ok(())
    }

    /// Uses the set-up link in one atomic statement; whether it was valid.
    pub async fn use_setup_link(&mut self, secret_hash: &[u8; 32], now: Timestamp) -> Result<bool> {
        let used = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE setup_link SET used_at = $1 \
                 WHERE secret_hash = $2 AND used_at = 0 AND expires_at > $1",
            )
            .bind(now.micros()).bind(secret_hash.as_slice())
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= used > 0;
        Ok(used > 0)
    }
}

impl Catalog {
    /// Whether no account was made yet.
    pub async fn needs_setup(&self) -> Result<bool> {
        let accounts: i64 = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT COUNT(*) FROM account").fetch_one(&pools.read).await?
        });
        Ok(accounts == 0)
    }
}
