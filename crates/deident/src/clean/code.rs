//! Codes, PS3.3 section 8: the value tells what the meaning may be.

use lightcase_dataset::Tag;

use super::names::Names;
use super::records::Records;
use super::walk::Cleaned;
use super::{reference, unit};
use crate::report::Outcome;
use crate::table::lines::CODES;
use crate::tape::Tape;

/// What an item that is a code holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// A code of PS3.16, with the meaning printed there.
    Known(&'static str),
    /// A code of a public scheme, in its form, whose meaning is not known here.
    Formed,
    /// A unit of measurement, whose meaning is what it is.
    Unit,
    /// No value and a known scheme: an item that speaks of the scheme.
    Scheme,
    /// Anything else: local codes say whose they are, and their texts are free.
    Unknown,
}

const CODE_VALUE: Tag = Tag(0x0008_0100);
const SCHEME: Tag = Tag(0x0008_0102);

/// What the item is that is opened at this place of the tape. A code in its form could be any number or
/// any word, and is none that the object tells of the patient.
pub(super) fn code_of(
    tape: &Tape,
    opened: Option<usize>,
    names: &Names,
    records: &Records,
) -> Code {
    let text = |tag: Tag| {
        let entry = tape.level(opened).find(|entry| entry.tag == tag)?;
        Some(str::from_utf8(tape.value(entry)?).ok()?.trim_matches([' ', '\0']))
    };
    let scheme = text(SCHEME).unwrap_or_default();
    let Some(value) = text(CODE_VALUE) else {
        return if is_public(scheme) { Code::Scheme } else { Code::Unknown };
    };
    if value.contains(['\t', '\n']) || scheme.contains(['\t', '\n']) {
        return Code::Unknown;
    }
    let is_name = |word: &str| names.has(word);
    if let Some(meaning) = meaning_of(scheme, value) {
        Code::Known(meaning)
    } else if records.are_in_text(value) {
        Code::Unknown
    } else if scheme == "UCUM" && unit::is_unit(value, is_name) {
        Code::Unit
    } else if scheme == "MDC" && reference::is_mdc(value, is_name) || is_formed(scheme, value) {
        Code::Formed
    } else {
        Code::Unknown
    }
}

/// The value of the code that is opened at this place of the tape.
pub(super) fn value_of(tape: &Tape, opened: Option<usize>) -> Option<&[u8]> {
    let entry = tape.level(opened).find(|entry| entry.tag == CODE_VALUE)?;
    tape.value(entry).map(<[u8]>::trim_ascii)
}

/// What PS3.16 prints for a code, also in another spelling.
fn meaning_of(scheme: &str, value: &str) -> Option<&'static str> {
    let printed = CODES.behind(&format!("{scheme}\t{value}\t"));
    printed.or_else(|| match scheme {
        "MDC" => reference::meaning_of_mdc(value),
        "SCPECG" => reference::meaning_of_lead(value),
        _ => None,
    })
}

/// What stays of a part of a code.
pub(super) fn part_of_code(code: Code, tag: Tag, value: &[u8]) -> Option<Cleaned<'_>> {
    let text = |text: &'static str| Some((text.as_bytes().into(), Outcome::Replaced));
    let kept = Some((value.into(), Outcome::Kept));
    match (tag.0, code) {
        (0x0008_0100, Code::Known(_) | Code::Formed | Code::Unit)
        | (0x0008_0102, Code::Known(_) | Code::Formed | Code::Unit | Code::Scheme) => kept,
        (0x0008_0100, _) => text("REMOVED"),
        (0x0008_0102, Code::Unknown) => text("99LIGHTCASE"),
        (0x0008_0104, Code::Known(meaning)) if meaning.as_bytes() == value.trim_ascii_end() => kept,
        (0x0008_0104, Code::Known(meaning)) => text(meaning),
        (0x0008_0104, _) => text("Removed"),
        (0x0008_0103, Code::Known(_)) if is_version(value) => kept,
        _ => None,
    }
}

/// A version that counts and is no date.
fn is_version(value: &[u8]) -> bool {
    let value = value.trim_ascii_end();
    value.len() <= 4 && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Schemes that PS3.16 section 8 lists and that no institution owns.
fn is_public(scheme: &str) -> bool {
    matches!(
        scheme,
        "DCM"
            | "SCT"
            | "SRT"
            | "SNM3"
            | "LN"
            | "UCUM"
            | "RADLEX"
            | "FMA"
            | "UMLS"
            | "MDC"
            | "NCIt"
            | "SCPECG"
    )
}

/// Whether a value has the form that its scheme gives to codes. Those of DCM, which are numbers and
/// nothing else, are all known.
fn is_formed(scheme: &str, value: &str) -> bool {
    let digits = |text: &str, from: usize, to: usize| {
        (from..=to).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    match scheme {
        "SCT" => digits(value, 6, 18) && verhoeff(value),
        "LN" => value.split_once('-').is_some_and(|(number, check)| {
            digits(number, 1, 5) && digits(check, 1, 1) && luhn(number, check)
        }),
        "SRT" | "SNM3" => value.split_once('-').is_some_and(|(axis, number)| {
            matches!(axis, "T" | "M" | "F" | "D" | "P" | "A" | "C" | "G" | "R" | "P0" | "P1" | "P5")
                && number.len() == 5
                && number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
        }),
        "SCPECG" => reference::is_scpecg(value),
        "RADLEX" => value.strip_prefix("RID").is_some_and(|number| digits(number, 1, 5)),
        _ => false,
    }
}

/// The check digit of LOINC codes, modulo 10.
fn luhn(number: &str, check: &str) -> bool {
    let digits = number.bytes().rev().chain(check.bytes()).enumerate();
    let sum: u32 = digits
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            let is_doubled = place.is_multiple_of(2) && place < number.len();
            if is_doubled { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The check digit of SNOMED CT identifiers, so that not every record number passes for one.
fn verhoeff(digits: &str) -> bool {
    const PERMUTE: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let check = digits.bytes().rev().enumerate().fold(0_u8, |check, (place, byte)| {
        let digit = (0..place % 8).fold(byte - b'0', |digit, _| {
            PERMUTE.get(usize::from(digit)).copied().unwrap_or_default()
        });
        multiply(check, digit)
    });
    check == 0
}

/// The product of two elements of the dihedral group of ten, 0 to 4 turns and 5 to 9 reflections.
const fn multiply(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (5 + a - b) % 5,
    }
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    #[track_caller]
    fn check(scheme: &str, value: &str, expected: Code) {
        let (mut names, mut records) = (Names::default(), Records::default());
        let mut tape = Tape::default();
        tape.element(CODE_VALUE, VR::SH, false, Some(value.as_bytes()));
        tape.element(SCHEME, VR::SH, false, Some(scheme.as_bytes()));
        tape.element(Tag(0x0010_0010), VR::PN, false, Some(b"Mar^Hand"));
        tape.element(Tag(0x0010_0020), VR::LO, false, Some(b"P773190506\\121058"));
        names.collect(&tape).unwrap();
        records.collect(&tape).unwrap();
        assert_eq!(code_of(&tape, None, &names, &records), expected, "{scheme} {value}");
    }

    #[test]
    fn codes_are_told_apart() {
        check("DCM", "121058 ", Code::Known("Procedure reported"));
        check("SCT", "22298006", Code::Known("Myocardial Infarction"));
        check("SCT", "399208008", Code::Formed);
        check("SCT", "41316322", Code::Unknown);
        check("LN", "2345-7", Code::Formed);
        check("LN", "12345-5", Code::Formed);
        check("LN", "99999-5", Code::Formed);
        check("LN", "99999-9", Code::Unknown);
        check("LN", "77319-5", Code::Unknown);
        check("DCM", "199999", Code::Unknown);
        check("SRT", "T-A0100", Code::Formed);
        check("99CLINIC", "121058", Code::Unknown);
        check("DCM", "Quillerby", Code::Unknown);
        check("", "", Code::Unknown);
    }

    #[test]
    fn units_devices_and_leads_have_codes() {
        check("UCUM", "mm", Code::Known("mm"));
        check("UCUM", "mGy.cm", Code::Unit);
        check("UCUM", "Quillerby", Code::Unknown);
        check("UCUM", "Mar", Code::Unknown);
        check("MDC", "2:1", Code::Known("Lead I"));
        check("MDC", "131073", Code::Known("Lead I"));
        check("MDC", "2:12345", Code::Formed);
        check("MDC", "MDC_ECG_HAND", Code::Unknown);
        check("SCPECG", "5.6.3-9-1", Code::Known("Lead I"));
        check("SCPECG", "5.10.3-11", Code::Formed);
        check("SCPECG", "D.3-PAAAI", Code::Unknown);
    }

    /// A code with a check digit that is the number of the patient's record; one that PS3.16 prints tells
    /// nothing that its item does not say.
    #[test]
    fn a_number_of_the_patient_is_no_code() {
        check("SCT", "773190608", Code::Formed);
        check("SCT", "773190506", Code::Unknown);
        check("DCM", "121058", Code::Known("Procedure reported"));
    }

    #[test]
    fn a_meaning_is_the_standards_own() {
        let check = |code, tag, value: &str, expected: Option<&str>| {
            let part = part_of_code(code, Tag(tag), value.as_bytes()).map(|(bytes, _)| bytes);
            assert_eq!(part.as_deref(), expected.map(str::as_bytes), "{value}");
        };
        let known = Code::Known("Head");
        check(known, 0x0008_0100, "69536005", Some("69536005"));
        check(known, 0x0008_0104, "Head of Quillerby", Some("Head"));
        check(Code::Formed, 0x0008_0104, "Head of Quillerby", Some("Removed"));
        check(Code::Unknown, 0x0008_0100, "QUILLERBY", Some("REMOVED"));
        check(known, 0x0008_0103, "19760904", None);
        check(known, 0x0008_0103, "01", Some("01"));
        check(known, 0x0008_0119, "Quillerby", None);
    }
}
