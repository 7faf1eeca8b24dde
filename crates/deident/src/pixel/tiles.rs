//! Lists of lengths in JPEG 2000, ITU-T T.800 sections A.7.1 and A.7.3: whether they say how long the
//! tile parts and their packets are. Numbers that do not may say anything.

use std::collections::VecDeque;

/// Follows the tile parts of a codestream.
#[derive(Debug, Clone, Default)]
pub(super) struct Tiles {
    /// Tile parts that the main header lists and that have not come: the tile, if it says it, and the
    /// length.
    listed: Option<VecDeque<(Option<u64>, u64)>>,
    /// The length of all packets that the header of the open tile part lists.
    packets: Option<u64>,
    /// A tile part has begun.
    has_begun: bool,
    /// One that did not say its length, and is the last.
    is_endless: bool,
}

impl Tiles {
    /// Takes a list of tile parts; whether it is one.
    pub(super) fn list(&mut self, value: &[u8]) -> bool {
        /// More are no list but an attack.
        const MOST: usize = 1 << 20;
        let [_, sizes, entries @ ..] = value else { return false };
        let (tile, len) = (usize::from(sizes >> 4 & 3), if sizes & 0x40 == 0 { 2 } else { 4 });
        if sizes & 0x8F != 0 || tile > 2 || !entries.len().is_multiple_of(tile + len) {
            return false;
        }
        let listed = self.listed.get_or_insert_default();
        for entry in entries.chunks_exact(tile + len) {
            let (index, len) = entry.split_at(tile);
            listed.push_back(((tile > 0).then(|| number(index)), number(len)));
        }
        listed.len() <= MOST
    }

    /// A tile part begins, of a tile, which says its length or 0; whether it is the next that is listed.
    /// Of one that does not say it a list may say anything.
    pub(super) fn part(&mut self, tile: u64, len: u64) -> bool {
        let follows = !std::mem::replace(&mut self.is_endless, len == 0) && self.packets.is_none();
        self.has_begun = true;
        let Some(listed) = &mut self.listed else { return follows };
        let next = listed.pop_front();
        follows
            && next
                .is_some_and(|(index, said)| index.is_none_or(|index| index == tile) && said == len)
    }

    /// Takes a list of packets; whether it is one, in the header of a tile part.
    pub(super) fn packets(&mut self, value: &[u8]) -> bool {
        let [_, lengths @ ..] = value else { return false };
        if !self.has_begun {
            return false;
        }
        let (mut all, mut one, mut ends) = (self.packets.unwrap_or(0), 0_u64, true);
        for byte in lengths {
            one = one << 7 | u64::from(byte & 0x7F);
            ends = byte & 0x80 == 0;
            if ends {
                all = all.saturating_add(one);
                one = 0;
            } else if one > u64::from(u32::MAX) {
                return false;
            }
        }
        self.packets = Some(all);
        ends
    }

    /// The data of the tile part begin, of a length that may be known; whether it is that of the
    /// packets.
    pub(super) fn data(&mut self, len: Option<u64>) -> bool {
        self.packets.take().is_none_or(|packets| len == Some(packets))
    }

    /// Whether all tile parts and packets have come that are listed.
    pub(super) fn is_spent(&self) -> bool {
        self.packets.is_none() && self.listed.as_ref().is_none_or(VecDeque::is_empty)
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_list(list: &[u8], parts: &[(u64, u64)], expected: bool) {
        let mut tiles = Tiles::default();
        let fits = tiles.list(list)
            && parts.iter().all(|(tile, len)| tiles.part(*tile, *len))
            && tiles.is_spent();
        assert_eq!(fits, expected, "{list:02X?}");
    }

    #[test]
    fn tile_parts_are_as_listed() {
        check_list(&[0, 0x50, 0, 0, 0, 0, 20, 1, 0, 0, 0, 30], &[(0, 20), (1, 30)], true);
        check_list(&[0, 0x50, 0, 0, 0, 0, 20, 1, 0, 0, 0, 30], &[(0, 20), (1, 0)], false);
        check_list(&[0, 0x00, 0, 20, 0, 30], &[(0, 20), (7, 30)], true);
        check_list(&[0, 0x00, 0, 20, 0, 30], &[(0, 20), (1, 31)], false);
        check_list(&[0, 0x00, 0, 20, 0, 30], &[(0, 20)], false);
        check_list(&[0, 0x00, 0, 20], &[(0, 20), (1, 20)], false);
        check_list(&[0, 0x20, 0, 5, 0, 20], &[(5, 20)], true);
        check_list(&[0, 0x20, 0, 5, 0, 20], &[(6, 20)], false);
        check_list(b"\0\0Quillerby ", &[(0, 20)], false);
        check_list(b"\0\x30Quillerby ", &[(0, 20)], false);
        check_list(b"Quillerby^", &[(0, 20)], false);
    }

    #[test]
    fn packets_are_as_long_as_their_tile_part() {
        for (list, len, expected) in [
            (&[0, 9][..], Some(9), true),
            (&[0, 9, 0x81, 0x02], Some(9 + 130), true),
            (&[0, 9], Some(10), false),
            (&[0, 9], None, false),
            (&[0, 9, 0x81], Some(9), false),
            (b"\0Quillerby", Some(9), false),
            (&[], Some(0), false),
        ] {
            let mut tiles = Tiles::default();
            let fits = tiles.part(0, 0) && tiles.packets(list) && tiles.data(len);
            assert_eq!(fits, expected, "{list:02X?}");
        }
        assert!(Tiles::default().data(None));
    }

    #[test]
    fn lists_of_packets_stand_in_the_header_of_their_tile_part() {
        assert!(!Tiles::default().packets(&[0, 9]), "in the main header");
        let mut tiles = Tiles::default();
        assert!(tiles.part(0, 30) && tiles.packets(&[0, 9]));
        assert!(!tiles.is_spent(), "no data came");
        assert!(!tiles.part(0, 30), "nor before the next");
        let mut behind = Tiles::default();
        assert!(behind.part(0, 30) && behind.data(Some(9)) && behind.packets(&[0, 9]));
        assert!(!behind.is_spent(), "behind the data");
    }

    #[test]
    fn a_tile_part_without_a_length_is_the_last() {
        let mut tiles = Tiles::default();
        assert!(tiles.part(0, 20) && tiles.part(1, 0));
        assert!(!tiles.part(2, 20));
    }
}
