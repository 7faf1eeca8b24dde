//! Folding of names, so that case, accents, width and trailing delimiters do not matter when
//! matching.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Counts the ways of folding there have been: the first is of names, the second of the recipients
/// of links, too. A catalog that was folded another way is folded again when it is opened
/// (`refold.rs`).
pub(crate) const FOLDING: i64 = 2;

/// A person name as it is searched, by its component groups (PS3.5 section 6.2.1.1). A group that
/// is absent is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FoldedName {
    pub(crate) alphabetic: String,
    pub(crate) ideographic: String,
    pub(crate) phonetic: String,
    /// Every part of every group, each behind a space.
    pub(crate) words: String,
}

impl FoldedName {
    pub(crate) fn of(name: &str) -> Self {
        let mut groups = name.splitn(3, '=').map(fold_group);
        let mut next = || groups.next().unwrap_or_default();
        let (alphabetic, ideographic, phonetic) = (next(), next(), next());
        let mut words = String::new();
        for word in [&alphabetic, &ideographic, &phonetic].into_iter().flat_map(|each| parts(each))
        {
            words.push(' ');
            words.push_str(word);
        }
        Self { alphabetic, ideographic, phonetic, words }
    }
}

/// The words of a folded text that can start a part of a name.
pub(crate) fn parts(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(['^', '=', ' ']).filter(|part| !part.is_empty())
}

/// One component group: folded, with single spaces, without trailing `^`.
pub(crate) fn fold_group(group: &str) -> String {
    let folded = fold(group);
    let parts = folded.split('^').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    parts.collect::<Vec<_>>().join("^").trim_end_matches('^').to_owned()
}

/// Lower case, without accents, in compatibility forms: `Ｄöe` and `doe` fold to the same.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfkd().filter(|each| !is_accent(*each));
    let mut out = String::with_capacity(text.len());
    for character in plain.flat_map(char::to_lowercase) {
        match letters(character) {
            Some(letters) => out.push_str(letters),
            None => out.push(character),
        }
    }
    out.nfc().collect()
}

/// The combining marks of Latin, Greek and Cyrillic. Others tell letters apart, as が from か.
fn is_accent(character: char) -> bool {
    is_combining_mark(character) && ('\u{300}'..='\u{36F}').contains(&character)
}

/// Letters that Unicode does not take apart, but everybody who types a name does.
fn letters(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(name: &str, groups: [&str; 3], words: &str) {
        let [alphabetic, ideographic, phonetic] = groups.map(ToOwned::to_owned);
        let expected = FoldedName { alphabetic, ideographic, phonetic, words: words.to_owned() };
        assert_eq!(FoldedName::of(name), expected);
    }

    #[test]
    fn case_accents_padding_and_empty_ends_are_folded() {
        check("Doe^Jane^^", ["doe^jane", "", ""], " doe jane");
        check("DOE^JANE  ANN ", ["doe^jane ann", "", ""], " doe jane ann");
        check("Müller^Ümit==", ["muller^umit", "", ""], " muller umit");
        check("Łukasz^Straße", ["lukasz^strasse", "", ""], " lukasz strasse");
        check("İbrahim^ŞİMŞEK", ["ibrahim^simsek", "", ""], " ibrahim simsek");
        check("ΑΝΔΡΈΑΣ", ["ανδρεασ", "", ""], " ανδρεασ");
        check("", ["", "", ""], "");
        check("^^", ["", "", ""], "");
    }

    #[test]
    fn groups_stay_apart_and_kana_keep_their_marks() {
        check(
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
            ["yamada^tarou", "山田^太郎", "やまだ^たろう"],
            " yamada tarou 山田 太郎 やまだ たろう",
        );
        // Half-width katakana, as ISO_IR 13 has them, are the same as the others.
        check("ﾔﾏﾀﾞ^ﾀﾛｳ", ["ヤマダ^タロウ", "", ""], " ヤマダ タロウ");
        check("=洪^吉洞=홍^길동", ["", "洪^吉洞", "홍^길동"], " 洪 吉洞 홍 길동");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(name: String) {
            let once = fold(&name);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
