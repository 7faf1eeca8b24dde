//! From data key and header to the key, base nonce and commitment of one object.

use hkdf::Hkdf;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::chunk::ChunkCipher;
use super::header::HEADER;
use crate::StorageError;
use crate::aead::{Backend, KEY, NONCE};

const LABEL: &[u8] = b"lightcase/v1";
/// Where the salt begins in the header.
const SALT_AT: usize = 100;

pub(super) struct Schedule {
    key: Zeroizing<[u8; KEY]>,
    base_nonce: [u8; NONCE],
    pub(super) commitment: [u8; 32],
}

/// `HKDF-Expand(HKDF-Extract-SHA-512(salt, data key), label ‖ SHA-512(H), 76)`.
pub(super) fn derive(
    header: &[u8; HEADER],
    data_key: &[u8; KEY],
) -> Result<Schedule, StorageError> {
    let (_, salt) = header.split_at(SALT_AT);
    let context = Sha512::digest(header);
    let mut output = Zeroizing::new([0; KEY + NONCE + 32]);
    Hkdf::<Sha512>::new(Some(salt), data_key)
        .expand_multi_info(&[LABEL, &context], output.as_mut_slice())
        .map_err(|_e: hkdf::InvalidLength| StorageError::TooLong)?;
    let (key, rest) = output.split_at(KEY);
    let (base_nonce, commitment) = rest.split_at(NONCE);
    let mut schedule =
        Schedule { key: Zeroizing::new([0; KEY]), base_nonce: [0; NONCE], commitment: [0; 32] };
    schedule.key.copy_from_slice(key);
    schedule.base_nonce.copy_from_slice(base_nonce);
    schedule.commitment.copy_from_slice(commitment);
    Ok(schedule)
}

impl Schedule {
    pub(super) fn into_cipher(self, backend: Backend) -> Result<ChunkCipher, StorageError> {
        Ok(ChunkCipher::new(backend.cipher(&self.key)?, self.base_nonce))
    }
}
