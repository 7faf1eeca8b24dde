//! Instants and the one clock.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z. Always UTC, whatever the machine's zone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 instant with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an instant with a zone, such as 2026-11-22T08:30:00Z")]
pub struct ParseTimestampError;

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Later by a duration; stays at the last representable instant on overflow.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// Earlier by a duration; stays at the first representable instant on overflow.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// Time passed since an earlier instant; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads an RFC 3339 instant, `YYYY-MM-DDThh:mm:ss[.fraction]` and `Z` or `±hh:mm`. A text
    /// without a zone is refused: expiry is never local time.
    pub fn parse_rfc3339(text: &str) -> Result<Self, ParseTimestampError> {
        // The parser below reads much more: names of zones, days without separators, hours alone.
        if !is_rfc3339(text) {
            return Err(ParseTimestampError);
        }
        let instant: jiff::Timestamp =
            text.parse().map_err(|_error: jiff::Error| ParseTimestampError)?;
        Ok(Self(instant.as_microsecond()))
    }
}

/// A day and a time as RFC 3339 writes them, with any digits in place of the zeros.
const LOCAL: &str = "0000-00-00T00:00:00";

/// Whether a text has the form of RFC 3339 section 5.6, in capitals, with an offset below a day.
/// Which days and times there are is not looked at.
fn is_rfc3339(text: &str) -> bool {
    let Some((local, rest)) = text.split_at_checked(LOCAL.len()) else { return false };
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => match fraction.split_at_checked(digits(fraction)) {
            Some((digits, zone)) if !digits.is_empty() => zone,
            _ => return false,
        },
        None => rest,
    };
    is_like(local, LOCAL) && (zone == "Z" || is_offset(zone))
}

/// Whether a text is a pattern with any digits in place of its zeros.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, pattern)| match pattern {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

/// Whether a text is `±hh:mm` with hours and minutes that clocks have.
fn is_offset(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return false };
    let Some((hours, minutes)) = offset.split_once(':') else { return false };
    // Both are two digits each, whose order is that of the numbers.
    is_like(offset, "00:00") && hours < "24" && minutes < "60"
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, for example `2026-11-22T08:30:00.25Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => fmt::Display::fmt(&instant, f),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

/// The clock as a function, for streams and tasks that outlive the [`crate::Ctx`] they began with.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `now` each time.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The instant now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_needs_a_zone_and_is_kept_in_utc() {
        let tokyo = Timestamp::parse_rfc3339("2026-11-22T17:30:00+09:00").unwrap();
        assert_eq!(tokyo, Timestamp::parse_rfc3339("2026-11-22T08:30:00Z").unwrap());
        assert_eq!(tokyo.to_string(), "2026-11-22T08:30:00Z");
        assert_eq!(Timestamp::parse_rfc3339("2026-11-22T17:30:00"), Err(ParseTimestampError));
        assert_eq!(Timestamp::parse_rfc3339("2026-11-22"), Err(ParseTimestampError));
    }

    #[test]
    fn only_what_rfc_3339_writes_is_an_instant() {
        let noon = "2026-12-24T12:00:00Z";
        let check = |text: &str, expected: Option<&str>| {
            let read = Timestamp::parse_rfc3339(text).ok().map(|at| at.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        for (text, expected) in [
            (noon, noon),
            ("2026-12-24T12:00:00.25Z", "2026-12-24T12:00:00.25Z"),
            ("2026-12-24T12:00:00.000000Z", noon),
            ("2026-12-24T12:00:00+00:00", noon),
            ("2026-12-24T12:00:00-00:00", noon),
            ("2026-12-24T21:00:00+09:00", noon),
            ("2026-12-24T08:30:00-03:30", noon),
            ("2026-12-25T11:59:00+23:59", noon),
            ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
        ] {
            check(text, Some(expected));
        }
        for text in [
            "",
            "Z",
            "2026-12-24",
            "2026-12-24Z",
            "2026-12-24T12:00:00",
            "2026-12-24T12:00:00.25",
            "2026-12-24T12Z",
            "2026-12-24 12Z",
            "2026-12-24T12:00Z",
            "2026-12-24 12:00:00Z",
            "2026-12-24t12:00:00Z",
            "2026-12-24T12:00:00z",
            "2026-12-24T12:00:00.Z",
            "2026-12-24T12:00:00,25Z",
            "2026-12-24T12:00:00 Z",
            " 2026-12-24T12:00:00Z",
            "2026-12-24T12:00:00Z ",
            "20261224T120000Z",
            "+002026-12-24T12:00:00Z",
            "-000026-12-24T12:00:00Z",
            "2026-12-24T12:00:00Z[Asia/Tokyo]",
            "2026-12-24T21:00:00+09:00[Asia/Tokyo]",
            "2026-12-24T12:00:00+24:00",
            "2026-12-24T12:00:00+25:00",
            "2026-12-24T12:00:00+09:60",
            "2026-12-24T12:00:00+09",
            "2026-12-24T12:00:00+0900",
            "2026-12-24T12:00:00+9:00",
            "2026-12-24T12:00:00+09:00:00",
            "2026-12-24T12:00:00 09:00",
            "2026-12-24T12:00:00−09:00",
            "2026-W52-4T12:00:00Z",
            "2026-13-24T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-12-24T24:00:00Z",
            "2026-12-24T12:60:00Z",
            "２０２６-12-24T12:00:00Z",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_micros(5).since(Timestamp::from_micros(9)), Duration::ZERO);
    }
}
