//! A folder as a store: durable writes, room on the disk.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use object_store::local::LocalFileSystem;

use super::path::{KEYS, OBJECTS};
use crate::StorageError;

pub(super) const FULL_AT: f64 = 0.95;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Opens a folder, making it and the folders inside it.
///
/// All of them are made here and flushed once, because two writers that need a new folder at the
/// same time would otherwise race: the second finds it there, although its name is not yet on disk.
pub(super) fn open(path: &Path) -> Result<(LocalFileSystem, PathBuf), StorageError> {
    let failed = |e: io::Error| StorageError::setting("the folder cannot be made", e);
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let root = path.canonicalize().map_err(failed)?;
    for folder in [KEYS, OBJECTS] {
        make(&root.join(folder)).map_err(failed)?;
    }
    let objects = root.join(OBJECTS);
    for first in ALPHABET {
        for second in ALPHABET {
            let name: String = [char::from(*first), char::from(*second)].into_iter().collect();
            make(&objects.join(name)).map_err(failed)?;
        }
    }
    for folder in
        [Some(objects.as_path()), Some(root.as_path()), root.parent()].into_iter().flatten()
    {
        File::open(folder).and_then(|f| f.sync_all()).map_err(failed)?;
    }
    let store = LocalFileSystem::new_with_prefix(&root)
        .map_err(|e| StorageError::setting("the folder cannot be used", e))?
        .with_fsync(true);
    Ok((store, root))
}

fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Refuses with [`StorageError::Full`] above the given share of one of the disks in use, counted
/// as `df` counts: what only root may use is neither free nor used.
pub(super) async fn has_room(folders: Vec<PathBuf>, full_at: f64) -> Result<(), StorageError> {
    blocking(move || {
        for folder in folders {
            let disk = rustix::fs::statvfs(&folder)?;
            let used = disk.f_blocks.saturating_sub(disk.f_bfree);
            let usable = used.saturating_add(disk.f_bavail);
            if share(used, usable) > full_at {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await?
    .then_some(())
    .ok_or(StorageError::Full)
}

/// Bytes of the disk that are used or usable, counted in the same way.
pub(super) async fn capacity(root: PathBuf) -> Result<u64, StorageError> {
    blocking(move || {
        let disk = rustix::fs::statvfs(&root)?;
        let used = disk.f_blocks.saturating_sub(disk.f_bfree);
        Ok(used.saturating_add(disk.f_bavail).saturating_mul(disk.f_frsize))
    })
    .await
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a share of a disk needs no more digits than an f64 has"
)]
fn share(used: u64, usable: u64) -> f64 {
    used as f64 / usable.max(1) as f64
}

/// Flushes the folder that holds (or held) `path`.
pub(super) async fn sync_parent(path: PathBuf) -> Result<(), StorageError> {
    blocking(move || match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    })
    .await
}

/// Whether the folder is there: a disk that is not mounted must not look like an empty store.
pub(super) async fn answers(root: PathBuf) -> Result<(), StorageError> {
    blocking(move || std::fs::metadata(root.join(OBJECTS)).map(drop))
        .await
        .map_err(|error| error.unless_found("the folder is not there"))
}

/// Removes temporary files of writes that a crash ended, last written before `before`; gives
/// their number. Names with `#` are the backend's temporary ones.
pub(super) async fn sweep(root: PathBuf, before: SystemTime) -> Result<u64, StorageError> {
    let walk = move || {
        let mut removed = 0_u64;
        let shards = std::fs::read_dir(root.join(OBJECTS))?;
        let shards = shards.map(|shard| shard.map(|shard| shard.path()));
        for folder in shards.chain([Ok(root.join(KEYS))]) {
            for entry in std::fs::read_dir(folder?)? {
                let entry = entry?;
                if !entry.file_name().to_string_lossy().contains('#') {
                    continue;
                }
                if entry.metadata()?.modified()? < before {
                    std::fs::remove_file(entry.path())?;
                    removed = removed.saturating_add(1);
                }
            }
        }
        Ok(removed)
    };
    match tokio::task::spawn_blocking(walk).await {
        Ok(walked) => walked.map_err(StorageError::from_io),
        Err(ended) => Err(StorageError::Unavailable { source: Box::new(ended) }),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    match tokio::time::timeout(super::SHORT, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done.map_err(StorageError::from_io),
        Ok(Err(ended)) => Err(StorageError::Unavailable { source: Box::new(ended) }),
        Err(elapsed) => Err(StorageError::Unavailable { source: Box::new(elapsed) }),
    }
}
