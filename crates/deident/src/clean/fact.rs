//! Items whose concept says who or how the patient is: reports repeat in them what Table E.1-1 lists as
//! attributes.

use lightcase_dataset::Tag;

use crate::Profile;
use crate::ProfileOption::RetainPatientCharacteristics;
use crate::tape::{Event, Tape};

/// What an item says of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// Who it is.
    Identity,
    /// What it is like.
    Characteristic,
    /// How old it is.
    Age,
}

/// Numeric Value (0040,A30A).
pub(super) const NUMERIC_VALUE: Tag = Tag(0x0040_A30A);

/// Measured Value Sequence (0040,A300).
pub(super) const MEASURED_VALUE: Tag = Tag(0x0040_A300);

/// Concept Name Code Sequence (0040,A043).
pub(super) const CONCEPT: Tag = Tag(0x0040_A043);
const UNITS: Tag = Tag(0x0040_08EA);

/// What the item says of the patient that is opened at this place of the tape.
pub(super) fn fact_of(tape: &Tape, opened: usize) -> Option<Fact> {
    match code_in(tape, opened, CONCEPT)? {
        // Name, ID, birth date, mother of the fetus: PS3.16 TID 1007 and 1008.
        ("DCM", "121029" | "121030" | "121031" | "121036")
        | ("LN", "21112-8")
        | ("SCT", "184099003") => Some(Fact::Identity),
        ("DCM", "121033")
        | ("LN", "30525-0" | "21612-7")
        | ("SCT", "397669002" | "424144002" | "105727008") => Some(Fact::Age),
        // Sex, size, weight, body mass index, surface and ethnic group: TID 1007, 3602 and 5001.
        ("DCM", "121032")
        | (
            "LN",
            "46098-0" | "8302-2" | "3137-7" | "29463-7" | "3141-9" | "8277-6" | "39156-5"
            | "3140-1",
        )
        | ("SCT", "263495000" | "27113001" | "50373000" | "364699009" | "103579009" | "60621009") => {
            Some(Fact::Characteristic)
        }
        _ => is_in_years(tape, opened).then_some(Fact::Age),
    }
}

/// Whether an item is a measurement in years, which is hardly anything but an age, whatever its concept
/// is called.
fn is_in_years(tape: &Tape, opened: usize) -> bool {
    let measured = first_item(tape, opened, MEASURED_VALUE);
    let units = measured.and_then(|measured| code_in(tape, measured, UNITS));
    matches!(units, Some(("UCUM", "a" | "a_j" | "a_g" | "a_t")))
}

/// Whether a profile takes such an item away.
pub(super) fn is_removed(profile: &Profile, fact: Fact) -> bool {
    fact == Fact::Identity || !profile.has(RetainPatientCharacteristics)
}

/// Whether a profile takes all items of a sequence away, of which there are some.
pub(super) fn are_all_removed(profile: &Profile, tape: &Tape, sequence: usize) -> bool {
    let mut at = sequence + 1;
    while tape.events.get(at) == Some(&Event::OpenItem) {
        if !fact_of(tape, at).is_some_and(|fact| is_removed(profile, fact)) {
            return false;
        }
        at = end_of_item(tape, at) + 1;
    }
    at > sequence + 1
}

/// Where the item ends that is opened at a place.
pub(super) fn end_of_item(tape: &Tape, opened: usize) -> usize {
    let mut depth = 0_usize;
    for (at, event) in tape.events.iter().enumerate().skip(opened) {
        match event {
            Event::OpenItem => depth += 1,
            Event::CloseItem if depth <= 1 => return at,
            Event::CloseItem => depth -= 1,
            Event::OpenSequence(_) | Event::CloseSequence | Event::Element(_) => {}
        }
    }
    tape.events.len()
}

/// Whether an attribute is the value of a measurement, in text or in numbers that say it more exactly.
pub(super) const fn is_measured(tag: Tag) -> bool {
    matches!(tag, NUMERIC_VALUE | Tag(0x0040_A161..=0x0040_A163))
}

/// An age in the measured value that is opened at a place; unless exact ones are asked for, those of
/// 90 years and more become one.
pub(super) fn age(
    tape: &Tape,
    opened: Option<usize>,
    value: &[u8],
    exact: bool,
) -> Option<Vec<u8>> {
    /// Of a longer number nobody knows what it is.
    const LONGEST: usize = 6;
    let text = str::from_utf8(value).ok()?.trim_matches([' ', '\0']);
    let number: f64 = text.parse().ok().filter(|_| text.len() <= LONGEST)?;
    let units = opened.and_then(|opened| code_in(tape, opened, UNITS));
    let is_short = matches!(units, Some(("UCUM", "mo" | "wk" | "d" | "h" | "min")));
    if !(0.0..=9999.0).contains(&number) || is_short && number > 999.0 {
        return None;
    }
    let is_old = !exact && !is_short && number >= 90.0;
    Some(if is_old { b"90".to_vec() } else { text.as_bytes().to_vec() })
}

/// Scheme and value of the code in a sequence of an item.
fn code_in(tape: &Tape, opened: usize, sequence: Tag) -> Option<(&str, &str)> {
    let item = first_item(tape, opened, sequence)?;
    let text = |tag: u32| {
        let entry = tape.level(Some(item)).find(|entry| entry.tag == Tag(tag))?;
        Some(str::from_utf8(tape.value(entry)?).ok()?.trim_matches([' ', '\0']))
    };
    Some((text(0x0008_0102)?, text(0x0008_0100)?))
}

/// Where the first item of a sequence is opened that stands in an item. Tags ascend.
fn first_item(tape: &Tape, opened: usize, sequence: Tag) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, event) in tape.events.iter().enumerate().skip(opened + 1) {
        match event {
            Event::OpenSequence(tag) if depth == 0 && *tag >= sequence => {
                let is_one = *tag == sequence && tape.events.get(at + 1) == Some(&Event::OpenItem);
                return is_one.then_some(at + 1);
            }
            Event::Element(entry) if depth == 0 && entry.tag > sequence => return None,
            Event::OpenSequence(_) | Event::OpenItem => depth += 1,
            Event::CloseItem | Event::CloseSequence => depth = depth.checked_sub(1)?,
            Event::Element(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    /// An item with a code in a sequence.
    fn item(tape: &mut Tape, sequence: Tag, scheme: &str, value: &str) {
        tape.push(Event::OpenItem);
        tape.push(Event::OpenSequence(sequence));
        tape.push(Event::OpenItem);
        tape.element(Tag(0x0008_0100), VR::SH, false, Some(value.as_bytes()));
        tape.element(Tag(0x0008_0102), VR::SH, false, Some(scheme.as_bytes()));
        tape.push(Event::CloseItem);
        tape.push(Event::CloseSequence);
        tape.push(Event::CloseItem);
    }

    #[test]
    fn concepts_say_what_an_item_is_of() {
        for (scheme, value, expected) in [
            ("DCM", "121029", Some(Fact::Identity)),
            ("DCM ", "121033", Some(Fact::Age)),
            ("DCM", "121032", Some(Fact::Characteristic)),
            ("LN", "29463-7 ", Some(Fact::Characteristic)),
            ("LN", "39156-5", Some(Fact::Characteristic)),
            ("LN", "3140-1", Some(Fact::Characteristic)),
            ("SCT", "60621009", Some(Fact::Characteristic)),
            ("LN", "21612-7", Some(Fact::Age)),
            ("SCT", "105727008", Some(Fact::Age)),
            ("DCM", "121028", None),
            ("99X", "121033", None),
        ] {
            let mut tape = Tape::default();
            item(&mut tape, CONCEPT, scheme, value);
            assert_eq!(fact_of(&tape, 0), expected, "{scheme} {value}");
        }
    }

    #[test]
    fn what_is_measured_in_years_is_an_age() {
        for (unit, expected) in [("a", Some(Fact::Age)), ("a_j ", Some(Fact::Age)), ("mm", None)] {
            let mut tape = Tape::default();
            tape.push(Event::OpenItem);
            tape.push(Event::OpenSequence(CONCEPT));
            tape.push(Event::OpenItem);
            tape.element(Tag(0x0008_0100), VR::SH, false, Some(b"AGE"));
            tape.element(Tag(0x0008_0102), VR::SH, false, Some(b"99X"));
            tape.push(Event::CloseItem);
            tape.push(Event::CloseSequence);
            tape.push(Event::OpenSequence(MEASURED_VALUE));
            item(&mut tape, UNITS, "UCUM", unit);
            tape.push(Event::CloseSequence);
            tape.push(Event::CloseItem);
            assert_eq!(fact_of(&tape, 0), expected, "{unit}");
        }
    }

    #[test]
    fn a_sequence_of_nothing_else_is_told() {
        for (values, all) in
            [(&["121033", "121032"][..], true), (&["121033", "121028"], false), (&[], false)]
        {
            let mut tape = Tape::default();
            tape.push(Event::OpenSequence(Tag(0x0040_A730)));
            for value in values {
                item(&mut tape, CONCEPT, "DCM", value);
            }
            tape.push(Event::CloseSequence);
            assert_eq!(are_all_removed(&Profile::default(), &tape, 0), all, "{values:?}");
        }
    }

    #[test]
    fn the_oldest_are_one_age_in_numbers_too() {
        for (unit, value, expected) in [
            ("a", "89.5", Some("89.5")),
            ("a", "90", Some("90")),
            ("a", "97 ", Some("90")),
            ("mo", "97", Some("97")),
            ("mo", "1200", None),
            ("x", "97", Some("90")),
            ("a", "7731905", None),
            ("a", "-1", None),
            ("a", "97\\12", None),
        ] {
            let mut tape = Tape::default();
            item(&mut tape, UNITS, "UCUM", unit);
            let found = |exact| age(&tape, Some(0), value.as_bytes(), exact);
            assert_eq!(found(false).as_deref(), expected.map(str::as_bytes), "{value} {unit}");
            let kept = expected.map(|_| value.trim().as_bytes());
            assert_eq!(found(true).as_deref(), kept, "{value} {unit}");
        }
    }
}
