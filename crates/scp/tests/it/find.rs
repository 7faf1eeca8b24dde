//! C-FIND over the archive: levels, keys, character sets, limits, cancelling, rights.

use std::process::Stdio;
use std::time::Duration;

use lightcase_catalog::Right;
use lightcase_dataset::{CharacterSets, Identifier, Tag, TransferSyntax};
use lightcase_dimse::Status;
use lightcase_dimse::scu::{self, Found, Outcome, Outgoing, Query, ScuError, Source};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid, Uid};
use lightcase_scp::{FindLimits, OpenLoopback};
use tokio::time::timeout;

use crate::house::House;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const PATIENT_ROOT: &str = "1.2.840.10008.5.1.4.1.2.1.1";
const STUDY_ROOT: &str = "1.2.840.10008.5.1.4.1.2.2.1";

const NAME: &str = "PatientName";
const NAMES: [&str; 5] = [
    "Doe^Jane",
    "Müller^Jörg",
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "Hong^Gildong=洪^吉洞=홍^길동",
    "O'Hara^100%_\\",
];

fn tag(keyword: &str) -> Tag {
    Tag::by_keyword(keyword).unwrap()
}

fn syntax(uid: &str) -> TransferSyntaxUid {
    TransferSyntaxUid::parse(uid).unwrap()
}

/// One CT study of one image for each of some names.
async fn fill(house: &House, names: &[&str]) {
    let explicit = syntax(TransferSyntax::EXPLICIT_LITTLE);
    let objects = names.iter().zip(1..).map(|(name, number): (_, u32)| {
        let mut object = Identifier::new(CharacterSets::unicode());
        let study = format!("1.9.{number}");
        for (keyword, text) in [
            ("SOPClassUID", CT.to_owned()),
            ("SOPInstanceUID", format!("{study}.1.1")),
            ("StudyDate", format!("202601{number:02}")),
            ("StudyTime", "1030".to_owned()),
            ("Modality", "CT".to_owned()),
            (NAME, name.trim_end_matches('\\').to_owned()),
            ("PatientID", format!("P{number}")),
            ("StudyInstanceUID", study.clone()),
            ("SeriesInstanceUID", format!("{study}.1")),
            ("InstanceNumber", "1".to_owned()),
        ] {
            object.put_text(tag(keyword), text);
        }
        let bytes = object.write(&TransferSyntax::of(&explicit)).unwrap();
        Outgoing {
            class: SopClassUid::parse(CT).unwrap(),
            instance: SopInstanceUid::parse(&format!("{study}.1.1")).unwrap(),
            syntax: explicit.clone(),
            source: Source::Bytes(bytes.into()),
        }
    });
    scu::store(&house.target("CT1"), objects.collect(), |_, outcome| {
        assert!(matches!(outcome, Outcome::Stored(_)), "{outcome:?}");
    })
    .await
    .unwrap();
}

async fn house(limits: FindLimits) -> House {
    let house = House::limited(OpenLoopback::No, limits).await;
    house.add_peer("CT1", &[Right::Store]).await;
    house.add_peer("READER", &[Right::Find]).await;
    house
}

struct Ask<'a> {
    class: &'a str,
    sets: &'a str,
    keys: &'a [(&'a str, &'a str)],
    limit: usize,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self { class: STUDY_ROOT, sets: "ISO_IR 192", keys: &[], limit: usize::MAX }
    }
}

impl Ask<'_> {
    async fn of(self, house: &House) -> (Found, Vec<Identifier>) {
        let implicit = syntax(TransferSyntax::IMPLICIT_LITTLE);
        let reading = TransferSyntax::of(&implicit);
        let mut identifier = Identifier::new(CharacterSets::parse(self.sets.as_bytes()));
        for (keyword, text) in self.keys {
            identifier.put_text(tag(keyword), *text);
        }
        let query = Query {
            class: Uid::parse(self.class).unwrap(),
            syntax: implicit,
            identifier: identifier.write(&reading).unwrap().into(),
            limit: self.limit,
        };
        let mut matches = Vec::new();
        let found = scu::find(&house.target("READER"), &query, |bytes| {
            matches.push(Identifier::read(&bytes, &reading).unwrap());
        })
        .await
        .unwrap();
        (found, matches)
    }
}

fn texts<'a>(matches: &'a [Identifier], keyword: &str) -> Vec<&'a str> {
    let mut texts: Vec<_> =
        matches.iter().map(|each| each.text(tag(keyword)).unwrap_or("absent")).collect();
    texts.sort_unstable();
    texts
}

#[tokio::test]
async fn keys_narrow_and_matches_tell_what_was_asked() {
    let house = house(FindLimits::default()).await;
    fill(&house, &NAMES).await;
    let check = async |key: (&str, &str), expected: &[&str]| {
        let keys = &[("QueryRetrieveLevel", "STUDY"), ("PatientID", ""), key];
        // The key itself may be that of the patient.
        let (found, matches) = Ask { keys, ..Ask::default() }.of(&house).await;
        assert_eq!(found.status, Status::SUCCESS, "{key:?} {found:?}");
        assert_eq!(texts(&matches, "PatientID"), expected, "{key:?}");
    };
    check((NAME, ""), &["P1", "P2", "P3", "P4", "P5"]).await;
    check((NAME, "DOE^JANE"), &["P1"]).await;
    check((NAME, "muller*"), &["P2"]).await;
    check((NAME, "*JÖRG"), &["P2"]).await;
    check((NAME, "山田*"), &["P3"]).await;
    check((NAME, "*=*=홍^길동"), &["P4"]).await;
    check((NAME, "hong*=山田*"), &[]).await;
    check(("PatientID", "P?"), &["P1", "P2", "P3", "P4", "P5"]).await;
    check(("StudyInstanceUID", "1.9.1\\1.9.4\\1.9.9"), &["P1", "P4"]).await;
    check(("StudyDate", "20260102-20260103"), &["P2", "P3"]).await;
    check(("StudyTime", "-1030"), &["P1", "P2", "P3", "P4", "P5"]).await;
    check(("StudyTime", "103001-"), &[]).await;
    check(("ModalitiesInStudy", "CT"), &["P1", "P2", "P3", "P4", "P5"]).await;
    check(("ModalitiesInStudy", "MR"), &[]).await;
    // What SQL takes for its own is text (A17).
    for hostile in ["%", "_*", "*%*'", "' OR 1=1 --", "\"", "*\u{5c}"] {
        let keys = &[("QueryRetrieveLevel", "STUDY"), (NAME, hostile)];
        let (_, matches) = Ask { keys, ..Ask::default() }.of(&house).await;
        assert!(matches.is_empty(), "{hostile}");
    }
    check((NAME, "*100%_"), &["P5"]).await;
    check((NAME, "O'*"), &["P5"]).await;
    check((NAME, &"*".repeat(10_000)), &["P1", "P2", "P3", "P4", "P5"]).await;

    let keys = &[
        ("QueryRetrieveLevel", "IMAGE"),
        ("StudyInstanceUID", "1.9.2"),
        ("SeriesInstanceUID", "1.9.2.1"),
        ("SOPInstanceUID", ""),
        ("SOPClassUID", ""),
        ("AvailableTransferSyntaxUID", ""),
        ("NumberOfStudyRelatedInstances", ""),
        ("Rows", ""),
    ];
    let (found, matches) = Ask { keys, ..Ask::default() }.of(&house).await;
    assert_eq!((found.status, found.keys_ignored), (Status::SUCCESS, false));
    let [image] = matches.as_slice() else { panic!("{} matches", matches.len()) };
    assert_eq!(image.text(tag("SOPInstanceUID")), Some("1.9.2.1.1"));
    assert_eq!(image.text(tag("SOPClassUID")), Some(CT));
    assert_eq!(image.text(tag("AvailableTransferSyntaxUID")), Some("1.2.840.10008.1.2.1"));
    assert_eq!(image.text(tag("NumberOfStudyRelatedInstances")), Some("1"));
    assert_eq!(image.text(tag("Rows")), Some(""));
    assert_eq!(image.text(tag("RetrieveAETitle")), Some("LIGHTCASE"));
    assert_eq!(image.text(tag("InstanceAvailability")), Some("ONLINE"));
    assert_eq!(image.text(tag("QueryRetrieveLevel")), Some("IMAGE"));

    let keys = &[
        ("QueryRetrieveLevel", "PATIENT"),
        ("PatientID", "P1"),
        ("NumberOfPatientRelatedStudies", ""),
        ("NumberOfPatientRelatedInstances", ""),
        ("PatientComments", "unknown here"),
    ];
    let (found, matches) = Ask { class: PATIENT_ROOT, keys, ..Ask::default() }.of(&house).await;
    assert!(found.keys_ignored);
    assert_eq!(texts(&matches, "NumberOfPatientRelatedStudies"), ["1"]);
    assert_eq!(texts(&matches, "NumberOfPatientRelatedInstances"), ["1"]);
    assert_eq!(texts(&matches, "PatientComments"), ["absent"]);
    house.close().await;
}

#[tokio::test]
async fn matches_come_in_the_character_set_of_the_request_or_in_unicode() {
    let house = house(FindLimits::default()).await;
    fill(&house, &NAMES).await;
    let check = async |sets: &str, name: &str, expected: &str, answered: &str| {
        let keys = &[("QueryRetrieveLevel", "STUDY"), (NAME, name)];
        let (_, matches) = Ask { sets, keys, ..Ask::default() }.of(&house).await;
        assert_eq!(texts(&matches, NAME), [expected], "{sets}");
        assert_eq!(matches[0].sets().value(), answered, "{sets} {name}");
    };
    let [doe, muller, yamada, hong, _] = NAMES;
    check("", "doe*", doe, "").await;
    check("", "muller*", muller, "ISO_IR 192").await;
    check("ISO_IR 100", "MÜLLER*", muller, "ISO_IR 100").await;
    check("\\ISO 2022 IR 87", "*山田*", yamada, "\\ISO 2022 IR 87").await;
    check("\\ISO 2022 IR 149", "*길동*", hong, "\\ISO 2022 IR 149").await;
    // This 郎 is not in KS X 1001.
    check("\\ISO 2022 IR 149", "yamada*", yamada, "ISO_IR 192").await;
    check("ISO_IR 100", "yamada*", yamada, "ISO_IR 192").await;
    check("GB18030", "*山田*", yamada, "GB18030").await;
    check("ISO_IR 192", "*やまだ*", yamada, "ISO_IR 192").await;
    house.close().await;
}

#[tokio::test]
async fn what_is_no_query_is_refused_and_the_association_goes_on() {
    let house = house(FindLimits::default()).await;
    fill(&house, &NAMES[..1]).await;
    let check = async |keys: &[(&str, &str)], code: u16| {
        let (found, matches) = Ask { keys, ..Ask::default() }.of(&house).await;
        assert_eq!(found.status.code(), code, "{keys:?} {found:?}");
        assert!(matches.is_empty() && (code == 0 || found.comment.is_some()), "{found:?}");
    };
    check(&[], 0xA900).await;
    check(&[("QueryRetrieveLevel", "PATIENT")], 0xA900).await;
    check(&[("QueryRetrieveLevel", "SERIES")], 0xA900).await;
    let study = ("QueryRetrieveLevel", "STUDY");
    check(&[study, ("StudyDate", "today")], 0xC001).await;
    check(&[study, ("StudyInstanceUID", "../../etc/passwd")], 0xC001).await;
    check(&[study, (NAME, &"x".repeat(2_000))], 0xA700).await;
    check(&[study, (NAME, "nobody")], 0).await;
    house.close().await;
}

#[tokio::test]
async fn a_peer_without_the_right_may_not_ask() {
    let house = house(FindLimits::default()).await;
    let implicit = syntax(TransferSyntax::IMPLICIT_LITTLE);
    let query = Query {
        class: Uid::parse(STUDY_ROOT).unwrap(),
        syntax: implicit,
        identifier: bytes::Bytes::new(),
        limit: 1,
    };
    let error = scu::find(&house.target("CT1"), &query, drop).await.unwrap_err();
    assert!(matches!(error, ScuError::NoContext), "{error}");
    assert_eq!(house.events("queried").await, 0);
    house.close().await;
}

#[tokio::test]
async fn matches_are_capped_cancelled_and_recorded_once() {
    let names: Vec<String> = (0..250).map(|number| format!("Many^{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let house = house(FindLimits { matches: 240, ..FindLimits::default() }).await;
    fill(&house, &names).await;
    let all = [("QueryRetrieveLevel", "STUDY"), ("PatientID", "")];
    let (found, matches) = Ask { keys: &all, ..Ask::default() }.of(&house).await;
    assert_eq!((found.status, found.matches), (Status::OUT_OF_RESOURCES, 240));
    let mut ids = texts(&matches, "PatientID");
    ids.dedup();
    assert_eq!(ids.len(), 240);
    assert_eq!(house.events("queried").await, 1);

    let ask = Ask { keys: &all, limit: 5, ..Ask::default() };
    let (found, matches) = ask.of(&house).await;
    assert_eq!((found.status, matches.len()), (Status::CANCEL, 5));
    assert_eq!(house.events("queried").await, 2);
    house.close().await;
}

/// A foreign SCU, with and without a cancel.
#[tokio::test]
async fn findscu_finds_and_cancels() {
    if std::process::Command::new("findscu").arg("--version").output().is_err() {
        println!("skipped: findscu is not installed");
        return;
    }
    let names: Vec<String> = (0..150).map(|number| format!("Many^{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let house = house(FindLimits::default()).await;
    fill(&house, &names).await;
    let run = async |arguments: &[&str]| {
        let mut findscu = tokio::process::Command::new("findscu");
        findscu.env("TCP_NODELAY", "1").stdin(Stdio::null()).kill_on_drop(true);
        findscu.args(["-v", "-aet", "READER", "-aec", "LIGHTCASE"]).args(arguments);
        findscu.args([house.address.ip().to_string(), house.address.port().to_string()]);
        let output = timeout(Duration::from_mins(1), findscu.output()).await.unwrap().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    };
    let (done, text) =
        run(&["-S", "-k", "0008,0052=STUDY", "-k", "0010,0020=P7", "-k", "0010,0010"]).await;
    assert!(done && text.contains("Many^6"), "{text}");
    assert!(!text.contains("Many^7"), "{text}");
    let (done, text) = run(&["-P", "-k", "0008,0052=PATIENT", "-k", "0010,0010=many^14?"]).await;
    assert!(done && text.matches("Many^14").count() == 10, "{text}");
    let (_, text) = run(&["-S", "--cancel", "2", "-k", "0008,0052=STUDY", "-k", "0010,0010"]).await;
    assert!(text.contains("ancel"), "{text}");
    assert!(text.matches("Many^").count() < 150, "{text}");
    house.close().await;
}
