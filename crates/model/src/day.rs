//! Days: as DICOM writes them (PS3.5 section 6.2, DA), and as people write them on forms.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How long a day is.
const DAY: Duration = Duration::from_hours(24);

/// A day of the calendar, written `2026-11-22`, from midnight to midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Timestamp);

/// The text is no day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the calendar, such as 2026-11-22")]
pub struct ParseDayError;

impl Day {
    /// The day of an instant, in UTC.
    pub fn of(at: Timestamp) -> Self {
        let day = i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX);
        Self(Timestamp::from_micros(at.micros().div_euclid(day).saturating_mul(day)))
    }

    /// Its first instant, in UTC.
    pub const fn begin(self) -> Timestamp {
        self.0
    }

    /// The first instant after it: all of the day counts.
    pub fn end(self) -> Timestamp {
        self.0.plus(DAY)
    }
}

impl FromStr for Day {
    type Err = ParseDayError;
    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseDayError);
        };
        let whole = (year.len(), month.len(), day.len()) == (4, 2, 2);
        if !whole || !is_day(&[year, month, day].concat()) {
            return Err(ParseDayError);
        }
        Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z"))
            .map(Self)
            .map_err(|_error: crate::ParseTimestampError| ParseDayError)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The instant is printed as RFC 3339, which begins with the day.
        f.write_str(self.0.to_string().split('T').next().unwrap_or_default())
    }
}

impl TryFrom<String> for Day {
    type Error = ParseDayError;
    fn try_from(text: String) -> Result<Self, ParseDayError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

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

    #[test]
    fn a_day_reads_as_itself_and_lasts_until_midnight() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(day.begin().to_string(), "2026-11-22T00:00:00Z");
        assert_eq!(day.end().to_string(), "2026-11-23T00:00:00Z");
        assert_eq!(serde_json::to_string(&day).unwrap(), "\"2026-11-22\"");
        assert_eq!(serde_json::from_str::<Day>("\"2026-11-22\"").unwrap(), day);
        assert_eq!(Day::of(day.end()), "2026-11-23".parse().unwrap());
        assert_eq!(Day::of(Timestamp::from_micros(day.end().micros() - 1)), day);
        assert_eq!(Day::of(Timestamp::from_micros(-1)), "1969-12-31".parse().unwrap());
        assert!(day < "2026-11-23".parse().unwrap());
        for wrong in [
            "",
            "2026",
            "20261122",
            "2026-11-31",
            "2026-1-2",
            "2026-11-22T00:00:00Z",
            "2026-11-22-",
            "26-11-2026",
            "22.11.2026",
            "+026-11-22",
            "9999-12-31",
            "２０２６-11-22",
        ] {
            assert_eq!(wrong.parse::<Day>(), Err(ParseDayError), "{wrong}");
        }
    }
}
