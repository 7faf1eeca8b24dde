//! The stored format: the canonical bytes of every kind of event, kept for ever.
//!
//! `golden/v1.jsonl` holds one record a line. Lines are added for new kinds and never changed: a
//! changed line means that records written by an earlier version would no longer verify.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own data is right")]

use std::collections::BTreeSet;

use lightcase_audit::{AccessId, Draft, Event, ListDigest, Record, SignOutCause, ViewKind};
use lightcase_model::{
    AccountId, Actor, AeTitle, Attribute, AuthorisationId, CommitmentId, Ctx, DeviceId, EventId,
    Language, Level, MailId, May, Origin, Permission, Phi, ProjectId, RefusalId, RequestId,
    ReviewId, Role, SeriesId, SessionId, ShareId, StudyId, Timestamp, TokenId, TokenScope,
};

const GOLDEN: &str = include_str!("golden/v1.jsonl");

const STUDY: StudyId = StudyId(7);
const SHARE: ShareId = ShareId::from_bytes([2; 16]);
const ACCOUNT: AccountId = AccountId::from_bytes([3; 16]);
const SESSION: SessionId = SessionId::from_bytes([4; 16]);
const ACCESS: AccessId = AccessId::from_bytes([5; 16]);
const TOKEN: TokenId = TokenId::from_bytes([6; 16]);
const AT: Timestamp = Timestamp::from_micros(1_795_336_200_250_000);

fn phi(text: &str) -> Phi<String> {
    Phi::new(text.to_owned())
}

fn title(text: &str) -> AeTitle {
    AeTitle::parse(text).unwrap()
}

fn service_and_peers() -> Vec<Event> {
    vec![
        Event::ServiceStarted { version: "0.1.0".to_owned() },
        Event::ServiceStopped {},
        Event::InsecureBind { service: "dicom", listen: "0.0.0.0:11112".to_owned() },
        Event::ConfigurationChanged { keys: vec!["dicom.listen".to_owned()] },
        Event::PeerAdded {
            ae_title: title("CT1"),
            host: "ct1.example".to_owned(),
            port: 104,
            tls: true,
            rights: vec!["echo", "store"],
        },
        Event::PeerRemoved { ae_title: title("CT1") },
        Event::AssociationRefused {
            calling: "CT\u{7}9".to_owned(),
            called: "OTHER".to_owned(),
            reason: "called_ae_title",
            address: Some(phi("192.0.2.9")),
        },
    ]
}

fn accounts() -> Vec<Event> {
    let account_name = || phi("jane");
    vec![
        Event::SetUpCompleted { account: ACCOUNT, account_name: account_name() },
        Event::SignedIn {
            account: ACCOUNT,
            session: SESSION,
            account_name: account_name(),
            user_agent: Some(phi("Browser/1")),
        },
        Event::SignInFailed {
            account: None,
            reason: "unknown",
            account_name: account_name(),
            user_agent: None,
        },
        Event::SignedOut { account: ACCOUNT, session: SESSION, cause: SignOutCause::Idle },
        Event::AccountCreated {
            account: ACCOUNT,
            role: Role::Radiologist,
            account_name: account_name(),
        },
        Event::AccountDisabled { account: ACCOUNT },
        Event::AccountEnabled { account: ACCOUNT },
        Event::PasswordReset { account: ACCOUNT },
        Event::RoleChanged { account: ACCOUNT, from: Role::Technologist, to: Role::Admin },
        Event::TokenCreated {
            token: TOKEN,
            scopes: vec![TokenScope::DicomwebRead],
            expires: Some(AT),
            label: phi("viewer of Dr Doe"),
        },
        Event::TokenRevoked { token: TOKEN },
        Event::Denied {
            permission: Some(Permission::View),
            route: "/dicom-web/studies/{study}".to_owned(),
        },
        Event::AuditRead { report: "page", records: 50 },
    ]
}

fn objects() -> Vec<Event> {
    let study_uid = || phi("1.2.3");
    vec![
        Event::StoreBegun {
            access_id: ACCESS,
            study: STUDY,
            patient_name: phi("Doe^Jane"),
            patient_id: phi("P1"),
            study_uid: study_uid(),
        },
        Event::StoreEnded {
            access_id: ACCESS,
            study: STUDY,
            count: 160,
            already_held: 2,
            refused: 1,
            list_digest: ListDigest([9; 32]),
            recovered: false,
        },
        Event::IngestDecided { access_id: ACCESS, study: STUDY, policy: "keep", decision: "keep" },
        Event::Refused {
            refusal: RefusalId::from_bytes([8; 16]),
            reason: "conflict",
            bytes: 1024,
            study_uid: Some(phi("1.2.3")),
            sop_instance_uid: None,
        },
        Event::Imported { files: 3, stored: 2, refused: 1 },
        Event::Queried {
            level: Level::Study,
            keys: vec![Attribute::PatientName, Attribute::StudyDate],
            matches: 12,
        },
        Event::ViewBegun {
            access_id: ACCESS,
            study: STUDY,
            series: Some(SeriesId(11)),
            kind: ViewKind::Rendered,
            study_uid: study_uid(),
            series_uid: Some(phi("1.2.3.4")),
        },
        Event::ViewEnded {
            access_id: ACCESS,
            study: STUDY,
            frames: 160,
            bytes: u64::MAX,
            recovered: true,
        },
        Event::RetrieveBegun {
            access_id: ACCESS,
            study: STUDY,
            series: None,
            service: "wado",
            destination: None,
            instances: 160,
            offset: 0,
            study_uid: study_uid(),
        },
        Event::RetrieveEnded {
            access_id: ACCESS,
            study: STUDY,
            instances: 12,
            bytes: 9_007_199_254_740_991,
            complete: false,
            recovered: false,
        },
        Event::StudyWithdrawn {
            study: STUDY,
            study_uid: study_uid(),
            reason: phi("wrong patient"),
        },
        Event::StudyRestored { study: STUDY, study_uid: study_uid(), reason: None },
        Event::DeletionRecorded {
            study: STUDY,
            instances: 160,
            cause: "retention",
            study_uid: study_uid(),
            reason: None,
        },
    ]
}

fn shares() -> Vec<Event> {
    vec![
        Event::ShareCreated {
            share: SHARE,
            studies: vec![STUDY, StudyId(8)],
            may: May::Download,
            expires: AT,
            max_uses: 5,
            factors: vec!["passcode"],
            recipient: phi("Dr Roe"),
            reason: Some(phi("second opinion")),
        },
        Event::ShareOpened {
            share: SHARE,
            session: SESSION,
            device: DeviceId::from_bytes([10; 16]),
            uses: 1,
            user_agent: Some(phi("Phone/2")),
        },
        Event::NoticeAccepted { share: SHARE, session: SESSION, notice: ListDigest([11; 32]) },
        Event::FactorFailed { share: SHARE, factor: "passcode", attempts: 3, user_agent: None },
        Event::ShareProbed { share: None, reason: "unknown", user_agent: None },
        Event::ShareLocked { share: SHARE, attempts: 5, until: AT },
        Event::ShareFrozen { share: SHARE, attempts: 20 },
        Event::ShareRevoked { share: SHARE, reason: None },
        Event::ShareSessionEnded { share: SHARE, session: SESSION, cause: SignOutCause::Ended },
    ]
}

fn commitment() -> Vec<Event> {
    let (commitment, peer) = (CommitmentId::from_bytes([12; 16]), title("CT1"));
    vec![
        Event::CommitmentRequested { commitment, peer: peer.clone(), instances: 188 },
        Event::CommitmentReported { commitment, peer: peer.clone(), committed: 187, failed: 1 },
        Event::CommitmentGivenUp { commitment, peer, attempts: 90 },
    ]
}

/// Kinds that came later, in the order they came.
fn later() -> Vec<Event> {
    let refusal = RefusalId::from_bytes([8; 16]);
    vec![
        Event::PeerIdentified {
            ae_title: title("CT1"),
            certificate: Some(ListDigest([12; 32])),
            issuer: None,
        },
        Event::QuarantineRead { refusal, bytes: 1024 },
        Event::Redriven { refusal, received: AT, outcome: "refused", reason: Some("Conflict") },
        Event::Discarded { refusal, reason: phi("a test object") },
    ]
}

fn adoption() -> Vec<Event> {
    vec![Event::BlobsAdopted {
        adopted: 3,
        surplus: 1,
        quarantined: 1,
        listed: 2,
        damaged: 0,
        unfinished: 4,
    }]
}

fn de_identification() -> Vec<Event> {
    let (project, digest) = (ProjectId::from_bytes([13; 16]), ListDigest([14; 32]));
    vec![
        Event::ProjectCreated {
            project,
            project_name: "lung".to_owned(),
            profile: "basic".to_owned(),
            digest,
        },
        Event::PolicyChanged {
            origin: "ae:CT1".to_owned(),
            policy: "clean",
            project: Some(project),
        },
        Event::CleanCopied {
            access_id: ACCESS,
            study: STUDY,
            project,
            released: 187,
            held: 1,
            digest,
        },
        Event::Reviewed {
            review: ReviewId::from_bytes([15; 16]),
            study: STUDY,
            decision: "approved",
            regions: 2,
            reason: phi("a name at the top"),
        },
        Event::CertificateIssued { study: STUDY, project, digest },
        Event::ReIdentified { study: STUDY, project, reason: phi("an incidental finding") },
    ]
}

fn lending() -> Vec<Event> {
    vec![
        Event::ShareDescribed {
            share: SHARE,
            starts: Some(AT),
            live: true,
            clean: false,
            language: Language::German,
            email: Some(phi("roe@practice.example")),
        },
        Event::FactorProved {
            share: SHARE,
            factor: "passcode",
            user_agent: Some(phi("Browser/1")),
        },
        Event::CodeMailed { share: SHARE, mailed: 2 },
        Event::ShareExtended { share: SHARE, from: AT, to: AT },
        Event::ShareRenewed { share: SHARE },
        Event::ShareGrown { share: SHARE, series: 3 },
        Event::AccountProved {
            account: ACCOUNT,
            account_name: phi("roe@practice.example"),
            user_agent: Some(phi("Browser/1")),
        },
        Event::AlertAddressSet { account: ACCOUNT, email: phi("jane@hospital.example") },
    ]
}

fn mail() -> Vec<Event> {
    let mail = MailId::from_bytes([16; 16]);
    let email = || phi("roe@practice.example");
    vec![
        Event::MailQueued { mail, share: Some(SHARE), kind: "link", email: email() },
        Event::MailSent { mail, share: Some(SHARE), kind: "link", tries: 2 },
        Event::MailGivenUp { mail, share: None, kind: "alert", tries: 9, reason: "refused" },
    ]
}

fn downloads() -> Vec<Event> {
    let digest = ListDigest([16; 32]);
    vec![Event::ShareDownloaded { share: SHARE, bytes: 2_147_483_648, digest }]
}

fn authority() -> Vec<Event> {
    let authorisation = AuthorisationId::from_bytes([16; 16]);
    vec![
        Event::ShareAuthorised {
            share: SHARE,
            authority: "authorisation",
            authorisation: Some(authorisation),
            version: Some(2),
        },
        Event::ShareShortened { share: SHARE, authorisation, from: AT, to: AT },
        Event::AuthorisationRecorded {
            authorisation,
            study: STUDY,
            expires: Some(AT),
            recipient: phi("Dr Roe"),
            reason: phi("at the patient's request"),
        },
        Event::AuthorisationChanged {
            authorisation,
            study: STUDY,
            version: 2,
            expires: None,
            recipient: phi("Dr Roe"),
            reason: phi("second opinion"),
        },
        Event::AuthorisationFormAttached {
            authorisation,
            study: STUDY,
            version: 2,
            digest: ListDigest([17; 32]),
            bytes: 1024,
        },
        Event::AuthorisationRevoked {
            authorisation,
            study: STUDY,
            links: 2,
            reason: phi("the patient wrote"),
        },
        Event::AuthorisationRead {
            authorisations: vec![authorisation],
            study: STUDY,
            what: "form",
        },
    ]
}

fn contexts() -> Vec<Ctx> {
    let address = "192.0.2.1".parse().unwrap();
    let (calling, called) = (title("CT1"), title("LIGHTCASE"));
    let pairs = [
        (Actor::System, Origin::Local),
        (Actor::Operator, Origin::Import),
        (Actor::Account(ACCOUNT), Origin::Http { address }),
        (Actor::Token(TOKEN), Origin::Stow { address }),
        (Actor::Peer(calling.clone()), Origin::Dimse { calling, called, address }),
        (
            Actor::Recipient { share: SHARE, session: SESSION },
            Origin::Share { share: SHARE, address },
        ),
        (Actor::Visitor, Origin::Share { share: SHARE, address }),
    ];
    pairs
        .into_iter()
        .map(|(actor, origin)| Ctx {
            actor,
            origin,
            now: AT,
            request: RequestId::from_bytes([1; 16]),
        })
        .collect()
}

/// Every kind of event, every kind of actor and origin in turn. The "ciphertext" is the plain
/// bytes, so that the split is pinned too.
fn records() -> Vec<Record> {
    let events = [
        service_and_peers(),
        accounts(),
        objects(),
        shares(),
        commitment(),
        later(),
        adoption(),
        de_identification(),
        lending(),
        mail(),
        downloads(),
        authority(),
    ]
    .concat();
    let contexts = contexts();
    let drafts = events.into_iter().enumerate().map(|(index, event)| {
        let id = EventId::from_bytes([u8::try_from(index).unwrap(); 16]);
        Draft::new(id, &contexts[index % contexts.len()], event)
    });
    drafts
        .map(|draft| {
            let bytes = draft.personal_bytes();
            draft.seal(bytes)
        })
        .collect()
}

#[test]
fn every_kind_has_the_bytes_it_always_had() {
    let written: Vec<String> =
        records().iter().map(|record| String::from_utf8(record.canonical()).unwrap()).collect();
    if written != GOLDEN.lines().collect::<Vec<_>>() {
        for line in &written {
            println!("{line}");
        }
        panic!("the canonical bytes differ from golden/v1.jsonl; what they are now is above");
    }
}

#[test]
fn the_golden_file_has_every_kind() {
    let seen: BTreeSet<String> = records().into_iter().map(|record| record.event).collect();
    let known: BTreeSet<String> = Event::NAMES.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(seen, known);
    assert_eq!(Event::NAMES.len(), known.len(), "two kinds share a name");
}

#[test]
fn every_golden_record_reads_back() {
    for (line, record) in GOLDEN.lines().zip(records()) {
        assert_eq!(Record::parse(line.as_bytes()).unwrap(), record);
        assert_eq!(Record::leaf_of(line.as_bytes()), record.leaf());
    }
}

#[test]
fn no_public_field_names_or_traces_a_person() {
    for record in records() {
        let public = String::from_utf8(Record { personal: None, ..record }.canonical()).unwrap();
        for personal in [
            "Doe",
            "jane",
            "Roe",
            "P1\"",
            "1.2.3",
            "192.0.2",
            "Browser",
            "opinion",
            "practice",
            "test object",
            "patient",
        ] {
            assert!(!public.contains(personal), "{personal} in {public}");
        }
    }
}

#[test]
fn another_spelling_of_a_record_is_refused() {
    let line = GOLDEN.lines().next().unwrap();
    for changed in [
        line.replacen(':', ": ", 1),
        line.replace("\"v\":1", "\"v\":2"),
        line.replace("\"v\":1", "\"v\":1,\"w\":2"),
        line.replace("\"v\":1", "\"v\":1,\"v\":1"),
        line.replace("\"at\":", "\"at\":0.5,\"at_\":"),
        line.replace("\"data\":{", "\"data\":[{"),
    ] {
        assert_ne!(changed, line);
        assert!(Record::parse(changed.as_bytes()).is_err(), "{changed}");
    }
}

#[test]
fn the_index_columns_come_from_the_record() {
    let find = |name: &str| records().into_iter().find(|record| record.event == name).unwrap();
    assert_eq!(find("share_created").studies(), [STUDY, StudyId(8)]);
    assert_eq!(find("share_created").share(), Some(SHARE));
    assert_eq!(find("store_begun").studies(), [STUDY]);
    assert_eq!(find("signed_in").account(), Some(ACCOUNT));
    assert_eq!(find("share_probed").share(), None);
}
