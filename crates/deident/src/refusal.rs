//! Why an object is not cleaned at all.

use lightcase_dataset::ScanError;

/// Why an object goes to quarantine unseen. Nothing of a value is in the texts, so all may be
/// logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read, or has a VR that the standard does not have.
    #[error("the object cannot be read safely")]
    Unreadable(#[from] ScanError),
    /// A transfer syntax that is not known.
    #[error("the transfer syntax is unknown")]
    TransferSyntax,
    /// A SOP class that is private, retired or missing, of the object or of one it refers to.
    #[error("a SOP class is private, unknown or missing")]
    SopClass,
    /// SOP, Study or Series Instance UID is missing, or another one than the first.
    #[error("the object has no usable identity")]
    Identity,
    /// Elements that do not come in ascending order of their tags, PS3.5 section 7.1.
    #[error("data elements are not in ascending order")]
    Order,
    /// A character set that is not known, so that text cannot be read.
    #[error("a character set is unknown")]
    CharacterSet,
    /// More stands before the pixel data than is kept in memory.
    #[error("the header is too large")]
    TooLarge,
    /// Dates are to be shifted, and nothing says whose they are.
    #[error("dates cannot be shifted: the patient ID is empty")]
    NoPatientId,
}

pub(crate) type Result<T> = std::result::Result<T, Refusal>;
