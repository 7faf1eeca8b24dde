//! What is known of an object from outside: when it was sealed, and when it is opened.

use crate::{ObjectId, ObjectKind, SubjectKeyId};

/// An object that is durable in the store; the catalog keeps these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sealed {
    /// Its name.
    pub object: ObjectId,
    /// What it is.
    pub kind: ObjectKind,
    /// The key it is under.
    pub subject_key: SubjectKeyId,
    /// Bytes of plaintext.
    pub plain_len: u64,
    /// Bytes in the store.
    pub sealed_len: u64,
}

/// What the catalog says an object must be. A stored object that differs is refused, so objects
/// cannot be exchanged, truncated or extended in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Expected {
    /// Its name.
    pub object: ObjectId,
    /// What it is.
    pub kind: ObjectKind,
    /// The key it is under.
    pub subject_key: SubjectKeyId,
    /// Bytes of plaintext.
    pub plain_len: u64,
    /// Bytes in the store.
    pub sealed_len: u64,
}

impl From<&Sealed> for Expected {
    fn from(sealed: &Sealed) -> Self {
        let Sealed { object, kind, subject_key, plain_len, sealed_len } = *sealed;
        Self { object, kind, subject_key, plain_len, sealed_len }
    }
}

impl From<Sealed> for Expected {
    fn from(sealed: Sealed) -> Self {
        Self::from(&sealed)
    }
}
