//! How native pixels lie in their bytes, PS3.5 section 8 and PS3.3 section C.7.6.3.

use std::ops::RangeInclusive;

use lightcase_dataset::{Element, SpecificCharacterSet, Tag, TransferSyntax, VR};

use super::Region;
use crate::subject::{number_of, text_of};
use crate::tape::Tape;

/// How the samples of native frames lie: whole bytes each, by pixel or by plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Rows (0028,0010).
    pub rows: u32,
    /// Columns (0028,0011).
    pub columns: u32,
    /// Samples per Pixel (0028,0002).
    pub samples: u32,
    /// Bytes of a sample: Bits Allocated (0028,0100) over 8.
    pub bytes: u32,
    /// Planar Configuration (0028,0006) is 1.
    pub planar: bool,
    /// Photometric Interpretation (0028,0004) is `YBR_FULL`, of which black is not zero.
    pub ybr: bool,
}

impl Layout {
    /// That of native pixels; `None` when samples are not whole bytes, are shared between pixels or
    /// do not stand in their order, so that nobody can say which bytes a region is.
    pub(crate) fn of_native(
        tape: &Tape,
        syntax: &TransferSyntax,
        pixels: Option<Element>,
    ) -> Option<Self> {
        let number = |tag| number_of(tape, Tag(tag));
        let (pixels, photometric) = (pixels?, photometric(tape));
        let layout = Self {
            rows: number(0x0028_0010)?,
            columns: number(0x0028_0011)?,
            samples: number(0x0028_0002).unwrap_or(1),
            bytes: number(0x0028_0100).filter(|bits| matches!(bits, 8 | 16 | 32 | 64))? / 8,
            planar: number(0x0028_0006) == Some(1),
            ybr: photometric == "YBR_FULL",
        };
        let width = match pixels.tag {
            FLOAT_PIXEL_DATA => 4,
            DOUBLE_FLOAT_PIXEL_DATA => 8,
            _ => layout.bytes,
        };
        // In big endian words two samples of one byte change places, PS3.5 section 8.1.1.
        let swapped = syntax.is_big_endian() && pixels.vr == VR::OW && layout.bytes == 1;
        let known = !swapped
            && width == layout.bytes
            && layout.frame() > 0
            && subsampling(&photometric) == Some((1, 1));
        known.then_some(layout)
    }

    /// Whether each of the regions has pixels of the image, which it may reach beyond.
    pub(crate) fn has_all(tape: &Tape, regions: &[Region]) -> bool {
        let size = |tag| number_of(tape, Tag(tag)).unwrap_or(0);
        let (rows, columns) = (size(0x0028_0010), size(0x0028_0011));
        regions.iter().all(|region| {
            region.x < columns && region.y < rows && region.width > 0 && region.height > 0
        })
    }

    /// Whether so many bytes are all frames, which may be padded with one: what is longer has bytes behind
    /// them, and what is shorter is no image.
    pub(crate) fn fits(tape: &Tape, len: u64) -> bool {
        let bytes = Self::len_of(tape, frames(tape));
        bytes.is_some_and(|bytes| (bytes..=padded(bytes)).contains(&len))
    }

    /// Bytes of all frames, without padding and with each padded for itself; `None` if nobody can say.
    pub(crate) fn len_in_frames(tape: &Tape) -> Option<RangeInclusive<u64>> {
        let (frame, frames) = (Self::len_of(tape, 1)?, frames(tape));
        Some(frame.saturating_mul(frames)..=padded(frame).saturating_mul(frames))
    }

    /// Bytes of some frames that lie one behind the other.
    fn len_of(tape: &Tape, frames: u64) -> Option<u64> {
        let number = |tag| number_of(tape, Tag(tag)).map(u64::from);
        let (whole, parts) = subsampling(&photometric(tape))?;
        let all = [
            number(0x0028_0010)?,
            number(0x0028_0011)?,
            number(0x0028_0100)?,
            number(0x0028_0002).unwrap_or(1),
            frames,
            whole,
        ];
        let bits = all.iter().fold(1_u64, |a, b| a.saturating_mul(*b)).div_ceil(parts);
        Some(bits.div_ceil(8))
    }

    /// Bytes of a row of a plane, or of all samples when they lie by pixel.
    pub(crate) fn row(&self) -> u64 {
        let samples = if self.planar { 1 } else { self.samples };
        u64::from(self.columns) * u64::from(samples) * u64::from(self.bytes)
    }

    /// Bytes of a pixel in a row.
    pub(crate) fn pixel(&self) -> u64 {
        u64::from(if self.planar { 1 } else { self.samples }) * u64::from(self.bytes)
    }

    /// Bytes of a frame.
    pub fn frame(&self) -> u64 {
        let planes = if self.planar { self.samples } else { 1 };
        self.row().saturating_mul(u64::from(self.rows)).saturating_mul(u64::from(planes))
    }
}

/// Float Pixel Data (7FE0,0008): samples of 32 bits.
const FLOAT_PIXEL_DATA: Tag = Tag(0x7FE0_0008);

/// Double Float Pixel Data (7FE0,0009): samples of 64 bits.
const DOUBLE_FLOAT_PIXEL_DATA: Tag = Tag(0x7FE0_0009);

const fn padded(bytes: u64) -> u64 {
    bytes.saturating_add(bytes % 2)
}

fn frames(tape: &Tape) -> u64 {
    number_of(tape, Tag(0x0028_0008)).map_or(1, u64::from).max(1)
}

fn photometric(tape: &Tape) -> String {
    text_of(tape, SpecificCharacterSet::default(), Tag(0x0028_0004))
}

/// How many of its samples an image has, as a fraction: neighbours share chroma in some colours,
/// PS3.3 section C.7.6.3.1.2. `None` for those of which nobody says it.
fn subsampling(photometric: &str) -> Option<(u64, u64)> {
    match photometric {
        "YBR_FULL_422" | "YBR_PARTIAL_422" => Some((2, 3)),
        "YBR_PARTIAL_420" => Some((1, 2)),
        other => (!other.contains("_4")).then_some((1, 1)),
    }
}
