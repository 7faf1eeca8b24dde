//! What is no identity stays, although it could be taken for one.

use lightcase_dataset::Tag;
use lightcase_deident::Profile;

use crate::support::{EXPLICIT, clean_file, file, image, project, text};

fn check(class: &str, tag: u32, value: &str, expected: &str) {
    let mut item = image(class, "1.2.3.4", false);
    item.insert(tag, text(Tag(tag).standard_vr().unwrap(), value));
    let (out, _) = clean_file(&project(Profile::default(), 1), &file(&item, EXPLICIT)).unwrap();
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
