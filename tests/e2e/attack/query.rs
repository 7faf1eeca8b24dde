//! Queries that mean something to a database, checked against an oracle, and ones that ask for
//! everything.

use serde_json::Value;

use super::memory::unharmed;
use super::raw::{CT, EXPLICIT};
use super::shapes::{Ids, escaped};
use crate::caller::{Caller, Reply};
use crate::house::House;
use crate::scu::{outgoing, send};

use lightcase_testkit::phantom::Elements;

on_both!(a17_wild_cards_and_quotes_mean_what_dicom_says);

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
    for pattern in PATTERNS {
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
