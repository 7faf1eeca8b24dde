//! What a sealed object is.

use crate::StorageError;
use crate::error::OBJECT_KIND;

/// The kind of an object: one byte of its header, so that no object can stand in for one of
/// another kind.
///
/// The numbers are part of the format and are never used again for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// An instance: ingest record and PS3.10 bytes.
    Image,
    /// A refused object, sealed under the key of the day.
    Quarantine,
    /// A record about keys, sealed under the system key.
    KeyRecord,
    /// A record that something was deleted, shredded or moved.
    Deletion,
    /// Something computed from images that can be computed again: a thumbnail, a frame.
    Rendition,
    /// A metadata document of a series.
    Metadata,
    /// A de-identified copy, or another export that waits for delivery.
    Export,
}

impl ObjectKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Image,
        Self::Quarantine,
        Self::KeyRecord,
        Self::Deletion,
        Self::Rendition,
        Self::Metadata,
        Self::Export,
    ];

    /// The byte in the header.
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Image => 1,
            Self::Quarantine => 2,
            Self::KeyRecord => 3,
            Self::Deletion => 4,
            Self::Rendition => 5,
            Self::Metadata => 6,
            Self::Export => 7,
        }
    }

    /// The kind that a byte stands for; [`StorageError::Corrupt`] for an unknown one.
    pub fn from_byte(byte: u8) -> Result<Self, StorageError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.to_byte() == byte)
            .ok_or(StorageError::corrupt(OBJECT_KIND))
    }
}
