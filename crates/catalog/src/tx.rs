//! A transaction: changes together with the events that describe them, or neither.

use std::sync::Arc;

use lightcase_storage::KeyRing;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::engine::Engine;
use crate::{Catalog, CatalogError, Result};

pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction. Dropped without [`Tx::commit`] it leaves no trace.
///
/// Invariant: a change is committed only with an audit event recorded in the same transaction, or
/// referring to one that was recorded before it (the instances of a store access).
#[must_use = "a transaction that is not committed leaves no trace"]
pub struct Tx {
    pub(crate) inner: Inner,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) changed: bool,
    pub(crate) accounted: bool,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("changed", &self.changed).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = match &self.engine {
            // A deferred transaction that reads first and writes later fails under load.
            // To wait for a connection takes up more room than all that is done with it.
            Engine::Sqlite(pools) => {
                Inner::Sqlite(Box::pin(pools.write.begin_with("BEGIN IMMEDIATE")).await?)
            }
            Engine::Postgres(pools) => Inner::Postgres(Box::pin(pools.write.begin()).await?),
        };
        Ok(Tx { inner, ring: Arc::clone(&self.ring), changed: false, accounted: false })
    }
}

impl Tx {
    /// Commits the changes together with their events.
    pub async fn commit(self) -> Result<()> {
        if self.changed && !self.accounted {
            return Err(CatalogError::Unaudited);
        }
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await?,
            Inner::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
