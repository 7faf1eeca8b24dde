//! What holds the root key.

use futures::future::BoxFuture;
use zeroize::Zeroizing;

use crate::StorageError;

/// Names a root key, so that a wrapped key says which one opens it. Not secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootKeyId([u8; 16]);

impl RootKeyId {
    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Holds the root key and wraps 32-byte keys with it; the root key itself never leaves it.
///
/// A provider must refuse, with [`StorageError::KeyRefused`], to unwrap bytes that were altered or
/// wrapped with another `aad`, and answers [`StorageError::KeysUnavailable`] within a minute when
/// it cannot be reached. The futures are boxed because a service behind a network is a provider
/// too.
pub trait KeyProvider: Send + Sync {
    /// The root key in use.
    fn root_key(&self) -> RootKeyId;

    /// Wraps a key, bound to `aad`.
    fn wrap<'a>(
        &'a self,
        key: &'a [u8; 32],
        aad: &'a [u8],
    ) -> BoxFuture<'a, Result<Vec<u8>, StorageError>>;

    /// Unwraps a key that was wrapped with the same `aad`.
    fn unwrap<'a>(
        &'a self,
        wrapped: &'a [u8],
        aad: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, StorageError>>;
}
