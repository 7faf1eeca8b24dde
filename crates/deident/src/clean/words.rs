//! Free text, of which the words of a vocabulary stay.

use lightcase_dataset::{SpecificCharacterSet, VR, decode_text};

use super::names::Names;
use crate::table::lines::WORDS;

/// The words of a text that the vocabulary has, parted by single spaces; `None` when there is none.
/// Those that are a name in the same object go, since nobody can say what they are here.
///
/// Numbers never stay: a record number, a date and a telephone number are nothing else.
pub(super) fn words(
    charset: &SpecificCharacterSet,
    vr: VR,
    value: &[u8],
    names: &Names,
) -> Option<String> {
    /// Longer text is no description.
    const MOST: usize = 10 << 10;
    let text = decode_text(charset, vr, value.get(..value.len().min(MOST))?);
    let mut out = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let small = word.to_ascii_lowercase();
        if word.is_ascii() && WORDS.has(&small) && !names.has(&small) {
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
    use lightcase_dataset::Tag;

    use super::*;
    use crate::tape::Tape;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        check_named(text, "", expected);
    }

    /// In an object whose patient is called so.
    #[track_caller]
    fn check_named(text: &str, name: &str, expected: Option<&str>) {
        let charset = SpecificCharacterSet::parse(b"ISO_IR 192");
        let mut tape = Tape::default();
        tape.element(Tag(0x0010_0010), VR::PN, false, Some(name.as_bytes()));
        let mut names = Names::default();
        names.collect(&tape).unwrap();
        let found = words(&charset, VR::LO, text.as_bytes(), &names);
        assert_eq!(found.as_deref(), expected, "{text} of {name}");
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

    #[test]
    fn a_word_that_is_a_name_goes_with_its_object() {
        check_named("Head and HAND of Wall", "Hand^Small", Some("Head and of Wall"));
        check_named("short axis", "Short", Some("axis"));
        check_named("Wall", "Short-Wall^", None);
    }
}
