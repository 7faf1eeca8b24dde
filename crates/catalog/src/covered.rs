//! Intervals of bytes that were handed over, merged as they come.

use std::ops::Range;

/// Intervals that are kept apart. Whoever asks for every other byte of a large download leaves a
/// gap each time; what would be one more interval is not noted then, and the download stays
/// incomplete.
const MOST: usize = 4_096;

/// Intervals of bytes: ascending, none empty, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Covered(Vec<Range<u64>>);

impl Covered {
    /// Reads what [`Covered::print`] wrote; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut covered = Self::default();
        for interval in text.split(',').filter(|interval| !interval.is_empty()) {
            let (from, to) = interval.split_once('-')?;
            let range: Range<u64> = from.parse().ok()?..to.parse().ok()?;
            let apart = covered.0.last().is_none_or(|last| last.end < range.start);
            if range.is_empty() || !apart {
                return None;
            }
            covered.0.push(range);
        }
        Some(covered)
    }

    /// `from-to` of each, with the byte behind the last, joined by commas.
    pub(crate) fn print(&self) -> String {
        let each: Vec<String> =
            self.0.iter().map(|range| format!("{}-{}", range.start, range.end)).collect();
        each.join(",")
    }

    /// Adds an interval.
    pub(crate) fn add(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        // Those that end before it begins stay, and so do those that begin behind its end.
        let first = self.0.partition_point(|each| each.end < range.start);
        let behind = self.0.partition_point(|each| each.start <= range.end);
        let touched = self.0.get(first..behind).unwrap_or_default();
        if touched.is_empty() && self.0.len() >= MOST {
            return;
        }
        let start = touched.first().map_or(range.start, |each| each.start.min(range.start));
        let end = touched.last().map_or(range.end, |each| each.end.max(range.end));
        self.0.splice(first..behind, std::iter::once(start..end));
    }

    /// How many bytes they hold.
    pub(crate) fn bytes(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, range| sum.saturating_add(range.end.saturating_sub(range.start)))
    }

    /// Whether they are all of so many bytes.
    pub(crate) fn is_whole(&self, total: u64) -> bool {
        matches!(self.0.as_slice(), [range] if range.start == 0 && range.end >= total)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(ranges: &[Range<u64>]) -> Covered {
        let mut covered = Covered::default();
        for range in ranges {
            covered.add(range.clone());
        }
        covered
    }

    #[test]
    fn intervals_that_touch_become_one() {
        let check = |ranges: &[Range<u64>], expected: &str| {
            assert_eq!(of(ranges).print(), expected, "{ranges:?}");
        };
        check(&[], "");
        check(&[5..5, 7..7], "");
        check(&[0..10, 20..30], "0-10,20-30");
        check(&[20..30, 0..10], "0-10,20-30");
        check(&[0..10, 10..20], "0-20");
        check(&[0..10, 20..30, 10..20], "0-30");
        check(&[0..10, 20..30, 40..50, 5..45], "0-50");
        check(&[0..50, 10..20], "0-50");
    }

    #[test]
    fn only_what_was_printed_is_read() {
        for wrong in
            ["x", "1", "5-5", "5-4", "0-10,10-20", "20-30,0-10", "-1-2", "0-99999999999999999999"]
        {
            assert_eq!(Covered::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Covered::parse(""), Some(Covered::default()));
    }

    #[test]
    fn more_gaps_than_can_be_kept_leave_it_incomplete() {
        let mut covered = Covered::default();
        for gap in 0..10_000 {
            covered.add(2 * gap..2 * gap + 1);
        }
        assert_eq!(covered.0.len(), MOST);
        covered.add(0..20_000);
        assert!(covered.is_whole(20_000));
    }

    proptest! {
        #[test]
        fn it_is_the_set_of_bytes(ranges in prop::collection::vec((0..60_u64, 0..20_u64), 0..20)) {
            let ranges: Vec<Range<u64>> = ranges.iter().map(|(at, len)| *at..at + len).collect();
            let covered = of(&ranges);
            let bytes: BTreeSet<u64> = ranges.iter().cloned().flatten().collect();
            let held: BTreeSet<u64> = covered.0.iter().cloned().flatten().collect();
            prop_assert_eq!(&held, &bytes);
            prop_assert_eq!(covered.bytes(), u64::try_from(bytes.len()).unwrap());
            prop_assert!(covered.0.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert_eq!(Covered::parse(&covered.print()), Some(covered.clone()));
            let whole = !bytes.is_empty() && (0..60).all(|byte| bytes.contains(&byte));
            prop_assert_eq!(covered.is_whole(60), whole);
        }
    }
}
