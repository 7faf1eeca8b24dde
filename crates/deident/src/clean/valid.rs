//! Whether a value is what its attribute says, and what of dates and ages stays.

use lightcase_dataset::{SpecificCharacterSet, VR, width};

use super::{binary, decimal, prose, samples};
use crate::DateShift;
use crate::decide::is_number;
use crate::table::iod::most_values;
use crate::tape::{Entry, Tape};

/// Whether a value is what its VR says, PS3.5 section 6.2: another one may say anything.
pub(super) fn is_valid(charset: &SpecificCharacterSet, entry: &Entry, value: &[u8]) -> bool {
    let each = |is: fn(&str) -> bool| {
        let text = str::from_utf8(value).ok();
        text.is_some_and(|text| text.split('\\').all(|each| is(each.trim_matches([' ', '\0']))))
    };
    if !are_as_many(entry, value) {
        return false;
    }
    match (entry.vr, is_number(entry.vr)) {
        (VR::DA | VR::TM | VR::DT, _) => shifted(DateShift::NONE, entry.vr, value).is_some(),
        (VR::AS, _) => age(value, true).is_some(),
        (VR::DS | VR::IS, _) => decimal::is_decimal(entry.vr, value),
        (VR::CS, _) => each(|text| {
            let allowed = |byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'_');
            text.len() <= 16 && text.bytes().all(allowed)
        }),
        (VR::UI, _) => each(|text| {
            text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        }),
        (vr, true) => !binary::holds_text(charset, vr, entry.big_endian, value),
        // Other texts may be any, and bytes say nothing of what they are.
        _ => true,
    }
}

/// Whether numbers in text and terms are not more than PS3.6 allows: several can be put together to say
/// something else.
pub(super) fn are_as_many(entry: &Entry, value: &[u8]) -> bool {
    let is_counted = matches!(entry.vr, VR::DS | VR::IS | VR::CS);
    let count = || value.split(|byte| *byte == b'\\').count();
    !is_counted || most_values(entry.tag).is_none_or(|most| count() <= most)
}

/// Whether a value is numbers as the IOD has them: not more than PS3.6 allows, and no text. Samples and
/// tables that are as long as the object says are any numbers, if they are no text and hold no long one.
pub(super) fn are_numbers(
    tape: &Tape,
    (opened, charset): (Option<usize>, &SpecificCharacterSet),
    entry: &Entry,
    value: &[u8],
) -> bool {
    if samples::are_declared(tape, opened, entry.tag, value.len()) {
        return !prose::is_text(charset, value);
    }
    let size = if entry.vr == VR::AT { 4 } else { width(entry.vr) };
    let fits = most_values(entry.tag).is_none_or(|most| value.len() <= most.saturating_mul(size));
    fits && value.len().is_multiple_of(size)
        && !binary::holds_text(charset, entry.vr, entry.big_endian, value)
}

/// Each of the dates or times of a value moved; `None` when one of them is none.
pub(super) fn shifted(shift: DateShift, vr: VR, value: &[u8]) -> Option<String> {
    let text = str::from_utf8(value).ok()?;
    let moved: Option<Vec<String>> = text
        .split('\\')
        .map(|each| {
            if vr == VR::DA {
                shift.da(each)
            } else if vr == VR::TM {
                shift.tm(each)
            } else {
                shift.dt(each)
            }
        })
        .collect();
    moved.map(|values| values.join("\\"))
}

/// An age; unless exact ones are asked for, those of 90 years and more are few enough to know a
/// patient by, and become one.
pub(super) fn age(value: &[u8], exact: bool) -> Option<Vec<u8>> {
    let text = str::from_utf8(value).ok()?.trim_matches([' ', '\0']);
    let (number, unit) = text.split_at_checked(3)?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| digits)?;
    let most = match unit {
        "Y" if !exact => 89,
        "Y" | "M" | "W" | "D" => 999,
        _ => return None,
    };
    Some(if number > most { b"090Y".to_vec() } else { text.as_bytes().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_one_age() {
        for (value, expected) in [
            ("089Y", Some("089Y")),
            ("090Y", Some("090Y")),
            ("101Y", Some("090Y")),
            ("999M", Some("999M")),
            ("ninety", None),
            ("+89Y", None),
        ] {
            let value = value.as_bytes();
            assert_eq!(age(value, false).as_deref(), expected.map(str::as_bytes), "{value:?}");
            assert_eq!(age(value, true).as_deref(), expected.map(|_| value), "{value:?}");
        }
    }
}
