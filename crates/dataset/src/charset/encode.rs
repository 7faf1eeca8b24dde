//! Text into the character sets of a peer: the way back of PS3.5 section 6.1.

use dicom_core::VR;
use encoding_rs::{EUC_JP, Encoding, GB18030, GBK, UTF_8};

use super::iso2022::{self, Designations, G0, G1};
use super::{Repertoire, SpecificCharacterSet, spelled};
use crate::vr;

/// The values of Specific Character Set (0008,0005) that a peer named, for answering it in them.
///
/// Text that they cannot hold has no encoding here: nothing is replaced by something similar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CharacterSets {
    terms: Vec<String>,
    /// A term that this crate does not know is among them.
    unknown: bool,
}

/// The set of an answer that fits every text.
const UNICODE: &str = "ISO_IR 192";

impl CharacterSets {
    /// UTF-8, which holds every text.
    pub fn unicode() -> Self {
        Self { terms: vec![UNICODE.to_owned()], unknown: false }
    }

    /// Reads the value of (0008,0005). What is no defined term is not repeated: in
    /// [`value`](Self::value) nothing stands in its place.
    pub fn parse(value: &[u8]) -> Self {
        let terms: Vec<String> = value.split(|byte| *byte == b'\\').map(spelled).collect();
        if terms.iter().all(String::is_empty) {
            return Self::default();
        }
        let defined: Vec<Option<String>> = terms.iter().map(|term| defined(term)).collect();
        let unknown = defined.iter().any(Option::is_none);
        Self { terms: defined.into_iter().map(Option::unwrap_or_default).collect(), unknown }
    }

    /// The value of (0008,0005) that announces them; empty for the default repertoire.
    pub fn value(&self) -> String {
        self.terms.join("\\")
    }

    /// Whether this crate knows each of them.
    pub const fn is_known(&self) -> bool {
        !self.unknown
    }

    /// How text in them is read.
    pub fn reading(&self) -> SpecificCharacterSet {
        SpecificCharacterSet::parse(self.value().as_bytes())
    }

    /// The value field of an element; `None` when the sets cannot hold the text.
    pub(crate) fn encode(&self, vr: VR, text: &str) -> Option<Vec<u8>> {
        if !vr::has_charset(vr) {
            return text.is_ascii().then(|| text.as_bytes().to_vec());
        }
        if self.unknown {
            return None;
        }
        match self.reading().0 {
            Repertoire::Whole(encoding) => whole(encoding, text),
            Repertoire::Iso(start) => self.extended(start, vr, text),
        }
    }

    /// Code extensions are in use only where a term says so or a second one follows.
    fn extended(&self, start: Designations, vr: VR, text: &str) -> Option<Vec<u8>> {
        let extensions = self.terms.len() > 1
            || self.terms.first().is_some_and(|term| term.starts_with("ISO 2022"));
        let numbers = self.terms.iter().filter(|_| extensions).map(|term| number(term));
        let mut writer = Writer { start, now: start, out: Vec::with_capacity(text.len()) };
        let choices: Vec<Choice> = numbers.flat_map(choices).collect();
        for character in text.chars() {
            let delimiter = u8::try_from(character)
                .ok()
                .filter(|byte| byte.is_ascii_control() || iso2022::is_delimiter(vr, *byte));
            match delimiter {
                Some(byte) => {
                    writer.restore(&choices);
                    writer.out.push(byte);
                }
                None => writer.character(&choices, vr, character)?,
            }
        }
        writer.restore(&choices);
        Some(writer.out)
    }
}

/// The registration number at the end of a term.
fn number(term: &str) -> &str {
    term.rsplit_once("IR").map_or("", |(_, number)| number.trim())
}

/// The term as PS3.3 tables C.12-2 to C.12-5 print it; `None` for any other. Where blanks, hyphens
/// and underscores stand makes no difference. `ISO_IR 6` is printed nowhere and written by many.
fn defined(term: &str) -> Option<String> {
    let dense: String = term.split(' ').collect();
    if matches!(dense.as_str(), "" | "GB18030" | "GBK") {
        return Some(dense);
    }
    if dense == "UTF8" {
        return Some(UNICODE.to_owned());
    }
    let extends = dense.strip_prefix("ISO2022IR");
    let plain = || dense.strip_prefix("ISOIR").or_else(|| dense.strip_prefix("IR"));
    let number = extends.or_else(plain)?;
    match number {
        "192" => Some(UNICODE.to_owned()),
        "58" | "87" | "149" | "159" => Some(format!("ISO 2022 IR {number}")),
        "6" | "13" | "100" | "101" | "109" | "110" | "126" | "127" | "138" | "144" | "148"
        | "166" | "203" => {
            let family = if extends.is_some() { "ISO 2022 IR" } else { "ISO_IR" };
            Some(format!("{family} {number}"))
        }
        _ => None,
    }
}

fn whole(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, unmappable) = encoding.encode(text);
    let same = encoding == UTF_8
        || ((encoding == GB18030 || encoding == GBK)
            && encoding.decode_without_bom_handling(&bytes).0 == text);
    (same && !unmappable).then(|| bytes.into_owned())
}

/// A set that an escape sequence brings in, with the sequence.
#[derive(Clone, Copy)]
enum Choice {
    G0(G0, &'static [u8]),
    G1(G1, &'static [u8]),
}

/// PS3.3 tables C.12-3 and C.12-4, from the number in the term to the escape sequences.
fn choices(number: &str) -> Vec<Choice> {
    let g1 = |escape: &'static [u8]| vec![Choice::G1(G1::of_number(number), escape)];
    match number {
        "13" => vec![Choice::G0(G0::Romaji, b"(J"), Choice::G1(G1::Katakana, b")I")],
        "87" => vec![Choice::G0(G0::Jis0208, b"$B")],
        "100" => g1(b"-A"),
        "101" => g1(b"-B"),
        "109" => g1(b"-C"),
        "110" => g1(b"-D"),
        "126" => g1(b"-F"),
        "127" => g1(b"-G"),
        "138" => g1(b"-H"),
        "144" => g1(b"-L"),
        "148" => g1(b"-M"),
        "166" => g1(b"-T"),
        "203" => g1(b"-b"),
        "149" => g1(b"$)C"),
        "58" => g1(b"$)A"),
        // IR 159 can be read, but nothing here writes it; the default repertoire is always there.
        _ => Vec::new(),
    }
}

struct Writer {
    start: Designations,
    now: Designations,
    out: Vec<u8>,
}

impl Writer {
    fn character(&mut self, choices: &[Choice], vr: VR, character: char) -> Option<()> {
        let held = in_g0(self.now.g0, vr, character).or_else(|| in_g1(self.now.g1, character));
        if let Some(bytes) = held {
            self.out.extend_from_slice(&bytes);
            return Some(());
        }
        if let Some(bytes) = in_g0(self.start.g0, vr, character) {
            self.designate_g0(self.start.g0, escape_g0(self.start.g0));
            self.out.extend_from_slice(&bytes);
            return Some(());
        }
        for choice in choices {
            let bytes = match *choice {
                Choice::G0(g0, escape) => {
                    let Some(bytes) = in_g0(g0, vr, character) else { continue };
                    self.designate_g0(g0, escape);
                    bytes
                }
                Choice::G1(g1, escape) => {
                    let Some(bytes) = in_g1(g1, character) else { continue };
                    self.designate_g1(g1, escape);
                    bytes
                }
            };
            self.out.extend_from_slice(&bytes);
            return Some(());
        }
        None
    }

    fn designate_g0(&mut self, g0: G0, escape: &[u8]) {
        self.now.g0 = g0;
        self.escape(escape);
    }

    fn designate_g1(&mut self, g1: G1, escape: &[u8]) {
        self.now.g1 = g1;
        self.escape(escape);
    }

    fn escape(&mut self, escape: &[u8]) {
        self.out.push(0x1B);
        self.out.extend_from_slice(escape);
    }

    /// The initial sets are in force at every delimiter and at the end (PS3.5 section 6.1.2.5.3).
    /// One that was empty in G1 has no escape sequence: readers empty it by themselves.
    fn restore(&mut self, choices: &[Choice]) {
        if self.now.g0 != self.start.g0 {
            self.designate_g0(self.start.g0, escape_g0(self.start.g0));
        }
        if self.now.g1 == self.start.g1 {
            return;
        }
        let escape = choices.iter().find_map(|choice| match *choice {
            Choice::G1(g1, escape) if g1 == self.start.g1 => Some(escape),
            Choice::G0(..) | Choice::G1(..) => None,
        });
        match escape {
            Some(escape) => self.designate_g1(self.start.g1, escape),
            None => self.now.g1 = self.start.g1,
        }
    }
}

fn escape_g0(g0: G0) -> &'static [u8] {
    match g0 {
        G0::Ascii => b"(B",
        G0::Romaji => b"(J",
        G0::Jis0208 => b"$B",
        G0::Jis0212 => b"$(D",
    }
}

/// Bytes below 80H.
fn in_g0(g0: G0, vr: VR, character: char) -> Option<Vec<u8>> {
    let ascii = u8::try_from(character).ok().filter(u8::is_ascii);
    match g0 {
        G0::Ascii => ascii.map(|byte| vec![byte]),
        G0::Romaji => match character {
            '¥' if vr::is_single(vr) => Some(vec![b'\\']),
            '\\' if vr::is_single(vr) => None,
            '‾' => Some(vec![b'~']),
            '~' => None,
            _ => ascii.map(|byte| vec![byte]),
        },
        G0::Jis0208 => {
            let bytes = encoded(EUC_JP, character)?;
            // The rows of the standard; vendors' rows are none of it.
            let [lead @ (0xA1..=0xA8 | 0xB0..=0xF4), trail @ 0xA1..=0xFE] = bytes.as_slice() else {
                return None;
            };
            Some(vec![lead & 0x7F, trail & 0x7F])
        }
        G0::Jis0212 => None,
    }
}

/// Bytes from 80H on.
fn in_g1(g1: G1, character: char) -> Option<Vec<u8>> {
    match g1 {
        G1::Empty => None,
        G1::Katakana => match u32::from(character) {
            code @ 0xFF61..=0xFF9F => Some(vec![u8::try_from(code - 0xFF61 + 0xA1).ok()?]),
            _ => None,
        },
        G1::Table(encoding) => {
            let bytes = encoded(encoding, character)?;
            bytes.iter().all(|byte| *byte >= 0xA0).then_some(bytes)
        }
    }
}

/// One character, where the set gives it back unchanged.
fn encoded(encoding: &'static Encoding, character: char) -> Option<Vec<u8>> {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    let (bytes, _, unmappable) = encoding.encode(text);
    let same = encoding.decode_without_bom_handling(&bytes).0 == *text;
    (same && !unmappable).then(|| bytes.into_owned())
}
