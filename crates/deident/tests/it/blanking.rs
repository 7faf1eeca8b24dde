//! Regions that a profile knows: black in every frame, or the object is held.

use std::iter::repeat;

use crate::support::{
    BIG_ENDIAN, CT, DEFLATED, EXPLICIT, IMPLICIT, Item, JPEG, Node, RLE, clean_file, clean_pieces,
    file, image, project, short, text,
};
use lightcase_dataset::VR;
use lightcase_deident::{Certificate, Done, Hold, Profile, Region, Verdict};

/// Parametric Map Storage.
const PARAMETRIC_MAP: &str = "1.2.840.10008.5.1.4.1.1.30";

/// A profile that knows where a device writes.
fn profile(rows: u16, columns: u16, regions: &str) -> Profile {
    let profile = format!(
        "
        name = 'device'
        options = ['clean-pixel-data']
        [[device]]
        manufacturer = 'Maker'
        model = 'Model'
        rows = {rows}
        columns = {columns}
        regions = {regions}
        "
    );
    Profile::from_toml(&profile).unwrap()
}

/// An image of that device, 4 by 4 of 16 bits, with text in it.
fn written(big_endian: bool) -> Item {
    let mut item = image(CT, "1.2.3", big_endian);
    item.insert(0x0008_0070, text(VR::LO, "Maker"));
    item.insert(0x0008_1090, text(VR::LO, "Model"));
    item.insert(0x0028_0301, text(VR::CS, "YES"));
    item
}

fn clean(item: &Item, uid: &str, profile: &Profile) -> (Vec<u8>, Done) {
    let (project, bytes) = (project(profile.clone(), 7), file(item, uid));
    let whole = clean_file(&project, &bytes).unwrap();
    for size in [1, 3, 37] {
        let pieces = clean_pieces(&project, &bytes, repeat(size)).unwrap();
        assert!(whole == pieces, "{uid} by {size}");
    }
    whole
}

#[track_caller]
fn check_held(item: &Item, uid: &str, profile: &Profile, hold: Hold) {
    let (clean, done) = clean(item, uid, profile);
    let Verdict::Held(holds) = &done.report.verdict else {
        panic!("{:?}", done.report.verdict);
    };
    assert!(holds.contains(&hold), "{holds:?}");
    assert!(done.report.blanked.is_empty());
    assert!(!says_no(&clean));
}

/// Whether it says that nothing is burned in, in explicit VR.
fn says_no(clean: &[u8]) -> bool {
    clean.windows(10).any(|part| part == b"\x28\0\x01\x03CS\x02\0NO")
}

#[test]
fn known_regions_are_blanked_as_they_pass() {
    let profile = profile(4, 4, "[[0, 0, 4, 1]]");
    let regions = vec![Region { x: 0, y: 0, width: 4, height: 1 }];
    for uid in [EXPLICIT, IMPLICIT, BIG_ENDIAN] {
        let (clean, done) = clean(&written(uid == BIG_ENDIAN), uid, &profile);
        assert_eq!(done.report.verdict, Verdict::Released);
        assert_eq!(done.report.blanked, regions);
        let pixels = &clean[clean.len() - 32..];
        assert_eq!(pixels[..8], [0; 8]);
        assert_eq!(pixels[8..], (8..32).collect::<Vec<u8>>());
    }
    let (_, done) = clean(&written(false), DEFLATED, &profile);
    assert_eq!((done.report.verdict, &done.report.blanked), (Verdict::Released, &regions));
    let (clean_copy, done) = clean(&written(false), RLE, &profile);
    assert_eq!(done.report.verdict, Verdict::ReleasedOnceBlanked(regions));
    assert!(!says_no(&clean_copy));
    let mut certificate = Certificate::new(&profile);
    certificate.add(done.report);
    assert_eq!((certificate.released, certificate.held), (0, 1));
    // Another size is another device.
    let mut other = written(false);
    other.insert(0x0028_0010, short(2, false));
    other.insert(0x7FE0_0010, Node::Value(VR::OW, vec![7; 16]));
    check_held(&other, EXPLICIT, &profile, Hold::BurnedInAnnotation);
}

#[test]
fn frames_of_odd_length_are_blanked_and_their_padding_passes() {
    let mut item = written(false);
    item.insert(0x0028_0008, text(VR::IS, "3"));
    item.insert(0x0028_0010, short(3, false));
    item.insert(0x0028_0011, short(3, false));
    item.insert(0x0028_0100, short(8, false));
    item.insert(0x0028_0101, short(8, false));
    item.insert(0x0028_0102, short(7, false));
    item.insert(0x7FE0_0010, Node::Value(VR::OB, (1..=27).chain([0xEE]).collect()));
    let profile = profile(3, 3, "[[2, 1, 9, 1]]");
    let (out, done) = clean(&item, EXPLICIT, &profile);
    assert_eq!(done.report.verdict, Verdict::Released);
    let expected: Vec<u8> = (1..=27).map(|at| if at % 9 == 6 { 0 } else { at }).collect();
    assert_eq!(out[out.len() - 28..out.len() - 1], expected);
    assert_eq!(out.last(), Some(&0xEE));
    // Two bytes more are more than padding.
    item.insert(0x7FE0_0010, Node::Value(VR::OB, (1..=30).collect()));
    check_held(&item, EXPLICIT, &profile, Hold::PixelLength);
}

#[test]
fn pixels_that_cannot_be_blanked_are_held() {
    let profile = profile(4, 4, "[[0, 0, 4, 1]]");
    for (changes, len) in [
        (&[(0x0028_0100, short(1, false))][..], 2),
        (&[(0x0028_0100, short(12, false)), (0x0028_0101, short(12, false))], 24),
        (
            &[
                (0x0028_0002, short(3, false)),
                (0x0028_0004, text(VR::CS, "YBR_FULL_422")),
                (0x0028_0100, short(8, false)),
                (0x0028_0101, short(8, false)),
            ],
            32,
        ),
    ] {
        let mut item = written(false);
        item.extend(changes.iter().cloned());
        item.insert(0x7FE0_0010, Node::Value(VR::OW, vec![1; len]));
        for uid in [EXPLICIT, IMPLICIT, DEFLATED] {
            check_held(&item, uid, &profile, Hold::NotBlanked);
        }
    }
    // Words in which two samples have changed places.
    let mut item = written(true);
    item.insert(0x0028_0100, short(8, true));
    item.insert(0x0028_0101, short(8, true));
    item.insert(0x7FE0_0010, Node::Value(VR::OW, vec![1; 16]));
    check_held(&item, BIG_ENDIAN, &profile, Hold::NotBlanked);
    // Float samples that are said to be of another width.
    let mut item = written(false);
    item.insert(0x0008_0016, text(VR::UI, PARAMETRIC_MAP));
    item.remove(&0x7FE0_0010);
    item.insert(0x7FE0_0008, Node::Value(VR::OF, vec![1; 32]));
    check_held(&item, EXPLICIT, &profile, Hold::Samples);
    item.insert(0x0028_0100, short(32, false));
    let numbers = [1.5_f32; 16].map(f32::to_le_bytes).concat();
    item.insert(0x7FE0_0008, Node::Value(VR::OF, numbers.clone()));
    let (clean, done) = clean(&item, EXPLICIT, &profile);
    assert_eq!(done.report.verdict, Verdict::Released);
    assert_eq!(clean[clean.len() - 64..], [&[0; 16], &numbers[16..]].concat());
}

#[test]
fn regions_may_reach_beyond_the_image() {
    let (_, done) = clean(&written(false), EXPLICIT, &profile(4, 4, "[[3, 3, 90, 90]]"));
    assert_eq!(done.report.verdict, Verdict::Released);
}

#[test]
fn what_is_held_keeps_the_regions_as_a_proposal() {
    let (profile, region) =
        (profile(4, 4, "[[0, 0, 4, 1]]"), Region { x: 0, y: 0, width: 4, height: 1 });
    let mut packed = written(false);
    packed.insert(0x0028_0002, short(3, false));
    packed.insert(0x0028_0004, text(VR::CS, "YBR_FULL_422"));
    packed.insert(0x0028_0100, short(8, false));
    packed.insert(0x0028_0101, short(8, false));
    // Something that blanking does not answer.
    let mut stray = written(false);
    stray.insert(0x6000_0010, short(4, false));
    // A text beside the compressed pixels.
    let mut told = written(false);
    let frame = b"\xFF\xD8\xFF\xFE\0\x0BQuillerby\xFF\xDA\0\x02scan\xFF\xD9".to_vec();
    told.insert(0x7FE0_0010, Node::Value(VR::OB, frame));
    for (item, uid) in [(packed, EXPLICIT), (stray, EXPLICIT), (told, JPEG)] {
        let (_, done) = clean(&item, uid, &profile);
        assert!(matches!(done.report.verdict, Verdict::Held(_)), "{:?}", done.report.verdict);
        assert_eq!((done.report.proposed, done.report.blanked), (vec![region], Vec::new()));
    }
    let (_, done) = clean(&written(false), EXPLICIT, &profile);
    assert_eq!((done.report.proposed, done.report.blanked), (Vec::new(), vec![region]));
    let (_, done) = clean(&written(false), RLE, &profile);
    assert_eq!(done.report.proposed, Vec::new());
}

#[test]
fn frames_in_fragments_hide_nothing() {
    let mut item = image(CT, "1.2.3", false);
    item.insert(0x0028_0101, short(12, false));
    item.insert(0x0028_0102, short(11, false));
    for (pixels, hold) in [
        (vec![1; 32], None),
        (vec![1; 34], Some(Hold::PixelLength)),
        (vec![1; 30], Some(Hold::PixelLength)),
        (vec![0x11; 32], Some(Hold::StrayBits)),
    ] {
        item.insert(0x7FE0_0010, Node::Value(VR::OW, pixels));
        let (_, done) = clean(&item, "1.2.840.10008.1.2.1.98", &Profile::default());
        let expected = hold.map_or(Verdict::Released, |hold| Verdict::Held([hold].into()));
        assert_eq!(done.report.verdict, expected);
    }
}

#[test]
fn bits_beside_the_pixels_are_held_in_every_width() {
    for (allocated, stored, high, pixels, hold) in [
        (16, 12, 11, vec![1; 32], None),
        (16, 12, 11, vec![0x11; 32], Some(Hold::StrayBits)),
        (16, 0, 0, vec![1; 32], Some(Hold::StrayBits)),
        (16, 17, 16, vec![1; 32], Some(Hold::StrayBits)),
        (8, 16, 15, vec![1; 16], Some(Hold::StrayBits)),
        (24, 20, 19, vec![1; 48], None),
        (24, 20, 19, vec![0x11; 48], Some(Hold::StrayBits)),
        (64, 33, 32, vec![0x11; 128], Some(Hold::StrayBits)),
    ] {
        let mut item = image(CT, "1.2.3", false);
        for (tag, number) in [(0x0028_0100, allocated), (0x0028_0101, stored), (0x0028_0102, high)]
        {
            item.insert(tag, short(number, false));
        }
        item.insert(0x7FE0_0010, Node::Value(VR::OW, pixels));
        let (_, done) = clean(&item, EXPLICIT, &Profile::default());
        let expected = hold.map_or(Verdict::Released, |hold| Verdict::Held([hold].into()));
        assert_eq!(done.report.verdict, expected, "{allocated} {stored} {high}");
    }
    // In RLE the highest byte of each sample comes first.
    let mut item = image(CT, "1.2.3", false);
    item.insert(0x0028_0101, short(12, false));
    item.insert(0x0028_0102, short(11, false));
    for (byte, hold) in [(1, None), (b'Q', Some(Hold::StrayBits))] {
        item.insert(0x7FE0_0010, Node::Value(VR::OB, vec![byte; 32]));
        let (_, done) = clean(&item, RLE, &Profile::default());
        let expected = hold.map_or(Verdict::Released, |hold| Verdict::Held([hold].into()));
        assert_eq!(done.report.verdict, expected, "{byte}");
    }
}

#[test]
fn bytes_that_shared_chroma_leaves_over_are_held() {
    let mut item = image(CT, "1.2.3", false);
    item.insert(0x0028_0002, short(3, false));
    item.insert(0x0028_0004, text(VR::CS, "YBR_FULL_422"));
    item.insert(0x0028_0100, short(8, false));
    item.insert(0x0028_0101, short(8, false));
    item.insert(0x0028_0102, short(7, false));
    for (len, released) in [(32, true), (34, false), (48, false)] {
        item.insert(0x7FE0_0010, Node::Value(VR::OB, vec![7; len]));
        let (_, done) = clean(&item, EXPLICIT, &Profile::default());
        assert_eq!(done.is_released(), released, "{len}");
    }
}

#[test]
fn a_device_writes_also_where_nothing_else_speaks_against_the_image() {
    let mut item = written(false);
    item.insert(0x0028_0301, text(VR::CS, "NO"));
    let (_, done) = clean(&item, EXPLICIT, &profile(4, 4, "[[0, 0, 4, 1]]"));
    assert_eq!(done.report.verdict, Verdict::Released);
    assert_eq!(done.report.blanked, [Region { x: 0, y: 0, width: 4, height: 1 }]);
    let (_, done) = clean(&item, EXPLICIT, &Profile::default());
    assert_eq!((done.report.verdict, done.report.blanked), (Verdict::Released, Vec::new()));
}

#[test]
fn pixels_are_as_many_as_the_object_says() {
    // Rows, columns, samples, bits, frames, colours; and how many bytes that are.
    for (shape, colours, least, most) in [
        ([512, 512, 1, 16, 1], "MONOCHROME2", 524_288, 524_288),
        ([3, 3, 1, 8, 1], "MONOCHROME2", 9, 10),
        ([3, 3, 1, 8, 3], "MONOCHROME2", 27, 28),
        ([4, 4, 1, 16, 2], "MONOCHROME2", 64, 64),
        ([4, 4, 3, 8, 2], "RGB", 96, 96),
        ([4, 4, 3, 8, 2], "YBR_FULL_422", 64, 64),
        ([4, 4, 3, 8, 1], "YBR_PARTIAL_420", 24, 24),
        ([3, 3, 1, 1, 3], "MONOCHROME2", 4, 4),
    ] {
        let mut item = image(CT, "1.2.3", false);
        for (tag, number) in [0x0028_0010, 0x0028_0011, 0x0028_0002, 0x0028_0100].iter().zip(shape)
        {
            item.insert(*tag, short(number, false));
        }
        item.insert(0x0028_0101, short(shape[3], false));
        item.insert(0x0028_0102, short(shape[3] - 1, false));
        item.insert(0x0028_0008, text(VR::IS, &shape[4].to_string()));
        item.insert(0x0028_0004, text(VR::CS, colours));
        for len in [28, least - 1, least, most, most + 1, most + 2] {
            item.insert(0x7FE0_0010, Node::Value(VR::OB, vec![1; len + len % 2]));
            let (_, done) =
                clean_file(&project(Profile::default(), 7), &file(&item, EXPLICIT)).unwrap();
            let fits = (least..=most).contains(&(len + len % 2));
            let held = Verdict::Held([Hold::PixelLength].into());
            let expected = if fits { Verdict::Released } else { held };
            assert_eq!(done.report.verdict, expected, "{len} bytes of {shape:?} {colours}");
        }
    }
}
