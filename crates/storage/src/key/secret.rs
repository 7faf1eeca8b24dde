//! Random secrets of the program, wrapped by the root key.

use std::path::Path;

use zeroize::Zeroizing;

use super::provider::KeyProvider;
use super::{WrappedKey, lasting};
use crate::StorageError;
use crate::aead::{KEY, random};

const LABEL: &[u8] = b"lightcase/secret/v1/";

/// The name of a secret: 1 to 64 characters `a-z`, `0-9` and `-`, the first one a letter; so it is safe
/// as a file name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretName(Box<str>);

impl SecretName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`StorageError::Setting`] for any other text.
    pub fn parse(text: &str) -> Result<Self, StorageError> {
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let begins = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        if begins && text.len() <= 64 && text.bytes().all(letters) {
            return Ok(Self(text.into()));
        }
        let why = "the name of a secret is 1 to 64 characters a-z, 0-9 and -, first a letter";
        Err(StorageError::Setting { why, source: None })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn aad(&self) -> Vec<u8> {
        [LABEL, self.0.as_bytes()].concat()
    }
}

/// Unwraps `<folder>/<name>.wrapped`, or makes and keeps a new secret under that name.
pub(super) async fn open_or_create(
    provider: &dyn KeyProvider,
    folder: &Path,
    name: &SecretName,
) -> Result<Zeroizing<[u8; KEY]>, StorageError> {
    let path = folder.join(format!("{}.wrapped", name.as_str()));
    let read = {
        let path = path.clone();
        move || lasting::read(&path)
    };
    let kept = if let Some(kept) = blocking(read.clone()).await? {
        kept
    } else {
        let fresh = Zeroizing::new(random::<KEY>()?);
        let sealed = provider.wrap(&fresh, &name.aad()).await?;
        let wrapped = WrappedKey::new(provider.root_key(), &sealed);
        let create = {
            let path = path.clone();
            move || {
                lasting::create(&path, wrapped.as_bytes())
                    .map_err(|e| lasting::failed(&path, "it cannot be created", e))
            }
        };
        blocking(create).await?;
        // Read back even after creating it: another process may have been first.
        blocking(read).await?.ok_or_else(|| lasting::refused(&path, "it vanished"))?
    };
    let wrapped = WrappedKey::from_bytes(&kept)?;
    let (root, sealed) = wrapped.parts()?;
    if root != provider.root_key() {
        return Err(lasting::refused(&path, "it was wrapped by another root key"));
    }
    provider.unwrap(sealed, &name.aad()).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|ended: tokio::task::JoinError| {
        Err(StorageError::KeysUnavailable { source: Box::new(ended) })
    })
}
