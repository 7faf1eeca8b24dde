//! Why an object was not taken.

use crate::error::cause;
use lightcase_catalog::CatalogError;
use lightcase_dataset::ScanError;
use lightcase_model::RefusalId;
use lightcase_storage::StorageError;

/// The reasons there are. Both edges match them without a wildcard arm, so that a new one cannot
/// be forgotten there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The sender may not do this.
    NotPermitted,
    /// The bytes are not a data set that can be filed.
    Malformed,
    /// The data set is not the instance that the command named.
    UidMismatch,
    /// A limit was exceeded.
    LimitExceeded,
    /// The data set is of another SOP class than the command named.
    ClassMismatch,
    /// It contradicts what is held.
    Conflict,
    /// No room.
    Full,
    /// The object store does not answer.
    StoreDown,
    /// The index does not answer.
    IndexDown,
    /// The key ring does not answer.
    KeysDown,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 10] = [
        Self::NotPermitted,
        Self::Malformed,
        Self::UidMismatch,
        Self::LimitExceeded,
        Self::ClassMismatch,
        Self::Conflict,
        Self::Full,
        Self::StoreDown,
        Self::IndexDown,
        Self::KeysDown,
    ];

    /// The name used in lists, logs, the API and the audit.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotPermitted => "NotPermitted",
            Self::Malformed => "Malformed",
            Self::UidMismatch => "UidMismatch",
            Self::LimitExceeded => "LimitExceeded",
            Self::ClassMismatch => "ClassMismatch",
            Self::Conflict => "Conflict",
            Self::Full => "Full",
            Self::StoreDown => "StoreDown",
            Self::IndexDown => "IndexDown",
            Self::KeysDown => "KeysDown",
        }
    }

    /// Whether the same object may be taken later, without anybody changing it.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Full | Self::StoreDown | Self::IndexDown | Self::KeysDown)
    }
}

/// An object that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// Why, for programs.
    pub reason: Reason,
    /// What is wrong and what to do, for people. Holds nothing of the patient.
    pub sentence: String,
    /// Its place in the list of refusals; `None` when not even that could be written.
    pub id: Option<RefusalId>,
}

/// Why a stage failed, before it has a place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) reason: Reason,
    pub(crate) sentence: String,
}

impl Fault {
    pub(crate) fn new(reason: Reason, sentence: impl Into<String>) -> Self {
        Self { reason, sentence: sentence.into() }
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        match &error {
            ScanError::LimitExceeded { .. } => Self::new(
                Reason::LimitExceeded,
                format!("{error}; send it in smaller objects, or ask for the limit to be raised"),
            ),
            ScanError::Truncated => Self::new(
                Reason::Malformed,
                "the object is truncated: its end is missing; send it again",
            ),
            ScanError::NotDicom(_)
            | ScanError::Malformed { .. }
            | ScanError::Identity { .. }
            | ScanError::NotExact(_)
            | ScanError::UnsupportedEncoding => Self::new(Reason::Malformed, error.to_string()),
        }
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        let (reason, sentence) = match &error {
            StorageError::Full => {
                (Reason::Full, "the object store is full; make room and send again")
            }
            StorageError::KeysUnavailable { .. }
            | StorageError::KeyRefused { .. }
            | StorageError::KeyFile { .. }
            | StorageError::NoEntropy => {
                (Reason::KeysDown, "the key ring does not answer; send again later")
            }
            StorageError::TooLong => (Reason::LimitExceeded, "the object is too long"),
            StorageError::NotFound
            | StorageError::Corrupt { .. }
            | StorageError::Unavailable { .. }
            | StorageError::Range
            | StorageError::Interrupted
            | StorageError::Setting { .. } => {
                (Reason::StoreDown, "the object store does not answer; send again later")
            }
        };
        tracing::error!(error = cause(&error), "storage failed during ingest");
        Self::new(reason, sentence)
    }
}

impl From<CatalogError> for Fault {
    fn from(error: CatalogError) -> Self {
        tracing::error!(error = cause(&error), "catalog failed during ingest");
        match error {
            CatalogError::Full(_) => {
                Self::new(Reason::Full, "the disk of the index is full; make room and send again")
            }
            CatalogError::Keys(error) => Self::from(error),
            CatalogError::Unavailable(_)
            | CatalogError::Unsuitable(_)
            | CatalogError::Migration(_)
            | CatalogError::Unaudited
            | CatalogError::Taken(_)
            | CatalogError::Corrupt(_) => {
                Self::new(Reason::IndexDown, "the index does not answer; send again later")
            }
        }
    }
}
