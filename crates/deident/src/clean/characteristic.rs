//! What a patient is like, where an option retains it: nothing checks what is typed into these attributes.

use lightcase_dataset::{SpecificCharacterSet, Tag, VR};

use super::names::Names;
use super::{terms, words};

/// Patient's Size (0010,1020).
const SIZE: Tag = Tag(0x0010_1020);

/// Patient's Weight (0010,1030).
const WEIGHT: Tag = Tag(0x0010_1030);

/// Words in which ethnic groups are told, besides those of the vocabulary.
const GROUPS: &[&str] = &[
    "african",
    "alaskan",
    "american",
    "arab",
    "asian",
    "black",
    "caucasian",
    "european",
    "hawaiian",
    "hispanic",
    "indian",
    "islander",
    "latino",
    "mixed",
    "native",
    "non",
    "not",
    "or",
    "other",
    "pacific",
    "unknown",
    "white",
];

/// What stays of a term, a text or a number in text; `None` when nothing does.
pub(super) fn characteristic(
    charset: &SpecificCharacterSet,
    (tag, vr): (Tag, VR),
    value: &[u8],
    safe_terms: &[String],
    names: &Names,
) -> Option<Vec<u8>> {
    if vr == VR::CS {
        terms::terms(value, safe_terms)
    } else if vr == VR::DS {
        is_plausible(tag, value).then(|| value.to_vec())
    } else {
        words::words_and(charset, vr, value, names, GROUPS).map(String::into_bytes)
    }
}

/// Whether a value is a number of kilograms, or of metres; many write centimetres.
fn is_plausible(tag: Tag, value: &[u8]) -> bool {
    let most = match tag {
        SIZE => 300.0,
        WEIGHT => 1000.0,
        _ => return false,
    };
    let text = str::from_utf8(value).unwrap_or_default().trim_matches([' ', '\0']);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain && text.parse::<f64>().is_ok_and(|number| number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_characteristic_is_of_its_kind() {
        for (tag, vr, value, expected) in [
            (0x0010_0040, VR::CS, "F ", Some("F")),
            (0x0010_0040, VR::CS, "QUILLERBY", None),
            (0x0010_21A0, VR::CS, "UNKNOWN", Some("UNKNOWN")),
            (0x0010_2160, VR::SH, "African-American", Some("African American")),
            (0x0010_2160, VR::SH, "Asian Quillerby", Some("Asian")),
            (0x0010_2160, VR::SH, "Q7731905", None),
            (0x0010_1030, VR::DS, "72.5", Some("72.5")),
            (0x0010_1030, VR::DS, "7731905", None),
            (0x0010_1030, VR::DS, "77319e-3", None),
            (0x0010_1030, VR::DS, "70\\71", None),
            (0x0010_1020, VR::DS, "1.75", Some("1.75")),
            (0x0010_1020, VR::DS, "175", Some("175")),
            (0x0010_1020, VR::DS, "773.1905", None),
            (0x0010_1020, VR::DS, "nan", None),
        ] {
            let charset = SpecificCharacterSet::default();
            let value = value.as_bytes();
            let kept = characteristic(&charset, (Tag(tag), vr), value, &[], &Names::default());
            assert_eq!(kept.as_deref(), expected.map(str::as_bytes), "{tag:08X} {value:?}");
        }
    }
}
