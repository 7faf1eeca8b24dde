//! A limit per client address on what costs a password hash or a guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use lightcase_model::Timestamp;

/// Tries at once from one address.
const BURST: f64 = 30.0;
/// Tries that grow back each second.
const REFILL: f64 = 0.5;
/// Addresses that are remembered; beyond it the fullest buckets are forgotten first.
const REMEMBERED: usize = 10_000;

/// Buckets of tries, one per address.
#[derive(Debug, Default)]
pub(crate) struct Limit(Mutex<HashMap<IpAddr, Bucket>>);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tries: f64,
    at: Timestamp,
}

impl Bucket {
    fn refilled(self, now: Timestamp) -> f64 {
        (self.tries + now.since(self.at).as_secs_f64() * REFILL).min(BURST)
    }
}

impl Limit {
    /// Takes one try; how many seconds to wait when none is left.
    pub(crate) fn take(&self, address: IpAddr, now: Timestamp) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED {
            buckets.retain(|_, bucket| bucket.refilled(now) < BURST);
            if buckets.len() >= REMEMBERED {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(network(address)).or_insert(Bucket { tries: BURST, at: now });
        let tries = bucket.refilled(now);
        if tries < 1.0 {
            return Err(2);
        }
        *bucket = Bucket { tries: tries - 1.0, at: now };
        Ok(())
    }
}

/// One customer has a /64 of IPv6, so one bucket is for all of it.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn tries_run_out_and_grow_back_per_address() {
        let limit = Limit::default();
        let now = Timestamp::from_micros(0);
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        for _ in 0..30 {
            assert_eq!(limit.take(one, now), Ok(()));
        }
        assert_eq!(limit.take("2001:db8::2".parse().unwrap(), now), Err(2));
        assert_eq!(limit.take("2001:db8:0:1::1".parse().unwrap(), now), Ok(()));
        assert_eq!(limit.take(one, now.plus(Duration::from_secs(2))), Ok(()));
        assert_eq!(limit.take(one, now.plus(Duration::from_secs(2))), Err(2));
    }
}
