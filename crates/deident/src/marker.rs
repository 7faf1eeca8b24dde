//! What an object says about its de-identification, PS3.3 section C.12.1 and C.7.1.1.

use lightcase_dataset::{Encoder, Tag, VR};

use crate::{EDITION, Profile, ProfileOption};

/// Patient Identity Removed (0012,0062).
pub(crate) const REMOVED: Tag = Tag(0x0012_0062);

/// De-identification Method (0012,0063).
pub(crate) const METHOD: Tag = Tag(0x0012_0063);

/// De-identification Method Code Sequence (0012,0064).
pub(crate) const METHOD_CODES: Tag = Tag(0x0012_0064);

/// Burned In Annotation (0028,0301).
pub(crate) const BURNED_IN: Tag = Tag(0x0028_0301);

/// Code and meaning of the Basic Profile, PS3.16 CID 7050.
const BASIC: (&str, &str) = ("113100", "Basic Application Confidentiality Profile");

/// An attribute that is added, or put in the place of the one that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
    Text(Tag, VR, String),
    Codes(Tag, Vec<(&'static str, &'static str)>),
}

impl Marker {
    pub(crate) const fn tag(&self) -> Tag {
        match self {
            Self::Text(tag, _, _) | Self::Codes(tag, _) => *tag,
        }
    }

    pub(crate) fn write(&self, encoder: &mut Encoder) {
        match self {
            Self::Text(tag, vr, text) => encoder.element(*tag, *vr, text.as_bytes()),
            Self::Codes(tag, codes) => {
                encoder.open_sequence(*tag);
                for (code, meaning) in codes {
                    write_code(encoder, code, meaning);
                }
                encoder.close_sequence();
            }
        }
    }
}

/// An item of De-identification Method Code Sequence (0012,0064).
pub(crate) fn write_code(encoder: &mut Encoder, code: &str, meaning: &str) {
    encoder.open_item();
    encoder.element(Tag(0x0008_0100), VR::SH, code.as_bytes());
    encoder.element(Tag(0x0008_0102), VR::SH, b"DCM");
    encoder.element(Tag(0x0008_0104), VR::LO, meaning.as_bytes());
    encoder.close_item();
}

/// The markers of a profile, in ascending order. `scrubbed`: burned-in text was blanked.
pub(crate) fn markers(profile: &Profile, scrubbed: bool) -> Vec<Marker> {
    let mut codes = vec![BASIC];
    codes.extend(profile.options().map(|option| (option.code(), option.meaning())));
    let mut methods: Vec<String> = codes.iter().map(|(_, meaning)| (*meaning).to_owned()).collect();
    methods.push(format!("Lightcase {} PS3.15 {EDITION}", env!("CARGO_PKG_VERSION")));
    let time = if profile.has(ProfileOption::RetainModifiedDates) {
        "MODIFIED"
    } else if profile.has(ProfileOption::RetainFullDates) {
        "UNMODIFIED"
    } else {
        "REMOVED"
    };
    let text = |tag, vr, text: &str| Marker::Text(Tag(tag), vr, text.to_owned());
    let mut markers = vec![
        text(REMOVED.0, VR::CS, "YES"),
        text(METHOD.0, VR::LO, &methods.join("\\")),
        Marker::Codes(METHOD_CODES, codes),
    ];
    if scrubbed {
        markers.push(text(BURNED_IN.0, VR::CS, "NO"));
    }
    markers.push(text(0x0028_0303, VR::CS, time));
    markers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_fit_their_attributes() {
        for option in ProfileOption::ALL {
            assert!(option.meaning().len() <= 64, "{option}");
        }
        let markers = markers(&Profile::default(), true);
        assert!(markers.is_sorted_by(|a, b| a.tag() < b.tag()));
        assert_eq!(markers.len(), 5);
    }
}
