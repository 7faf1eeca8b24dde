//! An archive over a folder, whose catalog can be lost.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use futures::{StreamExt, stream};
use lightcase_archive::{Archive, Parts, Received, Swept};
use lightcase_catalog::{Catalog, Database, SqliteKey};
use lightcase_codec::{Codec, WorkerCommand};
use lightcase_deident::Policy;
use lightcase_model::{Clock, Ctx, Level, Origin, Phi, Query, Scope, Timestamp, TransferSyntaxUid};
use lightcase_storage::{KeyRing, Store, Vault};
use lightcase_testkit::phantom::{Instance, Study};

pub(crate) const SYNTAX: &str = "1.2.840.10008.1.2.1";

/// A store, and an archive over it whose catalog can be lost.
pub(crate) struct House {
    pub(crate) archive: Archive,
    now: Arc<AtomicI64>,
    catalogs: AtomicU32,
    pub(crate) folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The time that the store's files will have, and a little more.
        let written = std::fs::metadata(folder.path()).unwrap().modified().unwrap();
        let since = written.duration_since(UNIX_EPOCH).unwrap() + Duration::from_mins(1);
        let now = Arc::new(AtomicI64::new(i64::try_from(since.as_micros()).unwrap()));
        let archive = archive(folder.path(), 0, &now).await;
        Self { archive, now, catalogs: AtomicU32::new(1), folder }
    }

    /// The same store under a catalog that knows nothing.
    pub(crate) async fn lose_rows(&mut self) {
        let number = self.catalogs.fetch_add(1, Ordering::Relaxed);
        self.archive.catalog().close().await;
        self.archive = archive(self.folder.path(), number, &self.now).await;
    }

    pub(crate) fn ctx(&self) -> Ctx {
        Ctx::system(self.archive.clock().now())
    }

    pub(crate) fn later(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap();
        self.now.fetch_add(micros, Ordering::Relaxed);
    }

    /// Keeps the catalog as it is now: it is the next one after the rows are lost.
    pub(crate) async fn remember(&mut self) {
        let number = self.catalogs.load(Ordering::Relaxed);
        self.archive.catalog().close().await;
        let file = |number: u32| self.folder.path().join(format!("catalog-{number}.sqlite"));
        std::fs::copy(file(number - 1), file(number)).unwrap();
        self.archive = archive(self.folder.path(), number - 1, &self.now).await;
    }

    pub(crate) async fn take(&self, instance: &Instance) {
        self.offer(instance).await.unwrap();
    }

    /// Why it was not taken, if it was not.
    pub(crate) async fn offer(&self, instance: &Instance) -> Result<(), String> {
        let received = Received {
            affected_class: None,
            affected_instance: None,
            study: None,
            media_storage: None,
            transfer_syntax: TransferSyntaxUid::parse(SYNTAX).unwrap(),
            sender: Phi::new("test".to_owned()),
            body: stream::iter([Ok(Bytes::from(instance.data_set.clone()))]).boxed(),
        };
        let ctx = Ctx { origin: Origin::Import, ..self.ctx() };
        let mut intake = self.archive.intake(String::new());
        let taken = Box::pin(intake.ingest(&ctx, received)).await;
        Box::pin(intake.end(&ctx)).await;
        taken.map(drop).map_err(|refusal| format!("{refusal:?}"))
    }

    pub(crate) async fn adopt(&self) -> Swept {
        self.adopt_before(self.archive.clock().now()).await
    }

    pub(crate) async fn adopt_before(&self, before: Timestamp) -> Swept {
        Box::pin(self.archive.adopt(&self.ctx(), before, &|| false)).await.unwrap().unwrap()
    }

    /// Ends the threads of the index: at the exit of the process they would meet libraries that are
    /// gone already.
    pub(crate) async fn close(self) {
        self.archive.catalog().close().await;
    }

    pub(crate) async fn found(&self) -> usize {
        let query = Query::at(Level::Instance, 100);
        self.archive.catalog().find(&Scope::archive(), &query).await.unwrap().items.len()
    }

    pub(crate) async fn refused(&self) -> Vec<String> {
        let rows = self.archive.catalog().refusals(false, 100, 0).await.unwrap();
        rows.into_iter().map(|row| row.reason).collect()
    }

    pub(crate) fn blobs(&self) -> Vec<PathBuf> {
        let shards = std::fs::read_dir(self.folder.path().join("store/objects")).unwrap();
        let mut blobs: Vec<_> = shards
            .flat_map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        blobs.sort();
        blobs
    }

    pub(crate) fn flip(&self, at: usize) {
        let blob = &self.blobs()[0];
        let mut bytes = std::fs::read(blob).unwrap();
        bytes[at] ^= 1;
        write(blob, &bytes);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test that damages")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

async fn archive(folder: &Path, number: u32, now: &Arc<AtomicI64>) -> Archive {
    let ring = Arc::new(KeyRing::open_or_create(&folder.join("root.key"), None).unwrap());
    let path = folder.join(format!("catalog-{number}.sqlite"));
    let database = Database::Sqlite { path, key: SqliteKey([7; 32].into()) };
    let catalog = Arc::new(Catalog::open(&database, Arc::clone(&ring)).await.unwrap());
    let worker = WorkerCommand { program: PathBuf::from("none"), arguments: Vec::new() };
    let now = Arc::clone(now);
    Archive::new(Parts {
        catalog,
        vault: Vault::new(Store::folder(&folder.join("store")).unwrap().full_at(1.0)),
        ring,
        codec: Codec::new(worker, lightcase_codec::Options::default()),
        clock: Clock::new(move || Timestamp::from_micros(now.load(Ordering::Relaxed))),
        policy: Policy::Keep,
    })
}

pub(crate) fn slices(count: u32) -> Vec<Instance> {
    Study::ct_of(1, count, 64).instances().collect()
}
