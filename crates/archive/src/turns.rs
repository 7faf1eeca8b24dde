//! How many downloads are laid out at once.
//!
//! To lay one out takes a row of each of its objects and a processor. It is done anew for each
//! range and never kept: what a link shows changes with arrivals, withdrawals and corrections, and
//! a range of a download that was is worth nothing. So it is the number at once that is bounded.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ArchiveError;

/// So many are laid out at once, each in memory.
const AT_ONCE: usize = 4;
/// Whoever has waited so long for a turn is asked to come again.
const PATIENCE: Duration = Duration::from_secs(20);
/// So long waits who only wants to know how much it is.
const GLANCE: Duration = Duration::from_secs(1);

/// The turns of all who ask.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
    glance: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE, glance: GLANCE }
    }
}

impl Turns {
    /// A turn, which ends when it is dropped.
    pub(super) async fn take(&self) -> Result<OwnedSemaphorePermit, ArchiveError> {
        self.within(self.patience).await.ok_or(ArchiveError::Busy)
    }

    /// A turn, if there is one soon.
    pub(super) async fn glance(&self) -> Option<OwnedSemaphorePermit> {
        self.within(self.glance).await
    }

    async fn within(&self, patience: Duration) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.free).acquire_owned();
        tokio::time::timeout(patience, turn).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_too_long_is_asked_to_come_again() {
        let turns = Turns { patience: Duration::ZERO, ..Turns::default() };
        let mut taken = Vec::new();
        for _ in 0..AT_ONCE {
            taken.push(turns.take().await.unwrap());
        }
        assert!(matches!(turns.take().await, Err(ArchiveError::Busy)));
        let turns = Turns { patience: PATIENCE, glance: Duration::ZERO, ..turns };
        assert!(turns.glance().await.is_none(), "it does not wait as long");
        taken.pop();
        assert!(turns.glance().await.is_some());
        assert!(turns.take().await.is_ok());
    }

    #[tokio::test]
    async fn whoever_waits_has_the_next_turn() {
        let turns = Turns::default();
        let mut taken = Vec::new();
        for _ in 0..AT_ONCE {
            taken.push(turns.take().await.unwrap());
        }
        let (next, ()) = tokio::join!(turns.take(), async { drop(taken.pop()) });
        assert!(next.is_ok());
    }
}
