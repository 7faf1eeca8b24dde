//! One chunk: nonce, encryption, verification.

use crate::StorageError;
use crate::aead::{Aead, NONCE, TAG, TagMismatch};

/// Encrypts and opens the chunks of one object.
pub(crate) struct ChunkCipher {
    aead: Box<dyn Aead>,
    base_nonce: [u8; NONCE],
}

impl ChunkCipher {
    pub(super) fn new(aead: Box<dyn Aead>, base_nonce: [u8; NONCE]) -> Self {
        Self { aead, base_nonce }
    }

    /// base XOR (0⁷ ‖ u32 index ‖ last flag). An index that does not fit 32 bits is refused:
    /// a wrapped counter would repeat a nonce.
    fn nonce(&self, index: u64, last: bool) -> Result<[u8; NONCE], StorageError> {
        let index = u32::try_from(index)
            .map_err(|_e: std::num::TryFromIntError| StorageError::TooLong)?
            .to_be_bytes();
        let mut nonce = self.base_nonce;
        let tail = index.into_iter().chain([u8::from(last)]);
        for (byte, position) in nonce.iter_mut().skip(NONCE - 5).zip(tail) {
            *byte ^= position;
        }
        Ok(nonce)
    }

    /// Encrypts a chunk in place and gives the tag that follows it.
    pub(crate) fn seal(
        &self,
        index: u64,
        last: bool,
        chunk: &mut [u8],
    ) -> Result<[u8; TAG], StorageError> {
        self.aead.seal(&self.nonce(index, last)?, b"", chunk)
    }

    /// Verifies and decrypts a stored chunk in place; the plaintext is what is returned.
    pub(crate) fn open<'c>(
        &self,
        index: u64,
        last: bool,
        stored: &'c mut [u8],
    ) -> Result<&'c mut [u8], StorageError> {
        let (text, tag) =
            stored.split_last_chunk_mut::<TAG>().ok_or(StorageError::corrupt("chunk length"))?;
        self.aead
            .open(&self.nonce(index, last)?, b"", text, tag)
            .map_err(|_e: TagMismatch| StorageError::corrupt("chunk"))?;
        Ok(text)
    }
}
