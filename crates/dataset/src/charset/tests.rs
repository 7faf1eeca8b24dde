//! The examples of PS3.5 annexes H, I, J and K.

use dicom_core::VR;

use super::{CharacterSets, SpecificCharacterSet};

#[track_caller]
fn check(terms: &str, vr: VR, bytes: &[u8], expected: &str) {
    assert_eq!(SpecificCharacterSet::parse(terms.as_bytes()).decode(vr, bytes), expected);
}

#[test]
fn japanese_with_ir_87() {
    // PS3.5 H.3.1.
    check(
        "\\ISO 2022 IR 87",
        VR::PN,
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    );
}

#[test]
fn japanese_with_ir_13() {
    // PS3.5 H.3.2.
    check(
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        VR::PN,
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    );
    check("ISO_IR 13", VR::ST, b"a\\b~", "a¥b‾");
    check("ISO_IR 13", VR::LO, b"a\\b", "a\\b");
}

#[test]
fn korean_with_ir_149() {
    // PS3.5 I.2: the designation holds up to the next delimiter only.
    check(
        "\\ISO 2022 IR 149",
        VR::PN,
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    );
}

#[test]
fn chinese_in_unicode_and_gb() {
    // PS3.5 J.1, J.3, K.2.
    check(
        "ISO_IR 192",
        VR::PN,
        b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=",
        "Wang^XiaoDong=王^小東=",
    );
    check("GB18030", VR::PN, b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东=");
    check("GBK", VR::PN, b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东=");
    check(
        "\\ISO 2022 IR 58",
        VR::PN,
        b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
        "Zhang^XiaoDong=张^小东=",
    );
}

#[test]
fn single_byte_sets() {
    check("ISO_IR 100", VR::PN, b"Buc^J\xe9r\xf4me", "Buc^Jérôme");
    check("ISO_IR 101", VR::PN, b"W\xb3odzimierz", "Włodzimierz");
    check("ISO_IR 144", VR::PN, b"\xbb\xee\xda\xe1", "Люкс");
    check("ISO_IR 126", VR::PN, b"\xc4\xe9\xef\xed", "Διον");
    check("ISO_IR 148", VR::PN, b"\xdeim\xfeek", "Şimşek");
    check("ISO_IR 203", VR::PN, b"\xa4\xbd", "€œ");
    check("ISO_IR 166", VR::PN, b"\xca\xc1", "สม");
    check("ISO_IR 127", VR::PN, b"\xe2\xc8", "قب");
    check("ISO_IR 138", VR::PN, b"\xf9\xf8", "שר");
    check("ISO_IR 109", VR::LO, b"\xa1", "Ħ");
    check("ISO_IR 110", VR::LO, b"\xa2", "ĸ");
}

#[test]
fn extensions_between_single_byte_sets() {
    check("ISO 2022 IR 100\\ISO 2022 IR 144", VR::LO, b"\xe9 \x1b-L\xbb\xee\\\xe9", "é Лю\\é");
    check("\\ISO 2022 IR 159", VR::LO, b"\x1b$(D0!\x1b(B.", "丂.");
}

#[test]
fn latin_and_utf8_are_told_from_others() {
    for (terms, is) in [
        ("", true),
        (" ", true),
        ("ISO_IR 6", true),
        ("ISO_IR 100", true),
        ("ISO_IR 192", true),
        ("\\ISO 2022 IR 87", true),
        ("ISO_IR 101", false),
        ("ISO_IR 13", false),
        ("ISO_IR 144", false),
        ("GB18030", false),
        ("GBK", false),
    ] {
        let charset = SpecificCharacterSet::parse(terms.as_bytes());
        assert_eq!(charset.is_latin_or_utf8(), is, "{terms:?}");
    }
}

#[test]
fn undecodable_bytes_are_replaced() {
    check("", VR::LO, b"a\xe9b", "a\u{fffd}b");
    check("ISO_IR 999", VR::LO, b"a\xe9b", "a\u{fffd}b");
    check("ISO_IR 192", VR::LO, b"a\xffb", "a\u{fffd}b");
    check("GB18030\\ISO 2022 IR 87", VR::LO, b"\xcd\xf5", "王");
    check("", VR::LO, b"\x1b[31m", "\u{1b}[31m");
    check("\\ISO 2022 IR 87", VR::LO, b"\x1b$B;", "\u{fffd}");
}

#[track_caller]
fn check_terms(value: &str, expected: Option<&str>) {
    let sets = CharacterSets::parse(value.as_bytes());
    assert_eq!(sets.is_known().then(|| sets.value()).as_deref(), expected, "{value}");
}

#[test]
fn terms_are_those_of_the_standard() {
    for term in [
        "",
        "ISO_IR 6",
        "ISO_IR 100",
        "ISO_IR 166",
        "ISO_IR 192",
        "GB18030",
        "GBK",
        "\\ISO 2022 IR 87",
        "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159",
        "ISO 2022 IR 6\\ISO 2022 IR 149\\ISO 2022 IR 58",
    ] {
        check_terms(term, Some(term));
    }
    check_terms("iso-ir 192", Some("ISO_IR 192"));
    check_terms("ISO IR100 ", Some("ISO_IR 100"));
    check_terms("IR 101", Some("ISO_IR 101"));
    check_terms("UTF-8", Some("ISO_IR 192"));
    check_terms("ISO_2022_IR_100\\ISO_IR 87", Some("ISO 2022 IR 100\\ISO 2022 IR 87"));
}

#[test]
fn what_is_no_term_is_not_repeated() {
    for value in [
        "ISO 2022 QUILLERBY 7731905 IR 100",
        "ISO 2022 IR QUILLERBY",
        "QUILLERBY IR 100",
        "ISO_IR 100 QUILLERBY",
        "ISO_IR 999",
        "ISO_IR 100\\QUILLERBY",
        "QUILLERBY GBK",
    ] {
        check_terms(value, None);
        let sets = CharacterSets::parse(value.as_bytes());
        assert!(!sets.value().contains("QUILLERBY"), "{value}");
    }
}
