//! Identifiers there and back, in every set that can be written.

use lightcase_model::TransferSyntaxUid;
use proptest::prelude::*;

use super::*;
use crate::ScanError;
use crate::syntax::TransferSyntax;

const NAME: Tag = Tag(0x0010_0010);
const COMMENTS: Tag = Tag(0x0010_4000);
const DESCRIPTION: Tag = Tag(0x0008_1030);

fn syntax(uid: &str) -> TransferSyntax {
    TransferSyntax::of(&TransferSyntaxUid::parse(uid).unwrap())
}

fn both() -> [TransferSyntax; 2] {
    [syntax(TransferSyntax::IMPLICIT_LITTLE), syntax(TransferSyntax::EXPLICIT_LITTLE)]
}

/// An element as implicit VR little endian.
fn element(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(b' ');
    }
    let tag = Tag(tag);
    let length = u32::try_from(value.len()).unwrap().to_le_bytes();
    [&tag.group().to_le_bytes()[..], &tag.element().to_le_bytes(), &length, &value].concat()
}

/// The bytes mean the text, and the text becomes these bytes again.
#[track_caller]
fn check_name(terms: &str, bytes: &[u8], text: &str) {
    let [implicit, _] = both();
    let whole = [element(0x0008_0005, terms.as_bytes()), element(NAME.0, bytes)].concat();
    let read = Identifier::read(&whole, &implicit).unwrap();
    assert_eq!(read.text(NAME), Some(text));
    assert_eq!(read.write(&implicit).unwrap(), whole, "{terms}");
}

#[test]
fn the_examples_of_ps3_5_annexes_h_to_k() {
    check_name(
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    );
    check_name(
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    );
    check_name(
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    );
    check_name(
        "ISO_IR 192",
        b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1",
        "Wang^XiaoDong=王^小東",
    );
    check_name("GB18030", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "Wang^XiaoDong=王^小东");
    check_name("GBK", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "Wang^XiaoDong=王^小东");
    check_name(
        "\\ISO 2022 IR 58",
        b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab",
        "Zhang^XiaoDong=张^小东",
    );
    check_name("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme");
    check_name("ISO_IR 144", b"\xbb\xee\xda\xe1", "Люкс");
    check_name("ISO 2022 IR 100\\ISO 2022 IR 144", b"\xe9\x1b-L\xbb\xee\x1b-A^\xe9", "éЛю^é");
}

/// What the sets of a request hold is answered in them, everything else in UTF-8.
#[track_caller]
fn check_answer(terms: &str, text: &str, announced: Option<&str>) {
    for syntax in both() {
        let mut answer = Identifier::new(CharacterSets::parse(terms.as_bytes()));
        answer.put_text(NAME, text);
        answer.put_text(Tag(0x0020_000D), "1.2.3");
        let read = Identifier::read(&answer.write(&syntax).unwrap(), &syntax).unwrap();
        assert_eq!(read.text(NAME), Some(text), "{terms}");
        assert_eq!(read.text(Tag(0x0020_000D)), Some("1.2.3"));
        assert_eq!(read.sets().value(), announced.unwrap_or(terms), "{terms} {text}");
    }
}

#[test]
fn an_answer_is_in_the_set_of_the_request_or_in_unicode() {
    let unicode = Some("ISO_IR 192");
    check_answer("", "Doe^Jane", None);
    check_answer("", "Müller", unicode);
    check_answer("ISO_IR 100", "Müller", None);
    check_answer("ISO_IR 100", "Doe", None);
    check_answer("ISO_IR 100", "Łukasz", unicode);
    check_answer("ISO_IR 101", "Łukasz", None);
    check_answer("ISO_IR 999", "Doe", unicode);
    check_answer("\\ISO 2022 IR 87", "=山田", None);
    check_answer("\\ISO 2022 IR 87", "=홍", unicode);
    check_answer("\\ISO 2022 IR 159", "丂", unicode);
    check_answer("\\ISO 2022 IR 149", "=洪", None);
    check_answer("\\ISO 2022 IR 58", "=张", None);
    check_answer("GB18030", "=张 é 한", None);
    check_answer("ISO_IR 13", "ﾔﾏﾀﾞ", None);
    check_answer("ISO_IR 13", "山田", unicode);
    check_answer("iso-ir 192", "é", unicode);
}

#[test]
fn the_set_of_a_value_is_announced_before_it_and_asked_at_its_end() {
    // Out of order: the character set stands behind the name.
    let [implicit, _] = both();
    let bytes = [element(NAME.0, b"J\xe9"), element(0x0008_0005, b"ISO_IR 100")].concat();
    assert_eq!(Identifier::read(&bytes, &implicit).unwrap().text(NAME), Some("Jé"));
}

#[test]
fn numbers_sequences_and_bytes_survive() {
    let mut item = Identifier::default();
    item.put_text(Tag(0x0008_1150), "1.2.840.10008.1.1");
    item.put_text(DESCRIPTION, "Schädel");
    let mut whole = Identifier::default();
    whole.put_text(Tag(0x0028_0010), "512");
    whole.put_text(Tag(0x0020_1206), "3");
    whole.put_text(Tag(0x0008_0058), "1.2\\1.3");
    whole.put_text(Tag(0x0009_1001), "private");
    whole.put_text(COMMENTS, "a\\b");
    whole.put_items(Tag(0x0008_1199), vec![item.clone(), Identifier::default()]);
    whole.put_items(Tag(0x0008_1198), Vec::new());
    for syntax in both() {
        let read = Identifier::read(&whole.write(&syntax).unwrap(), &syntax).unwrap();
        assert_eq!(read.text(Tag(0x0028_0010)), Some("512"));
        assert_eq!(read.text(COMMENTS), Some("a\\b"));
        assert_eq!(read.texts(COMMENTS).collect::<Vec<_>>(), ["a\\b"]);
        assert_eq!(read.texts(Tag(0x0008_0058)).collect::<Vec<_>>(), ["1.2", "1.3"]);
        assert_eq!(read.items(Tag(0x0008_1199)).len(), 2);
        assert_eq!(read.items(Tag(0x0008_1199))[0].text(DESCRIPTION), Some("Schädel"));
        assert!(read.items(Tag(0x0008_1198)).is_empty() && read.contains(Tag(0x0008_1198)));
        assert_eq!(read.text(Tag(0x0009_1001)), None);
    }
    let json: serde_json::Value = serde_json::from_slice(&whole.to_json().unwrap()).unwrap();
    assert_eq!(json["00280010"]["Value"], serde_json::json!([512]));
    assert_eq!(json["00081199"]["Value"][0]["00081030"]["Value"][0], "Schädel");
    assert_eq!(json["00081198"], serde_json::json!({"vr": "SQ"}));
}

#[test]
fn what_cannot_be_written_is_said() {
    let [implicit, explicit] = both();
    let mut wrong = Identifier::default();
    wrong.put_text(Tag(0x0028_0010), "many");
    assert_eq!(wrong.write(&implicit), Err(WriteError::Unfit(Tag(0x0028_0010))));
    let mut wrong = Identifier::default();
    wrong.put_text(Tag(0x0020_000D), "1.é");
    assert_eq!(wrong.write(&implicit), Err(WriteError::Unfit(Tag(0x0020_000D))));
    let mut long = Identifier::default();
    long.put_text(NAME, "x".repeat(70_000));
    assert!(long.write(&implicit).is_ok());
    assert_eq!(long.write(&explicit), Err(WriteError::Unfit(NAME)));
    let big = syntax(TransferSyntax::EXPLICIT_BIG);
    assert_eq!(Identifier::default().write(&big), Err(WriteError::UnsupportedEncoding));
}

#[test]
fn hostile_bytes_are_refused_within_bounds() {
    let [implicit, _] = both();
    let check = |bytes: &[u8], expected: ScanError| {
        assert_eq!(Identifier::read(bytes, &implicit), Err(expected));
    };
    let nested = [0x08, 0, 0x40, 0x11, 255, 255, 255, 255, 0xFE, 255, 0, 0xE0, 255, 255, 255, 255];
    check(&nested.repeat(2_000), ScanError::LimitExceeded { what: "nested sequences" });
    check(&element(NAME.0, b"ab")[..9], ScanError::Truncated);
    let twice = [element(NAME.0, b"ab"), element(NAME.0, b"cd")].concat();
    let what = "an element stands there twice";
    check(&twice, ScanError::Malformed { offset: 18, what });
    let mut reader = IdentifierReader::new(&implicit, 10).unwrap();
    let what = "length of the identifier";
    assert_eq!(reader.push(&[8; 11]), Err(ScanError::LimitExceeded { what }));
    let deflated = syntax("1.2.840.10008.1.2.1.99");
    assert!(IdentifierReader::new(&deflated, 10).is_err());
}

#[test]
fn tags_and_keywords_know_each_other() {
    assert_eq!(Tag::by_keyword("PatientName"), Some(NAME));
    assert_eq!(Tag::by_keyword("NoSuchKeyword"), None);
    assert_eq!(NAME.keyword(), Some("PatientName"));
    assert_eq!(Tag(0x0009_1001).keyword(), None);
}

const TERMS: [&str; 12] = [
    "",
    "ISO_IR 100",
    "ISO_IR 13",
    "ISO_IR 166",
    "ISO_IR 192",
    "GB18030",
    "GBK",
    "\\ISO 2022 IR 87",
    "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159",
    "\\ISO 2022 IR 149",
    "\\ISO 2022 IR 58",
    "ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126",
];

proptest! {
    #[test]
    fn text_that_is_written_is_read(
        terms in proptest::sample::select(&TERMS[..]),
        text in "[a-zA-Z^= é~Ля山田太やﾔ洪길张小€ก\\u{3b1}]{0,20}[a-z山é]",
        explicit: bool,
    ) {
        let syntax = &both()[usize::from(explicit)];
        let text = text.trim_start();
        let mut whole = Identifier::new(CharacterSets::parse(terms.as_bytes()));
        whole.put_text(NAME, text);
        whole.put_text(COMMENTS, text);
        let read = Identifier::read(&whole.write(syntax).unwrap(), syntax).unwrap();
        prop_assert_eq!(read.text(NAME), Some(text));
        prop_assert_eq!(read.text(COMMENTS), Some(text));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for syntax in both() {
            if let Ok(read) = Identifier::read(&bytes, &syntax) {
                drop((read.write(&syntax), read.to_json()));
            }
        }
    }
}
