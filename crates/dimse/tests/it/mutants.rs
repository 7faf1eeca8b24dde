//! Thousands of mutants of the fuzzers' seeds, without a sanitizer: nothing panics.

use dicom_ul::pdu::{
    AssociationAC, AssociationRJ, AssociationRJResult, AssociationRJServiceUserReason,
    AssociationRJSource, Pdu, PresentationContextResult, PresentationContextResultReason,
    UserVariableItem,
};
use lightcase_dimse::{CEchoRq, fuzzing};
use lightcase_testkit::mutants::{check_seeds, folder, mutants};

use crate::raw::{CT, EXPLICIT, data, encode, request, store};

fn commands() -> Vec<(&'static str, Vec<u8>)> {
    // C-FIND-RQ of message 5, with a data set.
    let find = [
        0, 0, 0x00, 0x01, 2, 0, 0, 0, 0x20, 0, 0, 0, 0x10, 0x01, 2, 0, 0, 0, 5, 0, 0, 0, 0x00,
        0x08, 2, 0, 0, 0, 1, 0,
    ];
    vec![
        ("c-echo-rq", CEchoRq { message_id: 7 }.encode()),
        ("c-store-rq", store(CT, "1.2.3")),
        ("c-find-rq", find.to_vec()),
    ]
}

fn pdus() -> Vec<(&'static str, Vec<u8>)> {
    let mut long = request(CT, &[EXPLICIT, "1.2.840.10008.1.2", "1.2.840.10008.1.2.4.90"]);
    long.user_variables.push(UserVariableItem::ImplementationClassUID("1.2.3".to_owned()));
    long.user_variables.push(UserVariableItem::ImplementationVersionName("SEED".to_owned()));
    long.user_variables.push(UserVariableItem::Unknown(0x54, vec![0, 5, 49, 46, 50, 46, 51, 1, 0]));
    let rq = Pdu::AssociationRQ(long);
    let ac = Pdu::AssociationAC(AssociationAC {
        protocol_version: 1,
        calling_ae_title: "RAW".to_owned(),
        called_ae_title: "LIGHTCASE".to_owned(),
        application_context_name: "1.2.840.10008.3.1.1.1".to_owned(),
        presentation_contexts: vec![PresentationContextResult {
            id: 1,
            reason: PresentationContextResultReason::Acceptance,
            transfer_syntax: EXPLICIT.to_owned(),
        }],
        user_variables: vec![UserVariableItem::MaxLength(16_384)],
    });
    let rj = Pdu::AssociationRJ(AssociationRJ {
        result: AssociationRJResult::Permanent,
        source: AssociationRJSource::ServiceUser(
            AssociationRJServiceUserReason::CalledAETitleNotRecognized,
        ),
    });
    let echo = CEchoRq { message_id: 7 }.encode();
    let stored = store(CT, "1.2.3");
    vec![
        ("a-associate-rq", encode(&rq)),
        ("a-associate-ac", encode(&ac)),
        ("a-associate-rj", encode(&rj)),
        ("a-release", [encode(&Pdu::ReleaseRQ), encode(&Pdu::ReleaseRP)].concat()),
        ("p-data-echo", data(&[(1, 3, &echo)])),
        (
            "p-data-store",
            [data(&[(1, 3, &stored), (1, 0, b"da")]), data(&[(1, 2, b"ta")])].concat(),
        ),
    ]
}

fn check(target: &str, seeds: &[(&str, Vec<u8>)], count: u32, entry: fn(&[u8])) {
    check_seeds(&folder(env!("CARGO_MANIFEST_DIR"), target), seeds);
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|(_, bytes)| bytes.clone()).collect();
    for seed in &seeds {
        entry(seed);
    }
    for mutant in mutants(&seeds, count) {
        entry(&mutant);
    }
}

#[test]
fn fuzz_pdus() {
    check("pdu", &pdus(), 20_000, fuzzing::pdus);
}

#[test]
fn fuzz_commands() {
    check("command", &commands(), 50_000, fuzzing::commands);
}
