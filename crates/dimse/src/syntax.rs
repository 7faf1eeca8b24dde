//! Which abstract syntaxes are what, and how this implementation names itself.
//!
//! Transfer syntaxes need no list: negotiation is our own, so what dicom-rs has registered does
//! not limit what is stored (MPEG, HTJ2K, JPEG XL, SMPTE ST 2110, private ones).

use lightcase_model::Uid;

use crate::tables::not_storage::NOT_STORAGE;

/// Verification SOP Class, PS3.4 annex A.
pub const VERIFICATION: &str = "1.2.840.10008.1.1";
/// Our Implementation Class UID (PS3.7 D.3.3.2), of the UUID-derived arc of PS3.5 annex B.2; the
/// same as in the file meta information we write.
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.219664823741130468573209126180549127423";
/// Our Implementation Version Name, at most 16 characters.
pub const IMPLEMENTATION_VERSION_NAME: &str = concat!("LIGHTCASE_", env!("CARGO_PKG_VERSION"));

pub(crate) const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
pub(crate) const IMPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2";

/// Whether an abstract syntax is to be treated as a storage SOP class: every one that the
/// standard does not define as something else. So classes that are new, private or retired are
/// storage too, and no modality is turned away because of a list.
pub fn is_storage(abstract_syntax: &Uid) -> bool {
    !NOT_STORAGE.iter().any(|(uid, _)| *uid == abstract_syntax.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uid: &str, storage: bool) {
        assert_eq!(is_storage(&Uid::parse(uid).unwrap()), storage, "{uid}");
    }

    #[test]
    fn storage_is_everything_the_standard_does_not_call_otherwise() {
        check("1.2.840.10008.5.1.4.1.1.2", true); // CT
        check("1.2.840.10008.5.1.4.1.1.88.22", true); // Enhanced SR
        check("1.2.840.10008.5.1.4.38.1", true); // Hanging Protocol
        check("1.2.840.10008.5.1.1.27", true); // Stored Print, retired
        check("1.2.276.0.7230010.3.1.0.1", true); // private
        check(VERIFICATION, false);
        check("1.2.840.10008.1.20.1", false); // Storage Commitment
        check("1.2.840.10008.5.1.4.1.2.2.1", false); // Study Root FIND
        check("1.2.840.10008.5.1.4.31", false); // Modality Worklist
        check("1.2.840.10008.5.1.4.34.6.1", false); // UPS Push
        check("1.2.840.10008.1.3.10", false); // DICOMDIR
    }

    #[test]
    fn the_implementation_is_named_within_the_limits() {
        assert!(Uid::parse(IMPLEMENTATION_CLASS_UID).is_ok());
        assert!(IMPLEMENTATION_VERSION_NAME.len() <= 16);
        for (uid, name) in NOT_STORAGE {
            assert!(Uid::parse(uid).is_ok(), "{name}");
        }
    }
}
