//! Presentation data values inside a P-DATA-TF PDU, PS3.8 section 9.3.5 and annex E.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::Violation;
use crate::wire::{HEADER, bytes_of};

/// Bytes before a single value's data: PDU header, item length, context, control header.
pub(crate) const PREFIX: usize = HEADER + 6;

/// One fragment of a command set or of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pdv {
    pub(crate) context: u8,
    pub(crate) command: bool,
    pub(crate) last: bool,
    pub(crate) data: Bytes,
}

/// The values of a P-DATA-TF PDU's payload, as slices of it.
pub(crate) fn split(mut payload: Bytes) -> Result<VecDeque<Pdv>, Violation> {
    let mut values = VecDeque::new();
    while !payload.is_empty() {
        let Some(&[a, b, c, d]) = payload.first_chunk::<4>() else {
            return Err(Violation::Malformed("a P-DATA item is cut off"));
        };
        let length = bytes_of(u32::from_be_bytes([a, b, c, d]));
        if length < 2 {
            return Err(Violation::Malformed("a P-DATA item is shorter than its own header"));
        }
        let mut item = payload.split_off(4);
        if length > item.len() {
            return Err(Violation::Malformed("a P-DATA item is longer than its PDU"));
        }
        payload = item.split_off(length);
        let Some(&[context, control]) = item.first_chunk::<2>() else {
            return Err(Violation::Malformed("a P-DATA item is cut off"));
        };
        values.push_back(Pdv {
            context,
            command: control & 1 != 0,
            last: control & 2 != 0,
            data: item.slice(2..),
        });
    }
    if values.is_empty() {
        return Err(Violation::Malformed("a P-DATA PDU has no item"));
    }
    Ok(values)
}

/// The bytes before `length` bytes of data, for a PDU of one value.
pub(crate) fn prefix(context: u8, command: bool, last: bool, length: usize) -> [u8; PREFIX] {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let [p0, p1, p2, p3] = length.saturating_add(6).to_be_bytes();
    let [i0, i1, i2, i3] = length.saturating_add(2).to_be_bytes();
    let control = u8::from(command) | (u8::from(last) << 1);
    [0x04, 0, p0, p1, p2, p3, i0, i1, i2, i3, context, control]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(payload: &[u8], expected: Result<usize, &'static str>) {
        let found = split(Bytes::copy_from_slice(payload));
        match (found, expected) {
            (Ok(values), Ok(count)) => assert_eq!(values.len(), count),
            (Err(Violation::Malformed(found)), Err(expected)) => assert_eq!(found, expected),
            (found, expected) => panic!("{found:?} is not {expected:?}"),
        }
    }

    #[test]
    fn lengths_that_lie_are_found() {
        check(&[0, 0, 0, 2, 1, 3], Ok(1));
        check(&[0, 0, 0, 2, 1, 3, 0, 0, 0, 3, 1, 0, 9], Ok(2));
        check(&[], Err("a P-DATA PDU has no item"));
        check(&[0, 0, 0], Err("a P-DATA item is cut off"));
        check(&[0, 0, 0, 0, 1, 3], Err("a P-DATA item is shorter than its own header"));
        check(&[0, 0, 0, 1, 1, 3], Err("a P-DATA item is shorter than its own header"));
        check(&[0, 0, 0, 3, 1, 3], Err("a P-DATA item is longer than its PDU"));
        check(&[255, 255, 255, 255, 1, 3], Err("a P-DATA item is longer than its PDU"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            context: u8, command: bool, last: bool,
            data in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut pdu = prefix(context, command, last, data.len()).to_vec();
            pdu.extend_from_slice(&data);
            let values = split(Bytes::from(pdu).slice(HEADER..)).unwrap();
            let expected = Pdv { context, command, last, data: Bytes::from(data) };
            prop_assert_eq!(values, [expected]);
        }

        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(any::<u8>(), 0..64)) {
            drop(split(Bytes::from(data)));
        }
    }
}
