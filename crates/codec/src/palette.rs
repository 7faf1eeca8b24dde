//! The colour table of a PALETTE COLOR image, PS3.3 sections C.7.6.3.1.5 and C.7.6.3.1.6.

use serde::{Deserialize, Serialize};

use crate::CodecError;

/// One colour's lookup table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lut {
    /// The stored pixel value that the first entry belongs to; lower values take it too.
    pub first: i32,
    /// Bits of an entry: 8 or 16.
    pub bits: u8,
    /// The entries, 1 to 65536 of them. Values above the last take the last.
    pub entries: Vec<u16>,
}

/// The three tables of a PALETTE COLOR image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Palette {
    /// From (0028,1101) and (0028,1201).
    pub red: Lut,
    /// From (0028,1102) and (0028,1202).
    pub green: Lut,
    /// From (0028,1103) and (0028,1203).
    pub blue: Lut,
}

impl Lut {
    /// Reads a table from its descriptor (three 16-bit words as stored) and its data in little
    /// endian. `signed` is whether the pixels are, for then the second word is too.
    ///
    /// Entries of 8 bits may come two to a word or one to a word; the length tells which.
    pub fn parse(descriptor: [u16; 3], signed: bool, data: &[u8]) -> Result<Self, CodecError> {
        let [count, first, bits] = descriptor;
        let count = if count == 0 { 65536 } else { usize::from(count) };
        let first = if signed { i32::from(first.cast_signed()) } else { i32::from(first) };
        let (bits, entries) = match bits {
            16 if data.len() >= count * 2 => (16, words(data, count)),
            8 if data.len() >= count * 2 => (8, words(data, count)),
            8 if data.len() >= count => (8, data.iter().take(count).map(|b| (*b).into()).collect()),
            8 | 16 => return Err(CodecError::broken("a palette table is shorter than it says")),
            _ => return Err(CodecError::broken("a palette entry has 8 or 16 bits")),
        };
        Ok(Self { first, bits, entries })
    }

    /// The table's colour for a stored pixel value, as 8 bits.
    pub(crate) fn look_up(&self, value: i64) -> u8 {
        let index = usize::try_from(value - i64::from(self.first)).unwrap_or(0);
        let entry = self.entries.get(index).or(self.entries.last()).copied().unwrap_or(0);
        let [low, high] = entry.to_le_bytes();
        if self.bits == 16 { high } else { low }
    }

    fn check(&self) -> Result<(), CodecError> {
        if !matches!(self.bits, 8 | 16) || !(1..=65536).contains(&self.entries.len()) {
            return Err(CodecError::broken("a palette table has no usable shape"));
        }
        Ok(())
    }
}

impl Palette {
    pub(crate) fn check(&self) -> Result<(), CodecError> {
        [&self.red, &self.green, &self.blue].into_iter().try_for_each(Lut::check)
    }
}

fn words(data: &[u8], count: usize) -> Vec<u16> {
    let (pairs, _) = data.as_chunks::<2>();
    pairs.iter().take(count).map(|pair| u16::from_le_bytes(*pair)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(descriptor: [u16; 3], signed: bool, data: &[u8], value: i64, expected: Option<u8>) {
        let lut = Lut::parse(descriptor, signed, data);
        assert_eq!(lut.ok().map(|lut| lut.look_up(value)), expected);
    }

    #[test]
    fn tables_are_read_in_all_their_packings() {
        check([2, 0, 16], false, &[0, 0x12, 0, 0x34], 1, Some(0x34));
        check([2, 0, 8], false, &[0x12, 0x34], 1, Some(0x34));
        check([2, 0, 8], false, &[0x12, 0, 0x34, 0], 1, Some(0x34));
        check([2, 10, 8], false, &[0x12, 0x34], 3, Some(0x12));
        check([2, 10, 8], false, &[0x12, 0x34], 300, Some(0x34));
        check([2, 0xFFFF, 8], true, &[0x12, 0x34], 0, Some(0x34));
        check([0, 0, 16], false, &[0; 100], 0, None);
        check([2, 0, 12], false, &[0; 4], 0, None);
    }
}
