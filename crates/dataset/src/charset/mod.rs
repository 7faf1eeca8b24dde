//! Specific Character Set (0008,0005), PS3.3 section C.12.1.1.2 and PS3.5 section 6.1.

mod encode;
mod iso2022;

use dicom_core::VR;
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, WINDOWS_1252};

use crate::vr;
pub use encode::CharacterSets;
use iso2022::{Designations, G0, G1};

/// The character sets of a data set, from the values of (0008,0005).
///
/// Terms that are not defined read as the default repertoire; bytes that a set cannot hold become
/// U+FFFD. Escape sequences are honoured whether or not their set was declared, and spellings such
/// as `ISO-IR 100` are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecificCharacterSet(Repertoire);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repertoire {
    /// Single-byte sets and ISO 2022 code extensions; what is designated at the start of a value.
    Iso(Designations),
    /// A set without code extensions that takes every byte: UTF-8, GB18030, GBK.
    Whole(&'static Encoding),
}

impl Default for SpecificCharacterSet {
    fn default() -> Self {
        Self(Repertoire::Iso(Designations::default()))
    }
}

impl SpecificCharacterSet {
    /// Reads the value of (0008,0005).
    pub fn parse(value: &[u8]) -> Self {
        // Only the first value decides: those behind it merely announce escape sequences.
        let first = value.split(|byte| *byte == b'\\').next().unwrap_or_default();
        if first.is_empty() { Self::default() } else { Self(of_term(&spelled(first))) }
    }

    /// Whether its texts are bytes of ASCII, Latin-1 or UTF-8.
    pub fn is_latin_or_utf8(&self) -> bool {
        match self.0 {
            Repertoire::Iso(Designations { g0, g1 }) => {
                g0 == G0::Ascii && (g1 == G1::Empty || g1 == G1::Table(WINDOWS_1252))
            }
            Repertoire::Whole(encoding) => encoding == UTF_8,
        }
    }

    /// Decodes the whole value field of an element, delimiters included.
    pub(crate) fn decode(&self, vr: VR, bytes: &[u8]) -> String {
        match self.0 {
            Repertoire::Iso(start) => iso2022::decode(start, vr, bytes),
            Repertoire::Whole(encoding) => {
                encoding.decode_without_bom_handling(bytes).0.into_owned()
            }
        }
    }

    /// The repertoire of an element's VR: the default one unless the VR is subject to character
    /// sets.
    pub(crate) fn for_vr(self, vr: VR) -> Self {
        if vr::has_charset(vr) { self } else { Self::default() }
    }
}

/// A term in one spelling: upper case, words parted by spaces.
fn spelled(term: &[u8]) -> String {
    let term: String = term
        .iter()
        .map(|byte| match byte {
            b'_' | b'-' | 0 => ' ',
            other => char::from(other.to_ascii_uppercase()),
        })
        .collect();
    term.trim().to_owned()
}

fn of_term(term: &str) -> Repertoire {
    match term {
        "GB18030" => return Repertoire::Whole(GB18030),
        "GBK" => return Repertoire::Whole(GBK),
        "UTF 8" | "UTF8" => return Repertoire::Whole(UTF_8),
        _ => {}
    }
    let number = term.rsplit_once("IR").map(|(_, number)| number.trim());
    let g1 = match number {
        Some("192") => return Repertoire::Whole(UTF_8),
        Some("13") => {
            return Repertoire::Iso(Designations { g0: G0::Romaji, g1: G1::Katakana });
        }
        Some(number) => G1::of_number(number),
        None => G1::Empty,
    };
    Repertoire::Iso(Designations { g0: G0::Ascii, g1 })
}

#[cfg(test)]
mod tests;
