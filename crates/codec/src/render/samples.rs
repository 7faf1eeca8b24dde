//! Reading samples out of their cells.

use crate::decode::Decoded;
use crate::{CodecError, Image};

/// How a stored value is read from a cell of up to 32 bits.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    shift: u32,
    mask: u32,
    sign: u32,
}

impl Reader {
    pub(super) fn new(image: &Image, decoded: &Decoded) -> Self {
        let mask = u32::MAX >> 32u32.saturating_sub(decoded.bits).min(31);
        let sign = if image.signed() { mask ^ (mask >> 1) } else { 0 };
        Self { shift: decoded.shift.min(31), mask, sign }
    }

    /// The stored value of a cell.
    pub(super) fn value(self, cell: u32) -> i64 {
        let sample = (cell >> self.shift) & self.mask;
        if sample & self.sign == 0 {
            i64::from(sample)
        } else {
            i64::from((sample | !self.mask).cast_signed())
        }
    }
}

/// The cells of a frame, one after the other.
pub(super) fn cells<'a>(
    image: &Image,
    bytes: &'a [u8],
) -> Result<Box<dyn Iterator<Item = u32> + 'a>, CodecError> {
    Ok(match image.bits_allocated {
        1 => {
            let bits =
                bytes.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1)));
            Box::new(bits.take(image.pixels()))
        }
        8 => Box::new(bytes.iter().map(|byte| u32::from(*byte))),
        16 => Box::new(bytes.as_chunks::<2>().0.iter().map(|b| u16::from_le_bytes(*b).into())),
        32 => Box::new(bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b))),
        _ => return Err(CodecError::unsupported("samples of this size")),
    })
}

/// A level of 0 to 1 as 8 bits.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0 … 255 first, and NaN becomes 0; there is no other conversion from floats"
)]
pub(super) fn level(place: f64) -> u8 {
    (place * 255.0).round().clamp(0.0, 255.0) as u8
}

/// A stored value as a number to calculate with.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "stored values have 32 bits at most, which a double holds exactly"
)]
pub(super) fn number(value: i64) -> f64 {
    value as f64
}
