//! A fresh catalog on each engine.

use std::sync::Arc;

use lightcase_catalog::{Catalog, Database, SqliteKey};
use lightcase_storage::KeyRing;
use lightcase_testkit::servers;
use tempfile::TempDir;

/// A fresh catalog, gone with this guard.
pub(crate) struct Engine {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) database: Database,
    pub(crate) ring: Arc<KeyRing>,
    server: Option<(servers::Database, servers::Postgres)>,
    _folder: TempDir,
}

impl Engine {
    async fn open(
        database: impl FnOnce(&TempDir) -> Database,
        server: Option<(servers::Database, servers::Postgres)>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::open_or_create(&folder.path().join("root.key"), None).unwrap();
        let ring = Arc::new(ring);
        let database = database(&folder);
        let catalog = Arc::new(Catalog::open(&database, Arc::clone(&ring)).await.unwrap());
        Self { catalog, database, ring, server, _folder: folder }
    }

    /// All that stands in a table, as text; SQLite's file is sealed as a whole, so nothing of it.
    pub(crate) fn dump(&self, table: &str) -> String {
        let select = |(database, _): &(servers::Database, servers::Postgres)| {
            database.execute(&format!("SELECT * FROM {table}")).unwrap()
        };
        self.server.as_ref().map(select).unwrap_or_default()
    }
}

/// Both engines; PostgreSQL is skipped by name where it is not installed.
pub(crate) async fn engines() -> Vec<Engine> {
    let key = SqliteKey([7; 32].into());
    let sqlite = |folder: &TempDir| Database::Sqlite { path: folder.path().join("db"), key };
    let mut engines = vec![Box::pin(Engine::open(sqlite, None)).await];
    match servers::Postgres::shared() {
        Ok(cluster) => {
            let database = cluster.create_database().unwrap();
            let url = database.url.clone();
            let postgres = |_: &TempDir| Database::Postgres { url, migrate_url: None };
            engines.push(Box::pin(Engine::open(postgres, Some((database, cluster)))).await);
        }
        Err(error) => println!("skipped: the catalog on PostgreSQL ({error:#})"),
    }
    engines
}
