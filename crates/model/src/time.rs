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

    /// Reads an RFC 3339 instant. A text without a zone is refused: expiry is never local time.
    pub fn parse_rfc3339(text: &str) -> Result<Self, ParseTimestampError> {
        let instant: jiff::Timestamp =
            text.parse().map_err(|_error: jiff::Error| ParseTimestampError)?;
        Ok(Self(instant.as_microsecond()))
    }
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
    fn arithmetic_saturates() {
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_micros(5).since(Timestamp::from_micros(9)), Duration::ZERO);
    }
}
