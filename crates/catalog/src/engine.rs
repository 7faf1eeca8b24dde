//! The two engines, how they are opened, and the macros that write a method once for both.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use lightcase_storage::KeyRing;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Pool, Postgres, Sqlite, SqliteConnection};
use zeroize::Zeroizing;

use crate::group::Group;
use crate::leave;
use crate::{CatalogError, Result};

/// How long a statement waits for a connection or a lock before the caller is told to come again.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the catalog lives.
#[derive(Debug, Clone)]
pub enum Database {
    /// One encrypted file, made when it is absent.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Its key.
        key: SqliteKey,
    },
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// The owner of the schema, who migrates it, where `url` is a role that may only insert
        /// and select on the audit tables.
        migrate_url: Option<String>,
    },
}

/// The key of the SQLite file, 32 bytes.
#[derive(Clone)]
pub struct SqliteKey(pub Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SqliteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteKey")
    }
}

/// Read and write pools of one engine.
#[derive(Debug)]
pub(crate) struct Pools<D: sqlx::Database> {
    pub(crate) read: Pool<D>,
    pub(crate) write: Pool<D>,
}

#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(Pools<Sqlite>),
    Postgres(Pools<Postgres>),
}

/// The catalog. Share it behind an `Arc`; its pools are bounded.
#[derive(Debug)]
pub struct Catalog {
    pub(crate) engine: Engine,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) group: Group,
}

/// Runs one body against whichever engine is in use; `$pools` is its [`Pools`].
macro_rules! on_engine {
    ($catalog:expr, $pools:ident => $body:expr) => {
        match &$catalog.engine {
            $crate::engine::Engine::Sqlite($pools) => $body,
            $crate::engine::Engine::Postgres($pools) => $body,
        }
    };
}

/// Runs one body inside a transaction of whichever engine is in use; `$conn` is its connection.
macro_rules! on_tx {
    ($tx:expr, $conn:ident => $body:expr) => {
        match &mut $tx.inner {
            $crate::tx::Inner::Sqlite(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
            $crate::tx::Inner::Postgres(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
        }
    };
}

impl Catalog {
    /// Opens the database, refuses one that would lose what it acknowledged, and brings its schema
    /// up to date.
    pub async fn open(database: &Database, ring: Arc<KeyRing>) -> Result<Self> {
        let engine = match database {
            Database::Sqlite { path, key } => {
                Engine::Sqlite(Box::pin(open_sqlite(path, key)).await?)
            }
            Database::Postgres { url, migrate_url } => {
                Engine::Postgres(Box::pin(open_postgres(url, migrate_url.as_deref())).await?)
            }
        };
        let catalog = Self { group: Group::new(&engine), engine, ring };
        Box::pin(catalog.refold()).await?;
        Box::pin(catalog.seal_profiles()).await?;
        Ok(catalog)
    }

    /// Whether the database answers and takes a writer, for readiness.
    pub async fn probe(&self) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("SELECT 1").execute(&pools.read).await?;
        });
        drop(self.begin().await?);
        Ok(())
    }

    /// Closes the pools, waiting for statements under way.
    pub async fn close(&self) {
        on_engine!(self, pools => {
            pools.read.close().await;
            pools.write.close().await;
        });
    }
}

async fn open_sqlite(path: &PathBuf, key: &SqliteKey) -> Result<Pools<Sqlite>> {
    let hex = data_encoding::HEXLOWER.encode(&*key.0);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // SQLCipher takes the key as the very first statement of a connection.
        .pragma("key", format!("\"x'{hex}'\""))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
        // Only then LIKE means the same on both engines and can use an index.
        .pragma("case_sensitive_like", "ON")
        .pragma("temp_store", "MEMORY")
        .busy_timeout(PATIENCE)
        .thread_name(|number| format!("{}{number}", leave::THREADS))
        .disable_statement_logging();
    leave::wait_at_the_end();
    // One writer: SQLite has one write lock, and queueing for it in the pool is fair.
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .after_release(|connection, _meta| Box::pin(settled(connection)))
        .connect_with(options.clone())
        .await?;
    let cipher: Option<String> =
        sqlx::query_scalar("PRAGMA cipher_version").fetch_optional(&write).await?;
    if cipher.is_none() {
        return Err(CatalogError::Unsuitable(
            "this build's SQLite cannot encrypt its file; build with bundled-sqlcipher".to_owned(),
        ));
    }
    sqlx::migrate!("../../migrations/sqlite").run(&write).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(8)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    Ok(Pools { read, write })
}

/// Whether a connection that comes back may serve again. When its disk is full SQLite rolls back by
/// itself and the driver goes on counting the transaction: such a connection would refuse every
/// transaction to come, so it is closed and the next one is opened afresh.
async fn settled(connection: &mut SqliteConnection) -> std::result::Result<bool, sqlx::Error> {
    // The driver's own rollback is queued; when this answers it is through.
    sqlx::query("SELECT 1").execute(&mut *connection).await?;
    Ok(!connection.is_in_transaction())
}

fn postgres_options(url: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).map_err(|_error| {
        // The error would print the URL, and with it the password.
        CatalogError::Unsuitable(
            "database.url is not of the form postgres://user:password@host/database".to_owned(),
        )
    })?;
    Ok(options.application_name("lightcase").disable_statement_logging())
}

async fn open_postgres(url: &str, migrate_url: Option<&str>) -> Result<Pools<Postgres>> {
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(PATIENCE)
        .connect_with(postgres_options(url)?)
        .await?;
    for setting in ["fsync", "synchronous_commit"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&pool).await?;
        if value == "off" {
            return Err(CatalogError::Unsuitable(format!(
                "PostgreSQL runs with {setting} = off, under which an acknowledged image can be \
                 lost; set {setting} = on and start again"
            )));
        }
    }
    let migrations = sqlx::migrate!("../../migrations/postgres");
    match migrate_url {
        None => migrations.run(&pool).await?,
        Some(owner) => {
            let owner = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(PATIENCE)
                .connect_with(postgres_options(owner)?)
                .await?;
            migrations.run(&owner).await?;
            owner.close().await;
        }
    }
    Ok(Pools { read: pool.clone(), write: pool })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lightcase_audit::Event;
    use lightcase_model::{Ctx, Timestamp};

    use super::*;

    async fn open(folder: &Path) -> Catalog {
        let ring = KeyRing::open_or_create(&folder.join("root.key"), None).unwrap();
        let key = SqliteKey(Zeroizing::new([7; 32]));
        let database = Database::Sqlite { path: folder.join("test.db"), key };
        Catalog::open(&database, Arc::new(ring)).await.unwrap()
    }

    async fn record(catalog: &Catalog) -> Result<()> {
        let version = "x".repeat(2_000);
        let ctx = Ctx::system(Timestamp::from_micros(1));
        catalog.record(&ctx, Event::ServiceStarted { version }).await.map(|_id| ())
    }

    #[tokio::test]
    async fn a_full_disk_is_over_when_there_is_room_again() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = open(folder.path()).await;
        record(&catalog).await.unwrap();
        let Engine::Sqlite(pools) = &catalog.engine else { panic!("SQLite was opened") };
        // SQLite's own limit stands in for the disk's, and ends with the connection it was set on.
        sqlx::query("PRAGMA max_page_count = 1").execute(&pools.write).await.unwrap();
        let mut full = None;
        for _ in 0..200 {
            if let Err(error) = record(&catalog).await {
                full = Some(error);
                break;
            }
        }
        assert!(matches!(full, Some(CatalogError::Full(_))), "{full:?}");
        record(&catalog).await.unwrap();
        catalog.probe().await.unwrap();
    }
}
