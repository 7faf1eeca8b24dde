//! Which fragments make up which frame, PS3.5 section A.4 and PS3.3 section C.7.6.3.1.8.

use serde::{Deserialize, Serialize};

/// One fragment of encapsulated pixel data: its value, without the item header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// Of its first byte, from the start of the data set.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u64,
}

/// A frame as a run of fragments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Index of its first fragment.
    pub first: usize,
    /// How many fragments it has; at least one.
    pub count: usize,
}

/// What a data set says about its frames.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    /// Basic Offset Table.
    pub(crate) basic: Vec<u64>,
    /// Extended Offset Table (7FE0,0001).
    pub(crate) extended: Vec<u64>,
    /// For every fragment, whether a codestream starts with it.
    pub(crate) starts: Vec<bool>,
}

/// Whether bytes are the start of a JPEG or JPEG-LS (SOI), JPEG 2000 (SOC and SIZ) or JPEG XL
/// codestream, none of which can stand inside the entropy-coded part of another.
pub(crate) fn is_codestream_start(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xD8, 0xFF, _] | [0xFF, 0x4F, 0xFF, 0x51] | [0xFF, 0x0A, ..])
}

/// Resolves frames, nothing when the data set leaves it open: a table is believed only when every
/// offset in it is the start of a fragment.
pub(crate) fn resolve(fragments: &[Fragment], hints: &Hints, frames: u32) -> Option<Vec<Frame>> {
    let frames = usize::try_from(frames).ok()?;
    if frames == 0 || fragments.is_empty() {
        return None;
    }
    by_table(fragments, &hints.extended, frames)
        .or_else(|| by_table(fragments, &hints.basic, frames))
        .or_else(|| {
            (fragments.len() == frames)
                .then(|| (0..frames).map(|first| Frame { first, count: 1 }).collect())
        })
        .or_else(|| by_starts(&hints.starts, frames))
        .or_else(|| (frames == 1).then(|| vec![Frame { first: 0, count: fragments.len() }]))
}

/// Frames begin where codestreams do, if there are as many of them.
fn by_starts(starts: &[bool], frames: usize) -> Option<Vec<Frame>> {
    let firsts: Vec<usize> =
        starts.iter().enumerate().filter(|(_, start)| **start).map(|(index, _)| index).collect();
    (firsts.len() == frames).then(|| runs(&firsts, starts.len()))?
}

/// Frames from the indices of their first fragments, which must ascend from 0.
fn runs(firsts: &[usize], fragments: usize) -> Option<Vec<Frame>> {
    let ends = firsts.iter().copied().skip(1).chain([fragments]);
    let mut found = Vec::with_capacity(firsts.len());
    for (first, end) in firsts.iter().copied().zip(ends) {
        let count = end.checked_sub(first).filter(|count| *count > 0)?;
        found.push(Frame { first, count });
    }
    (firsts.first() == Some(&0)).then_some(found)
}

/// Offsets count from the item header of the first fragment; the header is 8 bytes long.
fn by_table(fragments: &[Fragment], table: &[u64], frames: usize) -> Option<Vec<Frame>> {
    if table.len() != frames {
        return None;
    }
    let base = fragments.first()?.offset;
    let mut starts = Vec::with_capacity(table.len());
    for offset in table {
        let at = base.checked_add(*offset)?;
        starts.push(fragments.binary_search_by_key(&at, |fragment| fragment.offset).ok()?);
    }
    runs(&starts, fragments.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fragments of the given lengths, one behind the other.
    fn fragments(lens: &[u64]) -> Vec<Fragment> {
        let mut offset = 1000;
        lens.iter()
            .map(|len| {
                let fragment = Fragment { offset, len: *len };
                offset += len + 8;
                fragment
            })
            .collect()
    }

    #[track_caller]
    fn check(lens: &[u64], basic: &[u64], extended: &[u64], frames: u32, counts: Option<&[usize]>) {
        // In these, a codestream starts with every fragment of 11 bytes.
        let starts = lens.iter().map(|len| *len == 11).collect();
        let hints = Hints { basic: basic.to_vec(), extended: extended.to_vec(), starts };
        let found = resolve(&fragments(lens), &hints, frames);
        let found = found.map(|all| all.iter().map(|frame| frame.count).collect::<Vec<_>>());
        assert_eq!(found.as_deref(), counts);
    }

    #[test]
    fn tables_then_counts_then_nothing() {
        check(&[10, 10, 10], &[], &[], 3, Some(&[1, 1, 1]));
        check(&[10, 10, 10], &[], &[], 1, Some(&[3]));
        check(&[10, 10, 10], &[0, 36], &[], 2, Some(&[2, 1]));
        check(&[10, 10, 10], &[], &[0, 18], 2, Some(&[1, 2]));
        check(&[10, 10, 10], &[], &[], 2, None);
        check(&[11, 10, 11], &[], &[], 2, Some(&[2, 1]));
        check(&[10, 11, 11], &[], &[], 2, None);
    }

    #[test]
    fn codestreams_are_known_by_their_start() {
        assert!(is_codestream_start(&[0xFF, 0xD8, 0xFF, 0xE0]));
        assert!(is_codestream_start(&[0xFF, 0x4F, 0xFF, 0x51]));
        assert!(!is_codestream_start(&[0xFF, 0xD8]));
        assert!(!is_codestream_start(&[]));
    }

    #[test]
    fn lying_tables_are_not_believed() {
        check(&[10, 10], &[18, 0], &[], 2, Some(&[1, 1]));
        check(&[10, 10, 10], &[36, 0], &[], 2, None);
        check(&[10, 10, 10], &[0, 17], &[], 2, None);
        check(&[10, 10, 10], &[0, u64::MAX], &[], 2, None);
        check(&[10, 10, 10], &[0, 0], &[], 2, None);
        check(&[10], &[], &[], 2_000_000_000, None);
        check(&[], &[], &[], 1, None);
        check(&[10], &[], &[], 0, None);
    }
}
