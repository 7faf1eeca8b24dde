//! What can go wrong in storage, told apart by what the caller can do about it.

use std::io;
use std::path::PathBuf;

/// Checks of a header's fields that a later version of the format fails.
pub(crate) const FORMAT_VERSION: &str = "format version";
pub(crate) const SUITE: &str = "suite";
pub(crate) const OBJECT_KIND: &str = "object kind";
const LATER: [&str; 3] = [FORMAT_VERSION, SUITE, OBJECT_KIND];

/// An outcome other than success. No variant carries plaintext, keys or patient data.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The store has no such object: the caller looks elsewhere or reports the loss.
    #[error("the store has no such object")]
    NotFound,
    /// Stored bytes are not what was sealed, or are not the object that was asked for. Trying
    /// again does not help; an administrator must know.
    #[error("the stored object was damaged, exchanged or tampered with: {what}")]
    Corrupt {
        /// The check that failed.
        what: &'static str,
    },
    /// The store did not answer, or answered with an error. Trying later may help.
    #[error("the object store is not available")]
    Unavailable {
        /// What the store, or the time limit, said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No room for new objects. Reading goes on.
    #[error("the object store is full, or nearly so")]
    Full,
    /// The key provider cannot be reached. Trying later may help.
    #[error("the key provider is not available")]
    KeysUnavailable {
        /// What the provider said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A wrapped key, or a field sealed under it, does not open with the keys at hand: another
    /// root key, another identity or context, or altered bytes.
    #[error("the key does not open this: {why}")]
    KeyRefused {
        /// The check that failed.
        why: &'static str,
    },
    /// The file of a key cannot be used; the operator must act before the program starts.
    #[error("key file {}: {why}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        why: &'static str,
        /// What the operating system said, when it was asked.
        #[source]
        source: Option<io::Error>,
    },
    /// A range outside the object: a mistake of the caller.
    #[error("the range does not lie inside the object")]
    Range,
    /// More bytes than one object can hold (256 TiB).
    #[error("too long for one object")]
    TooLong,
    /// An earlier write into this object failed or was cancelled; nothing of it is kept.
    #[error("an earlier write into this object did not end")]
    Interrupted,
    /// The storage address or an option is wrong; the operator must act.
    #[error("storage setting: {why}")]
    Setting {
        /// What is wrong.
        why: &'static str,
        /// What the backend said about it.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The operating system gave no random bytes; nothing can be sealed.
    #[error("the operating system gave no random bytes")]
    NoEntropy,
}

impl StorageError {
    /// Whether the same call may succeed later without anybody's doing.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::KeysUnavailable { .. })
    }

    /// Whether the object may be one of a later version of the format: it must be left alone, where
    /// one that does not authenticate may be removed.
    pub fn may_be_later(&self) -> bool {
        matches!(self, Self::Corrupt { what } if LATER.contains(what))
    }

    pub(crate) const fn corrupt(what: &'static str) -> Self {
        Self::Corrupt { what }
    }

    /// For calls that are about the store itself, where "not found" is not an object.
    pub(crate) fn unless_found(self, why: &'static str) -> Self {
        if matches!(self, Self::NotFound) { Self::Unavailable { source: why.into() } } else { self }
    }

    pub(crate) fn setting(
        why: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Setting { why, source: Some(source.into()) }
    }

    /// An input or output error of a local store.
    pub(crate) fn from_io(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            Self::NotFound
        } else if is_full(source.kind()) {
            Self::Full
        } else {
            Self::Unavailable { source: Box::new(source) }
        }
    }
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::NotFound;
        }
        // The cause "disk full" sits at different depths of the backends' private error types.
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(inner) = cause {
            if inner.downcast_ref::<io::Error>().is_some_and(|e| is_full(e.kind())) {
                return Self::Full;
            }
            cause = inner.source();
        }
        Self::Unavailable { source: Box::new(error) }
    }
}

fn is_full(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_found_under_the_backends_error() {
        let nested = object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(io::Error::from(io::ErrorKind::StorageFull)),
        };
        assert!(matches!(StorageError::from(nested), StorageError::Full));
        let other = object_store::Error::Generic { store: "S3", source: "no route".into() };
        assert!(StorageError::from(other).may_pass());
    }

    #[test]
    fn what_a_later_version_wrote_is_told_from_what_was_damaged() {
        assert!(StorageError::corrupt(FORMAT_VERSION).may_be_later());
        assert!(!StorageError::corrupt("chunk").may_be_later());
        assert!(!StorageError::NotFound.may_be_later());
    }
}
