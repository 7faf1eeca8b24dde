//! Texts in the character set of an object, among bytes that are said to be something else.

use lightcase_dataset::{SpecificCharacterSet, VR, decode_text};

use super::score::{Characters, Score};

/// The longest text, in bytes. What ASCII, Latin-1 and UTF-8 say is not looked for here.
pub(super) fn longest(charset: &SpecificCharacterSet, value: &[u8]) -> usize {
    let mut longest = 0;
    each_reading(charset, value, |_, text| {
        each_run(text, |score| longest = longest.max(score.count()));
    });
    longest
}

/// All that is text for a third at least, in bytes.
pub(super) fn total(charset: &SpecificCharacterSet, value: &[u8]) -> usize {
    let mut total = 0;
    each_reading(charset, value, |stretch, text| {
        let mut found = 0;
        each_run(text, |score| found += if score.is_prose() { score.count() } else { 0 });
        if found >= SHORTEST && found * 3 >= stretch.len() {
            total += stretch.len();
        }
    });
    total
}

/// Whether a value is one text from its start to its end, but for the padding.
pub(super) fn is_all(charset: &SpecificCharacterSet, value: &[u8]) -> bool {
    let end = value.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
    let value = value.get(..end).unwrap_or_default();
    if value.iter().any(|byte| is_control(*byte)) {
        return false;
    }
    let mut found = false;
    each_reading(charset, value, |_, text| {
        let (mut runs, mut longest) = (0, 0);
        each_run(text, |score| {
            runs += 1;
            longest = longest.max(score.count());
        });
        found |= runs == 1 && longest >= SHORTEST;
    });
    found
}

/// Whether a value may be a text: it has none of the bytes that no text has, and no NUL but the last.
pub(super) fn may_be_text(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"\0").unwrap_or(value);
    value.len() > 2 && !value.iter().any(|byte| is_control(*byte))
}

/// Shorter texts are chance.
const SHORTEST: usize = 6;

/// ESC begins the sequences of ISO 2022.
const ESCAPE: u8 = 0x1B;

const fn is_control(byte: u8) -> bool {
    byte < b' ' && byte != ESCAPE || byte == 0x7F
}

/// Tells what stands between bytes that no text has, and how it reads.
fn each_reading(charset: &SpecificCharacterSet, value: &[u8], mut told: impl FnMut(&[u8], &str)) {
    let default = SpecificCharacterSet::default();
    let is_plain = charset.is_latin_or_utf8();
    for stretch in value.split(|byte| is_control(*byte)).filter(|stretch| stretch.len() > 3) {
        let escapes = stretch.contains(&ESCAPE);
        if is_plain && !escapes || is_numbers(stretch) {
            continue;
        }
        if !is_plain {
            told(stretch, &decode_text(charset, VR::LO, stretch));
        }
        // They are honoured whether or not their set was declared.
        if escapes {
            told(stretch, &decode_text(&default, VR::LO, stretch));
        }
    }
}

/// Whether every second byte is nearly the same, as are high bytes of numbers, or many go on by nearly
/// the same step, as curves do.
fn is_numbers(stretch: &[u8]) -> bool {
    let mut score = Score::default();
    for byte in stretch {
        score.add(u32::from(*byte), 1);
    }
    let curved = stretch.windows(3).filter(|three| goes_on(three)).count();
    score.alternates() || curved * 5 >= stretch.len() * 2
}

fn goes_on(three: &[u8]) -> bool {
    let [a, b, c] = *three else { return false };
    let [a, b, c] = [a, b, c].map(i16::from);
    a != b && (c - b - (b - a)).abs() <= 2
}

/// Tells each run of characters; the last may be empty, and some between.
fn each_run(text: &str, mut told: impl FnMut(&Score)) {
    let mut score = Score::default();
    for character in text.chars() {
        let code = u32::from(character);
        let is_part = match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() => Characters::All.has(byte),
            Ok(_) | Err(_) => character.is_alphanumeric() || is_tone(character),
        };
        if is_part {
            score.add(code, if is_wide(character) { 2 } else { 1 });
        } else {
            told(&std::mem::take(&mut score));
        }
    }
    told(&score);
}

/// Tone marks of Thai, which are no letters.
const fn is_tone(character: char) -> bool {
    matches!(character, '\u{E47}'..='\u{E4E}')
}

/// Characters of sets of two bytes: Chinese, Japanese, Korean.
const fn is_wide(character: char) -> bool {
    matches!(character, '\u{2E80}'..'\u{FF00}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_no_control_bytes() {
        for (value, is) in [
            (&b"Quillerby"[..], true),
            (b"Quillerby\0", true),
            (b"\x1B$B;3ED\x1B(B", true),
            (b"\xBA\xD2\xD8\xDB", true),
            (b"Quill\0erby", false),
            (b"Quillerby\x7F", false),
            (b"Quillerby\n", false),
            (b"\xC8\0", false),
            (b"\0\0\xC8B", false),
            (b"", false),
        ] {
            assert_eq!(may_be_text(value), is, "{value:02X?}");
        }
    }

    #[test]
    fn a_whole_value_is_one_text() {
        let cyrillic = SpecificCharacterSet::parse(b"ISO_IR 144");
        assert!(is_all(&cyrillic, b"\xBA\xD2\xD8\xDB\xDB\xD5\xE0\xD1\xD8 \0\0"));
        assert!(!is_all(&cyrillic, b"\xBA\xD2\xD8\xDB\xDB\xD5\xE0\xD1\xD8\x9A"));
        assert!(!is_all(&cyrillic, b"\xBA\xD2\x01\xDB\xDB\xD5\xE0\xD1\xD8"));
        assert!(!is_all(&SpecificCharacterSet::default(), b"\xBA\xD2\xD8\xDB\xDB\xD5\xE0\xD1\xD8"));
        assert_eq!(total(&cyrillic, b"\xBA\xD2\xD8\xDB\xDB\xD5\xE0\xD1\xD8\x01\xBA\xD2"), 9);
    }
}
