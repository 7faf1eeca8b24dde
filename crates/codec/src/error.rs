//! Why a frame gave no samples and no picture.

use serde::{Deserialize, Serialize};

/// What went wrong, by what the caller can do about it.
///
/// The sentences name numbers and formats only: nothing of the patient, nothing of the pixels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum CodecError {
    /// The image is well formed as far as we know, but its picture cannot be made here faithfully.
    /// Offer the original bytes instead.
    #[error("this image cannot be decoded here: {why}")]
    Unsupported {
        /// What is not supported.
        why: String,
    },
    /// The image or its codestream contradicts itself or the standard.
    #[error("the image is damaged: {why}")]
    Broken {
        /// What is wrong.
        why: String,
    },
    /// The image would need more memory than one frame may take.
    #[error("the image is too large: {why}")]
    LimitExceeded {
        /// Which limit.
        why: String,
    },
    /// The worker was killed because the job took too long.
    #[error("decoding took too long and was stopped")]
    TimedOut,
    /// The worker process ended while it held the job, or could not be started.
    #[error("the decoder process ended unexpectedly")]
    Died,
    /// Too many jobs are waiting, or the pool is shutting down. Try again later.
    #[error("too many images are being decoded; try again later")]
    Busy,
}

impl CodecError {
    pub(crate) fn unsupported(why: impl Into<String>) -> Self {
        Self::Unsupported { why: why.into() }
    }

    pub(crate) fn broken(why: impl Into<String>) -> Self {
        Self::Broken { why: why.into() }
    }

    pub(crate) fn limit(why: impl Into<String>) -> Self {
        Self::LimitExceeded { why: why.into() }
    }
}
