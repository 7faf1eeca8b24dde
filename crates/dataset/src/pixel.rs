//! Where the pixels of an object lie.

use serde::{Deserialize, Serialize};

use crate::frames::{Fragment, Frame};
use crate::image::ImageModule;

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

    /// Where a native frame (numbered from 0) lies. Nothing when the pixels are not native, there
    /// is no such frame, the data is too short for it, or it does not start at a whole byte.
    pub fn native_frame(&self, image: &ImageModule, index: u32) -> Option<Fragment> {
        let (offset, available) = match self {
            Self::Native { offset, len } | Self::FloatNative { offset, len, .. } => (*offset, *len),
            Self::Encapsulated { .. } => return None,
        };
        if index >= image.number_of_frames {
            return None;
        }
        let bits = image.frame_bits()?;
        let start = bits.checked_mul(index.into())?;
        let len = bits.div_ceil(8);
        let start = start.is_multiple_of(8).then_some(start / 8)?;
        let end = start.checked_add(len)?;
        (len > 0 && end <= available).then_some(Fragment { offset: offset + start, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(image: &ImageModule, len: u64, index: u32, expected: Option<(u64, u64)>) {
        let frame = PixelData::Native { offset: 100, len }.native_frame(image, index);
        assert_eq!(frame.map(|frame| (frame.offset, frame.len)), expected);
    }

    #[test]
    fn native_frames() {
        let grey = ImageModule {
            rows: 4,
            columns: 3,
            samples_per_pixel: 1,
            bits_allocated: 16,
            number_of_frames: 2,
            ..ImageModule::default()
        };
        check(&grey, 48, 0, Some((100, 24)));
        check(&grey, 48, 1, Some((124, 24)));
        check(&grey, 48, 2, None);
        check(&grey, 47, 1, None);
        let mask = ImageModule { bits_allocated: 1, ..grey.clone() };
        check(&mask, 4, 0, Some((100, 2)));
        check(&mask, 4, 1, None);
        let half = ImageModule {
            bits_allocated: 8,
            samples_per_pixel: 3,
            photometric_interpretation: "YBR_FULL_422".to_owned(),
            ..grey.clone()
        };
        check(&half, 48, 1, Some((124, 24)));
        let huge = ImageModule {
            rows: u16::MAX,
            columns: u16::MAX,
            samples_per_pixel: u16::MAX,
            bits_allocated: u16::MAX,
            number_of_frames: u32::MAX,
            ..grey
        };
        check(&huge, 48, u32::MAX - 1, None);
    }
}
