//! Texts wherever they may stand in a codestream, whatever the pieces it comes in.

use super::*;

const FRAME: Size = Size { rows: Some(4), columns: Some(4) };

fn segment(marker: u8, value: &[u8]) -> Vec<u8> {
    let len = u16::try_from(value.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &len[..], value].concat()
}

/// One scan, with stuffed bytes and a restart in it.
fn scan() -> Vec<u8> {
    [segment(0xDA, &[1, 1, 0, 0, 63, 0]), b"scan\xFF\0\xFF\xD3more".to_vec()].concat()
}

fn jpeg(parts: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    [b"\xFF\xD8", parts.concat().as_slice(), b"\xFF\xD9", behind].concat()
}

/// The header of a frame of one component.
fn frame(marker: u8, bits: u8) -> Vec<u8> {
    segment(marker, &[bits, 0, 4, 0, 4, 1, 1, 0x11, 0])
}

fn quantizer(numbers: &[u8; 64]) -> Vec<u8> {
    segment(0xDB, &[&[0], &numbers[..]].concat())
}

/// A tile part with a header; `short` bytes fewer than it says, 0 for none said.
fn tile(header: &[u8], data: &[u8], says_length: bool) -> Vec<u8> {
    let len = u32::try_from(14 + header.len() + data.len()).unwrap();
    let len = if says_length { len } else { 0 };
    let start = segment(0x90, &[&[0, 0], &len.to_be_bytes()[..], &[0, 1]].concat());
    [&start, header, b"\xFF\x93", data].concat()
}

fn j2k(header: &[u8], tiles: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    let grid = [4_u32, 4, 0, 0, 4, 4, 0, 0].map(u32::to_be_bytes).concat();
    let size = [&[0, 0][..], &grid, &[0, 1, 7, 1, 1]].concat();
    let start = [b"\xFF\x4F".to_vec(), segment(0x51, &size)].concat();
    [&start, header, &tiles.concat(), b"\xFF\xD9", behind].concat()
}

fn comment(text: &[u8]) -> Vec<u8> {
    segment(0x64, &[&[0, 1], text].concat())
}

#[track_caller]
fn check_fragments(syntax: &str, fragments: &[&[u8]], expected: bool) {
    let longest = fragments.iter().map(|each| each.len()).max().unwrap_or(0);
    for size in 1..=longest.max(1) {
        let syntax = format!("1.2.840.10008.1.2.4.{syntax}");
        let mut comments = Comments::watch(&syntax, 2, Some(8), FRAME).unwrap();
        comments.push(b"offsets");
        for fragment in fragments {
            comments.fragment();
            fragment.chunks(size).for_each(|piece| comments.push(piece));
        }
        assert_eq!(comments.found(), expected, "{fragments:?} by {size}");
    }
}

/// As one fragment, as two frames, and cut in two at each place.
#[track_caller]
fn check(syntax: &str, bytes: &[u8], expected: bool) {
    check_fragments(syntax, &[bytes], expected);
    check_fragments(syntax, &[bytes, bytes], expected);
    for at in HEAD..bytes.len() {
        let (one, two) = bytes.split_at(at);
        check_fragments(syntax, &[one, two], expected);
    }
}

#[test]
fn texts_before_the_first_scan() {
    let jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    check("50", &jpeg(&[jfif, quantizer(&[16; 64]), frame(0xC0, 8), scan()], b"\0"), false);
    check("50", &jpeg(&[segment(0xFE, b"LEAD Technologies Inc. V1.01"), scan()], b""), false);
    check("70", &jpeg(&[segment(0xFE, b"Quillerby"), scan()], b""), true);
    check("57", &jpeg(&[segment(0xE1, b"Exif\0\0"), scan()], b""), true);
    check("80", &jpeg(&[segment(0xE8, b"mrfx\x01"), scan()], b""), false);
    check("50", &jpeg(&[segment(0xFE, b""), scan()], b""), false);
    let named = || segment(0xFE, b"LEAD V1.01");
    check("50", &jpeg(&[named(), named(), scan()], b""), false);
    check(
        "50",
        &jpeg(&[[named(), named(), named(), named(), named()].concat(), scan()], b""),
        true,
    );
    check("50", &jpeg(&[segment(0xF0, b"Quillerby"), scan()], b""), true);
    check("50", &jpeg(&[segment(0xDB, &[b'Q'; 600]), scan()], b""), true);
}

#[test]
fn texts_between_scans_and_behind_the_end() {
    for syntax in ["50", "53", "70", "80", "81"] {
        let tables = if matches!(syntax, "80" | "81") {
            segment(0xF8, &[1, 0, 0xFF, 0, 3, 0, 7, 0, 0x15, 0, 0x40])
        } else {
            segment(0xC4, &[0; 17])
        };
        check(syntax, &jpeg(&[scan(), tables.clone(), scan()], b"\0\xFF"), false);
        let said = segment(0xFE, b"Quillerby");
        check(syntax, &jpeg(&[scan(), said.clone(), scan()], b""), true);
        check(syntax, &jpeg(&[scan(), segment(0xED, b"Photoshop"), scan()], b""), true);
        check(syntax, &jpeg(&[scan(), said], b""), true);
        check(syntax, &jpeg(&[scan()], b"\0Quillerby"), true);
        let image = jpeg(&[scan()], b"");
        check_fragments(syntax, &[&jpeg(&[scan()], &image)], true);
        check_fragments(syntax, &[&jpeg(&[scan(), image, tables], b"")], true);
    }
    // What is stuffed differs.
    let stuffed = [segment(0xDA, &[1, 1, 0, 0, 0, 0]), b"\xFF\x7E\0\0".to_vec()].concat();
    check("80", &jpeg(std::slice::from_ref(&stuffed), b""), false);
    check("50", &jpeg(&[stuffed], b""), true);
}

#[test]
fn tables_that_say_something_or_that_nobody_uses() {
    let mut said = [16; 64];
    said[7..16].copy_from_slice(b"Quillerby");
    check("50", &jpeg(&[quantizer(&said), frame(0xC0, 8), scan()], b""), true);
    check("50", &jpeg(&[frame(0xC0, 8), scan(), quantizer(&[16; 64])], b""), true);
    check("50", &jpeg(&[segment(0xC4, &[0; 17]), frame(0xC0, 8)], b""), true);
    check("50", &jpeg(&[frame(0xC0, 8), frame(0xC0, 8), scan()], b""), true);
    check("50", &jpeg(&[frame(0xC8, 8), scan()], b""), true);
    check("70", &jpeg(&[segment(0xDA, b"Quillerby^Bo")], b""), true);
    check("80", &jpeg(&[frame(0xF7, 8), segment(0xF8, b"\x01Quillerby^"), scan()], b""), true);
    check("90", &j2k(&segment(0x5C, b"\x42Quillerby^"), &[tile(b"", b"data", true)], b""), true);
    let packets = segment(0x58, b"\0Quillerby");
    check("90", &j2k(b"", &[tile(&packets, b"data", true)], b""), true);
    let parts = |len: u8| segment(0x55, &[0, 0x10, 0, 0, len]);
    check("90", &j2k(&parts(18), &[tile(b"", b"data", true)], b""), false);
    check("90", &j2k(&parts(19), &[tile(b"", b"data", true)], b""), true);
    check("201", &j2k(&segment(0x55, b"\0\0Quillerby^"), &[tile(b"", b"data", true)], b""), true);
}

#[track_caller]
fn check_depth(syntax: &str, bytes: &[u8], stored: Option<u32>, expected: bool) {
    let syntax = format!("1.2.840.10008.1.2.4.{syntax}");
    let mut comments = Comments::watch(&syntax, 1, stored, FRAME).unwrap();
    comments.fragment();
    comments.push(bytes);
    assert_eq!(comments.is_deep(), expected, "{bytes:02X?} {stored:?}");
    assert!(!comments.found());
}

#[test]
fn samples_have_no_more_bits_than_the_object_stores() {
    for (syntax, marker) in [("50", 0xC0), ("70", 0xC3), ("80", 0xF7)] {
        let image = jpeg(&[frame(marker, 12), scan()], b"");
        check_depth(syntax, &image, Some(12), false);
        check_depth(syntax, &image, Some(16), false);
        check_depth(syntax, &image, Some(11), true);
        check_depth(syntax, &image, None, true);
    }
    let image = j2k(b"", &[tile(b"", b"data", true)], b"");
    check_depth("90", &image, Some(8), false);
    check_depth("203", &image, Some(7), true);
}

#[test]
fn texts_in_main_headers() {
    let data = || vec![tile(b"", b"data", true)];
    check("90", &j2k(&comment(b"Created by OpenJPEG version 2.5.0"), &data(), b""), false);
    check("201", &j2k(&comment(b"Kakadu-v8.4"), &data(), b"\0"), false);
    check("90", &j2k(&comment(b"for Quillerby"), &data(), b""), true);
    check("91", &j2k(&segment(0x79, b"Quillerby"), &data(), b""), true);
    let style = segment(0x52, b"\0\0\0\x01\0\x05\x04\x04\0\x01");
    check("90", &j2k(&style, &data(), b""), false);
    check("90", &j2k(&[style.clone(), style].concat(), &data(), b""), true);
    check("90", &j2k(&segment(0x5E, b"\0\0Q"), &data(), b""), true);
    let mut said = j2k(b"", &data(), b"");
    said[8..40].copy_from_slice(b"Quillerby^Anne 1976-09-04 MRN 77");
    check("90", &said, true);
    check("90", b"\0\0\0\x0CjP  \r\n\x87\n", true);
}

#[test]
fn texts_in_tile_parts_and_behind_them() {
    for syntax in ["90", "91", "93", "201", "202", "203"] {
        for says in [true, false] {
            let last = |header: &[u8]| tile(header, b"\xFF\x64\0\x0Bdata", says);
            let first = tile(&segment(0x58, &[0, 7]), b"\xFF\xFE more", true);
            let two = |header: &[u8]| [first.clone(), last(header)];
            check(syntax, &j2k(b"", &two(b""), b"\0"), false);
            check(syntax, &j2k(b"", &two(&comment(b"OpenJPEG")), b""), false);
            check(syntax, &j2k(b"", &two(&comment(b"Quillerby")), b""), true);
            check(syntax, &j2k(b"", &two(b""), b"Quillerby"), true);
        }
        let data = tile(b"", b"data", true);
        check(syntax, &j2k(b"", &[data, comment(b"Quillerby")], b""), true);
    }
    // Packets that are marked, up to the end.
    let packets = b"\xFF\x91\0\x04\xFF\x90ab\xFF\x92cd";
    check("90", &j2k(b"", &[tile(b"", packets, false)], b""), false);
    // A length that ends within the header, or says nothing of a text behind it.
    let mut lying = tile(&comment(b"OpenJPEG"), b"data", true);
    lying[9] = 20;
    check("90", &j2k(b"", &[lying.clone()], b""), true);
    lying[9] = 6;
    check("90", &j2k(b"", &[lying], b""), true);
}

#[test]
fn texts_among_coded_bytes() {
    let said = b"\xB7Quillerby^Peverell 1976-09-04\xD2";
    for syntax in ["50", "57", "70", "80"] {
        let scan = |data: &[u8]| [segment(0xDA, &[1, 1, 0, 0, 63, 0]), data.to_vec()].concat();
        check(syntax, &jpeg(&[scan(said)], b""), true);
        check(syntax, &jpeg(&[scan(b"\xFF\0Quillerby\xFF\0Peverell")], b""), false);
    }
    for says in [true, false] {
        check("90", &j2k(b"", &[tile(b"", said, says)], b""), true);
        check("201", &j2k(b"", &[tile(b"", b"\xFF\x12Quillerby", says)], b""), false);
    }
    // A scan of what is told already.
    let again = [frame(0xC0, 8), scan(), scan()];
    check("50", &jpeg(&again, b""), true);
    check("50", &jpeg(&again[..2], b""), false);
}

#[test]
fn frames_that_end_early_hide_nothing() {
    let long = tile(b"", &[7; 40], true);
    let cut = &j2k(b"", &[long], b"")[..70];
    let told = j2k(&comment(b"Quillerby"), &[tile(b"", b"data", true)], b"");
    check_fragments("90", &[cut, &told], true);
    check_fragments("90", &[cut, &j2k(b"", &[], b"")], false);
    let open = [b"\xFF\xD8".to_vec(), segment(0xFE, b"Quillerby ")].concat();
    for at in 8..open.len() {
        check_fragments("50", &[&open[..at]], true);
        check_fragments("50", &[&open[..at], &jpeg(&[scan()], b"")], true);
    }
}

#[test]
fn what_is_no_codestream_may_say_anything() {
    for syntax in ["50", "80", "90", "201"] {
        check_fragments(syntax, &[b"Quillerby"], true);
        check_fragments(syntax, &[b"Q"], true);
        check_fragments(syntax, &[b"", b"\0\0"], false);
    }
    assert!(Comments::watch("1.2.840.10008.1.2.5", 1, None, FRAME).is_none());
    let image = jpeg(&[scan()], b"");
    check_fragments("50", &[&image, &image, &image], true);
}
