//! How native pixels lie in their bytes, PS3.5 section 8 and PS3.3 section C.7.6.3.

use lightcase_dataset::Tag;

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
    /// Reads it; `None` when samples are not whole bytes or are shared between pixels.
    pub(crate) fn read(tape: &Tape) -> Option<Self> {
        let number = |tag| number_of(tape, Tag(tag));
        let photometric =
            text_of(tape, lightcase_dataset::SpecificCharacterSet::default(), Tag(0x0028_0004));
        let bits = number(0x0028_0100)?;
        let whole = matches!(bits, 8 | 16 | 32 | 64);
        let shared = photometric.contains("_42");
        (whole && !shared).then_some(Self {
            rows: number(0x0028_0010)?,
            columns: number(0x0028_0011)?,
            samples: number(0x0028_0002).unwrap_or(1),
            bytes: bits / 8,
            planar: number(0x0028_0006) == Some(1),
            ybr: photometric == "YBR_FULL",
        })
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
