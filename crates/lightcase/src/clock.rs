//! The one clock.

use lightcase_model::{Clock, Timestamp};

/// The system's clock, in UTC.
pub(crate) fn system() -> Clock {
    Clock::new(|| Timestamp::from_micros(jiff::Timestamp::now().as_microsecond()))
}
