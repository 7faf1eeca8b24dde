//! Days as DICOM writes them (PS3.5 section 6.2, DA).

/// Whether a text is a day of the calendar as YYYYMMDD.
pub fn is_day(text: &str) -> bool {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |from, to| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(4, 6), number(6, 8)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_days() {
        let check = |text, expected| assert_eq!(is_day(text), expected, "{text}");
        check("20260101", true);
        check("20261231", true);
        check("20240229", true);
        check("20000229", true);
        check("20260229", false);
        check("19000229", false);
        check("20260431", false);
        check("20261399", false);
        check("20260001", false);
        check("20260100", false);
        check("2026", false);
        check("2026-1-1", false);
        check("２０２６", false);
    }
}
