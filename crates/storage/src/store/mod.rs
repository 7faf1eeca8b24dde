//! Where objects lie: a folder, an S3 bucket, a Google or Azure one, or memory.

mod answer;
mod folder;
mod path;
mod url;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lightcase_model::Timestamp;
use object_store::ObjectStore;
use object_store::memory::InMemory;

use crate::StorageError;

pub(crate) use answer::{LONG, SHORT, within};
pub(crate) use path::{OBJECTS, key_path, keys_path, object_id, object_path, subject_key_id};

/// An object store. It holds sealed bytes only; see [`crate::Vault`].
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    place: Place,
    /// Folders whose disks must have room before a new object is begun.
    rooms: Vec<PathBuf>,
    full_at: f64,
}

#[derive(Debug, Clone)]
enum Place {
    Folder { root: PathBuf },
    Memory,
    Remote,
}

impl Store {
    /// A folder of this machine, made when it is not there. Written objects and their names are
    /// on disk (`fsync`) before a write is confirmed. Blocking; meant for the start.
    ///
    /// # Errors
    /// [`StorageError::Setting`] when the folder cannot be made or used.
    pub fn folder(path: &Path) -> Result<Self, StorageError> {
        let (objects, root) = folder::open(path)?;
        Ok(Self::new(Arc::new(objects), Place::Folder { root }))
    }

    /// The store at `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`,
    /// `file:///folder` or `memory:///`.
    ///
    /// `options` are those of the backend by their usual names, such as `AWS_ENDPOINT_URL`,
    /// `AWS_REGION`, `AWS_ACCESS_KEY_ID`; the environment is not read. Plain `http` is refused
    /// unless the address is a loopback one or `AWS_ALLOW_HTTP` is `true`.
    ///
    /// # Errors
    /// [`StorageError::Setting`] for an unknown scheme or option. The store is not contacted.
    pub fn from_url(url: &str, options: &[(String, String)]) -> Result<Self, StorageError> {
        url::open(url, options)
    }

    /// A store that forgets everything with the process: for trials and tests.
    pub fn memory() -> Self {
        Self::new(Arc::new(InMemory::new()), Place::Memory)
    }

    fn new(objects: Arc<dyn ObjectStore>, place: Place) -> Self {
        let rooms = match &place {
            Place::Folder { root } => vec![root.clone()],
            Place::Memory | Place::Remote => vec![],
        };
        Self { objects, place, rooms, full_at: folder::FULL_AT }
    }

    /// Above this share of a disk in use (0.0 to 1.0) no new objects are taken; 0.95 when not set.
    /// It is the disk of a folder; a store elsewhere has no disk, but for those it
    /// [watches](Self::watching).
    #[must_use]
    pub fn full_at(mut self, share: f64) -> Self {
        self.full_at = share;
        self
    }

    /// Takes no new objects either when the disk of this folder is nearly full: the one where what
    /// is told of the objects is kept.
    #[must_use]
    pub fn watching(mut self, folder: &Path) -> Self {
        self.rooms.push(folder.to_owned());
        self
    }

    /// The stored bytes themselves, for tests that damage them.
    #[cfg(any(test, feature = "testing"))]
    pub fn raw(&self) -> &dyn ObjectStore {
        self.objects.as_ref()
    }

    pub(crate) fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    fn remote(objects: Arc<dyn ObjectStore>) -> Self {
        Self::new(objects, Place::Remote)
    }

    /// Bytes gathered before they are sent: an object that has no more is stored by one atomic
    /// write. S3 demands parts of at least 5 MiB, some servers of equal size; 10,000 parts of
    /// 8 MiB hold 78 GiB.
    pub(crate) fn part(&self) -> usize {
        match self.place {
            Place::Folder { .. } | Place::Memory => 1 << 20,
            Place::Remote => 8 << 20,
        }
    }

    /// Chunks fetched by one request of a longer read.
    pub(crate) fn window(&self) -> u64 {
        match self.place {
            Place::Folder { .. } | Place::Memory => 16,
            Place::Remote => 64,
        }
    }

    /// Refuses when there is no room for a new object.
    pub(crate) async fn has_room(&self) -> Result<(), StorageError> {
        if self.rooms.is_empty() {
            return Ok(());
        }
        folder::has_room(self.rooms.clone(), self.full_at).await
    }

    /// The size of the disk; `None` where the store has none of its own.
    pub(crate) async fn capacity(&self) -> Result<Option<u64>, StorageError> {
        match &self.place {
            Place::Folder { root, .. } => folder::capacity(root.clone()).await.map(Some),
            Place::Memory | Place::Remote => Ok(None),
        }
    }

    /// Makes the removal of a name durable.
    pub(crate) async fn settle_removal(
        &self,
        path: &object_store::path::Path,
    ) -> Result<(), StorageError> {
        match &self.place {
            Place::Folder { root } => folder::sync_parent(root.join(path.as_ref())).await,
            Place::Memory | Place::Remote => Ok(()),
        }
    }

    /// Removes temporary files last written before `before`.
    pub(crate) async fn sweep(&self, before: Timestamp) -> Result<u64, StorageError> {
        match &self.place {
            Place::Folder { root } => {
                let age = Duration::from_micros(u64::try_from(before.micros()).unwrap_or(0));
                let before = UNIX_EPOCH.checked_add(age).unwrap_or(UNIX_EPOCH);
                folder::sweep(root.clone(), before).await
            }
            Place::Memory | Place::Remote => Ok(0),
        }
    }

    /// Refuses when the store cannot be reached at all.
    pub(crate) async fn answers(&self) -> Result<(), StorageError> {
        match &self.place {
            Place::Folder { root } => folder::answers(root.clone()).await,
            Place::Memory => Ok(()),
            Place::Remote => {
                // Listing an empty prefix needs an existing bucket and valid credentials, where
                // asking for a missing object is "not found" in a missing bucket too.
                let nothing = object_store::path::Path::from("probe");
                within(SHORT, self.objects.list_with_delimiter(Some(&nothing))).await.map(drop)
            }
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The backend's own Debug is left out: it may show options, credentials among them.
        f.debug_struct("Store").field("place", &self.place).finish_non_exhaustive()
    }
}
