//! ICC profiles: none stays, and where there must be one, another one stands.

use crate::secret::survivors;
use crate::support::{
    BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, Item, Node, clean_file, file, image, project, text,
};
use lightcase_dataset::VR;
use lightcase_deident::Profile;

const SLIDE: &str = "1.2.840.10008.5.1.4.1.1.77.1.6";
const ULTRASOUND: &str = "1.2.840.10008.5.1.4.1.1.6.1";

/// A profile that tells who made it, and the name of its space.
fn profile(space: &str) -> Item {
    let mut bytes = vec![0; 128];
    bytes[36..40].copy_from_slice(b"acsp");
    bytes.extend_from_slice(b"Quillerby 7731905 ");
    Item::from([(0x0028_2000, Node::Value(VR::OB, bytes)), (0x0028_2002, text(VR::CS, space))])
}

#[track_caller]
fn check(class: &str, syntax: &str, more: Item, stands: bool, space: &[u8]) {
    let mut item = image(class, "1.2.3.4", syntax == BIG_ENDIAN);
    item.extend(more);
    let (clean, _) = clean_file(&project(Profile::default(), 7), &file(&item, syntax)).unwrap();
    assert!(survivors(&clean).is_empty());
    let at = clean.windows(4).position(|part| part == b"acsp");
    assert_eq!(at.is_some(), stands, "{class} in {syntax}");
    assert!(clean.windows(space.len()).any(|part| part == space), "{class} in {syntax}");
    let former = b"ADOBERGB";
    let is_former = clean.windows(former.len()).any(|part| part == former);
    assert_eq!(is_former, space == former, "{class} in {syntax}");
    if let Some(at) = at {
        let start = at - 36;
        let size = u32::from_be_bytes(clean[start..start + 4].try_into().unwrap());
        let len = clean[start - 4..start].try_into().unwrap();
        let len =
            if syntax == BIG_ENDIAN { u32::from_be_bytes(len) } else { u32::from_le_bytes(len) };
        assert_eq!(size, len, "{class} in {syntax}");
    }
}

#[test]
fn a_profile_that_must_be_there_is_another_one() {
    for syntax in [IMPLICIT, EXPLICIT, BIG_ENDIAN] {
        let path = |space| Item::from([(0x0048_0105, Node::Items(vec![profile(space)]))]);
        check(SLIDE, syntax, path("ADOBERGB"), true, b"SRGB");
        check(SLIDE, syntax, path("SRGB"), true, b"SRGB");
        check(ULTRASOUND, syntax, profile("ADOBERGB"), true, b"SRGB");
        // Elsewhere the space is told by its name alone.
        check(CT, syntax, profile("ADOBERGB"), false, b"ADOBERGB");
    }
    // Of one that is not there, nothing is made.
    let mut without = profile("ADOBERGB");
    without.remove(&0x0028_2000);
    check(ULTRASOUND, EXPLICIT, without, false, b"ADOBERGB");
}
