//! Text values: decoding, padding, multiplicity, PS3.5 sections 6.2 and 6.4.

use dicom_core::VR;

use crate::charset::SpecificCharacterSet;
use crate::vr;

/// Decodes the value field of a text element to UTF-8, delimiters and padding included. Character
/// sets apply only to the VRs that PS3.5 section 6.1.2.2 names.
pub fn decode_text(charset: &SpecificCharacterSet, vr: VR, bytes: &[u8]) -> String {
    charset.for_vr(vr).decode(vr, bytes)
}

/// The values of a decoded value field, without insignificant padding.
pub fn split_values(vr: VR, text: &str) -> impl Iterator<Item = &str> {
    let whole = vr::is_single(vr).then_some(text);
    let parts = (!vr::is_single(vr)).then(|| text.split('\\'));
    whole.into_iter().chain(parts.into_iter().flatten()).map(move |value| trim(vr, value))
}

/// Takes padding off one value. Leading spaces are significant in UC and in the VRs that hold
/// paragraphs.
fn trim(vr: VR, value: &str) -> &str {
    let value = value.trim_end_matches([' ', '\0']);
    if vr::is_single(vr) || vr == VR::UC { value } else { value.trim_start_matches([' ', '\0']) }
}

/// All values joined by backslashes again, without padding. A NUL inside is no text, and not every
/// database takes one; it becomes the character for what cannot be shown, so that two values that
/// differ in it stay different from others.
pub(crate) fn normalized(charset: &SpecificCharacterSet, vr: VR, bytes: &[u8]) -> String {
    let text = decode_text(charset, vr, bytes);
    let mut out = String::with_capacity(text.len());
    for (index, value) in split_values(vr, &text).enumerate() {
        if index > 0 {
            out.push('\\');
        }
        out.extend(value.chars().map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(vr: VR, bytes: &[u8], expected: &[&str]) {
        let text = decode_text(&SpecificCharacterSet::default(), vr, bytes);
        assert_eq!(split_values(vr, &text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_nul_inside_is_replaced_where_text_is_indexed() {
        let text = |bytes| normalized(&SpecificCharacterSet::default(), VR::LO, bytes);
        assert_eq!(text(b"A\0B\\C\0"), "A\u{fffd}B\\C");
        assert_eq!(text(b"AB "), "AB");
    }

    #[test]
    fn padding_and_multiplicity() {
        check(VR::CS, b" ORIGINAL\\PRIMARY ", &["ORIGINAL", "PRIMARY"]);
        check(VR::UI, b"1.2.3\0", &["1.2.3"]);
        check(VR::LT, b"  a\\b ", &["  a\\b"]);
        check(VR::LO, b"", &[""]);
        check(VR::DS, b"1\\\\2", &["1", "", "2"]);
    }
}
