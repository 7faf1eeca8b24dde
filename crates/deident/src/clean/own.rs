//! What an object itself tells of who it is about, looked for among bytes that may be anything: samples and
//! tables. A text as short as a name is chance there, but hardly the very one.

use std::io::BufRead as _;

use lightcase_dataset::{SpecificCharacterSet, VR, decode_text};

use super::names::Names;
use super::records::Records;
use super::score::Count;

/// Names, numbers and birth dates of an object, as bytes.
#[derive(Debug, Default)]
pub(super) struct Own {
    texts: Texts,
    /// Longer names, for what is read in the character set of the object.
    words: Texts,
    /// Another one than those whose texts are bytes of ASCII, Latin-1 or UTF-8.
    charset: Option<SpecificCharacterSet>,
}

/// Shorter ones, in bytes or letters, are chance.
pub(super) const SHORTEST: usize = 6;

/// The start of a longer one is enough.
const LONGEST: usize = 24;

/// No object names so many; one that does is about anybody.
const MOST: usize = 1 << 14;

/// Bytes that are read together, and how many of them again with the next.
const WINDOW: usize = 64 << 10;
const OVERLAP: usize = 256;

impl Own {
    pub(super) fn of(names: &Names, records: &Records, charset: SpecificCharacterSet) -> Self {
        let mut texts = Vec::new();
        let mut words = Vec::new();
        for name in names.words() {
            let count = name.chars().count();
            if count < SHORTEST && (name.is_ascii() || name.len() < SHORTEST) {
                continue;
            }
            texts.extend(forms(name));
            if count >= SHORTEST {
                words.push(name.as_bytes().to_vec());
            }
        }
        texts.extend(records.numbers().map(|number| number.as_bytes().to_vec()));
        texts.extend(records.births().flat_map(written));
        let charset = Some(charset).filter(|charset| !charset.is_latin_or_utf8());
        Self { texts: Texts::of(texts), words: Texts::of(words), charset }
    }

    /// Whether bytes hold one of them: in bytes or in words of either order, and in small letters or capital
    /// ones.
    pub(super) fn are_in(&self, value: &[u8]) -> bool {
        self.texts.are_in(value, &[1, 2]) || self.are_read_in(value) || self.are_escaped_in(value)
    }

    /// Whether one is read behind the escape sequence of a set of two bytes, PS3.3 table C.12-4: of those
    /// nothing is said in the first value of Specific Character Set.
    fn are_escaped_in(&self, value: &[u8]) -> bool {
        const ESCAPE: u8 = 0x1B;
        const FAR: usize = 64;
        if self.words.all.is_empty() {
            return false;
        }
        let charset = SpecificCharacterSet::default();
        let mut rest = value;
        while rest.skip_until(ESCAPE).is_ok_and(|passed| passed > 0) {
            if rest.first() != Some(&b'$') {
                continue;
            }
            let at = value.len().saturating_sub(rest.len() + 1);
            let behind = value.get(at..value.len().min(at + FAR)).unwrap_or_default();
            let text = decode_text(&charset, VR::LO, behind).to_lowercase();
            if self.words.are_in(text.as_bytes(), &[1]) {
                return true;
            }
        }
        false
    }

    fn are_read_in(&self, value: &[u8]) -> bool {
        let Some(charset) = self.charset.as_ref().filter(|_| !self.words.all.is_empty()) else {
            return false;
        };
        let starts = (0..value.len()).step_by(WINDOW - OVERLAP);
        let windows = starts.filter_map(|at| value.get(at..value.len().min(at + WINDOW)));
        windows.into_iter().any(|window| {
            let text = decode_text(charset, VR::LO, window).to_lowercase();
            self.words.are_in(text.as_bytes(), &[1])
        })
    }
}

/// Texts that are looked for, in small letters.
#[derive(Debug, Default)]
struct Texts {
    /// In ascending order; none begins with another one.
    all: Vec<Vec<u8>>,
    /// By their first byte, small or capital: whether one begins so.
    firsts: Vec<bool>,
    /// By their first two bytes, a bit each: likewise.
    starts: Vec<u64>,
    /// There are so many that nothing is looked for.
    are_too_many: bool,
}

impl Texts {
    fn of(texts: Vec<Vec<u8>>) -> Self {
        let mut all: Vec<Vec<u8>> = texts
            .into_iter()
            .map(|mut text| {
                text.make_ascii_lowercase();
                text.truncate(LONGEST);
                text
            })
            .filter(|text| text.len() >= SHORTEST && !is_ramp(text))
            .collect();
        all.sort_unstable();
        all.dedup_by(|text, before| text.starts_with(before));
        let (mut firsts, mut starts) = (Vec::new(), Vec::new());
        if !all.is_empty() {
            firsts.resize(1 << 8, false);
            starts.resize(1 << 10, 0);
        }
        for text in &all {
            if let [a, b, ..] = text.as_slice() {
                let (at, bit) = place(*a, *b);
                if let Some(word) = starts.get_mut(at) {
                    *word |= bit;
                }
                for byte in [*a, a.to_ascii_uppercase()] {
                    if let Some(first) = firsts.get_mut(usize::from(byte)) {
                        *first = true;
                    }
                }
            }
        }
        let are_too_many = all.len() > MOST;
        Self { all, firsts, starts, are_too_many }
    }

    /// Whether one stands in every so manieth byte, for each of these steps.
    fn are_in(&self, value: &[u8], steps: &[usize]) -> bool {
        if self.are_too_many {
            return true;
        }
        let may_begin = |byte: u8| self.firsts.get(usize::from(byte)) == Some(&true);
        // Most bytes begin none.
        value.iter().enumerate().filter(|(_, byte)| may_begin(**byte)).any(|(at, byte)| {
            let rest = value.get(at..).unwrap_or_default();
            steps.iter().any(|step| self.may_go_on(*byte, rest, *step) && self.begins(rest, *step))
        })
    }

    fn may_go_on(&self, first: u8, rest: &[u8], step: usize) -> bool {
        let second = rest.get(step).copied().unwrap_or(0);
        let (word, bit) = place(first.to_ascii_lowercase(), second.to_ascii_lowercase());
        self.starts.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Whether bytes begin with one. Since none begins with another, it can only be the last of those that
    /// are not greater.
    fn begins(&self, rest: &[u8], step: usize) -> bool {
        let bytes = || rest.iter().step_by(step).take(LONGEST).map(u8::to_ascii_lowercase);
        let at = self.all.partition_point(|text| text.iter().copied().le(bytes()));
        let text = at.checked_sub(1).and_then(|at| self.all.get(at));
        text.is_some_and(|text| text.iter().copied().eq(bytes().take(text.len())))
    }
}

/// Where the bit of two bytes is.
fn place(a: u8, b: u8) -> (usize, u64) {
    let number = usize::from(a) << 8 | usize::from(b);
    (number / 64, 1 << (number % 64))
}

/// Whether a text goes on by one step, as do the bytes of many tables.
fn is_ramp(text: &[u8]) -> bool {
    let mut count = Count::default();
    for byte in text {
        count.add(u32::from(*byte), 1);
    }
    count.total() < 4
}

/// A word in UTF-8, in UTF-16 of either order and, where it can be, in Latin-1; in small letters, in
/// capital ones, and as a name is written.
fn forms(word: &str) -> Vec<Vec<u8>> {
    if word.is_ascii() {
        return vec![word.as_bytes().to_vec()];
    }
    let mut letters = word.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let mut found = Vec::new();
    for form in [word.to_owned(), word.to_uppercase(), first + letters.as_str()] {
        let latin: Result<Vec<u8>, _> = form.chars().map(u8::try_from).collect();
        found.extend(latin);
        found.push(form.encode_utf16().flat_map(u16::to_le_bytes).collect());
        found.push(form.encode_utf16().flat_map(u16::to_be_bytes).collect());
        found.push(form.into_bytes());
    }
    found
}

/// A date of eight digits with what parts its year, month and day, in the orders in which they are written,
/// with and without zeros.
fn written(date: &str) -> Vec<Vec<u8>> {
    let part = |from: usize, to: usize| date.get(from..to).unwrap_or_default();
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let mut found = Vec::new();
    let short = [month.trim_start_matches('0'), day.trim_start_matches('0')];
    let forms = [Some([month, day]), Some(short).filter(|short| *short != [month, day])];
    for parting in ["-", ".", "/", " ", ":", "_"] {
        for [month, day] in forms.into_iter().flatten() {
            for parts in
                [[year, month, day], [day, month, year], [month, day, year], [year, day, month]]
            {
                found.push(parts.join(parting).into_bytes());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::Tag;

    use super::*;
    use crate::tape::Tape;

    fn own(charset: &str, tags: &[(u32, VR, &[u8])]) -> Own {
        let mut tape = Tape::default();
        tape.element(Tag::SPECIFIC_CHARACTER_SET, VR::CS, false, Some(charset.as_bytes()));
        for (tag, vr, value) in tags {
            tape.element(Tag(*tag), *vr, false, Some(value));
        }
        let (mut names, mut records) = (Names::default(), Records::default());
        names.collect(&tape).unwrap();
        records.collect(&tape).unwrap();
        Own::of(&names, &records, SpecificCharacterSet::parse(charset.as_bytes()))
    }

    const NAME: (u32, VR) = (0x0010_0010, VR::PN);

    #[test]
    fn names_numbers_and_dates_are_found_among_bytes() {
        let own = own(
            "ISO_IR 192",
            &[
                (NAME.0, NAME.1, "Quillerby^Anne^Хабаров^Müller^Öztürk".as_bytes()),
                (0x0010_0020, VR::LO, b"Q-7731905"),
                (0x0010_1000, VR::LO, b"123456\\111111"),
                (0x0010_0030, VR::DA, b"19760904"),
            ],
        );
        let around = |bytes: &[u8]| [&[200, 1, 77][..], bytes, &[9, 255]].concat();
        for (text, is) in [
            ("Quillerby", true),
            ("QUILLERBY", true),
            ("quillerBy", true),
            ("Quiller", false),
            ("Anne", false),
            ("Хабаров", true),
            ("ХАБАРОВ", true),
            ("Öztürk", true),
            ("7731905", true),
            ("7731906", false),
            ("19760904", true),
            ("1976-09-04", true),
            ("4.9.1976", true),
            ("09/04/1976", true),
            ("4.9.1977", false),
            // Bytes of a ramp.
            ("123456", false),
            ("111111", false),
        ] {
            assert_eq!(own.are_in(&around(text.as_bytes())), is, "{text}");
            let orders: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
            for order in orders {
                let wide: Vec<u8> = text.encode_utf16().flat_map(order).collect();
                assert_eq!(own.are_in(&around(&wide)), is, "{text}");
            }
        }
        assert!(own.are_in(b"\xD6zt\xFCrk"));
        assert!(!own.are_in(b"") && !own.are_in(b"Q"));
        assert!(!Own::default().are_in(b"Quillerby"));
    }

    #[test]
    fn names_are_found_in_the_character_set_of_the_object() {
        let name = b"\xBA\xD2\xD8\xDB\xDB\xD5\xE0\xD1\xD8";
        let own = own("ISO_IR 144", &[(NAME.0, NAME.1, name)]);
        let value = [&vec![0; WINDOW - 4][..], name, &[1, 2]].concat();
        assert!(own.are_in(&value));
        assert!(!own.are_in(&value[..WINDOW]));
    }

    #[test]
    fn names_are_found_behind_escape_sequences() {
        let name = b"Yamada^\x1B$B;3EDB@O:2V;R0lO:\x1B(B";
        let own = own("\\ISO 2022 IR 87", &[(NAME.0, NAME.1, name)]);
        assert!(own.are_in(&[&[7; 99][..], &name[7..], &[9; 99]].concat()));
        assert!(!own.are_in(b"\x1B$B;3ED\x1B(B"));
    }

    /// If each were looked for by itself, this took hours.
    #[test]
    fn much_is_searched_for_many() {
        let names: Vec<String> = (0..MOST / 2).map(|each| format!("zonker{each:05}x")).collect();
        let own = own("", &[(NAME.0, NAME.1, names[..600].join("^").as_bytes())]);
        let value = b"zonker99".repeat(1 << 20);
        assert!(!own.are_in(&value));
        let mut tape = Tape::default();
        for part in names.chunks(400) {
            tape.element(Tag(NAME.0), VR::PN, false, Some(part.join("^").as_bytes()));
            tape.element(Tag(NAME.0), VR::PN, false, Some(part.join("q^").as_bytes()));
        }
        let mut found = Names::default();
        found.collect(&tape).unwrap();
        let charset = SpecificCharacterSet::default();
        assert!(!Own::of(&found, &Records::default(), charset).are_in(&value));
    }
}
