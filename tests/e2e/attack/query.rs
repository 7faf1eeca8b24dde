//! Queries that mean something to a database, checked against an oracle, and ones that ask for
//! everything.

use bytes::Bytes;
use lightcase_dimse::scu::{self, Query};
use lightcase_model::{TransferSyntaxUid, Uid};
use lightcase_testkit::servers::{Lightcase, Settings};
use serde_json::Value;

use super::memory::unharmed;
use super::raw::{CT, EXPLICIT};
use super::shapes::{Ids, escaped};
use crate::caller::{Caller, Reply};
use crate::house::{Backend, House};
use crate::scu::{outgoing, send, target};

use lightcase_testkit::phantom::Elements;

on_both! {
    a17_wild_cards_and_quotes_mean_what_dicom_says,
    a17_the_same_over_dimse,
}

const PATIENTS: [&str; 12] = [
    "A%B",
    "A_B",
    "AXB",
    "AXYB",
    "AB",
    "A'B",
    "A\"B",
    "A;B--",
    "100%",
    "AAAAAAAAAAAAAAAAAAAAAAAA",
    "A(B)[C]{D}",
    "${A}",
];

const PATTERNS: [&str; 24] = [
    "A%B",
    "A_B",
    "A?B",
    "A*B",
    "*%*",
    "*_*",
    "*'*",
    "*\"*",
    "%",
    "_",
    "%B",
    "A_",
    "A\\%B",
    "A\\_B",
    "*\\*",
    "' OR '1'='1",
    "'; DROP TABLE patient; --",
    "100%",
    "??",
    "*;*",
    "A(B)*",
    "*[C]*",
    "${A}",
    "$1",
];

async fn a17_wild_cards_and_quotes_mean_what_dicom_says(house: House) {
    let reader = house.program(&["dicomweb:read"]);
    let staff = house.signed_in("radiologist").await;
    fill(&house).await;
    for pattern in PATTERNS {
        if pattern.contains('\\') {
            // Two values, where a key has one.
            assert_eq!(ask(&reader, "PatientID", pattern).await.status, 400, "{pattern}");
            continue;
        }
        let mut expected: Vec<&str> =
            PATIENTS.into_iter().filter(|patient| matches(pattern, patient)).collect();
        let mut found = patients(&reader, pattern).await;
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{pattern}");
    }
    // What would take for ever, in number and in what has to be tried.
    for pattern in ["*".repeat(10_000), "*A".repeat(5_000), "*?".repeat(5_000), "?".repeat(10_000)]
    {
        let asked = ask(&reader, "PatientID", &pattern).await;
        assert!([200, 400, 414].contains(&asked.status), "{}", asked.text());
    }
    assert_eq!(patients(&reader, "*A*A*A*A*A*A*A*A*A*A*A*A*A*A*A*A*B").await.len(), 0);
    for nul in ["\0", "A\0B", "A\0*"] {
        assert_eq!(ask(&reader, "PatientID", nul).await.status, 400);
        let query = format!("/api/v1/worklist?q={}", escaped(nul));
        assert_eq!(staff.get(&query, "*/*").await.status, 400);
    }
    let name = ask(&reader, "PatientName'; DROP TABLE study; --", "x").await;
    assert_eq!((name.status, name.json().as_array().unwrap().len()), (200, PATIENTS.len()));
    assert_eq!(ask(&reader, "offset", "-1").await.status, 400);
    assert_eq!(ask(&reader, "limit", "1e9").await.status, 400);
    unharmed(&house).await;
}

/// Keys of a C-FIND: the same patterns, and what is no key at all.
async fn a17_the_same_over_dimse(house: House) {
    fill(&house).await;
    house.server.run("peer add", &["FINDER", "127.0.0.1", "--rights", "find"], "").unwrap();
    for pattern in PATTERNS {
        let (status, mut found) = c_find(&house.server, pattern).await;
        if pattern.contains('\\') {
            // Two values, where a key has one.
            assert_eq!((status, found.len()), (0xC001, 0), "{pattern}");
            continue;
        }
        let mut expected: Vec<&str> =
            PATIENTS.into_iter().filter(|patient| matches(pattern, patient)).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!((status, found), (0, expected), "{pattern}");
    }
    for pattern in ["*".repeat(10_000), "*A".repeat(5_000), "*?".repeat(5_000), "?".repeat(10_000)]
    {
        let (status, _) = c_find(&house.server, &pattern).await;
        assert!([0, 0xA700, 0xC001].contains(&status), "{status:04X}");
    }
    for nul in ["\0A", "A\0B", "A\0*"] {
        let (status, found) = c_find(&house.server, nul).await;
        assert!(status == 0 || status == 0xC001, "{nul:?}: {status:04X}");
        assert!(found.is_empty(), "{nul:?}: {found:?}");
    }
    unharmed(&house).await;
}

async fn match_all(backend: Backend) {
    let settings = Settings::default().set("dicom.find_limit", "5");
    let Some(house) = House::start_with(backend, settings) else { return };
    fill(&house).await;
    house.server.run("peer add", &["FINDER", "127.0.0.1", "--rights", "find"], "").unwrap();
    let (status, found) = c_find(&house.server, "").await;
    assert_eq!((status, found.len()), (0xA700, 5));
    unharmed(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a18_a_match_all_is_capped_on_sqlite_and_folder() {
    Box::pin(match_all(Backend::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a18_a_match_all_is_capped_on_postgres_and_s3() {
    Box::pin(match_all(Backend::Production)).await;
}

/// A study of each patient, of the patient's number.
async fn fill(house: &House) {
    for (patient, n) in PATIENTS.iter().zip(1..) {
        let ids = Ids::of(n, 1);
        let mut set = Elements::default();
        set.text(0x0008_0016, *b"UI", CT)
            .text(0x0008_0018, *b"UI", &ids.instance)
            .text(0x0010_0010, *b"PN", "Query^Anna")
            .text(0x0010_0020, *b"LO", patient)
            .text(0x0020_000d, *b"UI", &ids.study)
            .text(0x0020_000e, *b"UI", &ids.series);
        let set = set.into_bytes();
        assert_eq!(send(&house.server, outgoing(CT, &ids.instance, EXPLICIT, set)).await, 0);
    }
}

/// The last status of a C-FIND, and the patients of the studies that matched.
async fn c_find(server: &Lightcase, patient: &str) -> (u16, Vec<&'static str>) {
    let mut keys = Elements::default();
    keys.text(0x0008_0052, *b"CS", "STUDY").text(0x0010_0020, *b"LO", patient).text(
        0x0020_000d,
        *b"UI",
        "",
    );
    let query = Query {
        class: Uid::parse("1.2.840.10008.5.1.4.1.2.2.1").unwrap(),
        syntax: TransferSyntaxUid::parse(EXPLICIT).unwrap(),
        identifier: Bytes::from(keys.into_bytes()),
        limit: usize::MAX,
    };
    let mut found = Vec::new();
    let ended = scu::find(&target(server, "FINDER"), &query, |identifier| {
        // The last element is the study's UID, padded to an even length.
        let study = |n: u32| format!("{}\0", Ids::of(n, 1).study);
        let is = |n: u32| {
            let uid = study(n);
            identifier.ends_with(&uid.as_bytes()[..uid.len() & !1])
        };
        let numbered = PATIENTS.iter().zip(1..).find(|(_, n)| is(*n));
        found.push(*numbered.unwrap().0);
    })
    .await
    .unwrap();
    (ended.status.code(), found)
}

async fn ask(reader: &Caller, name: &str, value: &str) -> Reply {
    let query = format!("/dicom-web/studies?{}={}", escaped(name), escaped(value));
    reader.get(&query, "*/*").await
}

/// The patients that a pattern finds.
async fn patients(reader: &Caller, pattern: &str) -> Vec<String> {
    let reply = ask(reader, "PatientID", pattern).await;
    assert_eq!(reply.status, 200, "{pattern}: {}", reply.text());
    let id = |row: &Value| row["00100020"]["Value"][0].as_str().unwrap().to_owned();
    reply.json().as_array().unwrap().iter().map(id).collect()
}

/// The oracle: wild card matching of PS3.4 C.2.2.2.4, one character after the other.
fn matches(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            matches(&pattern[1..], text) || (!text.is_empty() && matches(pattern, &text[1..]))
        }
        (Some('?'), Some(_)) => matches(&pattern[1..], &text[1..]),
        (Some(one), Some(other)) => one == other && matches(&pattern[1..], &text[1..]),
        (None, Some(_)) | (Some(_), None) => false,
    }
}
