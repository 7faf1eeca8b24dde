//! How many requests of one kind run at once, and how many of them for one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The requests that run, by whom they are for.
#[derive(Debug, Clone)]
pub(crate) struct Running<K> {
    of_one: usize,
    of_all: usize,
    counts: Arc<Mutex<Counts<K>>>,
}

#[derive(Debug)]
struct Counts<K> {
    each: HashMap<K, usize>,
    all: usize,
}

/// One of them, until this is dropped.
#[derive(Debug)]
pub(crate) struct OneRuns<K: Eq + Hash> {
    counts: Arc<Mutex<Counts<K>>>,
    of: K,
}

impl<K: Clone + Eq + Hash> Running<K> {
    /// None runs; so many of one and of all may.
    pub(crate) fn new(of_one: usize, of_all: usize) -> Self {
        let counts = Counts { each: HashMap::new(), all: 0 };
        Self { of_one, of_all, counts: Arc::new(Mutex::new(counts)) }
    }

    /// Counts another one; `None` while too many run.
    pub(crate) fn begin(&self, of: &K) -> Option<OneRuns<K>> {
        let mut counts = lock(&self.counts);
        let own = counts.each.get(of).copied().unwrap_or(0);
        if own >= self.of_one || counts.all >= self.of_all {
            return None;
        }
        counts.each.insert(of.clone(), own + 1);
        counts.all += 1;
        Some(OneRuns { counts: Arc::clone(&self.counts), of: of.clone() })
    }
}

impl<K: Eq + Hash> Drop for OneRuns<K> {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.all = counts.all.saturating_sub(1);
        if let Some(count) = counts.each.get_mut(&self.of) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.each.remove(&self.of);
            }
        }
    }
}

fn lock<K>(counts: &Mutex<Counts<K>>) -> MutexGuard<'_, Counts<K>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leaves_room_for_others_and_all_give_it_back() {
        let running = Running::new(2, 5);
        let mut held: Vec<_> = (0..2).map(|_| running.begin(&"one").unwrap()).collect();
        assert!(running.begin(&"one").is_none());
        held.pop();
        held.push(running.begin(&"one").unwrap());
        assert!(running.begin(&"one").is_none());
        held.extend((0..2).map(|_| running.begin(&"another").unwrap()));
        held.push(running.begin(&"third").unwrap());
        assert!(running.begin(&"fourth").is_none(), "all of them are too many");
        held.remove(0);
        held.push(running.begin(&"fourth").unwrap());
        drop(held);
        assert!(lock(&running.counts).each.is_empty(), "nothing is kept of who has gone");
        assert_eq!(lock(&running.counts).all, 0);
    }
}
