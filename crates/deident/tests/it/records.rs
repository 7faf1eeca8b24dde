//! Numbers of something else that are the patient's own.

use crate::support::{
    BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, Item, Node, clean_file, file, image, project, text,
};
use lightcase_dataset::{Tag, VR};
use lightcase_deident::{Hold, Profile, ProfileOption, Verdict};

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// An image of CT with more: whether a value is still in it, and why it is held.
#[track_caller]
fn cleaned(profile: &Profile, syntax: &str, more: Item, value: &[u8]) -> (bool, Verdict) {
    let mut item = image(CT, "1.2.3.4", syntax == BIG_ENDIAN);
    item.extend(more);
    let bytes = file(&item, syntax);
    assert!(has(&bytes, value));
    let (clean, done) = clean_file(&project(profile.clone(), 7), &bytes).unwrap();
    (has(&clean, value), done.report.verdict)
}

#[track_caller]
fn check(more: Item, value: &str, stays: bool) {
    let (stayed, verdict) = cleaned(&Profile::default(), EXPLICIT, more, value.as_bytes());
    assert_eq!(stayed, stays, "{value}");
    assert_eq!(verdict, Verdict::Released, "{value}");
}

/// Nothing is shown through a window without width.
#[test]
fn a_window_that_is_the_patients_number_is_another_one() {
    let window =
        |width| Item::from([(0x0028_1050, text(VR::DS, "40")), (0x0028_1051, text(VR::DS, width))]);
    for (width, stands) in [("400", "DS\u{4}\u{0}400 "), ("7731905", "DS\u{2}\u{0}1 ")] {
        let mut item = image(CT, "1.2.3.4", false);
        item.extend(window(width));
        let bytes = file(&item, EXPLICIT);
        let (clean, _) = clean_file(&project(Profile::default(), 7), &bytes).unwrap();
        let expected = [b"\x28\0\x51\x10", stands.as_bytes()].concat();
        assert!(has(&clean, &expected), "{width}");
    }
}

#[test]
fn a_number_of_the_patient_is_no_number_of_the_image() {
    for (value, stays) in
        [("7731905", false), ("0007731905", false), ("7731906", true), ("77319", true)]
    {
        for tag in [0x0020_0012, 0x0020_0013, 0x0018_1150] {
            check(Item::from([(tag, text(VR::IS, value))]), value, stays);
        }
    }
    for (tag, own, value) in [
        (0x0008_0050, "ACC.2024.000117", "2024000117"),
        (0x0010_1000, "A1\\B-44-556-677", "44556677"),
        (0x0010_1090, "00123456", "123456"),
        (0x0010_0030, "19760904", "04091976"),
        (0x0010_2154, "+44 20 7946 0958", "2079460958"),
        (0x0010_2154, "+44 20 7946 0958", "460958"),
        (0x0010_0030, "19760904", "491976"),
        (0x0010_0030, "19760904", "19760409"),
        (0x0010_1050, "PLAN-555123", "555123"),
        (0x4008_0040, "555123", "555123"),
        (0x4008_0200, "555123", "555123"),
        (0x0020_0010, "555123", "555123"),
        (0x0038_0010, "A555123", "555123"),
    ] {
        let vr = Tag(tag).standard_vr().unwrap();
        let number = (0x0020_0013, text(VR::IS, value));
        check(Item::from([number.clone()]), value, true);
        check(Item::from([number.clone(), (tag, text(vr, own))]), value, false);
        // Wherever it is told, and wherever it stands.
        let inner = Item::from([(tag, text(vr, own))]);
        let outer = Item::from([(0x0008_1140, Node::Items(vec![inner]))]);
        check(Item::from([(0x0008_1115, Node::Items(vec![outer])), number.clone()]), value, false);
        let inner = Item::from([(0x0020_0013, text(VR::IS, value))]);
        let outer = (0x0008_1140, Node::Items(vec![inner]));
        check(Item::from([outer, (tag, text(vr, own))]), value, false);
    }
}

#[test]
fn no_number_hides_in_an_exponent_or_around_a_point() {
    let kvp = |value: &str| Item::from([(0x0018_0060, text(VR::DS, value))]);
    for value in ["1e19760904", "0e7731905", "0.7731905", "77319.05", "7731905e-5", "1e300"] {
        check(kvp(value), value, false);
        let hidden = Item::from([(0x0018_0060, text(VR::UN, value))]);
        check(hidden, value, false);
    }
    for value in ["1.2e+02", "0.7731906", "6.123234e-017"] {
        check(kvp(value), value, true);
    }
}

#[test]
fn no_number_hides_under_a_safe_private_number() {
    let profile = Profile::with_options([ProfileOption::RetainSafePrivate]).unwrap();
    let long = |number: [u8; 4]| [[1, 0, 0, 0], number, [2, 0, 0, 0], [3, 0, 0, 0]].concat();
    for value in [&b"77319\\05"[..], &long(7_731_905_u32.to_be_bytes())] {
        for vr in [VR::UN, VR::US, VR::SS, VR::FL, VR::OB, VR::OW] {
            let more = Item::from([
                (0x0019_0010, text(VR::LO, "SIEMENS MR HEADER ")),
                (0x0019_100C, Node::Value(vr, value.to_vec())),
            ]);
            assert!(!cleaned(&profile, EXPLICIT, more, value).0, "{vr:?} {value:02X?}");
        }
    }
    for (value, stays) in [
        (b"77319.05".to_vec(), false),
        (b"77319.06".to_vec(), true),
        (long(7_731_905_u32.to_le_bytes()), false),
        (long(7_731_905_u32.to_be_bytes()), false),
        (long(7_731_905_f32.to_le_bytes()), false),
        (long(7_731_906_u32.to_le_bytes()), true),
    ] {
        let more = Item::from([
            (0x0019_0010, text(VR::LO, "SIEMENS MR HEADER ")),
            (0x0019_100C, Node::Value(VR::UN, value.clone())),
        ]);
        assert_eq!(cleaned(&profile, EXPLICIT, more, &value).0, stays, "{value:02X?}");
    }
}

#[test]
fn a_binary_number_is_not_either() {
    let numbers = |big_endian| {
        let order = |bytes: Vec<u8>| {
            if big_endian { bytes.into_iter().rev().collect() } else { bytes }
        };
        [
            // Real World Value Slope and First Value Mapped, at which nothing is short.
            (0x0040_9225, VR::FD, order(7_731_905_f64.to_le_bytes().to_vec())),
            (0x0040_9225, VR::FD, order(7_731_906_f64.to_le_bytes().to_vec())),
            (0x0040_9224, VR::FD, order((-7_731_905.5_f64).to_le_bytes().to_vec())),
        ]
    };
    for syntax in [IMPLICIT, EXPLICIT, BIG_ENDIAN] {
        let stayed = numbers(syntax == BIG_ENDIAN).map(|(tag, vr, value)| {
            let item = Item::from([(tag, Node::Value(vr, value.clone()))]);
            let more = Item::from([(0x0040_9096, Node::Items(vec![item]))]);
            cleaned(&Profile::default(), syntax, more, &value).0
        });
        assert_eq!(stayed, [false, true, false], "{syntax}");
    }
}

#[test]
fn a_text_that_an_option_keeps_goes_with_it() {
    let profile = Profile::with_options([ProfileOption::RetainDeviceIdentity]).unwrap();
    for (value, stays) in [("SN 7731906", true), ("SN 7731905", false), ("SN 773-1905", false)] {
        let more = Item::from([(0x0018_1000, text(VR::LO, value))]);
        assert_eq!(cleaned(&profile, EXPLICIT, more, value.as_bytes()).0, stays, "{value}");
    }
}

#[test]
fn what_pixels_are_read_by_holds_the_object() {
    // So many frames are not there either.
    let frames = [Hold::PixelLength, Hold::Samples];
    for (tag, vr, holds) in
        [(0x0028_1052, VR::DS, &frames[1..]), (0x0028_0008, VR::IS, &frames[..])]
    {
        let held = |holds: &[Hold]| Verdict::Held(holds.iter().copied().collect());
        let more = |value| Item::from([(tag, text(vr, value))]);
        let (stayed, verdict) =
            cleaned(&Profile::default(), EXPLICIT, more("7731905 "), b"7731905");
        assert!(!stayed);
        assert_eq!(verdict, held(holds), "{tag:08X}");
        let (stayed, verdict) = cleaned(&Profile::default(), EXPLICIT, more("7731906"), b"7731906");
        let others: Vec<Hold> =
            holds.iter().copied().filter(|hold| *hold != Hold::Samples).collect();
        let expected = if others.is_empty() { Verdict::Released } else { held(&others) };
        assert_eq!((stayed, verdict), (true, expected), "{tag:08X}");
    }
}
