//! A large object needs no memory: the process is measured, and nothing else runs in it.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "it/support.rs"]
#[expect(dead_code, reason = "it serves the other tests too")]
mod support;

use lightcase_dataset::{Encoder, Tag, VR};
use lightcase_deident::{Deidentifier, Profile};
use support::{CT, EXPLICIT, Item, JPEG, RLE, data_set, image, project, short, syntax, text};

const PIECE: usize = 1 << 20;

/// A quarter of a gigabyte.
const PIECES: u32 = 256;

/// The most memory that the process has had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// Cleans an object whose pixels are as large as that, and gives how much the peak has grown.
fn grown(item: &Item, uid: &str, open: impl Fn(&mut Encoder), end: &[u8]) -> usize {
    let mut encoder = Encoder::of(&syntax(uid));
    open(&mut encoder);
    let start = [data_set(item, uid), encoder.take()].concat();
    let project = project(Profile::default(), 7);
    let mut run = Deidentifier::of_data_set(&project, &syntax(uid));
    let (mut out, piece) = (Vec::with_capacity(2 * PIECE), vec![7; PIECE]);
    run.push(&start, &mut out).unwrap();
    let before = peak();
    for _ in 0..PIECES {
        out.clear();
        run.push(&piece, &mut out).unwrap();
        assert!(out.ends_with(&piece));
    }
    run.push(end, &mut out).unwrap();
    run.finish(&mut out).unwrap();
    peak() - before
}

#[test]
fn a_large_object_needs_no_memory() {
    const MOST: usize = 8 * PIECE;
    let mut head = image(CT, "1.2.3", false);
    head.remove(&0x7FE0_0010);
    head.insert(0x0028_0008, text(VR::IS, "256"));
    head.insert(0x0028_0010, short(1024, false));
    head.insert(0x0028_0011, short(512, false));
    let len = PIECES << 20;
    let native =
        grown(&head, EXPLICIT, |encoder| encoder.header(Tag::PIXEL_DATA, VR::OW, len), b"");
    assert!(native < MOST, "native: {native}");
    for uid in [RLE, JPEG] {
        let fragments = |encoder: &mut Encoder| {
            encoder.open_fragments(Tag::PIXEL_DATA, VR::OB);
            encoder.fragment(0);
            encoder.fragment(len);
        };
        let grown = grown(&head, uid, fragments, b"\xFE\xFF\xDD\xE0\0\0\0\0");
        assert!(grown < MOST, "{uid}: {grown}");
    }
}
