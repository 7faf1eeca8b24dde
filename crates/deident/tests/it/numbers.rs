//! Numbers in text that may be the number of a record.

use std::sync::Arc;

use crate::support::{CT, EXPLICIT, Item, Node, clean_file, file, image, project, text};
use lightcase_dataset::{Tag, VR};
use lightcase_deident::{Profile, ProfileOption, Project, RULES};

/// Not one that the object says is the patient's.
const RECORD: &str = "7731906";

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
    check(Some(0x0028_9110), 0x0028_0030, "0.7731906\\0.7731906", true);
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
        (VR::DS, "-0.7731906", true),
        (VR::IS, RECORD, false),
        (VR::DS, "7731906.5", false),
        (VR::UN, RECORD, false),
    ] {
        check_safe_private(&project, vr, value.as_bytes(), stays);
    }
    for (vr, value, stays) in [
        (VR::UL, &99_999_u32.to_le_bytes()[..], true),
        (VR::UL, &7_731_905_u32.to_le_bytes(), false),
        (VR::SL, &19_760_904_i32.to_le_bytes(), false),
        (VR::SV, &7_731_905_i64.to_le_bytes(), false),
        (VR::FD, &7_731_905_f64.to_le_bytes(), false),
        (VR::FL, &7_731_905_f32.to_le_bytes(), false),
        (VR::UN, &7_731_905_u32.to_le_bytes(), false),
        (VR::UN, &19_760_904_u32.to_le_bytes(), false),
        (VR::UN, &7_731_905_f64.to_le_bytes(), false),
        (VR::UN, &0.0625_f32.to_le_bytes(), true),
        // Times of slices and a matrix: more numbers than three.
        (VR::FD, &[1000.5, 0.0, 57.5, 1112.5, 2.5, 915.0].map(f64::to_le_bytes).concat()[..], true),
        (VR::US, &[0x00, 0x02, 0x01, 0x02, 0x03, 0x02], true),
    ] {
        check_safe_private(&project, vr, value, stays);
    }
}

/// A value under a number of Siemens that is safe.
#[track_caller]
fn check_safe_private(project: &Arc<Project>, vr: VR, value: &[u8], stays: bool) {
    let mut item = image(CT, "1.2.3.4", false);
    item.insert(0x0019_0010, text(VR::LO, "SIEMENS MR HEADER "));
    item.insert(0x0019_100C, Node::Value(vr, value.to_vec()));
    let (clean, _) = clean_file(project, &file(&item, EXPLICIT)).unwrap();
    let stayed = clean.windows(value.len()).any(|window| window == value);
    assert_eq!(stayed, stays, "{vr:?} {value:02X?}");
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

#[test]
fn numbers_and_terms_are_not_more_than_the_attribute_has() {
    for (tag, value, stays) in [
        (0x0018_0060, "120", true),
        (0x0018_0060, "19\\76", false),
        (0x0020_0012, "089\\5550\\1234", false),
        (0x0028_0030, "0.5\\0.5", true),
        (0x0028_0030, "0.5\\0.5\\19", false),
        (0x0028_1050, "40\\300\\70", true),
    ] {
        check(None, tag, value, stays);
        check(Some(0x0008_1115), tag, value, stays && !value.contains("089"));
    }
    for (tag, value, stays) in [
        (0x0018_0015, "HEAD", true),
        (0x0018_0015, "HEAD\\HAND", false),
        (0x0008_0008, "ORIGINAL\\PRIMARY\\AXIAL\\HELICAL", true),
    ] {
        let mut item = image(CT, "1.2.3.4", false);
        item.insert(tag, text(VR::CS, value));
        let bytes = file(&item, EXPLICIT);
        let (clean, _) = clean_file(&project(Profile::default(), 7), &bytes).unwrap();
        let stayed = clean.windows(value.len()).any(|window| window == value.as_bytes());
        assert_eq!(stayed, stays, "{value}");
    }
}
