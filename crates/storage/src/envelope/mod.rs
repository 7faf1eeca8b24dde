//! The envelope, format version 1: a header, a commitment, and chunks. `docs/envelope.md` is its
//! specification; the names there and here are the same.

mod chunk;
mod header;
mod layout;
mod schedule;

pub(crate) use chunk::ChunkCipher;
pub(crate) use header::Header;
pub(crate) use layout::{CHUNK, HEAD, Span, plain_len, sealed_len, span, whole};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::aead::{Backend, KEY, NONCE, random};
use crate::{ObjectId, ObjectKind, StorageError, SubjectKey};

/// What is drawn at random for one object, once.
pub(crate) struct Fresh {
    pub(crate) object: ObjectId,
    pub(crate) data_key: Zeroizing<[u8; KEY]>,
    pub(crate) wrap_nonce: [u8; NONCE],
    pub(crate) salt: [u8; 32],
}

impl Fresh {
    pub(crate) fn draw() -> Result<Self, StorageError> {
        Ok(Self {
            object: ObjectId::from_bytes(random()?),
            data_key: Zeroizing::new(random()?),
            wrap_nonce: random()?,
            salt: random()?,
        })
    }
}

/// Begins an object: its header and commitment as stored, and the cipher of its chunks.
pub(crate) fn begin(
    kind: ObjectKind,
    subject: &SubjectKey,
    fresh: &Fresh,
    backend: Backend,
) -> Result<([u8; HEAD], ChunkCipher), StorageError> {
    let header = Header::wrap(kind, subject, fresh, backend)?.to_bytes();
    let schedule = schedule::derive(&header, &fresh.data_key)?;
    let mut head = [0; HEAD];
    let (front, back) = head.split_at_mut(header.len());
    front.copy_from_slice(&header);
    back.copy_from_slice(&schedule.commitment);
    Ok((head, schedule.into_cipher(backend)?))
}

/// Opens the head of a stored object that must be this object, of this kind, under this subject
/// key. The commitment is verified before a cipher exists, so no chunk is touched earlier.
pub(crate) fn unlock(
    head: &[u8; HEAD],
    object: ObjectId,
    kind: ObjectKind,
    subject: &SubjectKey,
    backend: Backend,
) -> Result<ChunkCipher, StorageError> {
    let (header, commitment) = Header::split(head)?;
    let parsed = Header::parse(&header)?;
    if parsed.object != object {
        return Err(StorageError::corrupt("object id"));
    }
    if parsed.kind != kind {
        return Err(StorageError::corrupt("object kind"));
    }
    if parsed.subject_key != subject.id() {
        return Err(StorageError::corrupt("subject key id"));
    }
    let data_key = parsed.unwrap(subject, backend)?;
    let schedule = schedule::derive(&header, &data_key)?;
    if !bool::from(schedule.commitment.ct_eq(&commitment)) {
        return Err(StorageError::corrupt("key commitment"));
    }
    schedule.into_cipher(backend)
}
