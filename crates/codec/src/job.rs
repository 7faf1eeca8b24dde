//! What a worker is asked to do with one frame.

use lightcase_model::TransferSyntaxUid;
use serde::{Deserialize, Serialize};

use crate::syntax::{Syntax, decodable, renderable};
use crate::{CodecError, FRAME_LIMIT, Image, Window};

/// One frame's job. The frame's bytes travel beside it.
///
/// The bytes are one frame as the data set has it: native bytes (for one bit per sample, starting
/// with the frame's first bit), or for compressed syntaxes the fragments of that frame put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// Make a picture.
    Render {
        /// What the bytes mean.
        image: Image,
        /// Transfer syntax of the frame.
        syntax: TransferSyntaxUid,
        /// Instead of the image's own window; `None` takes the image's first, or else the least
        /// and greatest value of the frame.
        window: Option<Window>,
        /// Fit inside this width and height; never enlarged.
        viewport: Option<(u32, u32)>,
        /// The picture's file format.
        format: Format,
    },
    /// Undo the compression: native samples, by pixel, little endian, [`Image::decoded_len`] bytes.
    ///
    /// Colour transforms are undone; [`Image::decoded`] tells what comes out.
    Decode {
        /// What the bytes mean.
        image: Image,
        /// Transfer syntax of the frame.
        syntax: TransferSyntaxUid,
    },
}

/// The file format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Baseline JPEG; quality 1 to 100, 90 is a good one.
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
    /// PNG, lossless.
    Png,
}

impl Job {
    /// The image and the transfer syntax of the job.
    pub(crate) fn subject(&self) -> (&Image, &TransferSyntaxUid) {
        match self {
            Self::Render { image, syntax, window: _, viewport: _, format: _ }
            | Self::Decode { image, syntax } => (image, syntax),
        }
    }

    /// Refuses what need not reach a worker. Run on both sides of the pipe.
    pub(crate) fn check(&self, frame: &[u8]) -> Result<(), CodecError> {
        let (image, uid) = self.subject();
        match self {
            Self::Render { .. } => renderable(uid, image)?,
            Self::Decode { .. } => decodable(uid, image)?,
        }
        if frame.len() > FRAME_LIMIT {
            return Err(CodecError::limit("the compressed frame has more than 256 MiB"));
        }
        if frame.is_empty() {
            return Err(CodecError::broken("the frame is empty"));
        }
        if matches!(Syntax::of(uid)?, Syntax::Little | Syntax::Big)
            && frame.len() < image.native_len()?
        {
            return Err(CodecError::broken("the frame is shorter than Rows and Columns say"));
        }
        Ok(())
    }

    /// The most bytes an honest answer has.
    pub(crate) fn answer_limit(&self) -> Result<usize, CodecError> {
        let (image, _) = self.subject();
        Ok(match self {
            Self::Decode { .. } => image.decoded_len()?,
            // No encoder makes more than this of 8-bit samples, tables and chunk headers included.
            Self::Render { .. } => image.pixels().saturating_mul(8).saturating_add(1 << 16),
        })
    }
}
