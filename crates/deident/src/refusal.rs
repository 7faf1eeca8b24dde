//! Why an object is not cleaned at all, or not approved.

use lightcase_dataset::ScanError;

/// Why an object goes to quarantine unseen, or is not approved. Nothing of a value is in the texts, so
/// all may be logged.
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
    /// SOP, Study or Series Instance UID is missing, or several; or is none, and would stay.
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
    /// What is to be approved does not say that it was cleaned, (0012,0062).
    #[error("the object does not say that the patient's identity was removed")]
    NotClean,
    /// Regions were drawn where there are no pixels.
    #[error("regions cannot be blanked in an object without pixels")]
    NoPixels,
    /// Regions were drawn on compressed pixels; decode them, and approve what is native then.
    #[error("regions cannot be blanked in compressed pixels: they must be decoded first")]
    Compressed,
    /// Regions were drawn on pixels of which nobody can say which bytes they are.
    #[error("regions cannot be blanked in pixels that are packed like these")]
    Packed,
    /// Compressed pixels have a text beside them that nobody could see; decode them, and approve
    /// what is native then. Or native ones have bits beyond those of Bits Stored (0028,0101).
    #[error("something lies beside the pixels, where nobody sees it: they must be decoded first")]
    Unseen,
    /// A region lies beside the image, or has no size.
    #[error("a region lies outside the image")]
    Outside,
}

pub(crate) type Result<T> = std::result::Result<T, Refusal>;
