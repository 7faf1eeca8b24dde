//! Tables of where frames begin: the Basic Offset Table, PS3.5 section A.4, and the Extended Offset
//! Table, PS3.3 section C.7.6.3.1.8.

use lightcase_dataset::{Fragment, Tag};

use crate::subject::number_of;
use crate::tape::Tape;

/// Extended Offset Table (7FE0,0001).
pub(crate) const EXTENDED: Tag = Tag(0x7FE0_0001);

/// Extended Offset Table Lengths (7FE0,0002).
pub(crate) const EXTENDED_LENGTHS: Tag = Tag(0x7FE0_0002);

/// Follows the fragments, and whether the tables point at them: one entry for each frame, the first
/// zero, each above the last, each at the start of a fragment. Whatever else stands in a table may
/// say anything.
#[derive(Debug, Clone)]
pub(crate) struct Offsets {
    frames: usize,
    basic: Vec<u64>,
    extended: Extended,
    /// Entries of each that a fragment was found at.
    met: (usize, usize),
    /// Where the first fragment begins.
    start: Option<u64>,
    /// A length is another one than its fragment's.
    wrong: bool,
}

/// The extended table and its lengths; empty where there is none that can be believed.
#[derive(Debug, Clone, Default)]
struct Extended {
    offsets: Vec<u64>,
    lengths: Vec<u64>,
}

impl Offsets {
    /// For the fragments of an image, by what stands before them.
    pub(crate) fn watch(tape: &Tape) -> Self {
        let frames = frames(tape);
        Self {
            frames,
            basic: Vec::new(),
            extended: Extended::read(tape, frames).unwrap_or_default(),
            met: (0, 0),
            start: None,
            wrong: false,
        }
    }

    /// Whether an extended table stands there that may stay, until its fragments have come.
    pub(crate) fn has_extended(tape: &Tape) -> bool {
        Extended::read(tape, frames(tape)).is_some()
    }

    /// Whether a Basic Offset Table of this length can be one.
    pub(crate) fn may_be_basic(&self, len: u64) -> bool {
        const WIDTH: usize = 4;
        len > 0 && u64::try_from(self.frames.saturating_mul(WIDTH)) == Ok(len)
    }

    /// Takes the Basic Offset Table; whether it may stay, until its fragments have come.
    pub(crate) fn take_basic(&mut self, bytes: &[u8]) -> bool {
        let (words, rest) = bytes.as_chunks::<4>();
        let offsets: Vec<u64> = words.iter().map(|word| u32::from_le_bytes(*word).into()).collect();
        let is_one = rest.is_empty() && ascend(&offsets, self.frames);
        if is_one {
            self.basic = offsets;
        }
        is_one
    }

    /// A fragment of the image begins.
    pub(crate) fn fragment(&mut self, fragment: Fragment) {
        let start = *self.start.get_or_insert(fragment.offset);
        let offset = fragment.offset.saturating_sub(start);
        if self.basic.get(self.met.0) == Some(&offset) {
            self.met.0 += 1;
        }
        if self.extended.offsets.get(self.met.1) == Some(&offset) {
            let said = self.extended.lengths.get(self.met.1).copied().unwrap_or_default();
            self.wrong |= said != fragment.len && said.saturating_add(1) != fragment.len;
            self.met.1 += 1;
        }
    }

    /// Whether a table that stayed points elsewhere; no more fragments will come.
    pub(crate) fn mislead(&self) -> bool {
        self.wrong || self.met != (self.basic.len(), self.extended.offsets.len())
    }
}

impl Extended {
    fn read(tape: &Tape, frames: usize) -> Option<Self> {
        let numbers = |tag| {
            let entry = tape.level(None).find(|entry| entry.tag == tag)?;
            let (numbers, rest) = tape.value(entry)?.as_chunks::<8>();
            let numbers = numbers.iter().map(|number| u64::from_le_bytes(*number));
            rest.is_empty().then(|| numbers.collect::<Vec<u64>>())
        };
        let (offsets, lengths) = (numbers(EXTENDED)?, numbers(EXTENDED_LENGTHS)?);
        (ascend(&offsets, frames) && lengths.len() == frames).then_some(Self { offsets, lengths })
    }
}

/// Whether there are so many numbers, from zero on, each above the last.
fn ascend(offsets: &[u64], count: usize) -> bool {
    offsets.len() == count && offsets.first() == Some(&0) && offsets.is_sorted_by(|a, b| a < b)
}

/// Number of Frames (0028,0008).
fn frames(tape: &Tape) -> usize {
    let frames = number_of(tape, Tag(0x0028_0008)).unwrap_or(1).max(1);
    usize::try_from(frames).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use lightcase_dataset::VR;

    use super::*;

    /// Fragments of 10, 20 and 30 bytes, the first item at 100.
    const FRAGMENTS: [Fragment; 3] = [
        Fragment { offset: 108, len: 10 },
        Fragment { offset: 126, len: 20 },
        Fragment { offset: 154, len: 30 },
    ];

    fn tape(frames: &str, extended: &[u64], lengths: &[u64]) -> Tape {
        let bytes = |numbers: &[u64]| -> Vec<u8> {
            numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        let mut tape = Tape::default();
        tape.element(Tag(0x0028_0008), VR::IS, false, Some(frames.as_bytes()));
        tape.element(EXTENDED, VR::OV, false, Some(&bytes(extended)));
        tape.element(EXTENDED_LENGTHS, VR::OV, false, Some(&bytes(lengths)));
        tape
    }

    #[track_caller]
    fn check_basic(frames: &str, offsets: &[u32], is_one: bool, misleads: bool) {
        let mut watch = Offsets::watch(&tape(frames, &[], &[]));
        let bytes: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let may_be = watch.may_be_basic(u64::try_from(bytes.len()).unwrap());
        assert_eq!(may_be && watch.take_basic(&bytes), is_one, "{offsets:?}");
        for fragment in &FRAGMENTS {
            watch.fragment(*fragment);
        }
        assert_eq!(watch.mislead(), misleads, "{offsets:?}");
    }

    #[test]
    fn a_basic_table_points_at_fragments() {
        check_basic("3", &[0, 18, 46], true, false);
        check_basic("2", &[0, 18], true, false);
        check_basic("2", &[0, 46], true, false);
        check_basic("1", &[0], true, false);
        check_basic("2", &[0, 17], true, true);
        check_basic("3", &[0, 18, 84], true, true);
        check_basic("3", &[0, 18], false, false);
        check_basic("3", &[0, 0, 0], false, false);
        check_basic("1", &[u32::from_le_bytes(*b"Quil")], false, false);
        check_basic("1", &[], false, false);
    }

    #[track_caller]
    fn check_extended(offsets: &[u64], lengths: &[u64], has: bool, misleads: bool) {
        let tape = tape("3", offsets, lengths);
        assert_eq!(Offsets::has_extended(&tape), has, "{offsets:?}");
        let mut watch = Offsets::watch(&tape);
        for fragment in &FRAGMENTS {
            watch.fragment(*fragment);
        }
        assert_eq!(watch.mislead(), misleads, "{offsets:?} {lengths:?}");
    }

    #[test]
    fn an_extended_table_has_its_lengths() {
        check_extended(&[0, 18, 46], &[10, 20, 30], true, false);
        check_extended(&[0, 18, 46], &[9, 19, 29], true, false);
        check_extended(&[0, 18, 46], &[10, 20, u64::from_le_bytes(*b"Quillerb")], true, true);
        check_extended(&[0, 18, 47], &[10, 20, 30], true, true);
        check_extended(&[0, 18, 46], &[10, 20], false, false);
        check_extended(&[0, 18], &[10, 20], false, false);
        check_extended(&[u64::from_le_bytes(*b"Quillerb"), 18, 46], &[1, 1, 1], false, false);
    }
}
