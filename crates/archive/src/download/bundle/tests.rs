//! The directory of a bundle, read back record by record.

use std::io::Write as _;

use lightcase_catalog::StudyAttributes;
use lightcase_catalog::{HeldSeries, InstanceAttributes, PatientAttributes, SeriesAttributes};
use lightcase_dataset::{Identifier, Tag, TransferSyntax};
use lightcase_model::{PatientId, SeriesId, Timestamp, TransferSyntaxUid};
use lightcase_storage::{ObjectId, SubjectKeyId};

use super::*;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const SR: &str = "1.2.840.10008.5.1.4.1.1.88.11";
const PDF: &str = "1.2.840.10008.5.1.4.1.1.104.1";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

fn instance(number: i64, sop_class: &str, pixels: bool) -> HeldInstance {
    let frames = i64::from(pixels);
    HeldInstance {
        instance: InstanceAttributes {
            id: InstanceId(number),
            sop_uid: format!("1.2.3.4.{number}").parse().unwrap(),
            sop_class: sop_class.parse().unwrap(),
            transfer_syntax: EXPLICIT.parse().unwrap(),
            instance_number: number,
            frames,
            rows: frames * 512,
            columns: frames * 512,
            bits_allocated: frames * 16,
        },
        location: Location {
            object: ObjectId::from_bytes([1; 16]),
            sealed_offset: 0,
            sealed_length: 200,
            plain_length: 100,
            subject_key: SubjectKeyId::from_bytes([1; 16]),
            record_length: 10,
            file_length: 90,
            file_sha256: [u8::try_from(number).unwrap(); 32],
            file_crc32: 7,
            meta_length: 40,
            data_set_sha256: [2; 32],
        },
    }
}

fn series(instances: Vec<HeldInstance>) -> HeldSeries {
    let series = SeriesAttributes {
        id: SeriesId(1),
        series_uid: "1.2.3.4".parse().unwrap(),
        modality: String::new(),
        series_number: 3,
        series_date: "20201112".to_owned(),
        series_time: "nonsense".to_owned(),
        description: "Übersicht".to_owned(),
        body_part: String::new(),
        instances: 0,
    };
    HeldSeries { series, instances }
}

/// A study of a patient, with nothing in it that need not be there.
fn study(patient: i64, name: &str, patient_id: &str, series: Vec<HeldSeries>) -> HeldStudy {
    HeldStudy {
        patient: PatientAttributes {
            id: PatientId(patient),
            name: Phi::new(name.to_owned()),
            patient_id: Phi::new(patient_id.to_owned()),
            issuer: String::new(),
            birth_date: Phi::new("1970".to_owned()),
            sex: "F".to_owned(),
            studies: 0,
            series: 0,
            instances: 0,
        },
        study: StudyAttributes {
            id: StudyId(1),
            collection: CollectionId::ARCHIVE,
            study_uid: "1.2.3".parse().unwrap(),
            study_date: String::new(),
            study_time: "10:15".to_owned(),
            accession_number: Phi::new("A\u{7}1".to_owned()),
            study_id: String::new(),
            description: "x".repeat(100),
            referring_physician: Phi::new(String::new()),
            received_at: Timestamp::from_micros(1),
            modalities: Vec::new(),
            series: 0,
            instances: 0,
        },
        series,
    }
}

fn deflated(json: &str) -> Vec<u8> {
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    deflate.write_all(json.as_bytes()).unwrap();
    deflate.finish().unwrap()
}

fn bundle(studies: &[HeldStudy], documents: &[(i64, &str)]) -> Bundle {
    let documents = documents.iter().map(|(id, json)| (InstanceId(*id), deflated(json))).collect();
    lay_out(studies, &documents, Language::English).unwrap()
}

/// A record: its depth, and its elements.
struct Record {
    depth: usize,
    set: Identifier,
}

impl Record {
    fn text(&self, tag: u32) -> &str {
        self.set.text(Tag(tag)).unwrap_or("(absent)")
    }
}

fn explicit() -> TransferSyntax {
    TransferSyntax::of(&TransferSyntaxUid::parse(EXPLICIT).unwrap())
}

fn number(set: &Identifier, tag: u32) -> usize {
    set.text(Tag(tag)).unwrap().parse().unwrap()
}

/// The records, reached by their offsets and by nothing else.
fn records(bundle: &Bundle) -> Vec<Record> {
    let bytes = &bundle.front[1];
    assert_eq!(&bytes[128..132], b"DICM");
    let meta = usize::try_from(u32::from_le_bytes(bytes[140..144].try_into().unwrap())).unwrap();
    let root = Identifier::read(&bytes[144 + meta..], &explicit()).unwrap();
    assert_eq!(root.text(Tag(0x0004_1130)), Some("LIGHTCASE"));
    let (mut records, mut last_root) = (Vec::new(), 0);
    let mut open = vec![(0, number(&root, 0x0004_1200))];
    while let Some((depth, at)) = open.pop() {
        if at == 0 {
            continue;
        }
        assert_eq!(&bytes[at..at + 4], [0xFE, 0xFF, 0x00, 0xE0], "an item is at {at}");
        let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap());
        let end = at + 8 + usize::try_from(length).unwrap();
        let set = Identifier::read(&bytes[at + 8..end], &explicit()).unwrap();
        if depth == 0 {
            last_root = at;
        }
        open.push((depth, number(&set, 0x0004_1400)));
        open.push((depth + 1, number(&set, 0x0004_1420)));
        records.push(Record { depth, set });
    }
    assert_eq!(number(&root, 0x0004_1202), last_root);
    assert_eq!(root.items(Tag(0x0004_1220)).len(), records.len(), "each is reached once");
    records
}

fn kinds(records: &[Record]) -> Vec<(usize, &str)> {
    records.iter().map(|record| (record.depth, record.text(0x0004_1430))).collect()
}

#[test]
fn patients_studies_series_and_objects_hang_together() {
    let (one, two) = (instance(1, CT, true), instance(2, CT, true));
    let studies = [
        study(
            1,
            "Doe^Jane",
            "P1",
            vec![series(vec![one, two]), series(vec![instance(3, CT, true)])],
        ),
        study(2, "Müller^Änne", "P1", vec![series(vec![instance(4, CT, true)])]),
        study(1, "Doe^Jane", "P1", vec![series(vec![instance(5, CT, true)])]),
        study(3, "", "", vec![series(vec![instance(6, CT, true)])]),
    ];
    let bundle = bundle(&studies, &[]);
    let records = records(&bundle);
    let series = [(2, "SERIES"), (3, "IMAGE")];
    let study = [&[(1, "STUDY")][..], &series].concat();
    let first =
        [&[(0, "PATIENT"), (1, "STUDY"), (2, "SERIES"), (3, "IMAGE"), (3, "IMAGE")], &series[..]];
    let other = [&[(0, "PATIENT")][..], &study].concat();
    let expected = [first.concat(), study, other.clone(), other].concat();
    assert_eq!(kinds(&records), expected);

    let patients: Vec<_> = records.iter().filter(|record| record.depth == 0).collect();
    let names: Vec<_> = patients.iter().map(|each| each.text(0x0010_0010)).collect();
    assert_eq!(names, ["Doe^Jane", "Müller^Änne", ""]);
    let ids: Vec<_> = patients.iter().map(|each| each.text(0x0010_0020)).collect();
    assert_eq!(ids, ["P1", "P1#2", "#3"], "no two records share one, and none is empty");
    assert_eq!(patients[0].set.sets().value(), "");
    assert_eq!(patients[1].set.sets().value(), "ISO_IR 192");
    assert_eq!(patients[0].text(0x0010_0030), "", "1970 is no date");

    let files: Vec<_> = records.iter().map(|each| each.text(0x0004_1500)).collect();
    let files: Vec<_> = files.into_iter().filter(|file| *file != "(absent)").collect();
    assert_eq!(
        files,
        [
            "DICOM\\ST0001\\SE0001\\IM000001",
            "DICOM\\ST0001\\SE0001\\IM000002",
            "DICOM\\ST0001\\SE0002\\IM000001",
            "DICOM\\ST0003\\SE0001\\IM000001",
            "DICOM\\ST0002\\SE0001\\IM000001",
            "DICOM\\ST0004\\SE0001\\IM000001",
        ]
    );
}

#[test]
fn keys_of_type_1_are_never_empty() {
    let studies = [study(1, "Doe^Jane", "P1", vec![series(vec![instance(1, CT, true)])])];
    let records = records(&bundle(&studies, &[]));
    let check = |record: usize, tag, expected: &str| {
        assert_eq!(records[record].text(tag), expected, "{tag:08X}");
    };
    check(1, 0x0008_0020, "20201112");
    check(1, 0x0008_0030, "000000");
    check(1, 0x0020_0010, "1");
    check(1, 0x0008_0050, "A1");
    check(1, 0x0008_1030, &"x".repeat(64));
    check(2, 0x0008_0060, "OT");
    check(2, 0x0020_0011, "3");
    check(2, 0x0008_103E, "Übersicht");
    check(3, 0x0020_0013, "1");
    check(3, 0x0004_1510, CT);
    check(3, 0x0004_1511, "1.2.3.4.1");
    check(3, 0x0004_1512, EXPLICIT);
}

const REPORT: &str = r#"{
    "00080023": {"vr": "DA", "Value": ["20201224"]},
    "00080033": {"vr": "TM", "Value": ["101500.25"]},
    "0040A043": {"vr": "SQ", "Value": [{
        "00080100": {"vr": "SH", "Value": ["18748-4"]}, "00080102": {"vr": "SH", "Value": ["LN"]},
        "00080104": {"vr": "LO", "Value": ["Befund, übersetzt"]}, "00091001": {"vr": "LO", "Value": ["x"]}}]},
    "0040A073": {"vr": "SQ", "Value": [
        {"0040A030": {"vr": "DT", "Value": ["20201225"]}, "0040A075": {"vr": "PN", "Value": [{"Alphabetic": "A"}]}},
        {"0040A030": {"vr": "DT", "Value": ["20201226"]}}]},
    "0040A491": {"vr": "CS", "Value": ["COMPLETE"]}, "0040A493": {"vr": "CS", "Value": ["VERIFIED"]},
    "0040A730": {"vr": "SQ", "Value": [
        {"0040A010": {"vr": "CS", "Value": ["CONTAINS"]}, "0040A160": {"vr": "UT", "Value": ["secret"]}},
        {"0040A010": {"vr": "CS", "Value": ["HAS CONCEPT MOD"]}, "0040A040": {"vr": "CS", "Value": ["CODE"]}}]}
}"#;

#[test]
fn records_of_documents_have_the_keys_of_their_kind() {
    let objects = vec![
        instance(1, SR, false),
        instance(2, SR, false),
        instance(3, PDF, false),
        instance(4, "1.2.3.4.5", false),
    ];
    let studies = [study(1, "Doe^Jane", "P1", vec![series(objects)])];
    assert_eq!(documented(&studies), [InstanceId(1), InstanceId(2), InstanceId(3)]);
    let bundle = bundle(&studies, &[(1, REPORT), (2, "no JSON")]);
    let records = records(&bundle);
    let names = kinds(&records);
    assert_eq!(
        names[3..],
        [(3, "SR DOCUMENT"), (3, "SR DOCUMENT"), (3, "ENCAP DOC"), (3, "PRIVATE")]
    );

    let (report, broken, pdf) = (&records[3], &records[4], &records[5]);
    for (tag, expected) in [
        (0x0008_0023, "20201224"),
        (0x0008_0033, "101500.25"),
        (0x0040_A491, "COMPLETE"),
        (0x0040_A493, "VERIFIED"),
        (0x0040_A030, "20201226"),
    ] {
        assert_eq!(report.text(tag), expected, "{tag:08X}");
    }
    let title = &report.set.items(Tag(0x0040_A043))[0];
    assert_eq!(title.text(Tag(0x0008_0104)), Some("Befund, übersetzt"));
    assert!(!title.contains(Tag(0x0009_1001)));
    let modifiers = report.set.items(Tag(0x0040_A730));
    assert_eq!((modifiers.len(), modifiers[0].text(Tag(0x0040_A040))), (1, Some("CODE")));
    let text = String::from_utf8_lossy(&bundle.front[1]).into_owned();
    assert!(!text.contains("secret"), "the content of a report is no key");

    assert_eq!(broken.text(0x0008_0023), "20201112", "the series' date");
    assert_eq!(broken.text(0x0008_0033), "000000");
    assert_eq!(broken.text(0x0040_A493), "UNVERIFIED");
    assert_eq!(broken.set.items(Tag(0x0040_A043)).len(), 1);
    assert_eq!(pdf.text(0x0042_0012), "application/octet-stream");
    assert!(pdf.set.contains(Tag(0x0040_A043)) && pdf.set.contains(Tag(0x0042_0010)));
    assert_eq!(records[6].text(0x0004_1432), super::super::kind::PRIVATE_RECORD_UID);
}

#[test]
fn equal_content_makes_equal_bytes_and_nothing_else_does() {
    let studies =
        |number| [study(1, "Doe^Jane", "P1", vec![series(vec![instance(number, CT, true)])])];
    let digest = |studies: &[HeldStudy], language| {
        lay_out(studies, &HashMap::new(), language).unwrap().digest()
    };
    let one = digest(&studies(1), Language::English);
    assert_eq!(one, digest(&studies(1), Language::English));
    assert_ne!(one, digest(&studies(1), Language::German));
    assert_ne!(one, digest(&studies(2), Language::English));
    let mut changed = studies(1);
    changed[0].patient.name = Phi::new("Doe^Joan".to_owned());
    assert_ne!(one, digest(&changed, Language::English));
    // A clean copy names nobody, and its text says so.
    let mut clean = studies(1);
    clean[0].study.collection = CollectionId(2);
    assert_ne!(one, digest(&clean, Language::English));
    // Rows of the index play no part.
    let mut moved = studies(1);
    (moved[0].patient.id, moved[0].study.id) = (PatientId(9), StudyId(9));
    assert_eq!(one, digest(&moved, Language::English));
}
