//! The numbers that an object itself tells of its patient: of records and orders, of telephones, and
//! the day of birth. None of them stays as a number of something else.

use std::collections::BTreeSet;

use lightcase_dataset::{SpecificCharacterSet, Tag, VR, decode_text, width};

use super::binary::numbers;
use super::decimal;
use super::fact::{self, Fact};
use crate::refusal::{Refusal, Result};
use crate::tape::{Entry, Event, Tape};

/// Numbers in digits, as they are written and without zeros before them.
#[derive(Debug, Default)]
pub(super) struct Records {
    numbers: BTreeSet<String>,
    /// Those of six digits that are all that is told, not parts or other forms of it: numbers that are measured
    /// often have six digits around a point.
    six: BTreeSet<String>,
    /// Birth dates: year, month and day, in eight digits.
    births: BTreeSet<String>,
    /// Bytes that the numbers take.
    size: usize,
    /// Of the top level, which goes on from one tape to the next.
    charset: SpecificCharacterSet,
}

/// Texts that hold the number of a record, an order or an account, none of which any option keeps.
const RECORDS: &[Tag] = &[
    Tag(0x0008_0050), // Accession Number
    Tag(0x0010_0020), // Patient ID
    Tag(0x0010_0021), // Issuer of Patient ID
    Tag(0x0010_1000), // Other Patient IDs
    Tag(0x0010_1050), // Insurance Plan Identification
    Tag(0x0010_1090), // Medical Record Locator
    Tag(0x0012_0040), // Clinical Trial Subject ID
    Tag(0x0012_0042), // Clinical Trial Subject Reading ID
    Tag(0x0020_0010), // Study ID
    Tag(0x0032_0012), // Study ID Issuer
    Tag(0x0038_0010), // Admission ID
    Tag(0x0038_0011), // Issuer of Admission ID
    Tag(0x0038_0060), // Service Episode ID
    Tag(0x0038_0061), // Issuer of Service Episode ID
    Tag(0x0040_0009), // Scheduled Procedure Step ID
    Tag(0x0040_0031), // Local Namespace Entity ID
    Tag(0x0040_0032), // Universal Entity ID
    Tag(0x0040_0253), // Performed Procedure Step ID
    Tag(0x0040_050A), // Specimen Accession Number
    Tag(0x0040_0512), // Container Identifier
    Tag(0x0040_0551), // Specimen Identifier
    Tag(0x0040_1001), // Requested Procedure ID
    Tag(0x0040_2006), // Placer Order Number / Procedure
    Tag(0x0040_2007), // Filler Order Number / Procedure
    Tag(0x0040_2016), // Placer Order Number / Imaging Service Request
    Tag(0x0040_2017), // Filler Order Number / Imaging Service Request
    Tag(0x4008_0040), // Results ID
    Tag(0x4008_0200), // Interpretation ID
];

/// Telephones are written with and without the codes of country and area.
const TELEPHONES: &[Tag] = &[
    Tag(0x0010_2154), // Patient's Telephone Numbers
    Tag(0x0010_2155), // Patient's Telecom Information
    Tag(0x0040_1103), // Person's Telephone Numbers
];

/// Birth dates, whose parts stand in other orders elsewhere.
const BIRTH_DATES: &[Tag] = &[
    Tag(0x0010_0030), // Patient's Birth Date
    Tag(0x0010_0033), // Patient's Birth Date in Alternative Calendar
];

/// Bytes that the numbers of an object take at most.
const MOST: usize = 16 << 20;

/// Text Value (0040,A160).
const TEXT_VALUE: Tag = Tag(0x0040_A160);

/// Date (0040,A121).
const DATE: Tag = Tag(0x0040_A121);

/// Longer text is no number.
const LONGEST_TEXT: usize = 10 << 10;

/// Shorter numbers are counts and measures everywhere.
const SHORTEST: usize = 6;

/// Longer ones fit no number.
const LONGEST: usize = 24;

impl Records {
    /// Takes in those of a tape, at every depth, also of what does not stay.
    ///
    /// # Errors
    /// So many that no object tells them, and memory would be theirs.
    pub(super) fn collect(&mut self, tape: &Tape) -> Result<()> {
        let mut charset = self.charset;
        super::elements::each(tape, &mut charset, |entry, charset| {
            self.take(tape, entry, charset);
            if self.size > MOST { Err(Refusal::TooLarge) } else { Ok(()) }
        })?;
        self.charset = charset;
        self.collect_reported(tape)
    }

    /// Takes in what items of a report say of who the patient is: no attribute, but a concept.
    fn collect_reported(&mut self, tape: &Tape) -> Result<()> {
        if !tape.events.contains(&Event::OpenSequence(fact::CONCEPT)) {
            return Ok(());
        }
        for (at, event) in tape.events.iter().enumerate() {
            if *event != Event::OpenItem || fact::fact_of(tape, at) != Some(Fact::Identity) {
                continue;
            }
            for entry in tape.level(Some(at)) {
                let value = tape.value(entry).unwrap_or_default();
                let value = value.get(..value.len().min(LONGEST_TEXT)).unwrap_or_default();
                let text = decode_text(&self.charset, VR::LO, value);
                match entry.tag {
                    TEXT_VALUE => self.add_record(&text),
                    DATE => self.add_date(&digits_of(&text)),
                    _ => {}
                }
            }
            if self.size > MOST {
                return Err(Refusal::TooLarge);
            }
        }
        Ok(())
    }

    fn take(&mut self, tape: &Tape, entry: &Entry, charset: SpecificCharacterSet) {
        let among = |tags: &[Tag]| tags.contains(&entry.tag);
        let (is_telephone, is_birth) = (among(TELEPHONES), among(BIRTH_DATES));
        if !is_telephone && !is_birth && !among(RECORDS) {
            return;
        }
        let value = tape.value(entry).unwrap_or_default();
        let value = value.get(..value.len().min(LONGEST_TEXT)).unwrap_or_default();
        // Also behind VR UN, and whatever VR it is said to be.
        let text = decode_text(&charset, VR::LO, value);
        for each in text.split('\\') {
            self.add_record(each);
            let digits = digits_of(each);
            if is_birth {
                self.add_date(&digits);
            } else if is_telephone && digits.len() <= LONGEST {
                let shorter =
                    (1..=digits.len().saturating_sub(SHORTEST)).filter_map(|at| digits.get(at..));
                shorter.for_each(|digits| self.add(digits));
            }
        }
    }

    fn add_record(&mut self, text: &str) {
        each_number(text, |digits| self.add(digits));
        let digits = digits_of(text);
        let number = digits.trim_start_matches('0');
        if number.len() == SHORTEST && self.six.insert(number.to_owned()) {
            self.size += SHORTEST + size_of::<String>();
        }
    }

    /// A date as year, month and day in the orders in which they are written, with and without zeros.
    fn add_date(&mut self, digits: &str) {
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        if digits.len() != 8 {
            return;
        }
        if self.births.insert(digits.to_owned()) {
            self.size += digits.len() + size_of::<String>();
        }
        let [month, day] = [part(4, 6), part(6, 8)].map(with_and_without_zeros);
        let mut form = String::with_capacity(digits.len());
        for year in [part(0, 4), part(2, 4)] {
            for month in month.clone() {
                for day in day.clone() {
                    for parts in [
                        [day, month, year],
                        [month, day, year],
                        [year, month, day],
                        [year, day, month],
                    ] {
                        form.clear();
                        form.extend(parts);
                        self.add(&form);
                    }
                }
            }
        }
    }

    fn add(&mut self, digits: &str) {
        if !(SHORTEST..=LONGEST).contains(&digits.len()) {
            return;
        }
        let number = digits.trim_start_matches('0');
        self.insert(number);
        self.insert(digits);
        // As floating-point numbers have it, which round what is long.
        let is_exact = |bits: u32| number.parse().is_ok_and(|number: u64| number <= 1_u64 << bits);
        if !is_exact(f32::MANTISSA_DIGITS)
            && let Ok(number) = number.parse::<f32>()
        {
            self.insert(&format!("{number:.0}"));
        }
        if !is_exact(f64::MANTISSA_DIGITS)
            && let Ok(number) = number.parse::<f64>()
        {
            self.insert(&format!("{number:.0}"));
        }
    }

    fn insert(&mut self, form: &str) {
        if form.len() >= SHORTEST && !self.numbers.contains(form) {
            self.size += form.len() + size_of::<String>();
            self.numbers.insert(form.to_owned());
        }
    }

    /// Each number, as it is written.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.numbers.iter().map(String::as_str)
    }

    /// Each birth date, in eight digits.
    pub(super) fn births(&self) -> impl Iterator<Item = &str> {
        self.births.iter().map(String::as_str)
    }

    /// Whether a value that is to stay has one of them: a number does, before the point, or a text, but
    /// no date, UID or array of bytes.
    pub(super) fn are_in(&self, vr: VR, big_endian: bool, value: &[u8]) -> bool {
        if self.numbers.is_empty() {
            return false;
        }
        match vr {
            VR::DS | VR::IS => self.are_in_decimals(&String::from_utf8_lossy(value)),
            VR::UL | VR::SL | VR::UV | VR::SV | VR::FL | VR::FD => {
                numbers(value, width(vr), big_endian).any(|bits| self.has_bits(vr, bits))
            }
            VR::AE | VR::CS | VR::LO | VR::LT | VR::SH | VR::ST | VR::UC | VR::UR | VR::UT => {
                self.are_in_text(&String::from_utf8_lossy(value))
            }
            VR::US
            | VR::SS
            | VR::AT
            | VR::AS
            | VR::DA
            | VR::DT
            | VR::PN
            | VR::SQ
            | VR::TM
            | VR::UI
            | VR::UN
            | VR::OB
            | VR::OD
            | VR::OF
            | VR::OL
            | VR::OV
            | VR::OW => false,
        }
    }

    /// Whether a value has one of them of which nobody knows what it is: a text, or numbers of any kind.
    pub(super) fn are_in_unknown(&self, value: &[u8]) -> bool {
        /// In longer ones indices count through all numbers.
        const LONGEST: usize = 64 << 10;
        if self.numbers.is_empty() {
            return false;
        }
        let text = String::from_utf8_lossy(value);
        let kinds = [VR::UL, VR::SL, VR::UV, VR::SV, VR::FL, VR::FD];
        let orders = [false, true];
        self.are_in_text(&text)
            || self.are_in_decimals(&text)
            || value.len() <= LONGEST
                && orders.iter().any(|order| kinds.iter().any(|vr| self.are_in(*vr, *order, value)))
    }

    /// Whether numbers in text are one of them, each by itself or all together.
    fn are_in_decimals(&self, text: &str) -> bool {
        text.split('\\').any(|each| self.has_decimal(each.trim_matches([' ', '\0'])))
            || text.contains('\\') && self.has_joined(text)
    }

    /// Whether a text has one of them, parted or not.
    pub(super) fn are_in_text(&self, text: &str) -> bool {
        let mut found = false;
        each_number(text, |digits| found |= self.has(digits));
        found
    }

    fn has_decimal(&self, text: &str) -> bool {
        let text = text.trim_start_matches(['+', '-']);
        let (mantissa, exponent) = decimal::parts(text);
        self.has(mantissa.split('.').next().unwrap_or_default())
            || self.has_joined(mantissa)
            || exponent.is_some_and(|_| {
                self.has_joined(text) || text.parse().is_ok_and(|number| self.has_floating(number))
            })
    }

    /// Whether a number is one of them without its point.
    fn has_joined(&self, text: &str) -> bool {
        if text.len() < SHORTEST {
            return false;
        }
        let digits = digits_of(text);
        let number = digits.trim_start_matches('0');
        [number, number.trim_end_matches('0')].iter().any(|number| {
            if number.len() == SHORTEST { self.six.contains(*number) } else { self.has(number) }
        })
    }

    fn has_bits(&self, vr: VR, bits: u64) -> bool {
        let [a, b, c, d, ..] = bits.to_le_bytes();
        let half = [a, b, c, d];
        if vr == VR::FL {
            self.has_floating(f32::from_le_bytes(half).into())
        } else if vr == VR::FD {
            self.has_floating(f64::from_bits(bits))
        } else if vr == VR::SL {
            self.has_integer(i32::from_le_bytes(half).unsigned_abs().into())
        } else if vr == VR::SV {
            self.has_integer(i64::from_le_bytes(bits.to_le_bytes()).unsigned_abs())
        } else {
            self.has_integer(bits)
        }
    }

    fn has_integer(&self, number: u64) -> bool {
        const LEAST: u64 = 100_000;
        number >= LEAST && self.has(&number.to_string())
    }

    fn has_floating(&self, number: f64) -> bool {
        let number = number.abs().trunc();
        (1e5..1e24).contains(&number) && self.has(&format!("{number:.0}"))
    }

    fn has(&self, digits: &str) -> bool {
        let stripped = digits.trim_start_matches('0');
        [digits, stripped].iter().any(|form| form.len() >= SHORTEST && self.numbers.contains(*form))
    }
}

/// Tells the numbers of a text: digits in a row, those that only what parts digits stands between, and
/// all of them together. Those that are too short to be looked for may be left out.
fn each_number(text: &str, mut told: impl FnMut(&str)) {
    let is_other = |c: char| digit_of(c).is_none();
    let is_far = |c: char| is_other(c) && !matches!(c, ' ' | '-' | '.' | '/' | '_' | ':');
    let runs = text.split(is_other).chain(text.split(is_far)).chain([text]);
    runs.filter(|run| run.len() >= SHORTEST).for_each(|run| told(&digits_of(run)));
}

/// A part of a date, and the same without the zeros that it begins with, if it does.
fn with_and_without_zeros(text: &str) -> impl Iterator<Item = &str> + Clone {
    let short = text.trim_start_matches('0');
    [Some(text), Some(short).filter(|short| *short != text)].into_iter().flatten()
}

fn digits_of(text: &str) -> String {
    let mut digits = String::with_capacity(text.len());
    digits.extend(text.chars().filter_map(digit_of));
    digits
}

/// A digit of ASCII, or of the scripts of PS3.3 tables C.12-2 to C.12-5 that have digits of their own.
fn digit_of(character: char) -> Option<char> {
    /// Arabic, Persian, Thai, and those of full width.
    const ZEROS: [u32; 4] = [0x0660, 0x06F0, 0x0E50, 0xFF10];
    if character.is_ascii_digit() {
        return Some(character);
    }
    let digit = |zero| u32::from(character).checked_sub(zero).filter(|digit| *digit < 10);
    ZEROS.into_iter().find_map(digit).and_then(|digit| char::from_digit(digit, 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ProfileOption, rule};

    fn records(tags: &[(u32, &str)]) -> Records {
        let (mut tape, mut records) = (Tape::default(), Records::default());
        tape.element(Tag::SPECIFIC_CHARACTER_SET, VR::CS, false, Some(b"ISO_IR 192"));
        for (tag, value) in tags {
            tape.element(Tag(*tag), VR::LO, false, Some(value.as_bytes()));
        }
        records.collect(&tape).unwrap();
        records
    }

    #[test]
    fn a_number_in_text_is_one_of_the_patients() {
        let records = records(&[
            (0x0010_0020, "Q-0773-1905/12"),
            (0x0010_1000, "4711\\MRN 00123456"),
            (0x0010_0030, "19760904"),
            (0x0010_2154, "+49 (0)89 5550 1234"),
            (0x0008_0080, "Clinic 998877"),
        ]);
        for (value, is) in [
            ("77319 05", false),
            ("773190512", true),
            ("0773190512", true),
            ("7\\-773190512.0", true),
            ("7.73190512E8 ", true),
            ("123456", true),
            ("+123456.75", true),
            ("00123456", true),
            ("1234567", false),
            ("4711", false),
            ("19760904", true),
            ("04091976", true),
            ("9041976", true),
            ("760904", true),
            ("55501234", true),
            ("8955501234", true),
            ("998877", false),
            ("0.123456", true),
            ("12.3456", true),
            ("0.12345600", true),
            ("0.123457", false),
            ("7.6e0904", false),
            ("0.760904", false),
            ("0.19760904", true),
            ("1976.0904", true),
            ("0e19760904", true),
            ("1e19760904", false),
            ("123456e-3", true),
            ("12\\3456", true),
            ("1976\\09\\04", true),
            ("1976\\09\\05", false),
            ("491976", true),
            ("941976", true),
            ("19760409", true),
            ("197694", true),
            ("551234", false),
            ("501234", true),
            ("1e300", false),
            ("", false),
        ] {
            assert_eq!(records.are_in(VR::DS, false, value.as_bytes()), is, "{value}");
        }
    }

    #[test]
    fn a_binary_number_is_too() {
        let records = records(&[(0x0008_0050, "7731905"), (0x0038_0010, "773190577")]);
        for (vr, value, is) in [
            (VR::UL, 7_731_905_u32.to_le_bytes().to_vec(), true),
            (VR::UL, 7_731_906_u32.to_le_bytes().to_vec(), false),
            (VR::SL, (-7_731_905_i32).to_le_bytes().to_vec(), true),
            (VR::UV, 7_731_905_u64.to_le_bytes().to_vec(), true),
            (VR::SV, (-7_731_905_i64).to_le_bytes().to_vec(), true),
            (VR::FL, 7_731_905_f32.to_le_bytes().to_vec(), true),
            (VR::FL, 773_190_577_f32.to_le_bytes().to_vec(), true),
            (VR::FD, [1.5_f64, 7_731_905.25].iter().flat_map(|n| n.to_le_bytes()).collect(), true),
            (VR::FD, f64::NAN.to_le_bytes().to_vec(), false),
            (VR::FD, 31_905_f64.to_le_bytes().to_vec(), false),
            (VR::OL, 7_731_905_u32.to_le_bytes().to_vec(), false),
        ] {
            assert_eq!(records.are_in(vr, false, &value), is, "{vr:?} {value:?}");
        }
        assert!(records.are_in(VR::UL, true, &7_731_905_u32.to_be_bytes()));
    }

    #[test]
    fn texts_and_other_scripts_tell_them_too() {
        let records = records(&[(0x0010_0020, "٧٧٣١٩٠٥")]);
        assert!(records.are_in_text("coil 773-1905, left"));
        assert!(!records.are_in_text("coil 773 of 1906"));
        assert!(records.are_in(VR::LO, false, b"SN 7731905"));
        assert!(!records.are_in(VR::DA, false, b"7731905"));
    }

    #[test]
    fn a_report_tells_them_by_concept() {
        let mut tape = Tape::default();
        let text = |tape: &mut Tape, tag, vr, value: &[u8]| {
            tape.element(Tag(tag), vr, false, Some(value));
        };
        for (concept, tag, value) in [
            (&b"121030"[..], 0x0040_A160, &b"MRN 7731905"[..]),
            (b"121031", 0x0040_A121, b"19760904"),
            (b"121028", 0x0040_A160, b"5551234"),
        ] {
            tape.push(Event::OpenItem);
            tape.push(Event::OpenSequence(fact::CONCEPT));
            tape.push(Event::OpenItem);
            text(&mut tape, 0x0008_0100, VR::SH, concept);
            text(&mut tape, 0x0008_0102, VR::SH, b"DCM");
            tape.push(Event::CloseItem);
            tape.push(Event::CloseSequence);
            text(&mut tape, tag, VR::UT, value);
            tape.push(Event::CloseItem);
        }
        let mut records = Records::default();
        records.collect(&tape).unwrap();
        for (value, is) in [("7731905", true), ("4.9.1976", true), ("5551234", false)] {
            assert_eq!(records.are_in_text(value), is, "{value}");
        }
    }

    #[test]
    fn bytes_of_unknown_kind_are_any_numbers() {
        let records = records(&[(0x0010_0020, "7731905")]);
        let long = |number: [u8; 4]| [[0; 4], number, [1; 4]].concat();
        for (value, is) in [
            (&b"77319.05"[..], true),
            (b"77319\\05", true),
            (b"-0.7731905 ", true),
            (&long(7_731_905_u32.to_le_bytes()), true),
            (&long(7_731_905_u32.to_be_bytes()), true),
            (&long((-7_731_905_i32).to_be_bytes()), true),
            (&long(7_731_905_f32.to_be_bytes()), true),
            (&7_731_905_f64.to_be_bytes(), true),
            (&long(7_731_906_u32.to_le_bytes()), false),
            (b"77319.06", false),
        ] {
            assert_eq!(records.are_in_unknown(value), is, "{value:02X?}");
        }
    }

    #[test]
    fn more_numbers_than_an_object_has_are_refused() {
        let of = |count: u32| {
            let mut tape = Tape::default();
            for at in 0..count {
                let ids: Vec<_> =
                    (0..1000).map(|each| format!("{}", 100_000 + at * 1000 + each)).collect();
                tape.element(Tag(0x0010_1000), VR::LO, false, Some(ids.join("\\").as_bytes()));
            }
            Records::default().collect(&tape)
        };
        assert_eq!(of(50), Ok(()));
        assert_eq!(of(600), Err(Refusal::TooLarge));
    }

    /// Else a number would take away the attribute that it stands in.
    #[test]
    fn no_option_keeps_them() {
        let all = [RECORDS, TELEPHONES, BIRTH_DATES].concat();
        let rules: Vec<_> =
            all.iter().filter_map(|tag| rule((tag.group(), tag.element()))).collect();
        // The table has no rows for some.
        assert!(rules.len() * 4 >= all.len() * 3, "{} of {}", rules.len(), all.len());
        for rule in rules {
            let kept = ProfileOption::ALL.iter().any(|option| rule.under(*option).is_some());
            assert!(!kept, "{}", rule.keyword);
        }
    }
}
