//! What is no identity stays, although it could be taken for one.

use lightcase_dataset::Tag;
use lightcase_deident::{Profile, ProfileOption};

use crate::support::{CT, EXPLICIT, clean_file, file, image, project, text};

fn check(class: &str, tag: u32, value: &str, expected: &str) {
    check_under(Profile::default(), class, tag, value, expected);
}

fn check_under(profile: Profile, class: &str, tag: u32, value: &str, expected: &str) {
    let mut item = image(class, "1.2.3.4", false);
    item.insert(tag, text(Tag(tag).standard_vr().unwrap(), value));
    let (out, _) = clean_file(&project(profile, 1), &file(&item, EXPLICIT)).unwrap();
    let has = |text: &str| out.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has(expected), "{value}");
    assert_eq!(has(value), value == expected, "{value}");
}

#[test]
fn the_kind_of_a_document_stays() {
    let pdf = "1.2.840.10008.5.1.4.1.1.104.1";
    check(pdf, 0x0042_0012, "application/pdf", "application/pdf");
    check(pdf, 0x0042_0012, "Quillerby/pdf", "REMOVED");
}

#[test]
fn the_nucleus_of_an_image_stays() {
    let mr = "1.2.840.10008.5.1.4.1.1.4";
    for nucleus in ["129XE", "31P", "23NA"] {
        check(mr, 0x0018_0085, nucleus, nucleus);
    }
}

#[test]
fn the_model_and_its_software_stay_with_the_identity_of_the_device() {
    for (tag, value) in [(0x0008_1090, "Discovery CT750 HD"), (0x0018_1020, "syngo CT 2012B")] {
        let retained = Profile::with_options([ProfileOption::RetainDeviceIdentity]).unwrap();
        check_under(retained, CT, tag, value, value);
        let (out, _) = {
            let mut item = image(CT, "1.2.3.4", false);
            item.insert(tag, text(Tag(tag).standard_vr().unwrap(), value));
            clean_file(&project(Profile::default(), 1), &file(&item, EXPLICIT)).unwrap()
        };
        assert!(!out.windows(value.len()).any(|window| window == value.as_bytes()), "{value}");
    }
}
