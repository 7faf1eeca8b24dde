//! Bits beside the pixels: an old place for overlays, and a hiding place.

use lightcase_dataset::Tag;

use crate::subject::number_of;
use crate::tape::Tape;

/// Watches native pixels for bits above High Bit (0028,0102) that are neither zero nor the sign.
#[derive(Debug, Clone)]
pub(crate) struct StrayBits {
    bytes: usize,
    stored: u32,
    signed: bool,
    big_endian: bool,
    /// Pixel Padding Value (0028,0120) may lie outside the range of the pixels.
    padding: Option<u16>,
    held: Option<u8>,
    found: bool,
}

impl StrayBits {
    /// `None` when every bit is used, or the pixels do not lie as PS3.5 section 8.1.1 has them now.
    pub(crate) fn watch(tape: &Tape, big_endian: bool) -> Option<Self> {
        let number = |tag| number_of(tape, Tag(tag));
        let (allocated, stored) = (number(0x0028_0100)?, number(0x0028_0101)?);
        let high = number(0x0028_0102).unwrap_or(stored.saturating_sub(1));
        let watched = matches!(allocated, 8 | 16) && (1..allocated).contains(&stored);
        (watched && high + 1 == stored).then(|| Self {
            bytes: if allocated == 8 { 1 } else { 2 },
            stored,
            signed: number(0x0028_0103) == Some(1),
            big_endian,
            padding: number(0x0028_0120).and_then(|value| u16::try_from(value).ok()),
            held: None,
            found: false,
        })
    }

    /// Looks at the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.found {
            return;
        }
        if self.bytes == 1 {
            let mask = u8::MAX.checked_shl(self.stored).unwrap_or(0);
            self.found = !self.signed && bytes.iter().any(|byte| byte & mask != 0);
            return;
        }
        let mut rest = bytes;
        if let (Some(first), [second, behind @ ..]) = (self.held, rest) {
            self.held = None;
            self.word([first, *second]);
            rest = behind;
        }
        let (words, left) = rest.as_chunks::<2>();
        for word in words {
            self.word(*word);
        }
        if let [last] = left {
            self.held = Some(*last);
        }
    }

    fn word(&mut self, bytes: [u8; 2]) {
        let word =
            if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
        let mask = u16::MAX.checked_shl(self.stored).unwrap_or(0);
        let high = word & mask;
        let negative = self.signed && word >> (self.stored - 1) & 1 == 1;
        let usual = high == 0 || negative && high == mask;
        self.found |= !usual && Some(word) != self.padding;
    }

    /// Whether such a bit was seen.
    pub(crate) const fn found(&self) -> bool {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(signed: bool, words: &[u16], expected: bool) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        for size in 1..=bytes.len() {
            let mut watch = StrayBits {
                bytes: 2,
                stored: 12,
                signed,
                big_endian: false,
                padding: Some(0xF830),
                held: None,
                found: false,
            };
            bytes.chunks(size).for_each(|piece| watch.push(piece));
            assert_eq!(watch.found(), expected, "{words:04X?} by {size}");
        }
    }

    #[test]
    fn stray_bits_are_seen() {
        check(false, &[0, 0x0FFF, 0x0123], false);
        check(false, &[0, 0x1FFF], true);
        check(false, &[0xF830, 1], false);
        check(true, &[0xFFFF, 0xF800, 0x07FF], false);
        check(true, &[0xF7FF], true);
        check(true, &[0x0800], false);
        check(true, &[0x8800, 0], true);
    }
}
