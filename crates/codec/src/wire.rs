//! The pipe between a codec and its workers: packets of a JSON header and a binary body.
//!
//! A packet is two lengths (32 bits, little endian), the header, the body. Both ends refuse lengths
//! above what they expect before they allocate.

use serde::{Deserialize, Serialize};

use crate::{CodecError, Confinement, FRAME_LIMIT};

/// A header is at most this long; the longest honest one carries three tables of 65536 entries.
pub(crate) const HEADER_LIMIT: usize = 4 << 20;

/// What a worker says: first the greeting, then one answer for each job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The worker has started and is confined as far as the system allows.
    Ready(Confinement),
    /// The body is the result.
    Done,
    /// There is no result.
    Failed(CodecError),
}

/// The two lengths at the start of a packet.
pub(crate) const LENGTHS: usize = 8;

/// Writes the lengths; `None` when either is more than 32 bits hold.
pub(crate) fn lengths(header: usize, body: usize) -> Option<[u8; LENGTHS]> {
    let both = u64::from(u32::try_from(header).ok()?) | u64::from(u32::try_from(body).ok()?) << 32;
    Some(both.to_le_bytes())
}

/// Reads the lengths; `None` when the header is above its limit or the body above `body_limit`.
pub(crate) fn read_lengths(bytes: [u8; LENGTHS], body_limit: usize) -> Option<(usize, usize)> {
    let both = u64::from_le_bytes(bytes);
    let header = usize::try_from(both & u64::from(u32::MAX)).ok()?;
    let body = usize::try_from(both >> 32).ok()?;
    (header <= HEADER_LIMIT && body <= body_limit.min(2 * FRAME_LIMIT)).then_some((header, body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lengths_come_back_and_limits_hold(header in 0usize..1 << 23, body in 0usize..1 << 31, limit in 0usize..1 << 31) {
            let read = read_lengths(lengths(header, body).unwrap(), limit);
            let allowed = header <= HEADER_LIMIT && body <= limit && body <= 2 * FRAME_LIMIT;
            prop_assert_eq!(read, allowed.then_some((header, body)));
        }
    }
}
