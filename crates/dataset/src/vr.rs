//! Value representations: their headers, their dictionary, their kinds, PS3.5 section 6.2.

use dicom_core::VR;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_dictionary_std::StandardDataDictionary;

use crate::element::Tag;

/// What an explicit VR field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// A VR with a 16-bit length behind it.
    Short(VR),
    /// A VR with two reserved bytes and a 32-bit length behind it. One that is not in the standard
    /// reads as UN, because every VR added since 1993 has this header (PS3.5 section 6.2).
    Long(VR),
    /// Not two upper-case letters.
    Garbage,
}

/// Reads the two VR bytes of an explicit header.
pub(crate) fn written(bytes: [u8; 2]) -> Written {
    if !bytes.iter().all(u8::is_ascii_uppercase) {
        return Written::Garbage;
    }
    match VR::from_binary(bytes) {
        Some(vr) if is_long(vr) => Written::Long(vr),
        Some(vr) => Written::Short(vr),
        None => Written::Long(VR::UN),
    }
}

/// The explicit header has a 32-bit length (PS3.5 table 7.1-1).
pub(crate) fn is_long(vr: VR) -> bool {
    is_bytes(vr) || matches!(vr, VR::SQ | VR::SV | VR::UC | VR::UR | VR::UT | VR::UV)
}

/// Bytes rather than values: they travel as `InlineBinary` or `BulkDataURI` (PS3.18 F.2.7).
pub(crate) fn is_bytes(vr: VR) -> bool {
    matches!(vr, VR::OB | VR::OD | VR::OF | VR::OL | VR::OV | VR::OW | VR::UN)
}

/// Character strings of any repertoire.
pub(crate) fn is_text(vr: VR) -> bool {
    !is_bytes(vr) && width(vr) == 1 && vr != VR::SQ
}

/// Text that Specific Character Set applies to (PS3.5 section 6.1.2.2).
pub(crate) fn has_charset(vr: VR) -> bool {
    matches!(vr, VR::LO | VR::LT | VR::PN | VR::SH | VR::ST | VR::UC | VR::UT)
}

/// The backslash is text, not a delimiter: these have one value (PS3.5 section 6.2).
pub(crate) fn is_single(vr: VR) -> bool {
    matches!(vr, VR::LT | VR::ST | VR::UT | VR::UR)
}

/// Bytes of a value that swap together in the other byte order, PS3.5 section 7.3.
pub fn width(vr: VR) -> usize {
    if matches!(vr, VR::AT | VR::OW | VR::SS | VR::US) {
        2
    } else if matches!(vr, VR::FL | VR::OF | VR::OL | VR::SL | VR::UL) {
        4
    } else if matches!(vr, VR::FD | VR::OD | VR::OV | VR::SV | VR::UV) {
        8
    } else {
        1
    }
}

/// The VR of the standard's dictionary; nothing for private and unknown tags.
///
/// `signed` is Pixel Representation: it decides where the dictionary says "US or SS".
pub(crate) fn of_dictionary(tag: Tag, signed: bool) -> Option<VR> {
    if tag.is_group_length() {
        return Some(VR::UL);
    }
    if tag.group() % 2 == 1 {
        // Private creators (gggg,0010-00FF) are the only private elements with a known VR.
        return (0x10..=0xFF).contains(&tag.element()).then_some(VR::LO);
    }
    let entry = StandardDataDictionary.by_tag(dicom_core::Tag(tag.group(), tag.element()))?;
    let vr = entry.vr();
    Some(if signed && vr == VirtualVr::Xs { VR::SS } else { vr.relaxed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_standard() {
        assert_eq!(written(*b"CS"), Written::Short(VR::CS));
        assert_eq!(written(*b"UT"), Written::Long(VR::UT));
        assert_eq!(written(*b"ZZ"), Written::Long(VR::UN));
        assert_eq!(written([0, 0]), Written::Garbage);
    }

    #[test]
    fn ambiguous_entries_follow_pixel_representation() {
        let padding = Tag(0x0028_0120);
        assert_eq!(of_dictionary(padding, false), Some(VR::US));
        assert_eq!(of_dictionary(padding, true), Some(VR::SS));
        assert_eq!(of_dictionary(Tag::PIXEL_DATA, true), Some(VR::OW));
        assert_eq!(of_dictionary(Tag(0x6002_3000), false), Some(VR::OW));
        assert_eq!(of_dictionary(Tag(0x0029_0010), false), Some(VR::LO));
        assert_eq!(of_dictionary(Tag(0x0029_1010), false), None);
    }
}
