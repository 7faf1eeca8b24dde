//! Dates moved by whole days, PS3.15 section E.3.6.

use std::fmt;

use crate::ProjectKey;
use crate::civil::Date;
use crate::key::trimmed;

/// How far the dates of one patient are moved back: 1 to 3650 whole days, never 0.
///
/// Whole days keep every interval and the time of day, so DA and TM need no carry between them, and
/// a DT with an offset from UTC names the same wall clock on an earlier day.
/// `Debug` does not print how far: with that the original dates could be told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DateShift {
    days: i32,
}

impl DateShift {
    /// Leaves dates as they are: what has no shift is none.
    pub(crate) const NONE: Self = Self { days: 0 };

    /// Most days that dates are moved.
    pub const MOST: u16 = 3650;

    /// The shift of a patient, the same in every study of the project. `None` when the patient ID is
    /// empty, since then nothing says which dates belong together.
    pub fn of_patient(key: &ProjectKey, issuer: &str, id: &str) -> Option<Self> {
        let (issuer, id) = (trimmed(issuer), trimmed(id));
        if id.is_empty() {
            return None;
        }
        let mac = key.of_patient("date shift", issuer, id);
        let number = mac.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let days = u16::try_from(number % u64::from(Self::MOST)).unwrap_or(0);
        Some(Self { days: -1 - i32::from(days) })
    }

    /// Days added to every date: −1 to −3650.
    pub const fn days(self) -> i32 {
        self.days
    }

    /// A value of VR DA moved, in the form it came in: `YYYYMMDD`, or `YYYY.MM.DD` of ACR-NEMA
    /// (PS3.5 section 6.2). `None` when it is no date, or would leave years 1 to 9999.
    pub fn da(self, value: &str) -> Option<String> {
        let value = trimmed(value);
        match value.len() {
            8 => {
                let day = self.day(value, value.len())?;
                Some(format!("{:04}{:02}{:02}", day.year, day.month, day.day))
            }
            10 if value.get(4..5) == Some(".") && value.get(7..8) == Some(".") => {
                let day =
                    self.day(&[value.get(..4)?, value.get(5..7)?, value.get(8..)?].concat(), 8)?;
                Some(format!("{:04}.{:02}.{:02}", day.year, day.month, day.day))
            }
            _ => None,
        }
    }

    /// A value of VR TM, which whole days leave as it is. `None` when it is no time.
    pub fn tm(self, value: &str) -> Option<String> {
        let value = trimmed(value);
        let plain =
            if value.get(2..3) == Some(":") { value.replace(':', "") } else { value.to_owned() };
        is_time(&plain).then(|| value.to_owned())
    }

    /// A value of VR DT moved, in its own precision and with its own offset. A year or a month
    /// counts as its first day. `None` when it is no date and time.
    pub fn dt(self, value: &str) -> Option<String> {
        let value = trimmed(value);
        let (local, offset) = match value.find(['+', '-']) {
            Some(at) => value.split_at_checked(at)?,
            None => (value, ""),
        };
        if !offset.is_empty() && !is_offset(offset) {
            return None;
        }
        let precision = local.len().min(8);
        let (date, time) = local.split_at_checked(precision)?;
        if !time.is_empty() && !is_time(time) {
            return None;
        }
        let day = self.day(date, precision)?;
        let moved = match precision {
            4 => format!("{:04}", day.year),
            6 => format!("{:04}{:02}", day.year, day.month),
            _ => format!("{:04}{:02}{:02}", day.year, day.month, day.day),
        };
        Some(format!("{moved}{time}{offset}"))
    }

    /// The moved day of `YYYY`, `YYYYMM` or `YYYYMMDD`.
    fn day(self, text: &str, precision: usize) -> Option<Date> {
        let part = |from: usize, to: usize| digits(text.get(from..to)?);
        let (month, day) = match precision {
            4 => (1, 1),
            6 => (part(4, 6)?, 1),
            8 => (part(4, 6)?, part(6, 8)?),
            _ => return None,
        };
        Date::new(part(0, 4)?, month, day)?.plus(self.days)
    }
}

impl fmt::Debug for DateShift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateShift")
    }
}

/// The number of a text of digits only.
fn digits(text: &str) -> Option<i32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// `HH`, `HHMM`, `HHMMSS` or `HHMMSS.F` to `HHMMSS.FFFFFF`; 60 is a leap second.
fn is_time(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let within = |from: usize, most: i32| {
        whole.get(from..from + 2).and_then(digits).is_some_and(|number| number <= most)
    };
    let fraction_fits = fraction.is_none_or(|fraction| {
        whole.len() == 6 && (1..=6).contains(&fraction.len()) && digits(fraction).is_some()
    });
    fraction_fits
        && match whole.len() {
            2 => within(0, 23),
            4 => within(0, 23) && within(2, 59),
            6 => within(0, 23) && within(2, 59) && within(4, 60),
            _ => false,
        }
}

/// `&ZZXX`, from −1200 to +1400.
fn is_offset(text: &str) -> bool {
    let (Some(sign), Some(hours), Some(minutes)) =
        (text.get(0..1), text.get(1..3).and_then(digits), text.get(3..).and_then(digits))
    else {
        return false;
    };
    let most = if sign == "-" { 1200 } else { 1400 };
    text.len() == 5 && minutes < 60 && hours * 100 + minutes <= most
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date as CivilDate;
    use proptest::prelude::*;

    use super::*;

    fn shift(days: i32) -> DateShift {
        DateShift { days }
    }

    fn check(days: i32, given: &str, moved: Option<&str>) {
        let shift = shift(days);
        let plain = given.len() == 8 || given.len() == 10 && given.contains('.');
        let result = if plain { shift.da(given) } else { shift.dt(given) };
        assert_eq!(result.as_deref(), moved, "{given} {days}");
    }

    #[test]
    fn dates_move_through_leap_years() {
        check(-1, "20240301", Some("20240229"));
        check(-1, "20230301", Some("20230228"));
        check(-1, "19000301", Some("19000228"));
        check(-1, "20000301", Some("20000229"));
        check(-366, "20250101", Some("20240101"));
        check(-3650, "20260101", Some("20160104"));
        check(-1, "2024.03.01", Some("2024.02.29"));
        check(-1, "00010101", None);
        for wrong in
            ["20230229", "20231301", "20230100", "2023 101", "+0230101", "ABCDEFGH", "2023.1.011"]
        {
            check(-1, wrong, None);
        }
        assert_eq!(shift(-1).da(" 20240301\0").as_deref(), Some("20240229"));
        assert_eq!(shift(-1).da(""), None);
        assert_eq!(shift(-1).da("\u{e9}\u{e9}\u{e9}\u{e9}"), None);
    }

    #[test]
    fn date_times_keep_precision_and_offset() {
        check(-1, "20240301000000.000000+0100", Some("20240229000000.000000+0100"));
        check(-1, "20240101235960-1200", Some("20231231235960-1200"));
        check(-1, "2024010112", Some("2023123112"));
        check(-1, "202401", Some("202312"));
        check(-1, "2024", Some("2023"));
        check(-1, "2024+1400", Some("2023+1400"));
        check(-31, "20240131093000.5", Some("20231231093000.5"));
        for wrong in [
            "",
            "20",
            "20240",
            "202413",
            "2024010124",
            "202401011260",
            "20240101120061",
            "20240101120000.",
            "20240101120000.1234567",
            "202401011200.5",
            "2024+1401",
            "2024-1201",
            "2024+01",
            "2024+0160",
            "2024+01000",
            "+0100",
            "2024x",
            "20240101T120000",
        ] {
            check(-1, wrong, None);
        }
    }

    #[test]
    fn times_stay() {
        for time in ["09", "0930", "093000", "093000.25", "235960", "09:30:00"] {
            assert_eq!(shift(-5).tm(time).as_deref(), Some(time));
        }
        for wrong in ["", "9", "24", "0960", "093061", "0930.5", "093000.", "noon", "0\u{e9}0"] {
            assert_eq!(shift(-5).tm(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn without_a_patient_id_there_is_no_shift() {
        let key = ProjectKey::from_bytes([1; 32]);
        assert_eq!(DateShift::of_patient(&key, "HOSPITAL", " \0"), None);
    }

    fn da(days: u32) -> String {
        let start = jiff::civil::date(1900, 1, 1);
        let day = start.checked_add(jiff::Span::new().days(i64::from(days))).unwrap();
        day.strftime("%Y%m%d").to_string()
    }

    proptest! {
        #[test]
        fn a_patient_has_one_shift_and_it_is_in_range(issuer in "[ -~]{0,8}", id in "[!-~]{1,16}", key: [u8; 32]) {
            let key = ProjectKey::from_bytes(key);
            let shift = DateShift::of_patient(&key, &issuer, &id).unwrap();
            prop_assert!((-3650..=-1).contains(&shift.days()));
            prop_assert_eq!(DateShift::of_patient(&key, &format!("{issuer} "), &format!("{id}\0")), Some(shift));
        }

        #[test]
        fn intervals_are_kept(first in 0_u32..50_000, second in 0_u32..50_000, days in -3650..=-1) {
            let read = |text: &str| CivilDate::strptime("%Y%m%d", text).unwrap();
            let (from, to) = (da(first), da(second));
            let (moved_from, moved_to) = (shift(days).da(&from).unwrap(), shift(days).da(&to).unwrap());
            prop_assert_eq!((read(&to) - read(&from)).get_days(), (read(&moved_to) - read(&moved_from)).get_days());
            prop_assert_eq!((read(&moved_from) - read(&from)).get_days(), days);
            prop_assert_eq!(shift(days).dt(&format!("{from}1200+0100")), Some(format!("{moved_from}1200+0100")));
        }

        #[test]
        fn any_text_is_safe(text in prop_oneof![any::<String>(), "[0-9.:+-]{0,26}"], days in -3650..=-1) {
            let shift = shift(days);
            for moved in [shift.da(&text), shift.dt(&text)].into_iter().flatten() {
                prop_assert_ne!(moved, trimmed(&text));
            }
            shift.tm(&text);
        }
    }

    #[test]
    fn patients_and_projects_differ() {
        let shifts: std::collections::BTreeSet<i32> = (0..100_u8)
            .flat_map(|project| {
                ["P1", "P2"].map(|id| {
                    let key = ProjectKey::from_bytes([project; 32]);
                    DateShift::of_patient(&key, "", id).unwrap().days()
                })
            })
            .collect();
        // 200 draws from 3650: some 5 meet by chance.
        assert!(shifts.len() > 180, "{}", shifts.len());
    }
}
