//! Wrapped subject keys beside the blobs, so that bucket and root key rebuild everything.

use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::Vault;
use super::list::unhurried;
use crate::store::{SHORT, key_path, keys_path, subject_key_id, within};
use crate::{StorageError, SubjectKeyId, WrappedKey};

impl Vault {
    /// Keeps a wrapped subject key; durable when this returns, which must be before the first object
    /// under the key is acknowledged. A second call replaces it (rotation of the root key).
    ///
    /// # Errors
    /// [`StorageError::Full`], [`StorageError::Unavailable`].
    pub async fn put_key_record(
        &self,
        id: SubjectKeyId,
        wrapped: &WrappedKey,
    ) -> Result<(), StorageError> {
        let payload = PutPayload::from(wrapped.as_bytes().to_vec());
        within(SHORT, self.store.objects().put(&key_path(id), payload)).await.map(drop)
    }

    /// The kept wrapped key.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], [`StorageError::KeyRefused`], [`StorageError::Unavailable`].
    pub async fn key_record(&self, id: SubjectKeyId) -> Result<WrappedKey, StorageError> {
        let path = key_path(id);
        let bytes = within(SHORT, async { self.store.objects().get(&path).await?.bytes().await });
        WrappedKey::from_bytes(&bytes.await?)
    }

    /// The subject keys that have a record, in no order.
    pub fn key_records(&self) -> BoxStream<'static, Result<SubjectKeyId, StorageError>> {
        unhurried(self.store.objects().list(Some(&keys_path())))
            .try_filter_map(async |meta| Ok(subject_key_id(&meta.location)))
            .boxed()
    }

    /// Removes the record: one of the places a shredded key must vanish from.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn remove_key_record(&self, id: SubjectKeyId) -> Result<(), StorageError> {
        self.remove_path(&key_path(id)).await
    }
}
