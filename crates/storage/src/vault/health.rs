//! Whether the store works.

use object_store::{ObjectStoreExt, PutPayload};

use super::Vault;
use crate::StorageError;
use crate::aead::random;
use crate::store::{SHORT, within};

impl Vault {
    /// Whether the store answers: cheap, for readiness. Gives up after 15 seconds.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn probe(&self) -> Result<(), StorageError> {
        self.store.answers().await.map_err(|error| error.unless_found("there is no such bucket"))
    }

    /// The size in bytes of the disk that the store is on, for limits that are a part of it;
    /// `None` for a bucket.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn capacity(&self) -> Result<Option<u64>, StorageError> {
        self.store.capacity().await
    }

    /// Whether the store takes, keeps, gives back and removes bytes: for the start.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`], [`StorageError::Full`]; [`StorageError::Corrupt`] when other
    /// bytes came back.
    pub async fn trial(&self) -> Result<(), StorageError> {
        // Some servers make a missing bucket when something is put into it.
        self.probe().await?;
        let id = lightcase_model::PublicId::random().to_string();
        let path = object_store::path::Path::from_iter(["probe", id.as_str()]);
        let bytes: [u8; 32] = random()?;
        let objects = self.store.objects();
        within(SHORT, objects.put(&path, PutPayload::from(bytes.to_vec()))).await?;
        let back = within(SHORT, async { objects.get(&path).await?.bytes().await }).await;
        self.remove_path(&path).await?;
        if back? != bytes.as_slice() {
            return Err(StorageError::corrupt("a trial object came back altered"));
        }
        Ok(())
    }
}
