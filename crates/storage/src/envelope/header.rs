//! The header H: fixed fields, big endian, 132 bytes.

use zeroize::Zeroizing;

use super::{Fresh, HEAD};
use crate::aead::{Backend, KEY, NONCE, TAG};
use crate::{ObjectId, ObjectKind, StorageError, SubjectKey, SubjectKeyId, error};

/// Bytes of the header, without the commitment that follows it.
pub(crate) const HEADER: usize = 132;
const COMMITMENT: usize = 32;
const MAGIC: [u8; 5] = *b"LCASE";
const VERSION: u8 = 1;
/// AES-256-GCM, HKDF-SHA-512, chunks of 64 KiB.
const SUITE: u8 = 1;
/// The fields before the wrapped data key: they are the AAD of its wrapping.
const PREFIX: usize = 40;

const _: () = assert!(HEADER + COMMITMENT == HEAD, "the commitment follows the header");

/// The fields of a header.
pub(crate) struct Header {
    pub(crate) kind: ObjectKind,
    pub(crate) subject_key: SubjectKeyId,
    pub(crate) object: ObjectId,
    wrap_nonce: [u8; NONCE],
    wrapped: [u8; KEY],
    wrap_tag: [u8; TAG],
    salt: [u8; 32],
}

impl Header {
    /// The header of a new object, its data key wrapped under the subject key.
    pub(super) fn wrap(
        kind: ObjectKind,
        subject: &SubjectKey,
        fresh: &Fresh,
        backend: Backend,
    ) -> Result<Self, StorageError> {
        let mut header = Self {
            kind,
            subject_key: subject.id(),
            object: fresh.object,
            wrap_nonce: fresh.wrap_nonce,
            wrapped: *fresh.data_key,
            wrap_tag: [0; TAG],
            salt: fresh.salt,
        };
        let prefix = header.prefix();
        let cipher = subject.cipher(backend)?;
        header.wrap_tag = cipher.seal(&header.wrap_nonce, &prefix, &mut header.wrapped)?;
        Ok(header)
    }

    /// The data key.
    pub(super) fn unwrap(
        &self,
        subject: &SubjectKey,
        backend: Backend,
    ) -> Result<Zeroizing<[u8; KEY]>, StorageError> {
        let mut key = Zeroizing::new(self.wrapped);
        subject
            .cipher(backend)?
            .open(&self.wrap_nonce, &self.prefix(), key.as_mut_slice(), &self.wrap_tag)
            .map_err(|_e: crate::aead::TagMismatch| StorageError::corrupt("wrapped data key"))?;
        Ok(key)
    }

    fn prefix(&self) -> [u8; PREFIX] {
        let mut writer = Writer { bytes: [0; PREFIX], at: 0 };
        writer.put(&MAGIC);
        writer.put(&[VERSION, SUITE, self.kind.to_byte()]);
        writer.put(self.subject_key.as_bytes());
        writer.put(self.object.as_bytes());
        writer.bytes
    }

    pub(super) fn to_bytes(&self) -> [u8; HEADER] {
        let mut writer = Writer { bytes: [0; HEADER], at: 0 };
        writer.put(&self.prefix());
        writer.put(&self.wrap_nonce);
        writer.put(&self.wrapped);
        writer.put(&self.wrap_tag);
        writer.put(&self.salt);
        writer.bytes
    }

    /// Reads the fields. Nothing of them is authentic before the commitment was verified.
    pub(crate) fn parse(header: &[u8; HEADER]) -> Result<Self, StorageError> {
        let mut reader = Reader(header);
        if reader.take()? != MAGIC {
            return Err(StorageError::corrupt("magic"));
        }
        let [version, suite, kind] = reader.take()?;
        if version != VERSION {
            return Err(StorageError::corrupt(error::FORMAT_VERSION));
        }
        if suite != SUITE {
            return Err(StorageError::corrupt(error::SUITE));
        }
        Ok(Self {
            kind: ObjectKind::from_byte(kind)?,
            subject_key: SubjectKeyId::from_bytes(reader.take()?),
            object: ObjectId::from_bytes(reader.take()?),
            wrap_nonce: reader.take()?,
            wrapped: reader.take()?,
            wrap_tag: reader.take()?,
            salt: reader.take()?,
        })
    }

    /// The header and the commitment of a stored head.
    pub(crate) fn split(
        head: &[u8; HEAD],
    ) -> Result<([u8; HEADER], [u8; COMMITMENT]), StorageError> {
        let mut reader = Reader(head);
        Ok((reader.take()?, reader.take()?))
    }
}

struct Writer<const N: usize> {
    bytes: [u8; N],
    at: usize,
}

impl<const N: usize> Writer<N> {
    fn put(&mut self, field: &[u8]) {
        for (to, from) in self.bytes.iter_mut().skip(self.at).zip(field) {
            *to = *from;
        }
        self.at = self.at.saturating_add(field.len());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], StorageError> {
        let (field, rest) =
            self.0.split_first_chunk().ok_or(StorageError::corrupt("header length"))?;
        self.0 = rest;
        Ok(*field)
    }
}
