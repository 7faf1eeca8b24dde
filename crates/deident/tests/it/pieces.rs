//! Streaming: pieces of any size give the same bytes, pixels pass untouched.

use crate::support::{
    BIG_ENDIAN, CT, EXPLICIT, Item, JPEG, JPEG_2000, Node, SYNTAXES, clean_file, clean_pieces,
    file, image, project, syntax, text,
};
use lightcase_dataset::VR;
use lightcase_deident::{Hold, Profile, Verdict};
use proptest::prelude::*;

fn object(uid: &str) -> Item {
    let mut item = image(CT, "1.2.826.0.1.4", uid == BIG_ENDIAN);
    let inner = Item::from([
        (0x0008_0100, text(VR::SH, "121058")),
        (0x0008_0102, text(VR::SH, "DCM")),
        (0x0008_0104, text(VR::LO, "whatever")),
    ]);
    item.insert(0x0008_1032, Node::Items(vec![inner.clone()]));
    item.insert(0x0008_1140, Node::Hidden(vec![inner], true));
    item
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_pieces_give_the_same_bytes(sizes in proptest::collection::vec(1_usize..200, 1..400)) {
        let project = project(Profile::default(), 7);
        for uid in SYNTAXES {
            let bytes = file(&object(uid), uid);
            let (whole, done) = clean_file(&project, &bytes).unwrap();
            let (pieces, again) = clean_pieces(&project, &bytes, sizes.iter().copied()).unwrap();
            prop_assert!(whole == pieces, "{}", uid);
            prop_assert_eq!(done, again);
        }
    }
}

#[test]
fn every_single_byte_gives_the_same_bytes() {
    let project = project(Profile::default(), 7);
    for uid in SYNTAXES {
        let bytes = file(&object(uid), uid);
        let (whole, _) = clean_file(&project, &bytes).unwrap();
        let (pieces, _) = clean_pieces(&project, &bytes, std::iter::repeat(1)).unwrap();
        assert!(whole == pieces, "{uid}");
    }
}

#[test]
fn pixels_pass_byte_for_byte() {
    let project = project(Profile::default(), 7);
    for uid in SYNTAXES.into_iter().filter(|uid| !syntax(uid).is_deflated()) {
        let bytes = file(&object(uid), uid);
        let (clean, done) = clean_file(&project, &bytes).unwrap();
        assert_eq!(done.report.verdict, Verdict::Released);
        // Of pixels and, where there are fragments, what is around them.
        assert_eq!(clean[clean.len() - 32..], bytes[bytes.len() - 32..], "{uid}");
    }
}

#[test]
fn texts_in_codestreams_hold_whatever_the_pieces() {
    let project = project(Profile::default(), 7);
    let scan = b"\xFF\xDA\0\x02scan";
    let said = b"\xFF\xFE\0\x0BQuillerby";
    let start = b"\xFF\x4F\xFF\x51\0\x02\xFF\x90\0\x0A\0\0\0\0\0\0\0\x01";
    for (uid, frame) in [
        (JPEG, [b"\xFF\xD8", &scan[..], said, scan, b"\xFF\xD9"].concat()),
        (JPEG, [b"\xFF\xD8", &scan[..], b"\xFF\xD9Quillerby "].concat()),
        (JPEG_2000, [&start[..], b"\xFF\x64\0\x0D\0\x01Quillerby\xFF\x93data\xFF\xD9\0"].concat()),
    ] {
        let mut item = object(uid);
        item.insert(0x7FE0_0010, Node::Value(VR::OB, frame));
        let bytes = file(&item, uid);
        for size in (1..80).chain([bytes.len()]) {
            let (_, done) = clean_pieces(&project, &bytes, std::iter::repeat(size)).unwrap();
            let Verdict::Held(holds) = done.report.verdict else { panic!("{uid} by {size}") };
            assert_eq!(holds.into_iter().collect::<Vec<_>>(), [Hold::CodestreamText]);
        }
    }
}

#[test]
fn cleaning_twice_changes_no_more_than_names() {
    let project = project(Profile::default(), 7);
    let (once, _) = clean_file(&project, &file(&object(EXPLICIT), EXPLICIT)).unwrap();
    let (twice, _) = clean_file(&project, &once).unwrap();
    assert_eq!(once.len(), twice.len());
}
