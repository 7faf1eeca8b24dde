//! Bits beside the pixels: an old place for overlays, and a hiding place.

use lightcase_dataset::Tag;

use crate::subject::number_of;
use crate::tape::Tape;

/// Watches native pixels for bits beside those of Bits Stored (0028,0101) that are neither zero nor
/// the sign.
#[derive(Debug, Clone)]
pub(crate) struct StrayBits {
    /// Of a sample.
    bytes: usize,
    stored: u32,
    /// Bits that no sample has.
    beside: u32,
    signed: bool,
    big_endian: bool,
    /// Pixel Padding Value (0028,0120) may lie outside the range of the pixels.
    padding: Option<u32>,
    /// The bytes of a sample that has not come whole.
    held: Vec<u8>,
    found: bool,
}

impl StrayBits {
    /// `None` when every bit is used.
    pub(crate) fn watch(tape: &Tape, big_endian: bool) -> Option<Self> {
        let number = |tag| number_of(tape, Tag(tag));
        let (allocated, stored) = (number(0x0028_0100)?, number(0x0028_0101)?);
        let high = number(0x0028_0102).unwrap_or(stored.saturating_sub(1));
        let watched = matches!(allocated, 8 | 16 | 32) && (1..allocated).contains(&stored);
        watched.then(|| {
            // Old images have them at the upper end, and may have overlays below.
            let shift = high.saturating_add(1).checked_sub(stored);
            let lies = shift.filter(|_| high < allocated);
            let used = lies.map(|shift| low_bits(stored).checked_shl(shift).unwrap_or(0));
            Self {
                bytes: usize::try_from(allocated / 8).unwrap_or(1),
                stored,
                beside: low_bits(allocated) & !used.unwrap_or(0),
                signed: number(0x0028_0103) == Some(1) && lies == Some(0),
                big_endian,
                padding: number(0x0028_0120),
                held: Vec::new(),
                // Nobody can say which bits are those of the pixels.
                found: lies.is_none(),
            }
        })
    }

    /// Looks at the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if !self.held.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.bytes - self.held.len()));
            self.held.extend_from_slice(now);
            rest = later;
            if self.held.len() < self.bytes {
                return;
            }
            let held = std::mem::take(&mut self.held);
            self.sample(&held);
        }
        if self.found {
            return;
        }
        if let (2, false) = (self.bytes, self.big_endian) {
            // Nearly all images: as fast as memory.
            let (words, left) = rest.as_chunks::<2>();
            self.held.extend_from_slice(left);
            let beside = u16::try_from(self.beside).unwrap_or(u16::MAX);
            let any = words.iter().fold(0, |any, word| any | u16::from_le_bytes(*word));
            if any & beside == 0 {
                return;
            }
            for word in words {
                self.number(u16::from_le_bytes(*word).into());
            }
            return;
        }
        let samples = rest.chunks_exact(self.bytes);
        self.held.extend_from_slice(samples.remainder());
        samples.for_each(|sample| self.sample(sample));
    }

    fn sample(&mut self, bytes: &[u8]) {
        let join = |sample: u32, byte: &u8| sample << 8 | u32::from(*byte);
        self.number(if self.big_endian {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        });
    }

    fn number(&mut self, sample: u32) {
        let beside = sample & self.beside;
        let negative = self.signed && sample >> (self.stored - 1) & 1 == 1;
        let usual = beside == 0 || negative && beside == self.beside;
        self.found |= !usual && Some(sample) != self.padding;
    }

    /// Whether such a bit was seen.
    pub(crate) const fn found(&self) -> bool {
        self.found
    }
}

/// A number of bits, from the lowest.
fn low_bits(bits: u32) -> u32 {
    u32::MAX.checked_shr(32_u32.saturating_sub(bits)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    /// Bits allocated, stored, high bit, signed.
    fn watch([allocated, stored, high, signed]: [u16; 4], big_endian: bool) -> Option<StrayBits> {
        let mut tape = Tape::default();
        for (tag, number) in [
            (0x0028_0100, allocated),
            (0x0028_0101, stored),
            (0x0028_0102, high),
            (0x0028_0103, signed),
            (0x0028_0120, 0xF830),
        ] {
            tape.element(Tag(tag), VR::US, false, Some(&number.to_le_bytes()));
        }
        StrayBits::watch(&tape, big_endian)
    }

    #[track_caller]
    fn check(shape: [u16; 4], samples: &[u32], expected: bool) {
        let width = usize::from(shape[0] / 8);
        for big_endian in [false, true] {
            let bytes: Vec<u8> = samples
                .iter()
                .flat_map(|sample| {
                    let mut bytes = sample.to_le_bytes()[..width].to_vec();
                    if big_endian {
                        bytes.reverse();
                    }
                    bytes
                })
                .collect();
            for size in 1..=bytes.len() {
                let mut watch = watch(shape, big_endian).unwrap();
                bytes.chunks(size).for_each(|piece| watch.push(piece));
                assert_eq!(watch.found(), expected, "{shape:?} {samples:04X?} by {size}");
            }
        }
    }

    #[test]
    fn stray_bits_are_seen() {
        let (unsigned, signed) = ([16, 12, 11, 0], [16, 12, 11, 1]);
        check(unsigned, &[0, 0x0FFF, 0x0123], false);
        check(unsigned, &[0, 0x1FFF], true);
        check(unsigned, &[0xF830, 1], false);
        check(signed, &[0xFFFF, 0xF800, 0x07FF], false);
        check(signed, &[0xF7FF], true);
        check(signed, &[0x0800], false);
        check(signed, &[0x8800, 0], true);
        check([8, 6, 5, 0], &[0x3F, 0], false);
        check([8, 6, 5, 0], &[0x40, 0], true);
        check([8, 6, 5, 1], &[0xE0, 0x1F], false);
        check([8, 6, 5, 1], &[0x60, 0], true);
        check([32, 24, 23, 0], &[0x00FF_FFFF], false);
        check([32, 24, 23, 0], &[0x0100_0000], true);
    }

    #[test]
    fn bits_below_the_pixels_are_seen_too() {
        check([16, 12, 15, 0], &[0xFFF0, 0x1230], false);
        check([16, 12, 15, 0], &[0xFFF1], true);
        // Where the bits of the pixels lie beside the sample, nothing can be said.
        check([16, 12, 16, 0], &[0], true);
        check([16, 12, 10, 0], &[0], true);
        assert!(watch([16, 16, 15, 0], false).is_none());
    }
}
