//! Numbers in text that may be the number of a record.

use crate::support::{CT, EXPLICIT, Item, Node, clean_file, file, image, project, text};
use lightcase_dataset::{Tag, VR};
use lightcase_deident::{Profile, ProfileOption, RULES};

const RECORD: &str = "7731905";

/// How often the number of a record is in what comes out.
fn survivors(item: &Item) -> usize {
    let (clean, _) = clean_file(&project(Profile::default(), 7), &file(item, EXPLICIT)).unwrap();
    clean.windows(RECORD.len()).filter(|window| *window == RECORD.as_bytes()).count()
}

/// An image of CT with an attribute more, at the top level or in a sequence.
#[track_caller]
fn check(sequence: Option<u32>, tag: u32, value: &str, stays: bool) {
    let vr = Tag(tag).standard_vr().unwrap();
    assert!(matches!(vr, VR::DS | VR::IS));
    let mut item = image(CT, "1.2.3.4", false);
    let more = Item::from([(tag, text(vr, value))]);
    match sequence {
        None => item.extend(more),
        Some(sequence) => {
            item.insert(sequence, Node::Items(vec![more]));
        }
    }
    let (clean, _) = clean_file(&project(Profile::default(), 7), &file(&item, EXPLICIT)).unwrap();
    let stayed = clean.windows(value.len()).any(|window| window == value.as_bytes());
    assert_eq!(stayed, stays, "{tag:08X}");
}

#[test]
fn numbers_of_the_iod_stay_and_short_ones() {
    check(None, 0x0018_1152, RECORD, true);
    check(None, 0x0020_0013, RECORD, true);
    check(None, 0x0028_1050, "100000\\-773190", true);
    check(Some(0x0028_9110), 0x0028_0030, "0.7731905\\0.7731905", true);
    // A table of a plan, a ROI, the time of a frame of PET: not of CT.
    for tag in [0x3006_0022, 0x0054_1300, 0x300A_0078] {
        check(None, tag, RECORD, false);
        check(None, tag, "77319", true);
    }
    check(Some(0x0040_A730), 0x3006_0022, RECORD, false);
    check(Some(0x3006_0020), 0x3006_0022, RECORD, true);
}

#[test]
fn numbers_under_safe_private_numbers_are_short() {
    let profile = Profile::with_options([ProfileOption::RetainSafePrivate]).unwrap();
    let project = project(profile, 7);
    for (vr, value, stays) in [
        (VR::IS, "1000", true),
        (VR::DS, "-0.7731905", true),
        (VR::IS, RECORD, false),
        (VR::DS, "7731905.5", false),
        (VR::UN, RECORD, false),
    ] {
        let mut item = image(CT, "1.2.3.4", false);
        item.insert(0x0019_0010, text(VR::LO, "SIEMENS MR HEADER "));
        item.insert(0x0019_100C, text(vr, value));
        let (clean, _) = clean_file(&project, &file(&item, EXPLICIT)).unwrap();
        let stayed = clean.windows(value.len()).any(|window| window == value.as_bytes());
        assert_eq!(stayed, stays, "{vr:?} {value}");
    }
}

#[test]
fn few_numbers_can_be_those_of_a_record() {
    let mut item = image(CT, "1.2.3.4", false);
    let before = item.len();
    for group in [0x0008, 0x0018, 0x0020, 0x0040, 0x0054, 0x0070, 0x3002, 0x3006, 0x3008, 0x300A] {
        for element in 1..=u16::MAX {
            let tag = Tag::new(group, element);
            let Some(vr @ (VR::DS | VR::IS)) = tag.standard_vr() else { continue };
            if !RULES.iter().any(|rule| rule.pattern.covers((group, element))) {
                item.insert(tag.0, text(vr, RECORD));
            }
        }
    }
    let planted = item.len() - before;
    let stayed = survivors(&item);
    assert!(planted > 400, "{planted}");
    assert!((20..100).contains(&stayed), "{stayed} of {planted}");
}
