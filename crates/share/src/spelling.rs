//! How differently one and the same text may be spelled.

use unicode_normalization::UnicodeNormalization;

/// A text as it reads: without characters that nobody sees, and in one form whatever it was typed
/// with (Unicode's NFKC).
pub(crate) fn composed(text: &str) -> String {
    let seen = text.chars().filter(|each| !is_invisible(*each));
    seen.nfkc().filter(|each| !is_accent(*each)).collect()
}

/// The ways to read a text: characters that nobody sees stand within a word, or between two.
pub(crate) fn readings(text: &str) -> [String; 2] {
    [composed(text), composed(&text.replace(is_invisible, " "))]
}

/// In lower case, with umlauts as those write them who have none, and without other accents.
pub(crate) fn spelled_out(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for each in composed(text).chars().flat_map(char::to_lowercase) {
        match letters(each) {
            Some(letters) => spelled.push_str(letters),
            None => spelled.push(each),
        }
    }
    // Marks that tell letters of other scripts apart go back to where they were.
    spelled.nfkd().filter(|each| !is_accent(*each)).nfc().collect()
}

/// What [`spelled_out`] gave, with umlauts as those write them who leave the dots out.
pub(crate) fn without_dots(spelled_out: &str) -> String {
    spelled_out.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// Whether a text has nothing in it that anybody sees.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|each| each.is_whitespace() || is_invisible(each))
}

/// Letters that are written as others where a keyboard lacks them.
fn letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

/// The blocks of combining marks that belong to no script. Others tell letters apart, as が from か.
fn is_accent(each: char) -> bool {
    matches!(
        each,
        '\u{300}'..='\u{36F}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE20}'..='\u{FE2F}'
    )
}

/// Unicode's `Default_Ignorable_Code_Point`, and the blank pattern of Braille.
fn is_invisible(each: char) -> bool {
    matches!(
        each,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_word_are_one() {
        let check = |text: &str, expected: &str| assert_eq!(spelled_out(text), expected, "{text}");
        check("Müller", "mueller");
        check("MU\u{308}LLER", "mueller");
        check("Mueller", "mueller");
        check("M\u{34f}u\u{34f}\u{308}l\u{ad}ler", "mueller");
        check("Gößmann", "goessmann");
        check("GÖẞMANN", "goessmann");
        check("Ｍüller", "mueller");
        check("\u{1d40c}uller", "muller");
        check("Z\u{334}z\u{20e0}patient\u{200b}name", "zzpatientname");
        check("Renée Šťastný", "renee stastny");
        check("Łukasz Sørensen", "lukasz soerensen");
        check("İbrahim ŞİMŞEK", "ibrahim simsek");
        check("ΑΝΔΡΈΑΣ Ανδρέας", "ανδρεασ ανδρεασ");
        check("が \u{304b}\u{3099} ｶﾞ", "が が ガ");
        check("\u{1112}\u{1161}\u{11ab}", "\u{d55c}");
        check("", "");
    }

    #[test]
    fn dots_may_be_left_out() {
        let check = |text: &str, expected: &str| {
            assert_eq!(without_dots(&spelled_out(text)), expected, "{text}");
        };
        for text in ["Müller-Lüdenscheidt", "Mueller-Ludenscheidt", "Muller-Luedenscheidt"] {
            check(text, "muller-ludenscheidt");
        }
        check("Änne", "anne");
    }

    #[test]
    fn what_nobody_sees_parts_words_or_does_not() {
        assert_eq!(readings("to\u{200b}Doe\u{ad}"), ["toDoe".to_owned(), "to Doe ".to_owned()]);
    }

    #[test]
    fn a_text_that_nobody_sees_is_blank() {
        let check = |text: &str, blank: bool| assert_eq!(is_blank(text), blank, "{text:?}");
        for text in ["", " \n", "\u{ad}", "\u{200b} \u{2060}", "\u{3164}", "\u{2800}", "\u{fe0f}"] {
            check(text, true);
        }
        check("a\u{ad}", false);
        check("\u{645}\u{6cc}\u{200c}\u{634}", false);
        check("\u{1f642}", false);
        check(".", false);
    }
}
