//! Why a read was not answered, by what the caller can do.

use lightcase_catalog::CatalogError;
use lightcase_codec::CodecError;
use lightcase_storage::StorageError;

/// Why a read was not answered.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is nothing of that kind in sight: it does not exist, or the scope does not show it.
    /// The two are never told apart.
    #[error("nothing of that kind is in sight")]
    NotFound,
    /// It is in sight, and may be looked at, but not taken along.
    #[error("this may be looked at, but not downloaded")]
    ViewOnly,
    /// The request contradicts itself or the standard.
    #[error("{0}")]
    BadRequest(String),
    /// It is not any more as the request takes it to be.
    #[error("{0}")]
    Conflict(String),
    /// No picture can be made of it here; the sentence says why.
    #[error("{0}")]
    NotRenderable(String),
    /// Too much is asked at once: try again later.
    #[error("too many requests of this kind; try again in a moment")]
    Busy,
    /// The index does not answer: try again later.
    #[error("the index does not answer")]
    Index(#[source] CatalogError),
    /// The object store does not answer: try again later.
    #[error("the object store does not answer")]
    Store(#[source] StorageError),
    /// What is stored cannot be read: somebody must look at it.
    #[error("what is stored cannot be read")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<CatalogError> for ArchiveError {
    fn from(error: CatalogError) -> Self {
        Self::Index(error)
    }
}

impl From<StorageError> for ArchiveError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Corrupt { .. }
            | StorageError::NotFound
            | StorageError::KeyRefused { .. }
            | StorageError::Range => Self::Damaged(Box::new(error)),
            StorageError::Unavailable { .. }
            | StorageError::Full
            | StorageError::KeysUnavailable { .. }
            | StorageError::KeyFile { .. }
            | StorageError::TooLong
            | StorageError::Interrupted
            | StorageError::Setting { .. }
            | StorageError::NoEntropy => Self::Store(error),
        }
    }
}

impl From<CodecError> for ArchiveError {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Unsupported { .. }
            | CodecError::Broken { .. }
            | CodecError::LimitExceeded { .. }
            | CodecError::TimedOut
            | CodecError::Died => Self::NotRenderable(error.to_string()),
            CodecError::Busy => Self::Busy,
        }
    }
}

/// An error as a field of a log line, with its sources.
pub(crate) fn cause<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    error
}
