//! Single-byte sets and code extensions of ISO 2022, PS3.5 section 6.1.2.5.

use dicom_core::VR;
use encoding_rs::{
    EUC_JP, EUC_KR, Encoding, GBK, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6,
    ISO_8859_7, ISO_8859_8, ISO_8859_15, WINDOWS_874, WINDOWS_1252, WINDOWS_1254,
};

use crate::vr;

/// What bytes 21-7E mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum G0 {
    /// ISO IR 6.
    #[default]
    Ascii,
    /// ISO IR 14, JIS X 0201 Romaji.
    Romaji,
    /// ISO IR 87, two bytes each.
    Jis0208,
    /// ISO IR 159, two bytes each.
    Jis0212,
}

/// What bytes A1-FE mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum G1 {
    #[default]
    Empty,
    /// ISO IR 13, JIS X 0201 Katakana.
    Katakana,
    /// A set of `encoding_rs`: single-byte ones, KS X 1001 and GB 2312.
    Table(&'static Encoding),
}

impl G1 {
    /// By the registration number in the defined term. Windows code pages stand in for the sets
    /// they extend; the bytes they add (80-9F) are controls that DICOM does not allow.
    pub(super) fn of_number(number: &str) -> Self {
        Self::Table(match number {
            "100" => WINDOWS_1252,
            "101" => ISO_8859_2,
            "109" => ISO_8859_3,
            "110" => ISO_8859_4,
            "126" => ISO_8859_7,
            "127" => ISO_8859_6,
            "138" => ISO_8859_8,
            "144" => ISO_8859_5,
            "148" => WINDOWS_1254,
            "166" => WINDOWS_874,
            "203" => ISO_8859_15,
            "149" => EUC_KR,
            "58" => GBK,
            _ => return Self::Empty,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Designations {
    pub(super) g0: G0,
    pub(super) g1: G1,
}

/// PS3.3 tables C.12-3 and C.12-4: what follows ESC, and the set it designates.
fn designate(now: Designations, behind_escape: &[u8]) -> Option<(usize, Designations)> {
    let g0 = |len, g0| Some((len, Designations { g0, ..now }));
    let g1 = |len, g1| Some((len, Designations { g1, ..now }));
    let number = |number| G1::of_number(number);
    match behind_escape {
        [b'(', b'B', ..] => g0(2, G0::Ascii),
        [b'(', b'J', ..] => g0(2, G0::Romaji),
        [b'$', b'B' | b'@', ..] => g0(2, G0::Jis0208),
        [b'$', b'(', b'D', ..] => g0(3, G0::Jis0212),
        [b')', b'I', ..] => g1(2, G1::Katakana),
        [b'-', b'A', ..] => g1(2, number("100")),
        [b'-', b'B', ..] => g1(2, number("101")),
        [b'-', b'C', ..] => g1(2, number("109")),
        [b'-', b'D', ..] => g1(2, number("110")),
        [b'-', b'F', ..] => g1(2, number("126")),
        [b'-', b'G', ..] => g1(2, number("127")),
        [b'-', b'H', ..] => g1(2, number("138")),
        [b'-', b'L', ..] => g1(2, number("144")),
        [b'-', b'M', ..] => g1(2, number("148")),
        [b'-', b'T', ..] => g1(2, number("166")),
        [b'-', b'b', ..] => g1(2, number("203")),
        [b'$', b')', b'C', ..] => g1(3, number("149")),
        [b'$', b')', b'A', ..] => g1(3, number("58")),
        _ => None,
    }
}

/// Decodes a value field; `start` is in force at its start and behind every delimiter.
pub(super) fn decode(start: Designations, vr: VR, bytes: &[u8]) -> String {
    if start.g0 == G0::Ascii
        && bytes.is_ascii()
        && !bytes.contains(&0x1B)
        && let Ok(text) = str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let mut out = String::with_capacity(bytes.len());
    let mut now = start;
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        let run = match *byte {
            0x1B => {
                if let Some((len, next)) = designate(now, behind) {
                    now = next;
                    rest = behind.get(len..).unwrap_or_default();
                    continue;
                }
                0
            }
            0x21..=0x7E if matches!(now.g0, G0::Jis0208 | G0::Jis0212) => {
                run_of(rest, |byte| (0x21..=0x7E).contains(&byte))
            }
            0x80.. => run_of(rest, |byte| byte >= 0x80),
            _ => 0,
        };
        if run > 0 {
            let (part, later) = rest.split_at_checked(run).unwrap_or((rest, &[]));
            if *byte >= 0x80 {
                high(now.g1, part, &mut out);
            } else {
                kanji(now.g0, part, &mut out);
            }
            rest = later;
            continue;
        }
        out.push(match (*byte, now.g0) {
            (b'\\', G0::Romaji) if vr::is_single(vr) => '¥',
            (b'~', G0::Romaji) => '‾',
            (byte, _) => char::from(byte),
        });
        if is_delimiter(vr, *byte) {
            now = start;
        }
        rest = behind;
    }
    out
}

fn run_of(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

/// Behind these the initial sets are in force again (PS3.5 section 6.1.2.5.3).
pub(super) fn is_delimiter(vr: VR, byte: u8) -> bool {
    match byte {
        b'\t' | b'\n' | 0x0C | b'\r' => true,
        b'\\' => !vr::is_single(vr),
        b'^' | b'=' => vr == VR::PN,
        _ => false,
    }
}

/// Bytes 80-FF.
fn high(g1: G1, bytes: &[u8], out: &mut String) {
    match g1 {
        G1::Empty => out.extend(bytes.iter().map(|_| char::REPLACEMENT_CHARACTER)),
        G1::Katakana => out.extend(bytes.iter().map(|byte| {
            match byte {
                0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(*byte) - 0xA1)
                    .unwrap_or(char::REPLACEMENT_CHARACTER),
                _ => char::REPLACEMENT_CHARACTER,
            }
        })),
        G1::Table(encoding) => out.push_str(&encoding.decode_without_bom_handling(bytes).0),
    }
}

/// Two-byte sets in G0, read through EUC-JP, which has them with the high bit set.
fn kanji(g0: G0, bytes: &[u8], out: &mut String) {
    let mut euc = Vec::with_capacity(bytes.len() * 2);
    for pair in bytes.chunks(2) {
        if g0 == G0::Jis0212 {
            euc.push(0x8F);
        }
        euc.extend(pair.iter().map(|byte| byte | 0x80));
    }
    out.push_str(&EUC_JP.decode_without_bom_handling(&euc).0);
}
