//! The fast backend: AES-256-GCM of `aws-lc-rs`, which wipes its key schedule when dropped.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;

use super::{Aead, KEY, NONCE, TAG, TagMismatch};
use crate::StorageError;

pub(super) struct AwsLc(LessSafeKey);

impl AwsLc {
    pub(super) fn new(key: &[u8; KEY]) -> Result<Self, StorageError> {
        let key = UnboundKey::new(&AES_256_GCM, key)
            .map_err(|_e: Unspecified| StorageError::KeyRefused { why: "not an AES-256 key" })?;
        Ok(Self(LessSafeKey::new(key)))
    }
}

impl Aead for AwsLc {
    fn seal(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG], StorageError> {
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), text)
            .map_err(|_e: Unspecified| StorageError::TooLong)?;
        tag.as_ref().try_into().map_err(|_e: std::array::TryFromSliceError| StorageError::TooLong)
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), TagMismatch> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.0
            .open_in_place_separate_tag(nonce, Aad::from(aad), tag, text)
            .map(|_: &mut [u8]| ())
            .map_err(|_e: Unspecified| TagMismatch)
    }
}
