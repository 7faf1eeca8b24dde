//! Tags and element headers, PS3.5 section 7.1.

use std::fmt;

use dicom_core::VR;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_dictionary_std::StandardDataDictionary;

/// A data element tag: group in the upper, element in the lower half.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// Specific Character Set (0008,0005).
    pub const SPECIFIC_CHARACTER_SET: Self = Self(0x0008_0005);
    pub(crate) const ITEM: Self = Self(0xFFFE_E000);
    pub(crate) const ITEM_END: Self = Self(0xFFFE_E00D);
    pub(crate) const SEQUENCE_END: Self = Self(0xFFFE_E0DD);
    /// Pixel Data (7FE0,0010).
    pub const PIXEL_DATA: Self = Self(0x7FE0_0010);

    /// The tag of a group and an element number.
    pub fn new(group: u16, element: u16) -> Self {
        Self(u32::from(group) << 16 | u32::from(element))
    }

    /// Group number.
    pub fn group(self) -> u16 {
        let [a, b, _, _] = self.0.to_be_bytes();
        u16::from_be_bytes([a, b])
    }

    /// Element number.
    pub fn element(self) -> u16 {
        let [_, _, c, d] = self.0.to_be_bytes();
        u16::from_be_bytes([c, d])
    }

    /// The tag of a keyword of PS3.6.
    pub fn by_keyword(keyword: &str) -> Option<Self> {
        let entry = StandardDataDictionary.by_name(keyword)?;
        let dicom_core::Tag(group, element) = entry.tag();
        Some(Self::new(group, element))
    }

    /// The keyword of PS3.6; nothing for private and unknown tags.
    pub fn keyword(self) -> Option<&'static str> {
        let tag = dicom_core::Tag(self.group(), self.element());
        StandardDataDictionary.by_tag(tag).map(DataDictionaryEntry::alias)
    }

    /// Whether the dictionary of PS3.6 knows the attribute with this VR. Private attributes and
    /// those it does not list have none.
    pub fn allows(self, vr: VR) -> bool {
        let tag = dicom_core::Tag(self.group(), self.element());
        let known =
            self.group().is_multiple_of(2).then(|| StandardDataDictionary.by_tag(tag)).flatten();
        known.is_some_and(|entry| match entry.vr() {
            VirtualVr::Exact(exact) => exact == vr,
            VirtualVr::Xs => matches!(vr, VR::US | VR::SS),
            VirtualVr::Ox | VirtualVr::Px => matches!(vr, VR::OB | VR::OW),
            VirtualVr::Lt => matches!(vr, VR::US | VR::SS | VR::OW),
            _ => false,
        })
    }

    /// The VR of the dictionary of PS3.6; of those that are ambiguous, the unsigned one in words.
    pub fn standard_vr(self) -> Option<VR> {
        let even = self.group().is_multiple_of(2);
        even.then(|| crate::vr::of_dictionary(self, false)).flatten()
    }

    /// Group length (gggg,0000), retired, PS3.5 section 7.2.
    pub fn is_group_length(self) -> bool {
        self.element() == 0
    }

    /// Float, Double Float and Pixel Data (7FE0,0008), (7FE0,0009), (7FE0,0010).
    pub fn is_pixels(self) -> bool {
        matches!(self.0, 0x7FE0_0008..=0x7FE0_0010)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:04X},{:04X})", self.group(), self.element())
    }
}

/// The header of an element whose value has a length, PS3.5 section 7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Its tag.
    pub tag: Tag,
    /// Its VR: as written, of the dictionary in implicit syntaxes and where UN is written.
    pub vr: VR,
    /// Of the first byte of the value, from the start of the data set.
    pub offset: u64,
    /// Of the value, in bytes.
    pub len: u64,
    /// Byte order of the value.
    pub big_endian: bool,
}
