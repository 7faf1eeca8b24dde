//! Where the pixels of an object lie.

use serde::{Deserialize, Serialize};

use crate::frames::{Fragment, Frame};

/// The pixel data of an object. Offsets count from the first byte of the data set (behind group
/// 2), in deflated syntaxes of the inflated data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PixelData {
    /// Pixel Data (7FE0,0010) with a length: all frames behind each other.
    Native {
        /// Of the first byte.
        offset: u64,
        /// In bytes.
        len: u64,
    },
    /// Pixel Data (7FE0,0010) in fragments.
    Encapsulated {
        /// All of them in order, without the Basic Offset Table.
        fragments: Vec<Fragment>,
        /// Which fragments make up which frame; nothing when the object leaves it open.
        frames: Option<Vec<Frame>>,
    },
    /// Float (7FE0,0008) or Double Float (7FE0,0009) Pixel Data.
    FloatNative {
        /// Of the first byte.
        offset: u64,
        /// In bytes.
        len: u64,
        /// 64-bit rather than 32-bit values.
        double: bool,
    },
}

impl PixelData {
    /// The fragments of a frame (numbered from 0); nothing when there is no such frame, the frames
    /// are unresolved, or the pixels are not encapsulated.
    pub fn frame(&self, index: usize) -> Option<&[Fragment]> {
        match self {
            Self::Encapsulated { fragments, frames: Some(frames) } => {
                let frame = frames.get(index)?;
                fragments.get(frame.first..frame.first.checked_add(frame.count)?)
            }
            Self::Encapsulated { .. } | Self::Native { .. } | Self::FloatNative { .. } => None,
        }
    }
}
