//! A subject key wrapped by the root key, as bytes to keep.

use super::provider::RootKeyId;
use crate::StorageError;

const VERSION: u8 = 1;
const ROOT_ID: usize = 16;
/// More than any provider's ciphertext of 32 bytes takes.
const LONGEST: usize = 1024;

/// A subject key under the root key: `1 ‖ root key id 16 ‖ what the provider made`. With the file
/// provider that is nonce 12, ciphertext 32 and tag 16, together 77 bytes.
///
/// Kept in the catalog and as an object beside the blobs. Not secret without the root key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey(Vec<u8>);

impl WrappedKey {
    pub(super) fn new(root: RootKeyId, sealed: &[u8]) -> Self {
        Self([&[VERSION][..], root.as_bytes(), sealed].concat())
    }

    /// Reads kept bytes.
    ///
    /// # Errors
    /// [`StorageError::KeyRefused`] when they are not a wrapped key of a known version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StorageError> {
        let wrapped = Self(bytes.to_vec());
        wrapped.parts()?;
        Ok(wrapped)
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The root key that wrapped it: after a rotation it tells which keys are still to rewrap.
    ///
    /// # Errors
    /// None for a value that exists; the type keeps the error of its reading.
    pub fn root_key(&self) -> Result<RootKeyId, StorageError> {
        Ok(self.parts()?.0)
    }

    pub(super) fn parts(&self) -> Result<(RootKeyId, &[u8]), StorageError> {
        let refused = StorageError::KeyRefused { why: "not a wrapped key" };
        if self.0.len() > LONGEST {
            return Err(refused);
        }
        let Some((&VERSION, rest)) = self.0.split_first() else { return Err(refused) };
        let Some((root, sealed)) = rest.split_first_chunk::<ROOT_ID>() else {
            return Err(refused);
        };
        Ok((RootKeyId::from_bytes(*root), sealed))
    }
}

#[cfg(any(test, feature = "testing"))]
impl WrappedKey {
    /// Bytes of the right form that no root key opens, for tests of keeping them.
    pub(crate) fn of(root: RootKeyId, id: crate::SubjectKeyId) -> Self {
        Self::new(root, id.as_bytes())
    }
}
