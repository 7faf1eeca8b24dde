//! What stays of codes whose meaning is free text.

use crate::support::{CT, EXPLICIT, Item, Node, clean_file, file, image, project, text};
use lightcase_dataset::VR;
use lightcase_deident::Profile;

/// Value and meaning of a code, as they come out.
#[track_caller]
fn check(scheme: &str, value: &str, meaning: &str, expected: [&str; 3]) {
    let code = Item::from([
        (0x0008_0100, text(VR::SH, value)),
        (0x0008_0102, text(VR::SH, scheme)),
        (0x0008_0104, text(VR::LO, meaning)),
    ]);
    let mut item = image(CT, "1.2.3.4", false);
    item.insert(
        0x0040_9096,
        Node::Items(vec![Item::from([(0x0040_08EA, Node::Items(vec![code]))])]),
    );
    let (clean, _) = clean_file(&project(Profile::default(), 7), &file(&item, EXPLICIT)).unwrap();
    let tags = [b"\x08\0\0\x01SH", b"\x08\0\x02\x01SH", b"\x08\0\x04\x01LO"];
    let found = tags.map(|tag| {
        let at = clean.windows(6).rposition(|part| part == tag).unwrap() + 8;
        let len = usize::from(u16::from_le_bytes(clean[at - 2..at].try_into().unwrap()));
        str::from_utf8(&clean[at..at + len]).unwrap().trim_end()
    });
    assert_eq!(found, expected, "{scheme} {value}");
}

#[test]
fn codes_stay_in_their_form_and_their_meanings_where_they_are_known() {
    let gone = ["REMOVED", "99LIGHTCASE", "Removed"];
    for (scheme, value, meaning, kept) in [
        ("UCUM", "uV", "microvolt of Quillerby", "uV"),
        ("UCUM", "mGy.cm", "mGy.cm", "mGy.cm"),
        ("UCUM", "g/ml{SUVbw}", "SUV", "Standardized Uptake Value body weight"),
        ("MDC", "2:1", "Lead of Quillerby", "Lead I"),
        ("MDC", "2:12345", "Quillerby", "Removed"),
        ("MDC", "MDC_ECG_LEAD_II", "Quillerby", "Removed"),
        ("SCPECG", "5.6.3-9-62", "aVR", "aVR, augmented voltage, right"),
        ("SCPECG", "5.10.3-11", "P Axis", "Removed"),
    ] {
        check(scheme, value, meaning, [value, scheme, kept]);
    }
    for (scheme, value) in [
        ("UCUM", "Quillerby"),
        ("UCUM", "{Quillerby}"),
        ("UCUM", "7731905"),
        ("MDC", "77:31905"),
        ("MDC", "MDC_QUILLERBY"),
        ("MDC", "7731905"),
        ("SCPECG", "5.6.3-7731905"),
        ("SCPECG", "D.3-QUILL"),
    ] {
        check(scheme, value, "Quillerby", gone);
    }
}
