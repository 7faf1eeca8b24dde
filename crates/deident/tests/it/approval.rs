//! A person's decision: what it changes, and that it changes nothing else.

use std::iter::repeat;

use crate::support::{
    BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, Item, JPEG, Node, RLE, SYNTAXES, data_set, image,
    in_pieces, project, short, syntax, text,
};
use lightcase_dataset::{Limits, Scanner, VR};
use lightcase_deident::{
    Approval, Approved, Deidentifier, Hold, Profile, Refusal, Region, Verdict,
};
use proptest::prelude::*;

const CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
const DOCUMENT: &str = "1.2.840.10008.5.1.4.1.1.104.1";

/// The second and third column of the first row.
const REGION: Region = Region { x: 1, y: 0, width: 2, height: 1 };

fn approve_pieces(
    held: &[u8],
    uid: &str,
    regions: &[Region],
    sizes: impl Iterator<Item = usize>,
) -> Result<(Vec<u8>, Approved), Refusal> {
    let (mut run, mut out) = (Approval::of_data_set(&syntax(uid), regions), Vec::new());
    in_pieces(held, sizes, |piece| run.push(piece, &mut out))?;
    let done = run.finish(&mut out)?;
    Ok((out, done))
}

fn approve(held: &[u8], uid: &str, regions: &[Region]) -> Result<(Vec<u8>, Approved), Refusal> {
    approve_pieces(held, uid, regions, repeat(held.len().max(1)))
}

/// What the engine leaves of an object, without group 2.
fn clean(item: &Item, uid: &str, profile: Profile) -> (Vec<u8>, Verdict) {
    let project = project(profile, 7);
    let (mut run, mut out) = (Deidentifier::of_data_set(&project, &syntax(uid)), Vec::new());
    run.push(&data_set(item, uid), &mut out).unwrap();
    let verdict = run.finish(&mut out).unwrap().report.verdict;
    (out, verdict)
}

fn held(uid: &str) -> Vec<u8> {
    let (held, verdict) =
        clean(&image(CAPTURE, "1.2.3.4", uid == BIG_ENDIAN), uid, Profile::default());
    assert!(matches!(verdict, Verdict::Held(_)));
    held
}

fn inflated(bytes: &[u8], uid: &str) -> Vec<u8> {
    if uid != DEFLATED {
        return bytes.to_vec();
    }
    let mut inflated = Vec::new();
    let mut stream = flate2::read::DeflateDecoder::new(bytes);
    std::io::Read::read_to_end(&mut stream, &mut inflated).unwrap();
    inflated
}

/// Burned In Annotation, NO.
fn burned_in(uid: &str) -> &'static [u8] {
    match uid {
        IMPLICIT => b"\x28\0\x01\x03\x02\0\0\0NO",
        BIG_ENDIAN => b"\0\x28\x03\x01CS\0\x02NO",
        _ => b"\x28\0\x01\x03CS\x02\0NO",
    }
}

fn find(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).position(|window| window == part).unwrap()
}

fn count(bytes: &[u8], part: &str) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part.as_bytes()).count()
}

/// A clean image, made here so that it may say anything.
fn said(methods: &str, codes: &[&str]) -> Item {
    let mut item = image(CAPTURE, "1.2.3.4", false);
    item.insert(0x0012_0062, text(VR::CS, "YES"));
    item.insert(0x0012_0063, text(VR::LO, methods));
    let code = |code: &&str| {
        Item::from([(0x0008_0100, text(VR::SH, code)), (0x0008_0102, text(VR::SH, "DCM"))])
    };
    item.insert(0x0012_0064, Node::Items(codes.iter().map(code).collect()));
    item
}

#[test]
fn nothing_changes_but_what_was_decided() {
    for uid in SYNTAXES {
        let before = held(uid);
        let (after, done) = approve(&before, uid, &[]).unwrap();
        let mut expected = inflated(&before, uid);
        // Before the next attribute, (0028,0303).
        let next = if uid == BIG_ENDIAN { b"\0\x28\x03\x03" } else { b"\x28\0\x03\x03" };
        let at = find(&expected, next);
        expected.splice(at..at, burned_in(uid).iter().copied());
        assert!(inflated(&after, uid) == expected, "{uid}");
        assert!(done.had_pixels && done.blanked.is_empty());
        assert_ne!(done.digest_before, done.digest_after);
        // What is approved is approved.
        assert!(approve(&after, uid, &[]).unwrap().0 == after, "{uid}");
    }
}

#[test]
fn regions_are_blanked_in_every_native_syntax() {
    for uid in [IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED, "1.2.840.113619.5.2"] {
        let before = held(uid);
        let (as_is, _) = approve(&before, uid, &[]).unwrap();
        let (blanked, done) = approve(&before, uid, &[REGION]).unwrap();
        let mut expected = inflated(&as_is, uid);
        let pixels = expected.len() - 32;
        expected[pixels + 2..pixels + 6].fill(0);
        assert!(inflated(&blanked, uid) == expected, "{uid}");
        assert_eq!(done.blanked, [REGION]);
    }
}

#[test]
fn frames_of_odd_length_and_their_padding() {
    let mut item = said("", &[]);
    item.insert(0x0028_0008, text(VR::IS, "3"));
    item.insert(0x0028_0010, short(3, false));
    item.insert(0x0028_0011, short(3, false));
    item.insert(0x0028_0100, short(8, false));
    item.insert(0x0028_0101, short(8, false));
    item.insert(0x0028_0102, short(7, false));
    item.insert(0x7FE0_0010, Node::Value(VR::OB, (1..=27).chain([0xEE]).collect()));
    let corner = Region { x: 2, y: 2, width: 900, height: u32::MAX };
    let (out, _) = approve(&data_set(&item, EXPLICIT), EXPLICIT, &[corner]).unwrap();
    let expected: Vec<u8> = (1..=27).map(|at| if at % 9 == 0 { 0 } else { at }).collect();
    assert_eq!(out[out.len() - 28..out.len() - 1], expected);
    assert_eq!(out.last(), Some(&0xEE));
}

#[test]
fn the_option_is_said_once() {
    let meaning = "Clean Pixel Data Option";
    for (methods, codes) in [
        ("", &[][..]),
        ("Basic", &["113100"]),
        ("Clean Pixel Data Option", &["113100", "113101"]),
        (
            "Clean Pixel Data Option\\Basic\\Clean Pixel Data Option",
            &["113101", "113100", "113101 "],
        ),
    ] {
        let before = data_set(&said(methods, codes), EXPLICIT);
        let (after, _) = approve(&before, EXPLICIT, &[]).unwrap();
        assert_eq!(count(&after, "113101"), 1, "{methods}");
        assert_eq!(count(&after, "113100"), count(&before, "113100"), "{methods}");
        assert!(matches!(count(&after, meaning), 1 | 2), "{methods}");
        let method = find(&after, b"\x12\0\x63\0LO");
        let end = find(&after, b"\x12\0\x64\0SQ");
        assert_eq!(count(&after[method..end], meaning), 1, "{methods}");
        assert!(find(&after, burned_in(EXPLICIT)) > end);
    }
    // An engine without the option, and an object that says nothing at all.
    let profile = Profile::from_toml("name = 'bare'\noptions = []").unwrap();
    let (bare, verdict) = clean(&image(CAPTURE, "1.2.3.4", false), EXPLICIT, profile);
    assert_eq!((verdict, count(&bare, "113101")), (Verdict::Released, 0));
    let mut silent = said("", &[]);
    silent.remove(&0x0012_0063);
    silent.remove(&0x0012_0064);
    for before in [bare, data_set(&silent, EXPLICIT)] {
        let (after, _) = approve(&before, EXPLICIT, &[]).unwrap();
        assert_eq!((count(&after, "113101"), count(&after, meaning)), (1, 2));
    }
}

#[test]
fn what_was_burned_in_is_no() {
    let mut item = said("Basic", &["113100"]);
    for value in ["YES", "NO", "", "NO\\YES"] {
        item.insert(0x0028_0301, text(VR::CS, value));
        let (after, _) = approve(&data_set(&item, EXPLICIT), EXPLICIT, &[]).unwrap();
        assert_eq!(count(&after, "\u{1}\u{3}CS"), 1);
        find(&after, burned_in(EXPLICIT));
    }
}

#[test]
fn a_document_says_no_more_than_it_did() {
    let mut item = said("Basic", &["113100"]);
    item.insert(0x0008_0016, text(VR::UI, DOCUMENT));
    item.remove(&0x7FE0_0010);
    let before = data_set(&item, EXPLICIT);
    let (after, done) = approve(&before, EXPLICIT, &[]).unwrap();
    assert!(after == before && !done.had_pixels);
    assert_eq!(done.digest_before, done.digest_after);
    item.insert(0x0028_0301, text(VR::CS, "YES"));
    let (after, _) = approve(&data_set(&item, EXPLICIT), EXPLICIT, &[]).unwrap();
    item.insert(0x0028_0301, text(VR::CS, "NO"));
    assert!(after == data_set(&item, EXPLICIT));
    assert_eq!(approve(&before, EXPLICIT, &[REGION]), Err(Refusal::NoPixels));
}

#[track_caller]
fn check_refused(item: &Item, uid: &str, regions: &[Region], expected: &Refusal) {
    let bytes = data_set(item, uid);
    assert_eq!(approve(&bytes, uid, regions).as_ref(), Err(expected));
    assert_eq!(approve_pieces(&bytes, uid, regions, repeat(1)).as_ref(), Err(expected));
}

#[test]
fn what_cannot_be_blanked_is_refused() {
    let item = said("Basic", &["113100"]);
    for beside in [
        Region { x: 4, y: 0, width: 1, height: 1 },
        Region { x: 0, y: 4, width: 1, height: 1 },
        Region { x: 0, y: 0, width: 0, height: 1 },
        Region { x: 0, y: 0, width: 1, height: 0 },
    ] {
        check_refused(&item, EXPLICIT, &[REGION, beside], &Refusal::Outside);
    }
    check_refused(&item, RLE, &[REGION], &Refusal::Compressed);
    for (tag, node) in [
        (0x0028_0100, short(1, false)),
        (0x0028_0100, short(12, false)),
        (0x0028_0002, short(0, false)),
        (0x0028_0004, text(VR::CS, "YBR_FULL_422")),
    ] {
        let mut packed = item.clone();
        packed.insert(tag, node);
        check_refused(&packed, EXPLICIT, &[REGION], &Refusal::Packed);
    }
    let mut words = said("Basic", &["113100"]);
    words.extend(image(CAPTURE, "1.2.3.4", true));
    words.insert(0x0028_0100, short(8, true));
    words.insert(0x0028_0101, short(8, true));
    words.insert(0x0028_0102, short(7, true));
    check_refused(&words, BIG_ENDIAN, &[REGION], &Refusal::Packed);
    words.insert(0x7FE0_0010, Node::Value(VR::OB, (0..16).collect()));
    assert!(approve(&data_set(&words, BIG_ENDIAN), BIG_ENDIAN, &[REGION]).is_ok());
}

#[test]
fn a_text_that_nobody_could_see_is_not_approved() {
    let scan = b"\xFF\xD8\xFF\xDA\0\x02scan";
    let mut item = said("Basic", &["113100"]);
    for behind in [&b"\xFF\xE1\0\x0BQuillerby\xFF\xD9\0"[..], b"\xFF\xD9Quillerby"] {
        item.insert(0x7FE0_0010, Node::Value(VR::OB, [&scan[..], behind].concat()));
        check_refused(&item, JPEG, &[], &Refusal::Unseen);
        check_refused(&item, JPEG, &[REGION], &Refusal::Compressed);
    }
    item.insert(0x7FE0_0010, Node::Value(VR::OB, [&scan[..], b"\xFF\xD9"].concat()));
    assert!(approve(&data_set(&item, JPEG), JPEG, &[]).is_ok());
    // Bits beyond those of the pixels, as a decoder may give them back.
    let mut stray = said("Basic", &["113100"]);
    stray.insert(0x0028_0101, short(12, false));
    stray.insert(0x0028_0102, short(11, false));
    assert!(approve(&data_set(&stray, EXPLICIT), EXPLICIT, &[]).is_err());
    stray.insert(0x7FE0_0010, Node::Value(VR::OW, vec![1; 32]));
    assert!(approve(&data_set(&stray, EXPLICIT), EXPLICIT, &[]).is_ok());
    stray.insert(0x7FE0_0010, Node::Value(VR::OW, vec![b'Q'; 32]));
    check_refused(&stray, EXPLICIT, &[], &Refusal::Unseen);
    // Frames that nothing follows: JPEG XL.
    check_refused(&item, "1.2.840.10008.1.2.4.110", &[], &Refusal::Unseen);
}

#[test]
fn what_is_not_clean_is_refused() {
    let item = image(CAPTURE, "1.2.3.4", false);
    check_refused(&item, EXPLICIT, &[], &Refusal::NotClean);
    let mut no = said("", &[]);
    no.insert(0x0012_0062, text(VR::CS, "NO"));
    check_refused(&no, EXPLICIT, &[], &Refusal::NotClean);
    let unknown = Approval::of_data_set(&syntax("1.2.3"), &[]).finish(&mut Vec::new());
    assert_eq!(unknown, Err(Refusal::TransferSyntax));
    // Pixels that nobody looked at, behind those of the image and inside a sequence.
    let mut two = said("", &[]);
    two.insert(0x7FE0_0008, Node::Value(VR::OF, vec![0; 64]));
    let nested = Item::from([(0x7FE0_0010, Node::Value(VR::OW, vec![0; 2]))]);
    let mut icon = said("", &[]);
    icon.insert(0x0088_0200, Node::Items(vec![nested]));
    for item in [two, icon] {
        let bytes = data_set(&item, EXPLICIT);
        assert!(matches!(approve(&bytes, EXPLICIT, &[]), Err(Refusal::Unreadable(_))));
    }
}

#[test]
fn what_is_approved_can_be_read_and_is_not_held_for_its_pixels_again() {
    for uid in SYNTAXES {
        let (approved, _) = approve(&held(uid), uid, &[]).unwrap();
        let mut scanner = Scanner::new(&syntax(uid), Limits::default());
        scanner.push(&approved).unwrap();
        scanner.finish().unwrap();
        let project = project(Profile::default(), 7);
        let mut run = Deidentifier::of_data_set(&project, &syntax(uid));
        run.push(&approved, &mut Vec::new()).unwrap();
        let verdict = run.finish(&mut Vec::new()).unwrap().report.verdict;
        let Verdict::Held(holds) = verdict else { panic!("{uid}") };
        assert!(!holds.contains(&Hold::BurnedInAnnotation));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_pieces_give_the_same_bytes(sizes in proptest::collection::vec(1_usize..120, 1..400)) {
        for uid in SYNTAXES {
            let native = [IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED].contains(&uid);
            let regions = if native { &[REGION][..] } else { &[] };
            let before = held(uid);
            let whole = approve(&before, uid, regions).unwrap();
            let pieces = approve_pieces(&before, uid, regions, sizes.iter().copied()).unwrap();
            let bytes = approve_pieces(&before, uid, regions, repeat(1)).unwrap();
            prop_assert!(whole == pieces && whole == bytes, "{}", uid);
        }
    }
}
