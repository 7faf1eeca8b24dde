//! Turns: how much work of one kind is done at once, and how long one waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of all who ask for work of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
}

/// The turn of one of them; the next one has it when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at once, for each of which one waits so long.
    pub(crate) fn new(at_once: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(at_once)), patience }
    }

    /// A turn; `None` when it has not come in time.
    pub(crate) async fn take(&self) -> Option<Turn> {
        self.within(self.patience).await
    }

    /// A turn, if there is one within another time.
    pub(crate) async fn within(&self, patience: Duration) -> Option<Turn> {
        let turn = Arc::clone(&self.free).acquire_owned();
        let permit = tokio::time::timeout(patience, turn).await.ok()?.ok()?;
        Some(Turn { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn whoever_waits_too_long_has_none() {
        let turns = Turns::new(2, Duration::ZERO);
        let mut taken = vec![turns.take().await.unwrap(), turns.take().await.unwrap()];
        assert!(turns.take().await.is_none());
        taken.pop();
        assert!(turns.take().await.is_some());
        let turns = Turns { patience: LONG, ..turns };
        taken.push(turns.take().await.unwrap());
        assert!(turns.within(Duration::ZERO).await.is_none(), "it does not wait as long");
    }

    #[tokio::test]
    async fn whoever_waits_has_the_next_turn() {
        let turns = Turns::new(1, LONG);
        let taken = turns.take().await.unwrap();
        let (next, ()) = tokio::join!(turns.take(), async { drop(taken) });
        assert!(next.is_some());
    }
}
