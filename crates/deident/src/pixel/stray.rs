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
    beside: u64,
    signed: bool,
    big_endian: bool,
    /// Pixel Padding Value (0028,0120) may lie outside the range of the pixels.
    padding: Option<u64>,
    /// The bytes of a sample that has not come whole.
    held: Vec<u8>,
    found: bool,
}

impl StrayBits {
    /// `None` when every bit is used. Where nobody can say which bits are those of the pixels, because
    /// their numbers are not there, contradict each other or are no whole bytes, some are found at once.
    pub(crate) fn watch(tape: &Tape, big_endian: bool) -> Option<Self> {
        let number = |tag| number_of(tape, Tag(tag));
        let (allocated, stored) =
            (number(0x0028_0100).unwrap_or(0), number(0x0028_0101).unwrap_or(0));
        let high = number(0x0028_0102).unwrap_or(stored.saturating_sub(1));
        // Old images have them at the upper end, and may have overlays below.
        let shift = high.saturating_add(1).checked_sub(stored);
        let lies = shift.filter(|_| stored > 0 && high < allocated);
        if lies.is_some() && stored == allocated {
            return None;
        }
        let is_whole = (8..=64).contains(&allocated) && allocated.is_multiple_of(8);
        let used = lies.map(|shift| low_bits(stored).checked_shl(shift).unwrap_or(0));
        Some(Self {
            bytes: usize::try_from(allocated / 8).unwrap_or(1).clamp(1, 8),
            stored,
            beside: low_bits(allocated) & !used.unwrap_or(0),
            signed: number(0x0028_0103) == Some(1) && lies == Some(0),
            big_endian,
            padding: number(0x0028_0120).map(u64::from),
            held: Vec::new(),
            found: lies.is_none() || !is_whole,
        })
    }

    /// Looks at a byte of a sample by itself, 0 for the lowest: where samples come plane by plane. What
    /// the sign bit of another plane would allow is allowed.
    pub(crate) fn byte(&mut self, place: usize, byte: u8) {
        let shift = u32::try_from(place.min(7)).unwrap_or(0) * 8;
        let of = |number: u64| (number >> shift) & 0xFF;
        let (beside, stray) = (of(self.beside), u64::from(byte) & of(self.beside));
        if stray == 0 {
            return;
        }
        let sign = self.stored.saturating_sub(1);
        let is_negative = match sign.checked_sub(shift) {
            Some(bit) => bit < 8 && u64::from(byte) >> bit & 1 == 1,
            None => true,
        };
        let padding = self.padding.map(|padding| of(padding) & beside);
        let usual = self.signed && is_negative && stray == beside || padding == Some(stray);
        self.found |= !usual;
    }

    /// Whether a byte of a sample, 0 for the lowest, has such bits.
    pub(crate) fn has(&self, place: usize) -> bool {
        self.beside.to_le_bytes().get(place).is_some_and(|byte| *byte != 0)
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
            let (words, left) = rest.as_chunks::<2>();
            self.held.extend_from_slice(left);
            self.found |= self.any_stray(words);
            return;
        }
        let samples = rest.chunks_exact(self.bytes);
        self.held.extend_from_slice(samples.remainder());
        samples.for_each(|sample| self.sample(sample));
    }

    /// What [`Self::number`] says of nearly all images, without a branch: as fast as memory.
    #[expect(clippy::needless_bitwise_bool, reason = "a branch would keep it from vectors")]
    fn any_stray(&self, words: &[[u8; 2]]) -> bool {
        let low = |bits: u64| u16::try_from(bits & 0xFFFF).unwrap_or(0);
        let beside = low(self.beside);
        // Zero is usual by itself, so it stands for a padding that is not there.
        let padding = low(self.padding.filter(|padding| *padding <= 0xFFFF).unwrap_or(0));
        let sign = if self.signed { low(1 << (self.stored - 1)) } else { 0 };
        let negative = beside | sign;
        let is_stray = |word: u16| {
            (word & beside != 0) & ((sign == 0) | (word & negative != negative)) & (word != padding)
        };
        words.chunks(4096).any(|part| {
            part.iter().fold(false, |any, word| any | is_stray(u16::from_le_bytes(*word)))
        })
    }

    fn sample(&mut self, bytes: &[u8]) {
        let join = |sample: u64, byte: &u8| sample << 8 | u64::from(*byte);
        self.number(if self.big_endian {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        });
    }

    fn number(&mut self, sample: u64) {
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
fn low_bits(bits: u32) -> u64 {
    u64::MAX.checked_shr(64_u32.saturating_sub(bits)).unwrap_or(0)
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
    fn check(shape: [u16; 4], samples: &[u64], expected: bool) {
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
        check([24, 20, 19, 0], &[0x000F_FFFF], false);
        check([24, 20, 19, 0], &[0x0010_0000, 0], true);
        check([40, 33, 32, 1], &[0xFF_0000_0000, 0x00_FFFF_FFFF], false);
        check([64, 48, 47, 0], &[0x0000_FFFF_FFFF_FFFF], false);
        check([64, 48, 47, 0], &[0x5100_0000_0000_0000], true);
    }

    #[test]
    fn many_words_are_judged_as_each_by_itself() {
        for shape in [[16, 12, 11, 0], [16, 12, 11, 1], [16, 12, 15, 0], [16, 1, 0, 1]] {
            let watched = watch(shape, false).unwrap();
            for word in 0..=u16::MAX {
                let mut alone = watched.clone();
                alone.number(word.into());
                let among = [[0, 0], word.to_le_bytes()];
                assert_eq!(watched.any_stray(&among), alone.found(), "{shape:?} {word:04X}");
            }
        }
    }

    #[test]
    fn bits_below_the_pixels_are_seen_too() {
        check([16, 12, 15, 0], &[0xFFF0, 0x1230], false);
        check([16, 12, 15, 0], &[0xFFF1], true);
        // Where the bits of the pixels lie beside the sample, nothing can be said.
        check([16, 12, 16, 0], &[0], true);
        check([16, 12, 10, 0], &[0], true);
        check([16, 16, 10, 0], &[0], true);
        for shape in [[16, 16, 15, 0], [8, 8, 7, 1], [1, 1, 0, 0], [12, 12, 11, 0]] {
            assert!(watch(shape, false).is_none(), "{shape:?}");
        }
    }

    #[test]
    fn bits_of_which_nobody_can_say_where_they_lie_are_found_at_once() {
        for shape in [
            [16, 0, 0, 0],
            [16, 17, 16, 0],
            [8, 12, 11, 0],
            [12, 10, 9, 0],
            [0, 0, 0, 0],
            [128, 12, 11, 0],
        ] {
            assert!(watch(shape, false).unwrap().found(), "{shape:?}");
        }
        assert!(StrayBits::watch(&Tape::default(), false).unwrap().found());
    }

    #[track_caller]
    fn check_plane(shape: [u16; 4], place: usize, bytes: &[u8], expected: bool) {
        let mut watch = watch(shape, false).unwrap();
        assert!(watch.has(place) && !watch.has(0) && !watch.has(9));
        for byte in bytes {
            watch.byte(place, *byte);
        }
        assert_eq!(watch.found(), expected, "{shape:?} {bytes:02X?}");
    }

    #[test]
    fn stray_bits_are_seen_in_planes() {
        // The padding is F830.
        check_plane([16, 12, 11, 0], 1, &[0x0F, 0x03, 0, 0xF8], false);
        check_plane([16, 12, 11, 0], 1, b"Quillerby", true);
        check_plane([16, 12, 11, 1], 1, &[0xFF, 0xFC, 0x07], false);
        check_plane([16, 12, 11, 1], 1, &[0xE7], true);
        check_plane([16, 8, 7, 1], 1, &[0xFF, 0], false);
        check_plane([16, 8, 7, 1], 1, &[0x51], true);
    }
}
