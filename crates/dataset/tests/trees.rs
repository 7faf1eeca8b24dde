//! Random data sets, encoded here in every way the standard has, read to the same result.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here fails the test")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use lightcase_dataset::{Limits, Scan, Scanner, TransferSyntax};
use lightcase_model::TransferSyntaxUid;
use proptest::prelude::*;

/// Elements of the standard, in ascending order; width is what swaps in the other byte order.
const DICTIONARY: &[(u32, &str, usize)] = &[
    (0x0008_0008, "CS", 1),
    (0x0008_0020, "DA", 1),
    (0x0008_0119, "UC", 1),
    (0x0008_0301, "US", 2),
    (0x0008_1140, "SQ", 1),
    (0x0008_1160, "IS", 1),
    (0x0009_0010, "LO", 1),
    (0x0010_0010, "PN", 1),
    (0x0010_1030, "DS", 1),
    (0x0010_4000, "LT", 1),
    (0x0018_6020, "SL", 4),
    (0x0018_9073, "FD", 8),
    (0x0020_9165, "AT", 2),
    (0x0028_9001, "UL", 4),
    (0x0040_A043, "SQ", 1),
    (0x0040_A160, "UT", 1),
    (0x0040_A161, "FD", 8),
    (0x0042_0011, "OB", 1),
    (0x0066_0016, "OF", 4),
    (0x0066_0023, "OW", 2),
    (0x0066_0040, "OL", 4),
    (0x0070_0022, "FL", 4),
    (0x7FE0_0001, "OV", 8),
];

#[derive(Debug, Clone)]
enum Content {
    /// In little endian.
    Bytes(Vec<u8>),
    Items(Vec<Vec<Node>>),
}

#[derive(Debug, Clone)]
struct Node {
    tag: u32,
    vr: &'static str,
    width: usize,
    content: Content,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    implicit: bool,
    big_endian: bool,
    undefined: bool,
}

impl Way {
    fn put_u32(self, out: &mut Vec<u8>, value: u32) {
        out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn put_u16(self, out: &mut Vec<u8>, value: u16) {
        out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn put_tag(self, out: &mut Vec<u8>, tag: u32) {
        self.put_u16(out, u16::try_from(tag >> 16).unwrap());
        self.put_u16(out, u16::try_from(tag & 0xFFFF).unwrap());
    }

    fn put_length_and(self, out: &mut Vec<u8>, content: &[u8], end: u32) {
        if self.undefined {
            self.put_u32(out, u32::MAX);
            out.extend(content);
            self.put_tag(out, end);
            self.put_u32(out, 0);
        } else {
            self.put_u32(out, u32::try_from(content.len()).unwrap());
            out.extend(content);
        }
    }

    fn encode(self, nodes: &[Node]) -> Vec<u8> {
        let mut out = Vec::new();
        for node in nodes {
            self.put_tag(&mut out, node.tag);
            let long = matches!(node.vr, "OB" | "OF" | "OL" | "OV" | "OW" | "SQ" | "UC" | "UT");
            if !self.implicit {
                out.extend(node.vr.as_bytes());
                if long {
                    out.extend([0, 0]);
                }
            }
            match &node.content {
                Content::Bytes(bytes) => {
                    let mut bytes = bytes.clone();
                    if self.big_endian {
                        bytes.chunks_exact_mut(node.width).for_each(<[u8]>::reverse);
                    }
                    if self.implicit || long {
                        self.put_u32(&mut out, u32::try_from(bytes.len()).unwrap());
                    } else {
                        self.put_u16(&mut out, u16::try_from(bytes.len()).unwrap());
                    }
                    out.extend(bytes);
                }
                Content::Items(items) => {
                    let mut content = Vec::new();
                    for item in items {
                        self.put_tag(&mut content, 0xFFFE_E000);
                        self.put_length_and(&mut content, &self.encode(item), 0xFFFE_E00D);
                    }
                    self.put_length_and(&mut out, &content, 0xFFFE_E0DD);
                }
            }
        }
        out
    }
}

/// Bytes fit for a VR: numbers of any kind, text of any kind.
fn bytes_for(vr: &str, width: usize, seed: &[u8]) -> Vec<u8> {
    let whole = seed.len() / width * width;
    match vr {
        "IS" | "DS" | "DA" => {
            seed.iter().map(|byte| b"0123456789+-.eE\\ "[usize::from(byte % 17)]).collect()
        }
        _ => seed[..whole].to_vec(),
    }
}

fn data_set(items: Option<BoxedStrategy<Vec<Node>>>) -> BoxedStrategy<Vec<Node>> {
    let element = prop::collection::vec(any::<u8>(), 0..40);
    let nested = match items {
        Some(items) => prop::collection::vec(items, 0..3).boxed(),
        None => Just(Vec::new()).boxed(),
    };
    let slot = prop::option::weighted(0.4, (element, nested));
    prop::collection::vec(slot, DICTIONARY.len())
        .prop_map(|slots| {
            let present =
                DICTIONARY.iter().zip(slots).filter_map(|(entry, slot)| Some((entry, slot?)));
            present
                .map(|((tag, vr, width), (seed, items))| {
                    let content = match *vr {
                        "SQ" => Content::Items(items),
                        vr => Content::Bytes(bytes_for(vr, *width, &seed)),
                    };
                    Node { tag: *tag, vr, width: *width, content }
                })
                .collect()
        })
        .boxed()
}

fn trees() -> impl Strategy<Value = Vec<Node>> {
    let leaves = data_set(None);
    let middle = data_set(Some(leaves));
    data_set(Some(middle)).prop_map(|mut nodes| {
        for tag in [0x0008_0016, 0x0008_0018, 0x0020_000D, 0x0020_000E] {
            let content = Content::Bytes(b"1.2.34".to_vec());
            nodes.push(Node { tag, vr: "UI", width: 1, content });
        }
        nodes.sort_by_key(|node| node.tag);
        nodes
    })
}

fn scan(syntax: &str, bytes: &[u8], pieces: usize) -> Scan {
    let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(syntax).unwrap());
    let mut scanner = Scanner::new(&syntax, Limits::default());
    for piece in bytes.chunks(pieces) {
        scanner.push(piece).unwrap();
    }
    scanner.finish().unwrap()
}

fn parsed(scan: &Scan) -> serde_json::Value {
    serde_json::from_slice(scan.metadata.as_bytes()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_encoding_reads_the_same(nodes in trees(), pieces in 1_usize..200) {
        let explicit = Way { implicit: false, big_endian: false, undefined: false };
        let first = scan("1.2.840.10008.1.2.1", &explicit.encode(&nodes), usize::MAX);
        let expected = parsed(&first);
        prop_assert_eq!(expected.as_object().unwrap().len(), nodes.len());
        for undefined in [false, true] {
            for (uid, implicit, big_endian) in [
                ("1.2.840.10008.1.2", true, false),
                ("1.2.840.10008.1.2.1", false, false),
                ("1.2.840.10008.1.2.2", false, true),
            ] {
                let bytes = Way { implicit, big_endian, undefined }.encode(&nodes);
                let again = scan(uid, &bytes, pieces);
                prop_assert_eq!(&again.metadata, &first.metadata);
                prop_assert_eq!(&again.attributes, &first.attributes);
                prop_assert_eq!(again.data_set_len, u64::try_from(bytes.len()).unwrap());
            }
        }
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(&explicit.encode(&nodes)).unwrap();
        let again = scan("1.2.840.10008.1.2.1.99", &deflate.finish().unwrap(), pieces);
        prop_assert_eq!(again.metadata, first.metadata);
    }

    #[test]
    fn any_bytes_end_in_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..600), at in 0_usize..600) {
        for uid in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"] {
            let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(uid).unwrap());
            let mut scanner = Scanner::new(&syntax, Limits::default());
            let (head, tail) = bytes.split_at(at.min(bytes.len()));
            if scanner.push(head).and_then(|()| scanner.push(tail)).is_ok() {
                prop_assert!(scanner.finish().is_err() || bytes.len() > 30);
            }
        }
    }

    #[test]
    fn a_changed_byte_ends_in_an_answer(nodes in trees(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = Way { implicit: false, big_endian: false, undefined: true }.encode(&nodes);
        let at = at.index(bytes.len());
        bytes[at] = to;
        let syntax = TransferSyntax::of(&TransferSyntaxUid::parse("1.2.840.10008.1.2.1").unwrap());
        let mut scanner = Scanner::new(&syntax, Limits::default());
        if scanner.push(&bytes).is_ok()
            && let Ok(scan) = scanner.finish()
        {
            parsed(&scan);
        }
    }
}
