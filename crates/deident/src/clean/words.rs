//! Free text, of which the words of a vocabulary stay.

use lightcase_dataset::{SpecificCharacterSet, VR, decode_text};

use crate::table::lines::WORDS;

/// The words of a text that the vocabulary has, parted by single spaces; `None` when there is none.
///
/// Numbers never stay: a record number, a date and a telephone number are nothing else.
pub(super) fn words(charset: &SpecificCharacterSet, vr: VR, value: &[u8]) -> Option<String> {
    /// Longer text is no description.
    const MOST: usize = 10 << 10;
    let text = decode_text(charset, vr, value.get(..value.len().min(MOST))?);
    let mut out = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if word.is_ascii() && WORDS.has(&word.to_ascii_lowercase()) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    // Of a text that is cut off, the whole words stay.
    let most = if vr == VR::SH {
        16
    } else if vr == VR::LO {
        64
    } else {
        1024
    };
    if out.len() > most {
        out.truncate(out.get(..=most).and_then(|text| text.rfind(' ')).unwrap_or(0));
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let charset = SpecificCharacterSet::parse(b"ISO_IR 192");
        assert_eq!(words(&charset, VR::LO, text.as_bytes()).as_deref(), expected);
    }

    #[test]
    fn known_words_stay_and_nothing_else() {
        check("CT Chest with contrast", Some("CT Chest with contrast"));
        check("T1 axial for Quillerby, born 19760904", Some("T1 axial for"));
        check("Head^Quillerby-Peverell", Some("Head"));
        check("12.03.1976", None);
        check("H\u{fd}rt\u{f3}", None);
        check("Мария chest", Some("chest"));
        check("", None);
        check("canary4711", None);
    }
}
