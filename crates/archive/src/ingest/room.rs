//! Memory for headers on their way in, of all associations together.
//!
//! One object may have a large header, and a sender may have many associations: each limit alone
//! would let their product through.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refusal::{Fault, Reason};

/// Bytes that are granted at a time; the first ones of each object are free, since the number of
/// associations is limited.
const UNIT: usize = 64 << 10;
/// Units of all objects together: 192 MiB.
const UNITS: usize = (192 << 20) / UNIT;

/// What all objects on their way share.
#[derive(Debug, Clone)]
pub(crate) struct Rooms(Arc<Semaphore>);

impl Default for Rooms {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(UNITS)))
    }
}

impl Rooms {
    /// For one object. What it holds is free again when it is dropped.
    pub(crate) fn room(&self) -> Room {
        Room { all: Arc::clone(&self.0), held: None }
    }
}

/// What one object holds.
pub(crate) struct Room {
    all: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Makes sure that so many bytes are granted; an object for which there is no room now can be
    /// sent again.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Fault> {
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = (bytes / UNIT).saturating_sub(held);
        if more == 0 {
            return Ok(());
        }
        let full =
            || Fault::new(Reason::Full, "too many large headers arrive at once; send it again");
        let more = u32::try_from(more).map_err(|_error| full())?;
        let permit = Arc::clone(&self.all).try_acquire_many_owned(more).map_err(|_error| full())?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            None => self.held = Some(permit),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_objects_share_one_room() {
        let rooms = Rooms::default();
        let (mut one, mut other, mut small) = (rooms.room(), rooms.room(), rooms.room());
        assert!(one.grow(100 << 20).is_ok());
        assert!(one.grow(90 << 20).is_ok());
        assert!(other.grow(92 << 20).is_ok());
        assert_eq!(other.grow(93 << 20).unwrap_err().reason, Reason::Full);
        assert!(small.grow(UNIT - 1).is_ok());
        assert!(small.grow(UNIT).is_err());
        drop(one);
        assert!(other.grow(192 << 20).is_ok());
        assert!(small.grow(UNIT).is_err());
    }
}
