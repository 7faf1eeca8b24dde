//! Adoption: store and index are compared, and a blob that no row names is taken up.
//!
//! A crash between a durable blob and its row leaves such blobs, and so does an older database
//! that is put back under a newer store. What lies in the store is the truth: an image is indexed
//! by the stages of ingest, what was refused is listed again, and nothing is removed but what is
//! held in another blob, what interrupted writes left, and what does not authenticate.

mod image;
mod quarantined;
mod sweep;
mod take_up;

pub(crate) use sweep::LEASE;
pub use sweep::Swept;

/// What became of a blob that no row named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// An image that is found from now on.
    Adopted,
    /// The same instance was held in another blob; removed.
    Surplus,
    /// An image that contradicts what is held, or is no whole object; in quarantine.
    Quarantined,
    /// What was refused before; in the list again.
    Listed,
    /// It does not authenticate and is old; removed.
    Damaged,
    /// Not ours to judge, or too young: it stays as it is.
    Left,
    /// It was gone, or named, before its turn came.
    Gone,
}

/// Why a sweep cannot go on at present.
enum Halt {
    /// A part does not answer; it was logged where it failed.
    Later,
    /// A part does not answer.
    Failed(crate::ArchiveError),
}

impl<E: Into<crate::ArchiveError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
