//! Shapes that kill careless readers: each is refused at once, without a deep stack or much memory.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use lightcase_dataset::{Limits, Scan, ScanError, Scanner, TransferSyntax};
use lightcase_model::TransferSyntaxUid;

const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";

fn scan(syntax: &str, bytes: &[u8]) -> Result<Scan, ScanError> {
    let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(syntax).unwrap());
    let mut scanner = Scanner::new(&syntax, Limits::default());
    for piece in bytes.chunks(16 << 10) {
        scanner.push(piece)?;
    }
    scanner.finish()
}

/// Highest resident memory of this process so far, in KiB; tests run in a process each.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Refused with the right error, under a second and 64 MiB, on a small stack.
#[track_caller]
fn check(syntax: &'static str, bytes: Vec<u8>, is_right: fn(&ScanError) -> bool) {
    let scan = move || {
        let start = Instant::now();
        (scan(syntax, &bytes).unwrap_err(), start.elapsed())
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(scan).unwrap();
    let (error, took) = thread.join().unwrap();
    assert!(is_right(&error), "{error:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(peak_memory() < 64 << 10, "{} KiB", peak_memory());
}

fn is_limit(error: &ScanError) -> bool {
    matches!(error, ScanError::LimitExceeded { .. })
}

fn is_malformed(error: &ScanError) -> bool {
    matches!(error, ScanError::Malformed { .. })
}

fn is_truncated(error: &ScanError) -> bool {
    *error == ScanError::Truncated
}

fn is_identity(error: &ScanError) -> bool {
    matches!(error, ScanError::Identity { .. })
}

/// An explicit little endian element with a short length.
fn element(tag: u32, vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    let [a, b, c, d] = tag.to_be_bytes();
    let mut out = vec![b, a, d, c];
    out.extend(vr);
    out.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
    out.extend(value);
    out
}

/// One with a 32-bit length that need not be true.
fn long_element(tag: u32, vr: [u8; 2], len: u32, value: &[u8]) -> Vec<u8> {
    let [a, b, c, d] = tag.to_be_bytes();
    let mut out = vec![b, a, d, c];
    out.extend(vr);
    out.extend([0, 0]);
    out.extend(len.to_le_bytes());
    out.extend(value);
    out
}

const ITEM: [u8; 8] = [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
const ITEM_END: [u8; 8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];

fn identity() -> Vec<u8> {
    [
        element(0x0008_0016, *b"UI", b"1.2.840.10008.5.1.4.1.1.7\0"),
        element(0x0008_0018, *b"UI", b"1.2.3.4\0"),
        element(0x0020_000D, *b"UI", b"1.2.3.5\0"),
        element(0x0020_000E, *b"UI", b"1.2.3.6\0"),
    ]
    .concat()
}

#[test]
fn nested_sequences_of_undefined_length() {
    let mut level = long_element(0x0008_1140, *b"SQ", u32::MAX, &ITEM);
    check(EXPLICIT, level.repeat(200_000), is_limit);
    level = [0x08, 0x00, 0x40, 0x11, 0xFF, 0xFF, 0xFF, 0xFF].to_vec();
    level.extend(ITEM);
    check(IMPLICIT, level.repeat(200_000), is_limit);
}

#[test]
fn nested_unknown_elements_of_undefined_length() {
    let outer = long_element(0x0009_1001, *b"UN", u32::MAX, &ITEM);
    let inner = [[0x09, 0x00, 0x01, 0x10, 0xFF, 0xFF, 0xFF, 0xFF], ITEM].concat();
    check(EXPLICIT, [outer, inner.repeat(200_000)].concat(), is_limit);
}

#[test]
fn lengths_that_lie() {
    for vr in [*b"OB", *b"OW", *b"UN", *b"UT", *b"UC", *b"SQ"] {
        let bytes = [identity(), long_element(0x0042_0011, vr, 0xFFFF_FFFE, &[0; 64])].concat();
        check(EXPLICIT, bytes, |error| is_truncated(error) || is_malformed(error));
    }
    let text = [&[0x10, 0x00, 0x10, 0x00, 0xFE, 0xFF, 0xFF, 0xFF], [b'a'; 256].as_slice()].concat();
    check(IMPLICIT, text, is_truncated);
    let pixels = [identity(), long_element(0x7FE0_0010, *b"OW", 0xFFFF_FFFE, &[0; 64])].concat();
    check(EXPLICIT, pixels, is_truncated);
    check(EXPLICIT, long_element(0x0040_A160, *b"UT", u32::MAX, &[b' '; 64]), is_malformed);
}

#[test]
fn deflate_bombs() {
    let bomb = |head: &[u8], len: usize| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(head).unwrap();
        for _ in 0..len >> 20 {
            encoder.write_all(&vec![0; 1 << 20]).unwrap();
        }
        encoder.finish().unwrap()
    };
    let pixels = long_element(0x7FE0_0010, *b"OW", 256 << 20, &[]);
    check(DEFLATED, bomb(&[identity(), pixels].concat(), 256 << 20), is_limit);
    check(DEFLATED, bomb(&identity(), 64 << 20), is_limit);
}

#[test]
fn too_many() {
    let many = (0..100_001_u32).flat_map(|at| element(0x0009_0000 + at, *b"CS", b""));
    check(EXPLICIT, many.collect(), is_limit);
    let descending = (0..50_000_u32).rev().flat_map(|at| element(0x0011_0000 + at, *b"CS", b""));
    check(EXPLICIT, descending.collect(), is_limit);
    let items = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0].repeat(100_001);
    check(EXPLICIT, long_element(0x0008_1140, *b"SQ", u32::MAX, &items), is_limit);
    let same = element(0x0010_0020, *b"LO", b"A ").repeat(50_000);
    check(EXPLICIT, same, is_limit);
}

#[test]
fn items_and_delimiters_out_of_place() {
    check(EXPLICIT, ITEM.to_vec(), is_malformed);
    check(EXPLICIT, ITEM_END.to_vec(), is_malformed);
    let in_sequence = long_element(0x0008_1140, *b"SQ", u32::MAX, &ITEM_END);
    check(EXPLICIT, in_sequence, is_malformed);
    let no_item = long_element(0x0008_1140, *b"SQ", 10, &element(0x0010_0020, *b"LO", b"A "));
    check(EXPLICIT, no_item, is_malformed);
    // An item of 16 bytes in a sequence of 12.
    let long_item = [0xFE, 0xFF, 0x00, 0xE0, 16, 0, 0, 0, 0, 0, 0, 0];
    check(EXPLICIT, long_element(0x0008_1140, *b"SQ", 12, &long_item), is_malformed);
    // An item of undefined length that its sequence ends in.
    let open_item = [ITEM.to_vec(), element(0x0010_0020, *b"LO", b"A ")].concat();
    check(EXPLICIT, long_element(0x0008_1140, *b"SQ", 18, &open_item), is_malformed);
    check(EXPLICIT, long_element(0x7FE0_0010, *b"OB", u32::MAX, &ITEM_END), is_identity);
    let pixels = [identity(), long_element(0x7FE0_0010, *b"OB", u32::MAX, &ITEM_END)].concat();
    check(EXPLICIT, pixels, is_malformed);
}

#[test]
fn metadata_is_capped() {
    // Every text of 60 kB becomes six times as long in JSON.
    let text = vec![1; 60_000];
    let many = (0..250_u32).flat_map(|at| element(0x0009_1000 + at, *b"LT", &text));
    let result = scan(EXPLICIT, &many.collect::<Vec<_>>());
    assert!(is_limit(&result.unwrap_err()));
}

#[test]
fn odd_lengths_and_padding_are_read() {
    let bytes = [identity(), element(0x0020_0010, *b"SH", b"abc"), vec![0; 512]].concat();
    let scan = scan(EXPLICIT, &bytes).unwrap();
    let id = scan.attributes.get(lightcase_model::Attribute::StudyID);
    assert_eq!(id, Some("abc"));
}

#[test]
fn identity_is_known_before_the_pixels() {
    let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(EXPLICIT).unwrap());
    let mut scanner = Scanner::new(&syntax, Limits::default());
    scanner.push(&identity()).unwrap();
    assert!(scanner.identity().is_none());
    scanner.push(&element(0x0020_0010, *b"SH", b"ab")).unwrap();
    assert_eq!(scanner.identity().unwrap().sop_instance.as_str(), "1.2.3.4");
}
