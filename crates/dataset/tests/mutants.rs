//! Thousands of mutants of the fuzzers' seeds, without a sanitizer: nothing panics, and what is
//! found lies within what was read.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use lightcase_dataset::fuzzing;
use lightcase_testkit::mutants::{check_seeds, folder, mutants};
use lightcase_testkit::phantom::{Elements, Instance, Study, part10};

/// A data set with sequences, text in two alphabets, private elements and native pixels.
fn native() -> Vec<u8> {
    let mut set = head();
    set.us(0x0028_0002, 1)
        .text(0x0028_0004, *b"CS", "MONOCHROME2")
        .us(0x0028_0010, 4)
        .us(0x0028_0011, 4)
        .us(0x0028_0100, 8)
        .us(0x0028_0101, 8)
        .us(0x0028_0102, 7)
        .us(0x0028_0103, 0)
        .text(0x0028_1050, *b"DS", "40\\50")
        .bytes(0x7fe0_0010, *b"OB", &[7; 16]);
    set.into_bytes()
}

/// The same with pixels in fragments: an offset table and two frames.
fn encapsulated() -> Vec<u8> {
    let mut set = head();
    set.text(0x0028_0008, *b"IS", "2")
        .us(0x0028_0010, 4)
        .us(0x0028_0011, 4)
        .us(0x0028_0100, 8)
        .append(&[0xe0, 0x7f, 0x10, 0x00, b'O', b'B', 0, 0, 0xff, 0xff, 0xff, 0xff]);
    let item = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        [&[0xfe, 0xff, 0x00, 0xe0], length.as_slice(), bytes].concat()
    };
    set.append(&item(&[0, 0, 0, 0, 12, 0, 0, 0])).append(&item(&[0xff, 0xd8, 0xff, 0xd9]));
    set.append(&item(&[0xff, 0xd8, 0xff, 0xd9])).append(&[0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    set.into_bytes()
}

fn head() -> Elements {
    let mut set = Elements::default();
    set.text(0x0008_0005, *b"CS", "ISO 2022 IR 6\\ISO 2022 IR 87")
        .text(0x0008_0016, *b"UI", "1.2.840.10008.5.1.4.1.1.7")
        .text(0x0008_0018, *b"UI", "1.2.3.4")
        .text(0x0008_0060, *b"CS", "OT")
        .item(0x0008_1140, |item| {
            item.text(0x0008_1150, *b"UI", "1.2.3").text(0x0009_0010, *b"LO", "SEED").bytes(
                0x0009_1010,
                *b"UN",
                &[1, 2, 3, 4],
            );
        })
        .text(0x0010_0010, *b"PN", "Yamada^Tarou=\u{1b}$B;3ED\u{1b}(B^\u{1b}$BB@O:\u{1b}(B")
        .text(0x0010_0020, *b"LO", "SEED-1")
        .text(0x0020_000d, *b"UI", "1.2.3.5")
        .text(0x0020_000e, *b"UI", "1.2.3.6")
        .text(0x0020_0013, *b"IS", "1");
    set
}

/// Implicit VR: a name, an undefined sequence with an undefined item, and the identity.
fn implicit() -> Vec<u8> {
    let element = |tag: u32, value: &[u8]| {
        let [a, b, c, d] = tag.to_be_bytes();
        let length = u32::try_from(value.len()).unwrap().to_le_bytes();
        [&[b, a, d, c], length.as_slice(), value].concat()
    };
    let open = |tag: u32| {
        let [a, b, c, d] = tag.to_be_bytes();
        vec![b, a, d, c, 0xff, 0xff, 0xff, 0xff]
    };
    [
        element(0x0008_0016, b"1.2.840.10008.5.1.4.1.1.7\0"),
        element(0x0008_0018, b"1.2.3.4\0"),
        open(0x0008_1140),
        open(0xfffe_e000),
        element(0x0008_1155, b"1.2.3\0"),
        element(0xfffe_e00d, b""),
        element(0xfffe_e0dd, b""),
        element(0x0010_0020, b"SEED-2"),
        element(0x0020_000d, b"1.2.3.5\0"),
        element(0x0020_000e, b"1.2.3.6\0"),
        element(0x7fe0_0010, &[9; 8]),
    ]
    .concat()
}

/// Explicit VR big endian, which is retired and still sent.
fn big_endian() -> Vec<u8> {
    let element = |tag: u32, vr: &[u8; 2], value: &[u8]| {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&tag.to_be_bytes(), vr.as_slice(), &length, value].concat()
    };
    [
        element(0x0008_0016, b"UI", b"1.2.840.10008.5.1.4.1.1.7\0"),
        element(0x0008_0018, b"UI", b"1.2.3.4\0"),
        element(0x0020_000d, b"UI", b"1.2.3.5\0"),
        element(0x0020_000e, b"UI", b"1.2.3.6\0"),
        element(0x0028_0010, b"US", &[0, 2]),
    ]
    .concat()
}

fn deflated() -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&native()).unwrap();
    encoder.finish().unwrap()
}

/// Data sets after the byte that chooses their transfer syntax.
fn data_sets() -> Vec<(&'static str, Vec<u8>)> {
    let with = |choice: u8, set: Vec<u8>| [vec![choice], set].concat();
    vec![
        ("implicit", with(0, implicit())),
        ("explicit", with(1, native())),
        ("big-endian", with(2, big_endian())),
        ("deflated", with(3, deflated())),
        ("encapsulated", with(4, encapsulated())),
    ]
}

/// Files after the byte that says how they are cut.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let phantom = Study::ct_of(1, 1, 8).instances().next().unwrap();
    let small = Instance { data_set: native(), ..phantom.clone() };
    let bare = [&[255], native().as_slice()].concat();
    let without_preamble = [&[9], part10(&small).split_off(128).as_slice()].concat();
    vec![
        ("phantom", [&[63], part10(&phantom).as_slice()].concat()),
        ("small", [&[255], part10(&small).as_slice()].concat()),
        ("no-preamble", without_preamble),
        ("no-head", bare),
    ]
}

fn check(target: &str, seeds: &[(&str, Vec<u8>)], count: u32, entry: fn(&[u8])) {
    check_seeds(&folder(env!("CARGO_MANIFEST_DIR"), target), seeds);
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|(_, bytes)| bytes.clone()).collect();
    for seed in &seeds {
        entry(seed);
    }
    for mutant in mutants(&seeds, count) {
        entry(&mutant);
    }
}

#[test]
fn fuzz_files() {
    check("head", &files(), 30_000, fuzzing::file);
}

#[test]
fn fuzz_data_sets() {
    check("dataset", &data_sets(), 30_000, fuzzing::data_set);
}
