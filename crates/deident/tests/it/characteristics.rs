//! What a patient is like, in reports and in attributes.

use crate::support::{EXPLICIT, Item, Node, clean_file, file, image, project, text};
use lightcase_dataset::VR;
use lightcase_deident::{Profile, ProfileOption};

const REPORT: &str = "1.2.840.10008.5.1.4.1.1.88.33";

fn cleaned(options: &[ProfileOption], item: &Item) -> Vec<u8> {
    let profile = Profile::with_options(options.iter().copied()).unwrap();
    clean_file(&project(profile, 7), &file(item, EXPLICIT)).unwrap().0
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn code(scheme: &str, value: &str, meaning: &str) -> Node {
    Node::Items(vec![Item::from([
        (0x0008_0100, text(VR::SH, value)),
        (0x0008_0102, text(VR::SH, scheme)),
        (0x0008_0104, text(VR::LO, meaning)),
    ])])
}

/// An item of a report that is a number.
fn number(concept: Node, value: &str, unit: Node) -> Item {
    let measured = Item::from([(0x0040_08EA, unit), (0x0040_A30A, text(VR::DS, value))]);
    Item::from([
        (0x0040_A010, text(VR::CS, "HAS OBS CONTEXT")),
        (0x0040_A040, text(VR::CS, "NUM")),
        (0x0040_A043, concept),
        (0x0040_A300, Node::Items(vec![measured])),
    ])
}

fn report(items: Vec<Item>) -> Item {
    let mut item = image(REPORT, "1.2.3.4", false);
    item.insert(0x0040_A730, Node::Items(items));
    item
}

#[test]
fn reports_tell_characteristics_only_where_they_are_retained() {
    let age = |value: &str| {
        number(code("DCM", "121033", "Subject Age"), value, code("UCUM", "a", "year"))
    };
    let mut id = age("1");
    id.insert(0x0040_A043, code("DCM", "121030", "Subject ID"));
    id.insert(0x0040_A040, text(VR::CS, "TEXT"));
    id.insert(0x0040_A160, text(VR::UT, "Q7731905 head"));
    let length = number(code("SCT", "410668003", "Length"), "77.5", code("UCUM", "mm", "mm"));
    let item = report(vec![age("97"), age("43.5"), id.clone(), length]);
    let strict = cleaned(&[ProfileOption::CleanStructuredContent], &item);
    let both = [ProfileOption::CleanStructuredContent, ProfileOption::RetainPatientCharacteristics];
    let retained = cleaned(&both, &item);
    for (told, in_strict, in_retained) in [
        ("SH\u{6}\u{0}121033", false, true),
        ("DS\u{4}\u{0}43.5", false, true),
        ("DS\u{2}\u{0}97", false, false),
        ("DS\u{2}\u{0}90", false, true),
        ("SH\u{6}\u{0}121030", false, false),
        ("head", false, false),
        ("DS\u{4}\u{0}77.5", true, true),
    ] {
        assert_eq!(has(&strict, told), in_strict, "{told:?}");
        assert_eq!(has(&retained, told), in_retained, "{told:?}");
    }
    // A sequence of nothing else is not left behind without items.
    let alone = cleaned(&both, &report(vec![id]));
    assert!(!alone.windows(4).any(|tag| tag == b"\x40\x00\x30\xA7"));
}

#[test]
fn every_concept_of_a_characteristic_goes_with_it() {
    for (scheme, value, is_age) in [
        ("LN", "21612-7", true),
        ("SCT", "105727008", true),
        ("LN", "39156-5", false),
        ("SCT", "60621009", false),
        ("LN", "3140-1", false),
    ] {
        let told = |number: &str| {
            let length = code("SCT", "410668003", "Length");
            let length = self::number(length, "5.25", code("UCUM", "mm", "mm"));
            report(vec![number_of(scheme, value, number), length])
        };
        let strict = cleaned(&[ProfileOption::CleanStructuredContent], &told("97"));
        let options =
            [ProfileOption::CleanStructuredContent, ProfileOption::RetainPatientCharacteristics];
        let retained = cleaned(&options, &told("97"));
        let [number, oldest] = ["DS\u{2}\u{0}97", "DS\u{2}\u{0}90"];
        assert!(!has(&strict, number) && !has(&strict, oldest), "{scheme} {value}");
        assert_eq!((has(&retained, number), has(&retained, oldest)), (!is_age, is_age), "{value}");
        assert!(has(&strict, "DS\u{4}\u{0}5.25"));
    }
}

fn number_of(scheme: &str, value: &str, said: &str) -> Item {
    number(code(scheme, value, "Measured"), said, code("UCUM", "a", "year"))
}

#[test]
fn attributes_of_the_body_are_characteristics() {
    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    for tag in [0x0010_1022, 0x0010_1023, 0x0010_1024] {
        let mut item = image(CT, "1.2.3.4", false);
        item.insert(tag, text(VR::DS, "27.75 "));
        assert!(!has(&cleaned(&[], &item), "27.75"), "{tag:08X}");
        let retained = cleaned(&[ProfileOption::RetainPatientCharacteristics], &item);
        assert!(has(&retained, "27.75"), "{tag:08X}");
    }
}
