//! The provider whose root key is a file: 32 random bytes, mode 0600.

use std::path::{Path, PathBuf};

use futures::future::{BoxFuture, ready};
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

use super::lasting;
use super::provider::{KeyProvider, RootKeyId};
use crate::StorageError;
use crate::aead::{Aead, Backend, KEY, NONCE, TAG, TagMismatch, random};

const WRAP_LABEL: &[u8] = b"lightcase/root/wrap/v1";
const ID_LABEL: &[u8] = b"lightcase/root/id/v1";

/// Holds the cipher of a root key read from a file.
pub(super) struct FileProvider {
    id: RootKeyId,
    cipher: Box<dyn Aead>,
}

impl FileProvider {
    /// Reads the root key, or creates it on the first start.
    pub(super) fn open_or_create(
        path: &Path,
        store_folder: Option<&Path>,
    ) -> Result<Self, StorageError> {
        if let Some(folder) = store_folder
            && real(path)?.starts_with(real(folder)?)
        {
            let why = "it lies inside the object store's folder, where whoever copies the objects \
                       would copy their key; keep it elsewhere";
            return Err(lasting::refused(path, why));
        }
        let bytes = if let Some(bytes) = lasting::read(path)? {
            bytes
        } else {
            let fresh = Zeroizing::new(random::<KEY>()?);
            lasting::create(path, fresh.as_slice())
                .map_err(|e| lasting::failed(path, "it cannot be created", e))?;
            // Read back even after creating it: another process may have been first.
            lasting::read(path)?.ok_or_else(|| lasting::refused(path, "it vanished"))?
        };
        let key: &[u8; KEY] =
            bytes.as_slice().try_into().map_err(|_e: std::array::TryFromSliceError| {
                lasting::refused(path, "it does not hold exactly 32 bytes")
            })?;
        Self::new(key)
    }

    pub(super) fn new(root: &[u8; KEY]) -> Result<Self, StorageError> {
        let derived = Hkdf::<Sha512>::new(None, root);
        let too_long = |_e: hkdf::InvalidLength| StorageError::TooLong;
        let mut key = Zeroizing::new([0; KEY]);
        derived.expand(WRAP_LABEL, key.as_mut_slice()).map_err(too_long)?;
        let mut id = [0; 16];
        derived.expand(ID_LABEL, &mut id).map_err(too_long)?;
        Ok(Self { id: RootKeyId::from_bytes(id), cipher: Backend::default().cipher(&key)? })
    }

    fn seal(&self, key: &[u8; KEY], aad: &[u8]) -> Result<Vec<u8>, StorageError> {
        let nonce: [u8; NONCE] = random()?;
        let mut text = Zeroizing::new(*key);
        let tag = self.cipher.seal(&nonce, aad, text.as_mut_slice())?;
        Ok([&nonce[..], text.as_slice(), &tag].concat())
    }

    fn open(&self, wrapped: &[u8], aad: &[u8]) -> Result<Zeroizing<[u8; KEY]>, StorageError> {
        let refused = || StorageError::KeyRefused { why: "wrapped key" };
        let (nonce, rest) = wrapped.split_first_chunk::<NONCE>().ok_or_else(refused)?;
        let (text, rest) = rest.split_first_chunk::<KEY>().ok_or_else(refused)?;
        let tag: &[u8; TAG] =
            rest.try_into().map_err(|_e: std::array::TryFromSliceError| refused())?;
        let mut key = Zeroizing::new(*text);
        self.cipher
            .open(nonce, aad, key.as_mut_slice(), tag)
            .map_err(|_e: TagMismatch| refused())?;
        Ok(key)
    }
}

impl KeyProvider for FileProvider {
    fn root_key(&self) -> RootKeyId {
        self.id
    }

    fn wrap<'a>(
        &'a self,
        key: &'a [u8; 32],
        aad: &'a [u8],
    ) -> BoxFuture<'a, Result<Vec<u8>, StorageError>> {
        Box::pin(ready(self.seal(key, aad)))
    }

    fn unwrap<'a>(
        &'a self,
        wrapped: &'a [u8],
        aad: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, StorageError>> {
        Box::pin(ready(self.open(wrapped, aad)))
    }
}

/// The path without links, also when its last parts do not exist yet.
fn real(path: &Path) -> Result<PathBuf, StorageError> {
    let absolute = std::path::absolute(path)
        .map_err(|e| lasting::failed(path, "its place cannot be found", e))?;
    for above in absolute.ancestors() {
        if let Ok(found) = above.canonicalize() {
            let rest = absolute.strip_prefix(above).unwrap_or(Path::new(""));
            return Ok(if rest == Path::new("") { found } else { found.join(rest) });
        }
    }
    Ok(absolute)
}
