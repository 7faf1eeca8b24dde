//! What a download is measured by: the same sealed objects, read and opened by the product's own
//! vault, beside the running server and from the same folder.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use futures::TryStreamExt as _;
use lightcase_model::Timestamp;
use lightcase_storage::{Expected, KeyRing, ObjectKind, Store, StoredObject, SubjectKey, Vault};
use tokio::task::JoinSet;

use crate::table::megabytes;

type Object = (Expected, Arc<SubjectKey>);

pub(crate) struct Sealed {
    vault: Vault,
    objects: Vec<Object>,
}

impl Sealed {
    /// All images of a data directory.
    pub(crate) async fn of(data: &Path) -> anyhow::Result<Self> {
        let (folder, root) = (data.join("objects"), data.join("keys").join("root.key"));
        ensure!(root.is_file(), "there is no root key at {}", root.display());
        let ring = KeyRing::open_or_create(&root, Some(folder.as_path()))?;
        let vault = Vault::new(Store::folder(&folder)?);
        let stored: Vec<StoredObject> = vault.list().try_collect().await?;
        let mut objects = Vec::with_capacity(stored.len());
        for each in stored {
            let expected = vault.describe(each.object).await?;
            if expected.kind == ObjectKind::Image {
                let wrapped = vault.key_record(expected.subject_key).await?;
                let now = Timestamp::from_micros(0);
                objects.push((expected, ring.unwrap(expected.subject_key, &wrapped, now).await?));
            }
        }
        Ok(Self { vault, objects })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.objects.len()
    }

    /// Reads all of them, so many at once, each by a task of its own; MB/s.
    pub(crate) async fn rate(&self, at_once: usize) -> anyhow::Result<f64> {
        let begun = Instant::now();
        let mut reading = JoinSet::new();
        for some in self.objects.chunks(self.objects.len().div_ceil(at_once).max(1)) {
            reading.spawn(read(self.vault.clone(), some.to_vec()));
        }
        let mut bytes = 0;
        while let Some(read) = reading.join_next().await {
            bytes += read??;
        }
        Ok(megabytes(bytes) / begun.elapsed().as_secs_f64())
    }
}

/// Reads one after the other; bytes of plaintext.
async fn read(vault: Vault, objects: Vec<Object>) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for (expected, key) in objects {
        let mut body = vault.open(&expected, &key, 0..expected.plain_len).await?;
        while let Some(piece) = body.try_next().await? {
            bytes += u64::try_from(piece.len())?;
        }
    }
    Ok(bytes)
}
