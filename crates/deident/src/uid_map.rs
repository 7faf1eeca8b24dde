//! UIDs for other UIDs, the same wherever the original stands.

use lightcase_model::Uid;

use crate::ProjectKey;
use crate::key::trimmed;
use crate::table::lines::UIDS;

/// UIDs that say what something is and not which one: classes, syntaxes, coding schemes.
const CLASS_LIKE: &[(u16, u16)] = &[
    (0x0000, 0x0002), // Affected SOP Class UID
    (0x0000, 0x0003), // Requested SOP Class UID
    (0x0004, 0x1510), // Referenced SOP Class UID in File
    (0x0004, 0x1512), // Referenced Transfer Syntax UID in File
    (0x0004, 0x151A), // Referenced Related General SOP Class UID in File
    (0x0008, 0x0016), // SOP Class UID
    (0x0008, 0x001A), // Related General SOP Class UID
    (0x0008, 0x001B), // Original Specialized SOP Class UID
    (0x0008, 0x010C), // Coding Scheme UID
    (0x0008, 0x0117), // Context UID
    (0x0008, 0x0118), // Mapping Resource UID
    (0x0008, 0x1150), // Referenced SOP Class UID
    (0x0008, 0x115A), // SOP Classes Supported
];

/// The UID map of one project.
///
/// A replacement is `2.25.` and the decimal of 128 bits of HMAC-SHA-256(key, UID without padding),
/// with the bits of version 8 and variant 1 of RFC 9562 set: a valid UID of PS3.5 section B.2.
#[derive(Debug, Clone)]
pub struct UidMap {
    key: ProjectKey,
}

impl UidMap {
    /// The map under a key.
    pub const fn new(key: ProjectKey) -> Self {
        Self { key }
    }

    /// What replaces a value that names a thing. Text that is no valid UID is replaced all the
    /// same, since it may name one; padding makes no difference.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "2.25 and a decimal is always a UID; a property test says so"
    )]
    pub fn map(&self, value: &str) -> Uid {
        let mac = self.key.hmac(&[trimmed(value).as_bytes()]);
        let mut bits = [0; 16];
        bits.iter_mut().zip(mac).for_each(|(bit, from)| *bit = from);
        let uuid = u128::from_be_bytes(bits) & !FIXED | VERSION_8 | VARIANT_1;
        Uid::parse(&format!("2.25.{uuid}")).expect("a UUID makes a UID")
    }

    /// What replaces one value of a UI attribute; `None` when it stays, because it is empty,
    /// because the attribute holds classes, or because the standard registered the value.
    ///
    /// All of group 2 stays: File Meta Information is not mapped but made anew from the mapped
    /// data set.
    pub fn replacement(&self, tag: (u16, u16), value: &str) -> Option<Uid> {
        let value = trimmed(value);
        let stays =
            value.is_empty() || tag.0 == 2 || CLASS_LIKE.contains(&tag) || registered(value);
        (!stays).then(|| self.map(value))
    }
}

/// Whether an attribute holds classes, which are never mapped.
pub(crate) fn is_class_like(tag: (u16, u16)) -> bool {
    CLASS_LIKE.contains(&tag)
}

/// Bits that RFC 9562 section 5.8 fixes.
const FIXED: u128 = 0xF000 << 64 | 0xC000 << 48;
const VERSION_8: u128 = 0x8000 << 64;
const VARIANT_1: u128 = 0x8000 << 48;

/// Whether the standard registered the UID, PS3.6 annex A. Whatever else stands below its root is some
/// product's misuse of the root, and names a thing.
pub(crate) fn registered(uid: &str) -> bool {
    UIDS.has(uid)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOP_INSTANCE: (u16, u16) = (0x0008, 0x0018);

    fn map(key: u8) -> UidMap {
        UidMap::new(ProjectKey::from_bytes([key; 32]))
    }

    #[test]
    fn the_replacement_stays_what_it_was() {
        // Computed with Python's hmac module.
        let expected = "2.25.153836008634119161765048990633640834943";
        assert_eq!(map(7).map("1.2.3").as_str(), expected);
        for padded in ["1.2.3\0", "1.2.3 ", " 1.2.3"] {
            assert_eq!(map(7).map(padded).as_str(), expected);
        }
    }

    #[test]
    fn classes_and_registered_uids_stay() {
        let stays = |tag, value: &str| assert_eq!(map(7).replacement(tag, value), None, "{value}");
        for &tag in CLASS_LIKE {
            stays(tag, "1.2.3");
        }
        stays((0x0002, 0x0003), "1.2.3");
        stays(SOP_INSTANCE, "");
        stays(SOP_INSTANCE, "\0");
        stays((0x0020, 0x0052), "1.2.840.10008.1.4.1.1");
        stays((0x0040, 0xDB0D), "1.2.840.10008.5.1.4.1.1.2\0");
        let goes = |value: &str| assert!(map(7).replacement(SOP_INSTANCE, value).is_some());
        goes("1.2.840.10008.5.1.4.1.1.2.20260101093000");
        goes("1.2.840.10008");
        goes("1.2.840.10008.1976.904.7731.905");
        goes("1.2.840.10008.5.1.4.1.1.2.9");
        goes("1.2.840.10008.6.1.1976");
        goes("1.2.840.100081.1");
        goes("1.2.840.10008.1..2");
        goes("1.02.3");
        goes("not a UID");
    }

    proptest! {
        #[test]
        fn replacements_are_valid_stable_and_keyed(value in "[0-2](\\.(0|[1-9][0-9]{0,8})){1,6}", other in "[ -~]{1,64}") {
            let uid = map(1).map(&value);
            prop_assert!(uid.as_str().starts_with("2.25."));
            prop_assert_eq!(Uid::parse(uid.as_str()), Ok(uid.clone()));
            prop_assert_eq!(&map(1).map(&value), &uid);
            prop_assert_ne!(&map(2).map(&value), &uid);
            prop_assert_ne!(&map(1).map(uid.as_str()), &uid);
            let uuid: u128 = uid.as_str()["2.25.".len()..].parse().unwrap();
            prop_assert_eq!(uuid >> 76 & 0xF, 8);
            prop_assert_eq!(uuid >> 62 & 0b11, 0b10);
            if trimmed(&other) != value {
                prop_assert_ne!(map(1).map(&other), uid);
            }
        }
    }
}
