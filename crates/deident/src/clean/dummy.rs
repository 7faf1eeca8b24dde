//! Values that stand where something must stand.

use lightcase_dataset::{Encoder, Tag, VR};

use super::colour::{ICC_PROFILE, srgb};
use crate::AttributeType;
use crate::table::iod::required_in;
use crate::uid_map::UidMap;

const CONTENT_SEQUENCE: Tag = Tag(0x0040_A730);
const GRAPHIC_ANNOTATION_SEQUENCE: Tag = Tag(0x0070_0001);

/// Appends an attribute with a dummy value: never empty, and the same in every object.
pub(crate) fn dummy(encoder: &mut Encoder, uids: &UidMap, tag: Tag, vr: VR) {
    if vr != VR::SQ {
        let value = value(uids, tag, vr, encoder.is_big_endian());
        encoder.element(tag, vr, &value);
        return;
    }
    encoder.open_sequence(tag);
    if tag == CONTENT_SEQUENCE {
        content(encoder);
    } else if tag == GRAPHIC_ANNOTATION_SEQUENCE {
        point(encoder);
    } else if is_coded(tag) {
        dummy_code(encoder);
    } else {
        encoder.open_item();
        for (required, kind) in required_in(tag) {
            let Some(vr) = required.standard_vr() else { continue };
            match (kind, vr) {
                (AttributeType::One, VR::SQ) => {
                    encoder.open_sequence(required);
                    if is_coded(required) {
                        dummy_code(encoder);
                    } else {
                        encoder.open_item();
                        encoder.close_item();
                    }
                    encoder.close_sequence();
                }
                (AttributeType::One, _) => {
                    let value = value(uids, required, vr, encoder.is_big_endian());
                    encoder.element(required, vr, &value);
                }
                (AttributeType::Two, VR::SQ) => {
                    encoder.open_sequence(required);
                    encoder.close_sequence();
                }
                (AttributeType::Two | AttributeType::Three, _) => {
                    encoder.element(required, vr, b"");
                }
            }
        }
        encoder.close_item();
    }
    encoder.close_sequence();
}

/// A value of a VR, or of the one attribute whose VR does not say what it is.
fn value(uids: &UidMap, tag: Tag, vr: VR, big_endian: bool) -> Vec<u8> {
    if tag == ICC_PROFILE {
        return srgb();
    }
    let zeros = |len| vec![0; len];
    match vr {
        VR::AE | VR::CS | VR::LO | VR::LT | VR::PN | VR::SH | VR::ST | VR::UC | VR::UT => {
            b"REMOVED".to_vec()
        }
        VR::UR => b"about:blank".to_vec(),
        VR::AS => b"000Y".to_vec(),
        VR::DA => b"19000101".to_vec(),
        VR::TM => b"000000.00".to_vec(),
        VR::DT => b"19000101000000".to_vec(),
        // No window and no slope is zero: PS3.3 sections C.11.2.1.2 and C.7.6.16.2.9.
        VR::DS if matches!(tag.0, 0x0028_1051 | 0x0028_1053) => b"1".to_vec(),
        VR::DS | VR::IS => b"0".to_vec(),
        VR::UI => uids.map("dummy").as_str().as_bytes().to_vec(),
        VR::US | VR::SS if big_endian => vec![0, 1],
        VR::US | VR::SS => vec![1, 0],
        VR::AT | VR::UL | VR::SL | VR::FL | VR::OF | VR::OL => zeros(4),
        VR::UV | VR::SV | VR::FD | VR::OD | VR::OV => zeros(8),
        VR::SQ => Vec::new(),
        VR::OB | VR::OW | VR::UN => zeros(2),
    }
}

fn is_coded(tag: Tag) -> bool {
    tag.keyword().is_some_and(|keyword| keyword.ends_with("CodeSequence"))
}

/// An item that is a code and says nothing.
fn dummy_code(encoder: &mut Encoder) {
    code(encoder, "REMOVED", "99LIGHTCASE", "Removed");
}

fn code(encoder: &mut Encoder, value: &str, scheme: &str, meaning: &str) {
    encoder.open_item();
    encoder.element(Tag(0x0008_0100), VR::SH, value.as_bytes());
    encoder.element(Tag(0x0008_0102), VR::SH, scheme.as_bytes());
    encoder.element(Tag(0x0008_0104), VR::LO, meaning.as_bytes());
    encoder.close_item();
}

/// A content item that every template of a report may hold: a text that says nothing.
fn content(encoder: &mut Encoder) {
    encoder.open_item();
    encoder.element(Tag(0x0040_A010), VR::CS, b"CONTAINS");
    encoder.element(Tag(0x0040_A040), VR::CS, b"TEXT");
    encoder.open_sequence(Tag(0x0040_A043));
    code(encoder, "113012", "DCM", "Key Object Description");
    encoder.close_sequence();
    encoder.element(Tag(0x0040_A160), VR::UT, b"REMOVED");
    encoder.close_item();
}

/// An annotation that draws one point in the corner.
fn point(encoder: &mut Encoder) {
    let two = if encoder.is_big_endian() { [0, 2] } else { [2, 0] };
    let one = if encoder.is_big_endian() { [0, 1] } else { [1, 0] };
    encoder.open_item();
    encoder.element(Tag(0x0070_0002), VR::CS, b"REMOVED");
    encoder.open_sequence(Tag(0x0070_0009));
    encoder.open_item();
    encoder.element(Tag(0x0070_0005), VR::CS, b"DISPLAY");
    encoder.element(Tag(0x0070_0020), VR::US, &two);
    encoder.element(Tag(0x0070_0021), VR::US, &one);
    encoder.element(Tag(0x0070_0022), VR::FL, &[0; 8]);
    encoder.element(Tag(0x0070_0023), VR::CS, b"POINT");
    encoder.close_item();
    encoder.close_sequence();
    encoder.close_item();
}
