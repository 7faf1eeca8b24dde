//! How many may be here: connections that have not yet said who they are, and associations in
//! all, by address and by AE title.
//!
//! A connection that says nothing costs a seat in the waiting room; when the room is full the one
//! that waited longest leaves. So a flood of silent sockets cannot shut out a peer that speaks at
//! once, even from the same address.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use lightcase_model::AeTitle;
use tokio_util::sync::CancellationToken;

use crate::{ListenerOptions, Rejection};

/// Connections whose A-ASSOCIATE-RQ is awaited.
#[derive(Debug)]
pub(crate) struct WaitingRoom {
    seats: Mutex<VecDeque<CancellationToken>>,
    size: usize,
}

impl WaitingRoom {
    pub(crate) fn new(size: usize) -> Self {
        Self { seats: Mutex::new(VecDeque::new()), size: size.max(1) }
    }

    /// Takes a seat. The token is cancelled when the seat is needed for somebody else.
    pub(crate) fn enter(&self) -> CancellationToken {
        let seat = CancellationToken::new();
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        // A token that its connection has cancelled itself is an empty seat.
        seats.retain(|taken| !taken.is_cancelled());
        while seats.len() >= self.size {
            if let Some(oldest) = seats.pop_front() {
                oldest.cancel();
            }
        }
        seats.push_back(seat.clone());
        seat
    }
}

/// Counts of established associations.
#[derive(Debug, Default)]
pub(crate) struct Census(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
    by_title: HashMap<AeTitle, usize>,
}

/// A place among the established associations; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    census: Arc<Census>,
    address: IpAddr,
    title: AeTitle,
}

impl Census {
    pub(crate) fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        title: &AeTitle,
        options: &ListenerOptions,
    ) -> Result<Place, Rejection> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.all >= options.max_associations {
            return Err(Rejection::Congestion);
        }
        let here = counts.by_address.get(&address).copied().unwrap_or_default();
        let named = counts.by_title.get(title).copied().unwrap_or_default();
        if here >= options.max_per_address || named >= options.max_per_ae {
            return Err(Rejection::LimitExceeded);
        }
        counts.all = counts.all.saturating_add(1);
        counts.by_address.insert(address, here.saturating_add(1));
        counts.by_title.insert(title.clone(), named.saturating_add(1));
        Ok(Place { census: Arc::clone(self), address, title: title.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.census.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        leave(&mut counts.by_address, &self.address);
        leave(&mut counts.by_title, &self.title);
    }
}

fn leave<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_waiting_leaves_a_full_room() {
        let room = WaitingRoom::new(2);
        let (first, second) = (room.enter(), room.enter());
        let third = room.enter();
        assert!(first.is_cancelled());
        assert!(!second.is_cancelled());
        third.cancel();
        room.enter();
        assert!(!second.is_cancelled(), "a seat that was left is free");
    }

    #[test]
    fn places_are_bounded_in_all_by_address_and_by_title_and_given_back() {
        let title = |text| AeTitle::parse(text).unwrap();
        let mut options = ListenerOptions::new(title("LIGHTCASE"));
        (options.max_associations, options.max_per_address, options.max_per_ae) = (3, 2, 1);
        let census = Arc::new(Census::default());
        let [one, two, three] = [1, 2, 3].map(|last| IpAddr::from([10, 0, 0, last]));
        let admit = |address, name| census.admit(address, &title(name), &options);
        let first = admit(one, "A").unwrap();
        assert_eq!(admit(two, "A").unwrap_err(), Rejection::LimitExceeded);
        let _second = admit(one, "B").unwrap();
        assert_eq!(admit(one, "C").unwrap_err(), Rejection::LimitExceeded);
        let _third = admit(two, "C").unwrap();
        assert_eq!(admit(three, "D").unwrap_err(), Rejection::Congestion);
        drop(first);
        assert!(admit(three, "A").is_ok());
    }
}
