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

/// The turns of all who ask.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }
}

impl Turns {
    /// A turn, which ends when it is dropped.
    pub(super) async fn take(&self) -> Result<OwnedSemaphorePermit, ArchiveError> {
        let turn = Arc::clone(&self.free).acquire_owned();
        match tokio::time::timeout(self.patience, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(ArchiveError::Busy),
        }
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
        taken.pop();
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
