//! Removing objects, and what crashes left behind.

use lightcase_model::Timestamp;
use object_store::ObjectStoreExt;

use super::Vault;
use crate::store::{SHORT, object_path, within};
use crate::{ObjectId, StorageError};

impl Vault {
    /// Removes an object; it is gone, durably, when this returns. An object that is not there is
    /// no error, on any store.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn remove(&self, object: ObjectId) -> Result<(), StorageError> {
        self.heads.forget(object);
        self.remove_path(&object_path(object)).await
    }

    /// Removes what writes left behind that a crash ended, when last written before `before`; gives
    /// the number removed. A bucket does this by its own rule for incomplete uploads, so there it
    /// is 0.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn sweep_unfinished(&self, before: Timestamp) -> Result<u64, StorageError> {
        self.store.sweep(before).await
    }

    pub(super) async fn remove_path(
        &self,
        path: &object_store::path::Path,
    ) -> Result<(), StorageError> {
        match within(SHORT, self.store.objects().delete(path)).await {
            Ok(()) | Err(StorageError::NotFound) => self.store.settle_removal(path).await,
            Err(other) => Err(other),
        }
    }
}
