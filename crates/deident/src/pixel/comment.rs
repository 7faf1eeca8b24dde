//! Texts in codestreams, wherever they may stand: in the headers of images, tile parts and scans,
//! and behind the end of JPEG (ITU-T T.81 annex B), JPEG-LS (T.87) and JPEG 2000 (T.800 annex A,
//! T.814).

use std::io::BufRead as _;

use super::noise::Noise;
use super::parameters::Parameters;
use super::segment::{Content, Family};
use super::size::{Size, components};
use super::tables::Tables;
use super::tiles::Tiles;

/// Watches the fragments of compressed pixels for texts that are not the name of an encoder, and for
/// bytes that are no part of a codestream, which may say anything.
///
/// It follows the stream from marker to marker and keeps one segment at most. What stands between
/// the markers of a scan or in a tile part are the pixels, and no text.
#[derive(Debug, Clone)]
pub(crate) struct Comments {
    family: Family,
    /// The first bytes of a fragment, until they tell whether a codestream begins.
    head: Option<Vec<u8>>,
    state: State,
    /// What is left of the tile part that is open, if it said its length.
    tile: Option<u64>,
    /// Codestreams that may still come: an image that is no frame is not shown.
    frames: u32,
    tables: Tables,
    tiles: Tiles,
    parameters: Parameters,
    noises: [Noise; 2],
    /// Bits Stored (0028,0101), if the object says it.
    stored: Option<u32>,
    size: Size,
    /// Texts that the codestream has.
    texts: usize,
    /// Samples have more bits than that, which nobody here can look at.
    deep: bool,
    found: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Between codestreams, where there is padding.
    Outside,
    /// A marker, and the length of its segment where it has one.
    Marker(Vec<u8>),
    /// What is left of a segment, and what came of it.
    Segment { marker: u8, left: usize, value: Vec<u8> },
    /// Pixels up to the next marker. The last byte was 0xFF.
    Scan(bool),
    /// Pixels as long as the tile part.
    Tile,
    /// The offset table.
    Rest,
}

/// Bytes by which the start of a codestream is known.
const HEAD: usize = 4;

impl Comments {
    /// For so many frames of a size, of samples of so many bits. `None` in transfer syntaxes without
    /// marker segments.
    pub(crate) fn watch(
        syntax: &str,
        frames: u32,
        stored: Option<u32>,
        size: Size,
    ) -> Option<Self> {
        let number = syntax.strip_prefix("1.2.840.10008.1.2.4.")?;
        let family = match number {
            "50" | "51" | "53" | "55" | "57" | "70" => Family::Jpeg,
            "80" | "81" => Family::JpegLs,
            "90" | "91" | "92" | "93" | "201" | "202" | "203" => Family::Jpeg2000,
            _ => return None,
        };
        Some(Self {
            family,
            head: None,
            state: State::Rest,
            tile: None,
            frames,
            tables: Tables::default(),
            tiles: Tiles::default(),
            parameters: Parameters::default(),
            noises: [Noise::default(), Noise::of_records()],
            stored,
            size,
            texts: 0,
            deep: false,
            found: false,
        })
    }

    /// A fragment begins: a codestream, or more of the one that is open.
    pub(crate) fn fragment(&mut self) {
        self.flush();
        if self.state == State::Rest {
            self.state = State::Outside;
        }
        self.head = Some(Vec::new());
    }

    /// Looks at the next bytes of the fragment.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if let Some(head) = &mut self.head {
            let (now, later) = rest.split_at(rest.len().min(HEAD.saturating_sub(head.len())));
            head.extend_from_slice(now);
            rest = later;
            if head.len() < HEAD {
                return;
            }
            self.flush();
        }
        self.follow(rest);
    }

    /// Whether something was seen that is neither a codestream nor the name of an encoder; no more
    /// bytes will come.
    pub(crate) fn found(mut self) -> bool {
        self.flush();
        self.close();
        self.found || matches!(self.state, State::Segment { .. })
    }

    /// Whether a frame says that its samples have more bits than the object stores.
    pub(crate) const fn is_deep(&self) -> bool {
        self.deep
    }

    /// The codestream has ended: what it has defined for nothing may say anything.
    fn close(&mut self) {
        self.hush();
        self.found |= !self.tables.is_spent() || !self.tiles.is_spent();
        (self.tables, self.tiles) = (Tables::default(), Tiles::default());
        (self.parameters, self.texts) = (Parameters::default(), 0);
    }

    /// Tells where the first bytes of a fragment belong.
    fn flush(&mut self) {
        let Some(head) = self.head.take() else { return };
        let opens = match self.family {
            Family::Jpeg | Family::JpegLs => head.starts_with(b"\xFF\xD8\xFF"),
            Family::Jpeg2000 => head.starts_with(b"\xFF\x4F\xFF\x51"),
        };
        if !opens {
            return self.follow(&head);
        }
        self.close();
        // A segment that ends with its frame was not judged.
        self.found |= self.frames == 0 || matches!(self.state, State::Segment { .. });
        self.frames = self.frames.saturating_sub(1);
        self.tile = None;
        self.state = State::Marker(Vec::new());
        self.follow(head.get(2..).unwrap_or_default());
    }

    fn follow(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && !self.found {
            let taken = self.step(rest);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// Looks at some of the bytes, at least one; how many they were.
    fn step(&mut self, bytes: &[u8]) -> usize {
        let (first, all) = (bytes.first().copied().unwrap_or(0), bytes.len());
        match &mut self.state {
            State::Rest => all,
            State::Outside => {
                self.found |= bytes.iter().any(|byte| !matches!(byte, 0 | 0xFF));
                all
            }
            State::Segment { left, value, .. } => {
                let taken = all.min(*left);
                value.extend_from_slice(bytes.get(..taken).unwrap_or_default());
                *left -= taken;
                let ended = *left == 0;
                self.spend(taken);
                if ended {
                    self.end_segment();
                }
                taken
            }
            State::Tile => {
                let left = usize::try_from(self.tile.unwrap_or(0)).unwrap_or(usize::MAX);
                let taken = all.min(left);
                self.listen(bytes.get(..taken).unwrap_or_default());
                self.spend(taken);
                self.end_tile();
                taken
            }
            State::Scan(marked @ false) => {
                // As the system's library finds a byte: most of the pixels are passed over here.
                let taken = { bytes }.skip_until(0xFF).unwrap_or(all);
                *marked = bytes.get(..taken).is_some_and(|passed| passed.ends_with(&[0xFF]));
                self.listen(bytes.get(..taken).unwrap_or_default());
                taken
            }
            State::Scan(true) => {
                self.in_scan(first);
                1
            }
            State::Marker(head) => {
                head.push(first);
                let head = head.clone();
                self.spend(1);
                self.marker(&head);
                1
            }
        }
    }

    /// Counts bytes of a tile part, which cannot end within its header.
    fn spend(&mut self, bytes: usize) {
        if let Some(left) = &mut self.tile {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            self.found |= *left < bytes;
            *left = left.saturating_sub(bytes);
        }
    }

    /// Looks for texts in coded bytes.
    fn listen(&mut self, bytes: &[u8]) {
        self.noises.iter_mut().for_each(|noise| noise.push(bytes));
        self.found |= self.noises.iter().any(Noise::has_found);
    }

    /// The coded bytes have ended.
    fn hush(&mut self) {
        self.noises.iter_mut().for_each(Noise::end);
        self.found |= self.noises.iter().any(Noise::has_found);
    }

    /// Goes on behind the tile part, if that was its last byte.
    fn end_tile(&mut self) {
        if self.tile.is_none_or(|left| left == 0) {
            self.tile = None;
            self.hush();
            self.state = State::Marker(Vec::new());
        }
    }

    /// The byte behind 0xFF in a scan.
    fn in_scan(&mut self, byte: u8) {
        let is_data = match self.family {
            Family::Jpeg => matches!(byte, 0 | 0xD0..=0xD7),
            Family::JpegLs => matches!(byte, 0..=0x7F | 0xD0..=0xD7),
            // The end of a packet header is a marker inside the data.
            Family::Jpeg2000 => matches!(byte, 0..=0x8F | 0x92),
        };
        if is_data {
            self.listen(&[byte]);
            self.state = State::Scan(false);
        } else if byte != 0xFF {
            self.state = State::Marker(vec![0xFF, byte]);
            self.marker(&[0xFF, byte]);
        }
    }

    fn marker(&mut self, head: &[u8]) {
        let family = self.family;
        let jpeg = family != Family::Jpeg2000;
        match *head {
            // A marker may be filled up in front.
            [0xFF, 0xFF] => self.state = State::Marker(vec![0xFF]),
            // Without a segment.
            [0xFF, 0x01 | 0xD0..=0xD7] if jpeg => self.state = State::Marker(Vec::new()),
            [0xFF, 0x30..=0x3F] if !jpeg => self.state = State::Marker(Vec::new()),
            [0xFF, 0xD9] => {
                (self.state, self.tile) = (State::Outside, None);
                self.close();
            }
            [0xFF, 0x93] if !jpeg => {
                self.found |= !self.tiles.data(self.tile);
                if self.tile.is_some() {
                    self.state = State::Tile;
                    self.end_tile();
                } else {
                    self.state = State::Scan(false);
                }
            }
            // Another image inside this one.
            [0xFF, 0xD8] if jpeg => self.found = true,
            [0xFF, 0x4F] if !jpeg => self.found = true,
            [0xFF] | [0xFF, _] | [0xFF, _, _] => {}
            [0xFF, marker, high, low] => {
                let len = usize::from(u16::from_be_bytes([high, low]));
                self.segment(family, marker, len);
            }
            _ => self.found = true,
        }
    }

    /// A segment begins that has this length, its own two bytes included.
    fn segment(&mut self, family: Family, marker: u8, len: usize) {
        let Some(left) = len.checked_sub(2) else {
            self.found = true;
            return;
        };
        if family.content(marker, left) == Content::Unknown {
            self.found = true;
            return;
        }
        self.state = State::Segment { marker, left, value: Vec::new() };
        if left == 0 {
            self.end_segment();
        }
    }

    fn end_segment(&mut self) {
        let ended = std::mem::replace(&mut self.state, State::Marker(Vec::new()));
        let State::Segment { marker, value, .. } = ended else { return };
        match (self.family, marker) {
            (Family::Jpeg | Family::JpegLs, START_OF_SCAN) => {
                self.found |= !self.tables.scan(&value);
                self.state = State::Scan(false);
            }
            (Family::Jpeg2000, START_OF_PACKET) => self.state = State::Scan(false),
            (Family::Jpeg2000, START_OF_TILE) => self.start_tile(&value),
            (family, _) if family.content(marker, value.len()) == Content::Text => {
                self.texts += 1;
                self.found |= self.texts > TEXTS || !family.is_harmless(marker, &value, self.size);
            }
            (_, _) => self.found |= !self.are_numbers(marker, &value),
        }
    }

    /// Whether the numbers of a segment are what its marker says.
    fn are_numbers(&mut self, marker: u8, value: &[u8]) -> bool {
        match (self.family, marker) {
            (Family::Jpeg, 0xC4) => self.tables.huffman(value),
            (Family::Jpeg, 0xDB) => self.tables.quantization(value),
            (Family::Jpeg, 0xCC) => self.tables.conditioning(value),
            (Family::Jpeg, 0xDC) => self.tables.lines(value, 2),
            (Family::Jpeg, 0xDD) => self.tables.restarts(value, 2),
            // T.87 has longer ones.
            (Family::JpegLs, 0xDC) => self.tables.lines(value, 4),
            (Family::JpegLs, 0xDD) => self.tables.restarts(value, 4),
            (Family::Jpeg, 0xC0..=0xCF) | (Family::JpegLs, 0xF7) => {
                let bits = self.tables.frame(marker, value);
                self.weigh(bits)
            }
            (Family::Jpeg2000, 0x51) => value.is_empty() || self.measure(value),
            (Family::Jpeg2000, 0x55) => self.tiles.list(value),
            (Family::Jpeg2000, 0x58) => self.tiles.packets(value),
            (family, _) => {
                !family.holds_words(marker, value)
                    && (family != Family::Jpeg2000 || self.parameters.take(marker, value))
            }
        }
    }

    /// Takes the size of image and tiles; whether it is one, and the first.
    fn measure(&mut self, value: &[u8]) -> bool {
        let Some(components) = components(value, self.size) else { return false };
        self.weigh(Some(components.bits)) && self.parameters.size(components.count)
    }

    /// Notes how many bits samples have; whether that is known.
    fn weigh(&mut self, bits: Option<u8>) -> bool {
        self.deep |= bits.is_some_and(|bits| self.stored.is_none_or(|most| u32::from(bits) > most));
        bits.is_some()
    }

    /// Start of tile part, T.800 section A.4.2: its number, length and order.
    fn start_tile(&mut self, value: &[u8]) {
        let [tile, more, a, b, c, d, ..] = *value else { return };
        let tile = u64::from(u16::from_be_bytes([tile, more]));
        let len = u64::from(u32::from_be_bytes([a, b, c, d]));
        self.parameters.tile();
        self.found |= !self.tiles.part(tile, len);
        // Not within another one, nor shorter than this segment with its marker.
        self.found |= self.tile.is_some() || (1..SHORTEST_TILE).contains(&len);
        // Without a length it is the last one, up to the end of the codestream.
        self.tile = len.checked_sub(SHORTEST_TILE);
    }
}

/// Encoders write three: what the samples are, where that ends, and their name. More of them can be
/// put together to say something else.
const TEXTS: usize = 4;

/// SOS of JPEG and JPEG-LS.
const START_OF_SCAN: u8 = 0xDA;

/// SOT of JPEG 2000.
const START_OF_TILE: u8 = 0x90;

/// SOP of JPEG 2000.
const START_OF_PACKET: u8 = 0x91;

/// Marker and segment of the start of a tile part.
const SHORTEST_TILE: u64 = 12;

#[cfg(test)]
mod tests;
