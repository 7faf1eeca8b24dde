//! The pure Rust backend: AES-256-GCM of the `aes-gcm` crate.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};

use super::{Aead, KEY, NONCE, TAG, TagMismatch};
use crate::StorageError;

pub(super) struct RustCrypto(Aes256Gcm);

impl RustCrypto {
    pub(super) fn new(key: &[u8; KEY]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }
}

impl Aead for RustCrypto {
    fn seal(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG], StorageError> {
        self.0
            .encrypt_inout_detached(nonce.into(), aad, text.into())
            .map(Into::into)
            .map_err(|_e: aes_gcm::Error| StorageError::TooLong)
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), TagMismatch> {
        self.0
            .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into())
            .map_err(|_e: aes_gcm::Error| TagMismatch)
    }
}
