//! Tables and headers of JPEG, ITU-T T.81 annex B: whether they are what their markers say, and whether
//! a scan uses them. What none uses may say anything.

use super::quantization;
use crate::clean::has_words;

/// Follows the tables of a codestream.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    frame: Option<Frame>,
    waiting: Waiting,
}

/// What a frame header says.
#[derive(Debug, Clone)]
struct Frame {
    /// Its marker.
    process: u8,
    components: Vec<u8>,
    /// Quantization tables that the components use.
    quantizers: u8,
}

/// Tables that no scan has used since they came; a bit for each number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Waiting {
    dc: u8,
    ac: u8,
    quantizers: u8,
}

/// Tables of a kind.
const MOST: u8 = 4;

impl Tables {
    /// Takes a frame header. The bits of its samples; `None` when it is none, or not the first.
    pub(super) fn frame(&mut self, marker: u8, value: &[u8]) -> Option<u8> {
        let [precision, _, _, _, _, count, components @ ..] = value else { return None };
        let (components, rest) = components.as_chunks::<3>();
        let fits = rest.is_empty()
            && components.len() == usize::from(*count)
            && (1..=4).contains(count)
            && (2..=16).contains(precision)
            && components.iter().all(|[_, _, table]| *table < MOST)
            && self.frame.is_none();
        self.frame = Some(Frame {
            process: marker,
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

    /// Whether these are conditions of arithmetic coding.
    pub(super) fn is_conditioning(value: &[u8]) -> bool {
        let (pairs, rest) = value.as_chunks::<2>();
        rest.is_empty() && pairs.iter().all(|[head, _]| head >> 4 <= 1 && head & 0xF < MOST)
    }

    /// Takes the header of a scan, which uses tables; whether it is one.
    pub(super) fn scan(&mut self, value: &[u8]) -> bool {
        let [count, rest @ ..] = value else { return true };
        let (selectors, rest) = rest.split_at_checked(2 * usize::from(*count)).unwrap_or_default();
        let [start, _, _] = *rest else { return false };
        let (process, components) = self.frame.as_ref().map_or((0, None), |frame| {
            self.waiting.quantizers &= !frame.quantizers;
            (frame.process, Some(&frame.components))
        });
        let (dc, ac) = match process {
            // Lossless.
            0xC3 | 0xC7 | 0xCB | 0xCF => (true, false),
            // Progressive.
            0xC2 | 0xC6 | 0xCA | 0xCE => (start == 0, start > 0),
            _ => (true, true),
        };
        for [id, tables] in selectors.as_chunks::<2>().0 {
            if components.is_some_and(|components| !components.contains(id)) {
                return false;
            }
            self.waiting.dc &= !if dc { bit(tables >> 4) } else { 0 };
            self.waiting.ac &= !if ac { bit(tables & 0xF) } else { 0 };
        }
        (1..=4).contains(count)
    }

    /// Whether a scan has used every table.
    pub(super) fn is_spent(&self) -> bool {
        self.waiting == Waiting::default()
    }
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
        assert!(Tables::is_conditioning(&[0, 0x10, 0x11, 5]));
        assert!(!Tables::is_conditioning(b"Quillerby^"));
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
