//! A limit per client address on what costs a password hash or a guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use lightcase_model::Timestamp;

/// Addresses that are remembered at each door; beyond it the full buckets are forgotten first.
const REMEMBERED: usize = 10_000;

/// What is tried. Each has buckets of its own, so that none uses up the tries of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Signing in, and the first set-up.
    SignIn,
    /// Opening a link with its factor.
    OpenShare,
    /// Asking which factor a link wants. Guesses nothing.
    AskFactor,
}

/// How often something may be tried from one address.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    /// Tries at once.
    burst: f64,
    /// Tries that grow back each second.
    refill: f64,
    /// Seconds until one try has grown back.
    wait: u64,
}

impl Door {
    const fn allowance(self) -> Allowance {
        match self {
            Self::SignIn | Self::OpenShare => Allowance { burst: 30.0, refill: 0.5, wait: 2 },
            Self::AskFactor => Allowance { burst: 60.0, refill: 1.0, wait: 1 },
        }
    }
}

/// Buckets of tries, one per door and address.
#[derive(Debug, Default)]
pub(crate) struct Limit {
    sign_in: Buckets,
    open_share: Buckets,
    ask_factor: Buckets,
}

type Buckets = Mutex<HashMap<IpAddr, Bucket>>;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tries: f64,
    at: Timestamp,
}

impl Bucket {
    fn refilled(self, now: Timestamp, allowance: Allowance) -> f64 {
        (self.tries + now.since(self.at).as_secs_f64() * allowance.refill).min(allowance.burst)
    }
}

impl Limit {
    /// Takes one try; how many seconds to wait when none is left.
    pub(crate) fn take(&self, door: Door, address: IpAddr, now: Timestamp) -> Result<(), u64> {
        let buckets = match door {
            Door::SignIn => &self.sign_in,
            Door::OpenShare => &self.open_share,
            Door::AskFactor => &self.ask_factor,
        };
        let allowance = door.allowance();
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED {
            buckets.retain(|_, bucket| bucket.refilled(now, allowance) < allowance.burst);
            if buckets.len() >= REMEMBERED {
                buckets.clear();
            }
        }
        let full = Bucket { tries: allowance.burst, at: now };
        let bucket = buckets.entry(network(address)).or_insert(full);
        let tries = bucket.refilled(now, allowance);
        if tries < 1.0 {
            return Err(allowance.wait);
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
        let take = |address, at| limit.take(Door::SignIn, address, at);
        for _ in 0..30 {
            assert_eq!(take(one, now), Ok(()));
        }
        assert_eq!(take("2001:db8::2".parse().unwrap(), now), Err(2));
        assert_eq!(take("2001:db8:0:1::1".parse().unwrap(), now), Ok(()));
        assert_eq!(take(one, now.plus(Duration::from_secs(2))), Ok(()));
        assert_eq!(take(one, now.plus(Duration::from_secs(2))), Err(2));
    }

    #[test]
    fn no_door_uses_up_the_tries_of_another() {
        let check = |door: Door, tries: usize| {
            let (limit, now) = (Limit::default(), Timestamp::from_micros(0));
            let one = IpAddr::from([10, 0, 0, 1]);
            let taken = (0..1_000).take_while(|_| limit.take(door, one, now).is_ok()).count();
            assert_eq!(taken, tries, "{door:?}");
            for other in [Door::SignIn, Door::OpenShare, Door::AskFactor] {
                assert_eq!(
                    limit.take(other, one, now).is_ok(),
                    other != door,
                    "{door:?} {other:?}"
                );
            }
        };
        check(Door::SignIn, 30);
        check(Door::OpenShare, 30);
        check(Door::AskFactor, 60);
    }
}
