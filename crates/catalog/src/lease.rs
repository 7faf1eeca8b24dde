//! Leases: what only one of several processes on a database does at a time.

use lightcase_model::{RequestId, Timestamp};

use crate::{Catalog, Result};

impl Catalog {
    /// Takes a lease that is free or has run out, or extends the holder's own, until `until`.
    /// `false`: another process holds it. Not an event: it changes nothing that is told.
    ///
    /// Clocks of two machines differ, so what is done under a lease must bear being done twice.
    pub async fn take_lease(
        &self,
        name: &'static str,
        holder: RequestId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let taken = on_engine!(self, pools => {
            sqlx::query(
                "INSERT INTO lease (name, holder, expires_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (name) DO UPDATE SET holder = $2, expires_at = $3 \
                 WHERE lease.holder = $2 OR lease.expires_at < $4",
            )
            .bind(name).bind(holder.as_bytes().as_slice()).bind(until.micros()).bind(now.micros())
            .execute(&pools.write).await?.rows_affected()
        });
        Ok(taken == 1)
    }

    /// Ends a lease whoever holds it: at a start, when its holder was a run that was killed.
    pub async fn end_lease(&self, name: &'static str) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("DELETE FROM lease WHERE name = $1").bind(name).execute(&pools.write).await?;
        });
        Ok(())
    }

    /// Gives a lease back before its time. One that somebody else holds stays theirs.
    pub async fn give_lease_back(&self, name: &'static str, holder: RequestId) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("DELETE FROM lease WHERE name = $1 AND holder = $2")
                .bind(name).bind(holder.as_bytes().as_slice())
                .execute(&pools.write).await?;
        });
        Ok(())
    }
}
