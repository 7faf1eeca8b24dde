//! How many downloads of one session run at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lightcase_model::SessionId;

/// As many as download managers open. Each holds some mebibytes for as long as its receiver takes.
const AT_ONCE: usize = 8;

/// The downloads that run, by session.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<SessionId, usize>>>);

/// One of them, until this is dropped.
#[derive(Debug)]
pub(crate) struct OneRuns {
    all: Running,
    session: SessionId,
}

impl Running {
    /// Counts another one; `None` while too many run.
    pub(crate) fn begin(&self, session: SessionId) -> Option<OneRuns> {
        let mut counts = self.lock();
        let count = counts.entry(session).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count = count.saturating_add(1);
        Some(OneRuns { all: self.clone(), session })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OneRuns {
    fn drop(&mut self) {
        let mut counts = self.all.lock();
        if let Some(count) = counts.get_mut(&self.session) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_has_its_own_and_gives_them_back() {
        let (running, session) = (Running::default(), SessionId::random());
        let mut held: Vec<_> = (0..AT_ONCE).map(|_| running.begin(session).unwrap()).collect();
        assert!(running.begin(session).is_none());
        assert!(running.begin(SessionId::random()).is_some());
        held.pop();
        held.push(running.begin(session).unwrap());
        assert!(running.begin(session).is_none());
        drop(held);
        assert!(running.lock().is_empty(), "nothing is kept of who has gone");
    }
}
