//! Tables and headers of JPEG, ITU-T T.81 annex B: whether they are what their markers say, and whether
//! a scan uses them. What none uses may say anything.

use super::quantization;
use super::scans::Scans;
use crate::clean::has_words;

/// Follows the tables of a codestream.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    frame: Option<Frame>,
    waiting: Waiting,
    scans: Scans,
    /// Conditions of arithmetic coding have come.
    conditioned: bool,
    /// A scan has come, and the number of lines behind it.
    scanned: bool,
    counted: bool,
}

/// What a frame header says.
#[derive(Debug, Clone)]
struct Frame {
    /// Its marker.
    process: u8,
    /// 0: they are told behind the first scan.
    lines: u16,
    components: Vec<u8>,
    /// Quantization tables that the components use.
    quantizers: u8,
}

/// Tables that no scan has used since they came, a bit for each number, and an interval of restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Waiting {
    dc: u8,
    ac: u8,
    quantizers: u8,
    conditions: (u8, u8),
    restarts: bool,
}

/// Tables of a kind.
const MOST: u8 = 4;

impl Tables {
    /// Takes a frame header. The bits of its samples; `None` when it is none, or not the first.
    pub(super) fn frame(&mut self, marker: u8, value: &[u8]) -> Option<u8> {
        let [precision, high, low, _, _, count, components @ ..] = value else { return None };
        let (components, rest) = components.as_chunks::<3>();
        let fits = rest.is_empty()
            && components.len() == usize::from(*count)
            && (1..=4).contains(count)
            && (2..=16).contains(precision)
            && components.iter().all(|[_, _, table]| *table < MOST)
            && self.frame.is_none();
        self.frame = Some(Frame {
            process: marker,
            lines: u16::from_be_bytes([*high, *low]),
            components: components.iter().map(|[id, _, _]| *id).collect(),
            quantizers: components.iter().fold(0, |all, [_, _, table]| all | bit(*table)),
        });
        fits.then_some(*precision)
    }

    /// Takes Huffman tables; whether they are some: each symbol stands once in a table.
    pub(super) fn huffman(&mut self, value: &[u8]) -> bool {
        const LONG: usize = 14;
        let mut rest = value;
        while let [head, tail @ ..] = rest {
            let (class, id) = (head >> 4, head & 0xF);
            let Some((counts, tail)) = tail.split_at_checked(16) else { return false };
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let Some((symbols, tail)) = tail.split_at_checked(count) else { return false };
            let waiting = match class {
                // Of differences, symbols are numbers of bits.
                0 if symbols.iter().all(|symbol| *symbol <= 16) => &mut self.waiting.dc,
                1 => &mut self.waiting.ac,
                _ => return false,
            };
            if !is_distinct(symbols) || has_words(symbols, LONG) || !wait(waiting, id) {
                return false;
            }
            rest = tail;
        }
        true
    }

    /// Takes quantization tables; whether they are some.
    pub(super) fn quantization(&mut self, value: &[u8]) -> bool {
        const LONG: usize = 8;
        let mut rest = value;
        while let [head, tail @ ..] = rest {
            let len = match head >> 4 {
                0 => 64,
                1 => 128,
                _ => return false,
            };
            let Some((table, tail)) = tail.split_at_checked(len) else { return false };
            let says = has_words(table, LONG) && !quantization::is_usual(table);
            if says || !wait(&mut self.waiting.quantizers, head & 0xF) {
                return false;
            }
            rest = tail;
        }
        true
    }

    /// Takes conditions of arithmetic coding; whether they are some.
    pub(super) fn conditioning(&mut self, value: &[u8]) -> bool {
        let (pairs, rest) = value.as_chunks::<2>();
        let (dc, ac) = &mut self.waiting.conditions;
        self.conditioned = true;
        rest.is_empty()
            && pairs.iter().all(|&[head, condition]| match head >> 4 {
                // The lower bound, and the upper one, section F.1.4.4.1.4.
                0 => condition & 0xF <= condition >> 4 && wait(dc, head & 0xF),
                1 => (1..=63).contains(&condition) && wait(ac, head & 0xF),
                _ => false,
            })
    }

    /// Takes an interval of restarts, of up to so many bytes; whether it is one, and the only one for
    /// the next scan.
    pub(super) fn restarts(&mut self, value: &[u8], most: usize) -> bool {
        let is_new = !self.waiting.restarts;
        self.waiting.restarts = true;
        is_new && (2..=most).contains(&value.len())
    }

    /// Takes the number of lines, of up to so many bytes; whether it stands behind the first scan, and
    /// is that of the frame, if that says one.
    pub(super) fn lines(&mut self, value: &[u8], most: usize) -> bool {
        let lines = value.iter().fold(0, |lines: u32, byte| lines << 8 | u32::from(*byte));
        let is_new = self.scanned && !self.counted;
        self.counted = true;
        let said = self.frame.as_ref().map(|frame| u32::from(frame.lines));
        is_new
            && (2..=most).contains(&value.len())
            && said.is_some_and(|said| said == 0 || said == lines)
    }

    /// Takes the header of a scan, which uses tables and tells something new; whether it is one.
    pub(super) fn scan(&mut self, value: &[u8]) -> bool {
        self.scanned = true;
        let [count, rest @ ..] = value else { return true };
        let (selectors, rest) = rest.split_at_checked(2 * usize::from(*count)).unwrap_or_default();
        let [start, end, bits] = *rest else { return false };
        let (selectors, _) = selectors.as_chunks::<2>();
        (self.waiting.conditions, self.waiting.restarts) = ((0, 0), false);
        let mut is_new = true;
        let process = self.frame.as_ref().map_or(0, |frame| {
            self.waiting.quantizers &= !frame.quantizers;
            let components = selectors.iter().map(|[id, _]| *id);
            is_new = components.clone().all(|id| frame.components.contains(&id))
                && if is_progressive(frame.process) {
                    self.scans.part(components, (start, end), bits)
                } else {
                    self.scans.whole(components)
                };
            frame.process
        });
        let (dc, ac) = match process {
            // Lossless.
            0xC3 | 0xC7 | 0xCB | 0xCF => (true, false),
            _ if is_progressive(process) => (start == 0, start > 0),
            _ => (true, true),
        };
        for [_, tables] in selectors {
            self.waiting.dc &= !if dc { bit(tables >> 4) } else { 0 };
            self.waiting.ac &= !if ac { bit(tables & 0xF) } else { 0 };
        }
        is_new && (1..=4).contains(count)
    }

    /// Whether a scan has used every table.
    pub(super) fn is_spent(&self) -> bool {
        let is_arithmetic =
            self.frame.as_ref().is_some_and(|frame| matches!(frame.process, 0xC9..=0xCF));
        self.waiting == Waiting::default() && (is_arithmetic || !self.conditioned)
    }
}

const fn is_progressive(process: u8) -> bool {
    matches!(process, 0xC2 | 0xC6 | 0xCA | 0xCE)
}

/// Notes a table; whether it has a number of its kind, and takes no other one's place unused.
fn wait(waiting: &mut u8, id: u8) -> bool {
    let is_new = *waiting & bit(id) == 0;
    *waiting |= bit(id);
    is_new && id < MOST
}

fn bit(number: u8) -> u8 {
    1_u8.checked_shl(u32::from(number)).unwrap_or(0)
}

fn is_distinct(symbols: &[u8]) -> bool {
    let mut sorted = symbols.to_vec();
    sorted.sort_unstable();
    sorted.is_sorted_by(|a, b| a < b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of symbols of eight bits each.
    fn huffman(head: u8, symbols: &[u8]) -> Vec<u8> {
        let mut counts = [0; 16];
        counts[7] = u8::try_from(symbols.len()).unwrap();
        [&[head], &counts[..], symbols].concat()
    }

    fn quantizer(head: u8, numbers: &[u8]) -> Vec<u8> {
        let mut table = vec![head];
        table.extend_from_slice(numbers);
        table.resize(65, 1);
        table
    }

    /// One component, which uses the first table of each kind.
    const FRAME: [u8; 9] = [8, 0, 4, 0, 4, 1, 1, 0x11, 0];
    const SCAN: [u8; 6] = [1, 1, 0, 0, 63, 0];

    #[test]
    fn tables_are_tables() {
        for (table, is_one) in [
            (huffman(0x00, &[0, 1, 2, 3, 16]), true),
            (huffman(0x13, &[0x41, 0x42, 0xF0, 0]), true),
            (huffman(0x10, b"Quillerby"), false),
            (huffman(0x10, b"Quilerby^Pv 1976"), false),
            (huffman(0x00, b"Quilerby"), false),
            (huffman(0x20, &[0]), false),
            (huffman(0x04, &[0]), false),
            ([huffman(0, &[0]), huffman(0, &[0])].concat(), false),
            ([huffman(0, &[0]), huffman(0x10, &[0])].concat(), true),
            ([huffman(0, &[0]), b"Quillerby".to_vec()].concat(), false),
        ] {
            assert_eq!(Tables::default().huffman(&table), is_one, "{table:02X?}");
        }
        for (table, is_one) in [
            (quantizer(0, &[16, 11, 12]), true),
            (quantizer(0, b"Quillerby"), false),
            (quantizer(4, &[16, 11, 12]), false),
            (quantizer(0x20, &[16, 11, 12]), false),
            (vec![0; 64], false),
            ([quantizer(0, &[2]), quantizer(1, &[2])].concat(), true),
            ([quantizer(1, &[2]), quantizer(1, &[2])].concat(), false),
        ] {
            assert_eq!(Tables::default().quantization(&table), is_one, "{table:02X?}");
        }
        for (conditions, are_some) in [
            (&[0, 0x10, 0x11, 5][..], true),
            (&[0, 0x10, 0x00, 0x10], false),
            (&[0, 0x01], false),
            (&[0x10, 0], false),
            (&[0x10, b'Q'], false),
            (&[0], false),
            (b"Quillerby^", false),
        ] {
            let mut tables = Tables::default();
            assert_eq!(tables.conditioning(conditions), are_some, "{conditions:02X?}");
        }
    }

    #[test]
    fn conditions_are_those_of_arithmetic_coding() {
        for (process, is_spent) in [(0xC0, false), (0xC3, false), (0xC9, true)] {
            let mut tables = Tables::default();
            assert!(tables.conditioning(&[0, 0x10]));
            tables.frame(process, &FRAME).unwrap();
            assert!(!tables.is_spent() && tables.scan(&SCAN));
            assert_eq!(tables.is_spent(), is_spent, "{process:02X}");
        }
    }

    #[test]
    fn restarts_are_told_once_for_a_scan() {
        let mut tables = Tables::default();
        assert!(tables.restarts(&[0, 9], 2) && !tables.is_spent());
        assert!(!tables.restarts(&[0, 9], 2));
        tables.frame(0xC0, &FRAME).unwrap();
        assert!(tables.scan(&SCAN) && tables.is_spent());
        assert!(tables.restarts(&[0, 9], 2));
        for (value, most) in [(&b"QUIL"[..], 2), (b"Q", 2), (b"QUILL", 4), (b"", 4)] {
            assert!(!Tables::default().restarts(value, most), "{value:02X?}");
        }
    }

    #[test]
    fn lines_are_told_once_and_behind_the_first_scan() {
        let open = [8, 0, 0, 0, 4, 1, 1, 0x11, 0];
        for (frame, scans, lines, expected) in [
            (FRAME, true, &[&[0, 4][..]][..], true),
            (FRAME, true, &[&[0, 5][..]], false),
            (FRAME, true, &[&b"QUIL"[..]], false),
            (FRAME, false, &[&[0, 4][..]], false),
            (FRAME, true, &[&[0, 4][..], &[0, 4]], false),
            (open, true, &[&[0, 5][..]], true),
            (open, true, &[&[0, 0, 5][..]], false),
        ] {
            let mut tables = Tables::default();
            tables.frame(0xC0, &frame).unwrap();
            assert!(!scans || tables.scan(&SCAN));
            let fits = lines.iter().all(|lines| tables.lines(lines, 2));
            assert_eq!(fits, expected, "{frame:02X?} {lines:02X?}");
        }
    }

    #[test]
    fn scans_tell_something_new() {
        for (process, again) in
            [(0xC0, SCAN), (0xC3, SCAN), (0xF7, SCAN), (0xC2, [1, 1, 0, 0, 0, 0])]
        {
            let mut tables = Tables::default();
            tables.frame(process, &FRAME).unwrap();
            assert!(tables.scan(&again) && !tables.scan(&again), "{process:02X}");
        }
    }

    #[test]
    fn a_codestream_has_one_frame() {
        let mut tables = Tables::default();
        assert_eq!(tables.frame(0xC0, &FRAME), Some(8));
        assert_eq!(tables.frame(0xC0, &FRAME), None);
        for none in [&FRAME[..8], b"Quillerby", &[8, 0, 4, 0, 4, 0], &[8, 0, 4, 0, 4, 1, 1, 1, 4]] {
            assert_eq!(Tables::default().frame(0xC0, none), None, "{none:02X?}");
        }
    }

    /// What is left of tables of each kind after a frame and its scans.
    #[track_caller]
    fn check(process: u8, scans: &[[u8; 6]], is_spent: bool) {
        let mut tables = Tables::default();
        assert!(tables.quantization(&quantizer(0, &[2])));
        assert!(tables.huffman(&huffman(0, &[0])) && tables.huffman(&huffman(0x10, &[0])));
        assert_eq!(tables.frame(process, &FRAME), Some(8));
        assert!(!tables.is_spent());
        assert!(scans.iter().all(|scan| tables.scan(scan)));
        assert_eq!(tables.is_spent(), is_spent, "{process:02X} {scans:?}");
    }

    #[test]
    fn scans_use_tables() {
        check(0xC0, &[SCAN], true);
        check(0xC0, &[], false);
        check(0xC0, &[[1, 1, 0x10, 0, 63, 0]], false);
        check(0xC0, &[[1, 1, 0x01, 0, 63, 0]], false);
        check(0xC3, &[SCAN], false);
        check(0xC2, &[[1, 1, 0, 0, 0, 0]], false);
        check(0xC2, &[[1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 63, 0]], true);
        for none in [&b"Quillerby^Bo"[..], &[1, 2, 0, 0, 63, 0], &[0, 0, 63, 0], &[1, 1, 0, 0]] {
            let mut tables = Tables::default();
            tables.frame(0xC0, &FRAME).unwrap();
            assert!(!tables.scan(none), "{none:02X?}");
        }
    }
}
