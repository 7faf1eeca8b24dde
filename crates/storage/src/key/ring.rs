//! The key ring: makes, unwraps and forgets subject keys through one provider.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lightcase_model::Timestamp;
use zeroize::Zeroizing;

use super::cache::Cache;
use super::file::FileProvider;
use super::{KeyProvider, RootKeyId, SecretName, SubjectKey, WrappedKey, lasting, secret};
use crate::aead::{KEY, random};
use crate::{StorageError, SubjectKeyId};

const SUBJECT_LABEL: &[u8] = b"lightcase/subject/v1";

/// Subject keys and program secrets, under one root key.
///
/// Unwrapped subject keys are kept at most ten minutes, at most 4096 of them, and wiped when let
/// go. There is no clear-text mode: without a provider that answers, only cached keys work.
pub struct KeyRing {
    provider: Arc<dyn KeyProvider>,
    cache: Cache,
    secrets: PathBuf,
}

impl KeyRing {
    /// A ring whose root key is the file at `path`, 32 bytes, made on the first start. Its
    /// secrets are `<name>.wrapped` in the same folder. Blocking; meant for the start.
    ///
    /// # Errors
    /// [`StorageError::KeyFile`] when the file may be read by group or others, lies inside
    /// `store_folder` (the folder of a local object store), has another length, or cannot be
    /// made.
    pub fn open_or_create(path: &Path, store_folder: Option<&Path>) -> Result<Self, StorageError> {
        let provider = FileProvider::open_or_create(path, store_folder)?;
        Ok(Self::with_provider(Arc::new(provider), lasting::folder_of(path)))
    }

    /// A ring over any provider, with its secrets in the folder `secrets`.
    pub fn with_provider(provider: Arc<dyn KeyProvider>, secrets: &Path) -> Self {
        Self { provider, cache: Cache::default(), secrets: secrets.to_owned() }
    }

    /// The root key in use.
    pub fn root_key(&self) -> RootKeyId {
        self.provider.root_key()
    }

    /// A new subject key, and its wrapped form to keep. The wrapped form must be durable before
    /// anything sealed under the key is.
    ///
    /// # Errors
    /// [`StorageError::KeysUnavailable`], [`StorageError::NoEntropy`].
    pub async fn generate(&self) -> Result<(Arc<SubjectKey>, WrappedKey), StorageError> {
        let id = SubjectKeyId::from_bytes(random()?);
        let secret = Zeroizing::new(random::<KEY>()?);
        let sealed = self.provider.wrap(&secret, &aad(id)).await?;
        let wrapped = WrappedKey::new(self.provider.root_key(), &sealed);
        Ok((Arc::new(SubjectKey::new(id, secret)), wrapped))
    }

    /// The subject key `id` from its wrapped form; from the cache when it was unwrapped within
    /// ten minutes before `now`.
    ///
    /// # Errors
    /// [`StorageError::KeyRefused`] when `wrapped` is of another subject or root key, or altered;
    /// [`StorageError::KeysUnavailable`].
    pub async fn unwrap(
        &self,
        id: SubjectKeyId,
        wrapped: &WrappedKey,
        now: Timestamp,
    ) -> Result<Arc<SubjectKey>, StorageError> {
        if let Some(key) = self.cache.get(id, wrapped, now) {
            return Ok(key);
        }
        let (root, sealed) = wrapped.parts()?;
        if root != self.provider.root_key() {
            return Err(StorageError::KeyRefused { why: "wrapped by another root key" });
        }
        let secret = self.provider.unwrap(sealed, &aad(id)).await?;
        let key = Arc::new(SubjectKey::new(id, secret));
        self.cache.put(&key, wrapped, now);
        Ok(key)
    }

    /// Drops a key from the cache: called where a subject is shredded.
    pub fn forget(&self, id: SubjectKeyId) {
        self.cache.forget(id);
    }

    /// Drops all keys that are over their ten minutes; called now and then, so that an idle
    /// process keeps none.
    pub fn expire(&self, now: Timestamp) {
        self.cache.expire(now);
    }

    /// The program's secret of that name (`sqlite`, `cookie` …): 32 random bytes, made on first
    /// use and kept wrapped by the root key.
    ///
    /// # Errors
    /// [`StorageError::KeyFile`], [`StorageError::KeyRefused`], [`StorageError::KeysUnavailable`].
    pub async fn secret(&self, name: &SecretName) -> Result<Zeroizing<[u8; 32]>, StorageError> {
        secret::open_or_create(self.provider.as_ref(), &self.secrets, name).await
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("root_key", &self.root_key()).finish_non_exhaustive()
    }
}

/// Binds a wrapped subject key to its purpose and identity.
fn aad(id: SubjectKeyId) -> Vec<u8> {
    [SUBJECT_LABEL, id.as_bytes()].concat()
}
