//! C-STORE into the archive.

use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use lightcase_archive::ArchiveError;
use lightcase_catalog::{AuditFilter, Peer, Right};
use lightcase_dataset::{Piece, Plain, Recoder, TransferSyntax};
use lightcase_dimse::scu::{self, Outcome, Outgoing, ScuError, Source};
use lightcase_model::{Ctx, SopClassUid, SopInstanceUid, TransferSyntaxUid};
use lightcase_scp::OpenLoopback;
use tokio::time::timeout;

use crate::house::House;

pub(crate) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

fn element(tag: [u8; 4], vr: [u8; 2], text: &str) -> Vec<u8> {
    let mut value = text.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == *b"UI" { 0 } else { b' ' });
    }
    let length = u16::try_from(value.len()).unwrap().to_le_bytes();
    [&tag[..], &vr, &length, &value].concat()
}

/// A small CT instance without pixels, in Explicit VR Little Endian.
pub(crate) fn data_set(class: &str, instance: &str, patient: &str) -> Bytes {
    [
        element([8, 0, 0x16, 0], *b"UI", class),
        element([8, 0, 0x18, 0], *b"UI", instance),
        element([8, 0, 0x20, 0], *b"DA", "20260102"),
        element([8, 0, 0x60, 0], *b"CS", "CT"),
        element([0x10, 0, 0x10, 0], *b"PN", "Test^Patient"),
        element([0x10, 0, 0x20, 0], *b"LO", patient),
        element([0x20, 0, 0x0D, 0], *b"UI", "1.9.1"),
        element([0x20, 0, 0x0E, 0], *b"UI", "1.9.1.1"),
        element([0x20, 0, 0x13, 0], *b"IS", "1"),
    ]
    .concat()
    .into()
}

pub(crate) fn outgoing(instance: &str, bytes: Bytes) -> Outgoing {
    Outgoing {
        class: SopClassUid::parse(CT).unwrap(),
        instance: SopInstanceUid::parse(instance).unwrap(),
        syntax: TransferSyntaxUid::parse(EXPLICIT).unwrap(),
        source: Source::Bytes(bytes),
    }
}

/// Sends objects over one association; the statuses they were answered with.
pub(crate) async fn send(house: &House, calling: &str, objects: Vec<Outgoing>) -> Vec<u16> {
    let mut statuses = Vec::new();
    scu::store(&house.target(calling), objects, |_, outcome| {
        statuses.push(match outcome {
            Outcome::Stored(status) | Outcome::Refused(status, _) => status.code(),
            Outcome::NoContext | Outcome::Unreadable(_) => panic!("{outcome:?}"),
        });
    })
    .await
    .unwrap();
    statuses
}

#[tokio::test]
async fn what_is_answered_with_success_is_findable_and_accounted_for() {
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    scu::echo(&house.target("ANYBODY")).await.unwrap();
    let objects = vec![
        outgoing("1.9.1.1.1", data_set(CT, "1.9.1.1.1", "P1")),
        outgoing("1.9.1.1.2", data_set(CT, "1.9.1.1.2", "P1")),
        outgoing("1.9.1.1.1", data_set(CT, "1.9.1.1.1", "P1")),
    ];
    assert_eq!(send(&house, "ANYBODY", objects).await, [0, 0, 0]);
    assert_eq!(house.instances().await.len(), 2);
    assert_eq!(house.events("store_begun").await, 1);
    let (archive, _folder) = house.close().await;
    let filter =
        AuditFilter { event: Some("store_ended".to_owned()), limit: 9, ..Default::default() };
    assert_eq!(archive.catalog().audit(&filter).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_refused_has_its_status_and_does_not_end_the_association() {
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    let other_bytes =
        [data_set(CT, "1.9.1.1.1", "P1"), Bytes::from_static(b"\x20\0\x00\x40LT\x02\0xx")];
    let objects = vec![
        outgoing("1.9.1.1.1", data_set(CT, "1.9.1.1.1", "P1")),
        outgoing("1.9.1.1.2", data_set(CT, "1.9.1.1.3", "P1")),
        outgoing("1.9.1.1.4", data_set("1.2.840.10008.5.1.4.1.1.4", "1.9.1.1.4", "P1")),
        outgoing("1.9.1.1.5", Bytes::from_static(b"not a data set at all")),
        outgoing("1.9.1.1.6", data_set(CT, "1.9.1.1.6", "P2")),
        outgoing("1.9.1.1.1", other_bytes.concat().into()),
        outgoing("1.9.1.1.7", data_set(CT, "1.9.1.1.7", "P1")),
    ];
    let statuses = send(&house, "ANYBODY", objects).await;
    assert_eq!(statuses, [0, 0xC000, 0xA900, 0xC000, 0x0111, 0x0111, 0]);
    assert_eq!(house.instances().await.len(), 2);
    assert_eq!(house.events("refused").await, 5);
    house.close().await;
}

fn in_implicit(bytes: &Bytes) -> Bytes {
    let from = TransferSyntax::of(&TransferSyntaxUid::parse(EXPLICIT).unwrap());
    let mut recoder = Recoder::new(&from, Plain::Implicit, None);
    let mut pieces = recoder.push(bytes).unwrap();
    pieces.extend(recoder.finish().unwrap());
    let bytes = |piece| match piece {
        Piece::Bytes(bytes) => bytes,
        Piece::Pixels => panic!("there are no pixels"),
    };
    pieces.into_iter().flat_map(bytes).collect()
}

/// Success may make a sender delete its own: it is not said to what only has the same UID.
#[tokio::test]
async fn in_another_transfer_syntax_the_content_is_compared() {
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    let (instance, same) = ("1.9.1.1.1", data_set(CT, "1.9.1.1.1", "P1"));
    let other = [same.clone(), Bytes::from_static(b"\x20\0\x00\x40LT\x02\0xx")].concat();
    let implicit = |bytes: &Bytes| Outgoing {
        syntax: TransferSyntaxUid::parse(TransferSyntax::IMPLICIT_LITTLE).unwrap(),
        ..outgoing(instance, in_implicit(bytes))
    };
    let objects = vec![outgoing(instance, same.clone()), implicit(&same), implicit(&other.into())];
    assert_eq!(send(&house, "ANYBODY", objects).await, [0, 0, 0x0111]);
    assert_eq!(house.instances().await.len(), 1);
    assert_eq!(house.events("refused").await, 1);
    house.close().await;
}

#[tokio::test]
async fn the_first_peer_closes_the_door_to_strangers() {
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    scu::echo(&house.target("STRANGER")).await.unwrap();
    house.add_peer("CT1", &[Right::Store]).await;
    let error = scu::echo(&house.target("STRANGER")).await.unwrap_err();
    assert!(matches!(error, ScuError::UnknownCalling { .. }), "{error}");
    assert_eq!(house.events("association_refused").await, 1);
    let error = scu::echo(&house.target("CT1")).await.unwrap_err();
    assert!(matches!(error, ScuError::NoContext), "{error}");
    let objects = vec![outgoing("1.9.1.1.1", data_set(CT, "1.9.1.1.1", "P1"))];
    assert_eq!(send(&house, "CT1", objects).await, [0]);
    house.close().await;
}

#[tokio::test]
async fn patient_ids_without_an_issuer_get_the_one_of_their_sender() {
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    for (name, issuer) in [("CT1", "Hospital A"), ("CT2", "Hospital B"), ("CT3", "")] {
        house.enter(Peer { issuer: issuer.to_owned(), ..house.peer(name, &[Right::Store]) }).await;
    }
    let sent = [("CT1", "1.9.1.1.1"), ("CT1", "1.9.1.1.2")];
    for (name, instance) in sent {
        let objects = vec![outgoing(instance, data_set(CT, instance, "P1"))];
        assert_eq!(send(&house, name, objects).await, [0], "{name}");
    }
    // The same id of another issuer is another patient, and a study has one.
    for name in ["CT2", "CT3"] {
        let objects = vec![outgoing("1.9.1.1.3", data_set(CT, "1.9.1.1.3", "P1"))];
        assert_eq!(send(&house, name, objects).await, [0x0111], "{name}");
    }
    let instances = house.instances().await;
    assert_eq!(instances.len(), 2);
    assert!(instances.iter().all(|found| found.patient.issuer == "Hospital A"));
    house.close().await;
}

#[tokio::test]
async fn strangers_are_newcomers_until_they_are_let_in() {
    let house = House::open(OpenLoopback::No).await;
    house.add_peer("CT1", &[]).await;
    for name in ["NEW", "NEW", "CT1"] {
        scu::echo(&house.target(name)).await.unwrap_err();
    }
    let catalog = house.archive.catalog();
    let newcomers = catalog.newcomers().await.unwrap();
    let [newcomer] = newcomers.as_slice() else { panic!("{newcomers:?}") };
    assert_eq!((newcomer.title.as_str(), newcomer.times), ("NEW", 2));
    let ctx = Ctx::system(house.archive.clock().now());
    house.archive.allow(&ctx, newcomer.id).await.unwrap();
    scu::echo(&house.target("NEW")).await.unwrap();
    assert_eq!(catalog.newcomers().await.unwrap(), []);
    let again = house.archive.allow(&ctx, newcomer.id).await;
    assert!(matches!(again, Err(ArchiveError::NotFound)), "{again:?}");
    assert_eq!(house.events("peer_added").await, 2);
    house.close().await;
}

#[tokio::test]
async fn a_closed_loopback_knows_no_strangers() {
    let house = House::open(OpenLoopback::No).await;
    let error = scu::echo(&house.target("ANYBODY")).await.unwrap_err();
    assert!(matches!(error, ScuError::UnknownCalling { .. }), "{error}");
    house.close().await;
}

/// The corpus, sent by DCMTK: every transfer syntax it can send is kept.
#[tokio::test]
async fn dcmsend_fills_the_archive() {
    let Some(root) = environment("LIGHTCASE_CORPUS") else {
        assert!(environment("LIGHTCASE_REQUIRE_CORPUS").is_none(), "no corpus");
        println!("skipped: LIGHTCASE_CORPUS does not name a corpus");
        return;
    };
    if std::process::Command::new("dcmsend").arg("--version").output().is_err() {
        println!("skipped: dcmsend is not installed");
        return;
    }
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    let mut dcmsend = tokio::process::Command::new("dcmsend");
    dcmsend.env("TCP_NODELAY", "1").stdin(Stdio::null()).kill_on_drop(true);
    dcmsend.args(["-aec", "LIGHTCASE", "--decompress-never", "--no-halt", "--scan-directories"]);
    dcmsend.args([house.address.ip().to_string(), house.address.port().to_string()]);
    dcmsend.arg(format!("{root}/public/syntax"));
    let output = timeout(Duration::from_mins(1), dcmsend.output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let instances = house.instances().await.len();
    assert!(instances >= 25, "{instances} instances; {text}");
    house.close().await;
}

#[expect(clippy::disallowed_methods, reason = "tests are told of the corpus by the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
