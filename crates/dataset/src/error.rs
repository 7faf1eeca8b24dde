//! What can be wrong with bytes that claim to be DICOM, by what the caller does about it.

/// Why bytes were not taken. None of the texts holds anything of a value, so all may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// No DICOM at all: nothing to keep, tell the sender what the file is not.
    #[error("this is not a DICOM object: {0}")]
    NotDicom(&'static str),
    /// DICOM that breaks PS3.5 in a way that leaves its meaning open.
    #[error("malformed DICOM at byte {offset} of the data set: {what}")]
    Malformed {
        /// Where, in bytes from the start of what was being read.
        offset: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A composite object without a usable identity cannot be filed.
    #[error("{keyword} is missing or not a UID")]
    Identity {
        /// Keyword of the attribute, as PS3.6 prints it.
        keyword: &'static str,
    },
    /// A cap of [`Limits`](crate::Limits) was reached.
    #[error("limit exceeded: {what}")]
    LimitExceeded {
        /// Which cap.
        what: &'static str,
    },
    /// The bytes end inside an element, a sequence or a deflate stream.
    #[error("the object is truncated")]
    Truncated,
    /// A transfer syntax this crate has no reading for.
    #[error("this transfer syntax cannot be read")]
    UnsupportedEncoding,
    /// In another transfer syntax it would not mean the same: hand it over as it is, or not.
    #[error("this cannot be written exactly in another transfer syntax: {0}")]
    NotExact(&'static str),
}

pub(crate) type Result<T> = std::result::Result<T, ScanError>;
