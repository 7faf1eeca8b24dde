//! What the marker segments of codestreams may say: ITU-T T.81 annex B, T.87 annex C and T.800
//! annex A.

use super::size::Size;
use super::{application, encoder};
use crate::clean::has_words;

/// Codestreams that have marker segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Jpeg,
    JpegLs,
    Jpeg2000,
}

/// What becomes of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Numbers that decoders need, or lists of lengths; judged when they are whole.
    Numbers,
    /// The header of a scan or a tile part, which is read.
    Structure,
    /// Text, judged when it is whole.
    Text,
    /// Nothing that an image needs, or more than it needs: it may say anything.
    Unknown,
}

impl Family {
    /// What the segment of a marker holds that has this many bytes.
    pub(super) const fn content(self, marker: u8, len: usize) -> Content {
        let most = match self {
            Self::Jpeg | Self::JpegLs => match marker {
                0xFE | 0xE0..=0xEF => return Content::Text,
                0xDA if len <= 12 => return Content::Structure,
                // Huffman tables, eight at most.
                0xC4 if matches!(self, Self::Jpeg) => 8 * (17 + 256),
                // Quantization tables, four at most.
                0xDB if matches!(self, Self::Jpeg) => 4 * 129,
                0xCC if matches!(self, Self::Jpeg) => 16,
                0xDC | 0xDD => 4,
                // Reserved, for what nobody has written.
                0xC8 => return Content::Unknown,
                // Frame headers; DICOM has four components at most.
                0xC0..=0xCF if matches!(self, Self::Jpeg) => 18,
                0xF7 if matches!(self, Self::JpegLs) => 18,
                // Preset parameters, but no palettes, which may be long.
                0xF8 if matches!(self, Self::JpegLs) => 11,
                _ => return Content::Unknown,
            },
            Self::Jpeg2000 => match marker {
                0x64 => return Content::Text,
                0x90 if len == 8 => return Content::Structure,
                0x91 if len == 2 => return Content::Structure,
                // Image and tile size, by component.
                0x51 => 36 + 3 * 255,
                0x50 | 0x52 | 0x53 | 0x56 | 0x59 | 0x5E => 96,
                // Quantization, by subband.
                0x5C | 0x5D => 197,
                0x63 => 4 * 255,
                // Progressions; lengths of tile parts and of the packets of one. Lists of all packets and
                // packed headers, which hardly anybody writes, could only be judged by decoding them.
                0x5F | 0x55 | 0x58 => 65_533,
                _ => return Content::Unknown,
            },
        };
        if len <= most { Content::Numbers } else { Content::Unknown }
    }

    /// Whether a text can be read in the numbers of a segment.
    pub(super) fn holds_words(self, marker: u8, value: &[u8]) -> bool {
        let least = match (self, marker) {
            // Exponents only, which look like letters.
            (Self::Jpeg2000, 0x5C) if is_reversible(value) => return false,
            (Self::Jpeg2000, 0x5D) if is_reversible(value.get(1..).unwrap_or_default()) => {
                return false;
            }
            (Self::Jpeg | Self::JpegLs | Self::Jpeg2000, _) => 8,
        };
        has_words(value, least)
    }

    /// Whether a text says no more than which encoder wrote the codestream, or what its samples are.
    pub(super) fn is_harmless(self, marker: u8, text: &[u8], size: Size) -> bool {
        match (self, marker) {
            // Behind the registration value of the comment: bytes or Latin characters.
            (Self::Jpeg2000, _) => {
                matches!(text, [0, 0 | 1, text @ ..] if encoder::is_name(text))
            }
            (_, 0xFE) => encoder::is_name(text),
            _ => application::is_known(marker, text, size),
        }
    }
}

/// Whether a quantization has no steps, T.800 section A.6.4: in each byte an exponent of five bits.
fn is_reversible(value: &[u8]) -> bool {
    let [style, exponents @ ..] = value else { return false };
    style.trailing_zeros() >= 5 && exponents.iter().all(|exponent| exponent.trailing_zeros() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_no_longer_than_they_need_be() {
        use Content::{Numbers, Structure, Text, Unknown};
        for (family, marker, len, expected) in [
            (Family::Jpeg, 0xDB, 65, Numbers),
            (Family::Jpeg, 0xDB, 517, Unknown),
            (Family::Jpeg, 0xC0, 15, Numbers),
            (Family::Jpeg, 0xC0, 200, Unknown),
            (Family::Jpeg, 0xDA, 10, Structure),
            (Family::Jpeg, 0xE1, 0, Text),
            (Family::Jpeg, 0xF0, 0, Unknown),
            (Family::Jpeg, 0xF7, 15, Unknown),
            (Family::Jpeg, 0xC8, 15, Unknown),
            (Family::JpegLs, 0xC4, 19, Unknown),
            (Family::JpegLs, 0xF7, 15, Numbers),
            (Family::JpegLs, 0xF8, 300, Unknown),
            (Family::Jpeg2000, 0x90, 8, Structure),
            (Family::Jpeg2000, 0x90, 300, Unknown),
            (Family::Jpeg2000, 0x64, 9, Text),
            (Family::Jpeg2000, 0x57, 9, Unknown),
            (Family::Jpeg2000, 0x60, 9, Unknown),
            (Family::Jpeg2000, 0x61, 9, Unknown),
            (Family::Jpeg2000, 0x70, 9, Unknown),
        ] {
            assert_eq!(family.content(marker, len), expected, "{marker:02X} {len}");
        }
    }

    #[test]
    fn numbers_say_nothing() {
        let reversible = b"\x40@HHPHHPHHPHHPHHPHHPHHP";
        for (family, marker, value, expected) in [
            (Family::Jpeg2000, 0x5C, &reversible[..], false),
            (Family::Jpeg2000, 0x5D, &[&b"\0"[..], reversible].concat(), false),
            (Family::Jpeg2000, 0x5C, b"\x40Quillerby", true),
            (Family::Jpeg2000, 0x52, b"\0\0\0\x01\0\x05\x04\x04\0\x01", false),
            (Family::JpegLs, 0xF8, b"\x01\x0F\xFF\0\x12\0\x43\x01\x14\0\x40", false),
            (Family::JpegLs, 0xF8, b"\x01Quillerby^", true),
        ] {
            assert_eq!(family.holds_words(marker, value), expected, "{marker:02X} {value:02X?}");
        }
    }
}
