//! Servers on this database, so that one that starts knows what others have under way.

use lightcase_model::{ServerId, Timestamp};

use crate::{Catalog, Result};

impl Catalog {
    /// Notes that a server, begun then, runs until an instant at least. Not an event: its start and
    /// its end are.
    pub async fn note_server(
        &self,
        id: ServerId,
        begun: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query(
                "INSERT INTO server (id, begun_at, alive_until) VALUES ($1, $2, $3) \
                 ON CONFLICT (id) DO UPDATE SET begun_at = $2, alive_until = $3",
            )
            .bind(id.as_bytes().as_slice()).bind(begun.micros()).bind(until.micros())
            .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// Notes that a server has stopped.
    pub async fn forget_server(&self, id: ServerId) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("DELETE FROM server WHERE id = $1")
                .bind(id.as_bytes().as_slice()).execute(&pools.write).await?;
        });
        Ok(())
    }

    /// When the oldest of the other servers began that run now; `None` when this one is alone.
    pub async fn oldest_other_server(
        &self,
        id: ServerId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let begun: Option<i64> = on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT MIN(begun_at) FROM server WHERE id <> $1 AND alive_until > $2",
            )
            .bind(id.as_bytes().as_slice()).bind(now.micros()).fetch_one(&pools.read).await?
        });
        Ok(begun.map(Timestamp::from_micros))
    }
}
