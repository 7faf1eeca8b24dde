//! How often a visitor's refusal is recorded: once a minute and kind, so that who asks a thousand
//! times is in the ledger, and the ledger is not full of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use lightcase_model::{SessionId, Timestamp};

/// For so long the same refusal is not recorded again.
const QUIET: Duration = Duration::from_mins(1);
/// Refusals that are remembered, of sessions that exist; in a minute with more the rest is not
/// recorded.
const REMEMBERED: usize = 10_000;

/// One kind of refusal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Refused {
    pub(crate) session: SessionId,
    /// Whether the session was proved.
    pub(crate) proved: bool,
    /// The pattern that matched.
    pub(crate) route: String,
    pub(crate) status: StatusCode,
}

/// When each kind of refusal was recorded last.
#[derive(Debug, Default)]
pub(crate) struct Seldom(Mutex<HashMap<Refused, Timestamp>>);

impl Seldom {
    /// Whether this one is to be recorded.
    pub(crate) fn is_due(&self, refused: Refused, now: Timestamp) -> bool {
        let mut recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recorded.len() >= REMEMBERED {
            recorded.retain(|_, at| now.since(*at) < QUIET);
        }
        let full = recorded.len() >= REMEMBERED;
        match recorded.entry(refused) {
            Entry::Occupied(mut known) => {
                let due = now.since(*known.get()) >= QUIET;
                if due {
                    known.insert(now);
                }
                due
            }
            Entry::Vacant(new) if !full => {
                new.insert(now);
                true
            }
            Entry::Vacant(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(session: SessionId, route: &str) -> Refused {
        Refused { session, proved: true, route: route.to_owned(), status: StatusCode::NOT_FOUND }
    }

    #[test]
    fn one_of_a_kind_is_recorded_each_minute() {
        let (seldom, session) = (Seldom::default(), SessionId::random());
        let begin = Timestamp::from_micros(0);
        let check = |one: Refused, seconds: u64, expected: bool| {
            let now = begin.plus(Duration::from_secs(seconds));
            assert_eq!(seldom.is_due(one.clone(), now), expected, "{one:?} {seconds}");
        };
        check(refused(session, "/a"), 0, true);
        check(refused(session, "/a"), 59, false);
        check(refused(session, "/b"), 59, true);
        check(Refused { proved: false, ..refused(session, "/a") }, 59, true);
        let status = StatusCode::FORBIDDEN;
        check(Refused { status, ..refused(session, "/a") }, 59, true);
        check(refused(SessionId::random(), "/a"), 59, true);
        check(refused(session, "/a"), 60, true);
        check(refused(session, "/a"), 61, false);
    }

    #[test]
    fn a_flood_of_kinds_ends_at_the_limit() {
        let seldom = Seldom::default();
        let now = Timestamp::from_micros(0);
        let due = |at| {
            let each = |_| seldom.is_due(refused(SessionId::random(), "/a"), at);
            (0..=REMEMBERED).map(each).filter(|due| *due).count()
        };
        assert_eq!(due(now), REMEMBERED);
        assert!(seldom.0.lock().unwrap().len() <= REMEMBERED);
        assert_eq!(due(now.plus(QUIET)), REMEMBERED, "a minute later there is room again");
    }
}
