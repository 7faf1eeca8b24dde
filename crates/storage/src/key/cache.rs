//! Unwrapped subject keys, kept for minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lightcase_model::Timestamp;

use super::{SubjectKey, WrappedKey};
use crate::SubjectKeyId;

const KEPT: Duration = Duration::from_mins(10);
const MOST: usize = 4096;

/// At most 4096 keys, each for at most ten minutes; a dropped key is wiped when its last user
/// is done.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<SubjectKeyId, Entry>>);

struct Entry {
    key: Arc<SubjectKey>,
    wrapped: WrappedKey,
    since: Timestamp,
}

impl Entry {
    /// A clock that was set back ends the entry as well.
    fn fresh(&self, now: Timestamp) -> bool {
        now >= self.since && now.since(self.since) < KEPT
    }
}

impl Cache {
    /// The key, when it was unwrapped from these very bytes less than ten minutes ago.
    pub(super) fn get(
        &self,
        id: SubjectKeyId,
        wrapped: &WrappedKey,
        now: Timestamp,
    ) -> Option<Arc<SubjectKey>> {
        let entries = self.lock();
        let entry = entries.get(&id)?;
        (entry.fresh(now) && entry.wrapped == *wrapped).then(|| Arc::clone(&entry.key))
    }

    pub(super) fn put(&self, key: &Arc<SubjectKey>, wrapped: &WrappedKey, now: Timestamp) {
        let mut entries = self.lock();
        if entries.len() >= MOST {
            entries.retain(|_, entry| entry.fresh(now));
        }
        if entries.len() >= MOST {
            // All are fresh: the older half goes, so that this walk is rare.
            let mut ages: Vec<_> = entries.values().map(|entry| entry.since).collect();
            ages.sort_unstable();
            let middle = ages.get(MOST / 2).copied().unwrap_or(now);
            entries.retain(|_, entry| entry.since > middle);
        }
        let entry = Entry { key: Arc::clone(key), wrapped: wrapped.clone(), since: now };
        entries.insert(key.id(), entry);
    }

    pub(super) fn forget(&self, id: SubjectKeyId) {
        self.lock().remove(&id);
    }

    /// Drops what is over its time.
    pub(super) fn expire(&self, now: Timestamp) {
        self.lock().retain(|_, entry| entry.fresh(now));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SubjectKeyId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::RootKeyId;
    use zeroize::Zeroizing;

    fn key() -> (Arc<SubjectKey>, WrappedKey) {
        let key = SubjectKey::new(SubjectKeyId::random(), Zeroizing::new([1; 32]));
        let wrapped = WrappedKey::new(RootKeyId::from_bytes([0; 16]), key.id().as_bytes());
        (Arc::new(key), wrapped)
    }

    #[test]
    fn a_key_stays_ten_minutes_and_never_longer() {
        let cache = Cache::default();
        let (key, wrapped) = key();
        let start = Timestamp::from_micros(1_000_000_000);
        cache.put(&key, &wrapped, start);
        let almost = start.plus(Duration::from_secs(599));
        assert!(cache.get(key.id(), &wrapped, almost).is_some());
        assert!(cache.get(key.id(), &wrapped, start.plus(KEPT)).is_none());
        assert!(cache.get(key.id(), &wrapped, start.minus(KEPT)).is_none());
        let other = WrappedKey::new(RootKeyId::from_bytes([9; 16]), b"other");
        assert!(cache.get(key.id(), &other, start).is_none());
        cache.forget(key.id());
        assert!(cache.get(key.id(), &wrapped, start).is_none());
    }

    #[test]
    fn it_is_bounded_and_lets_go_of_keys() {
        let cache = Cache::default();
        for at in 0..10_000 {
            let (key, wrapped) = key();
            cache.put(&key, &wrapped, Timestamp::from_micros(at));
            assert!(cache.lock().len() <= MOST);
        }
        let (key, wrapped) = key();
        cache.put(&key, &wrapped, Timestamp::from_micros(10_000));
        assert_eq!(Arc::strong_count(&key), 2);
        cache.expire(Timestamp::from_micros(10_000).plus(KEPT));
        assert_eq!(Arc::strong_count(&key), 1);
    }
}
