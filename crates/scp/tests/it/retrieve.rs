//! C-GET and C-MOVE out of the archive.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use lightcase_catalog::Right;
use lightcase_dataset::{Identifier, Tag, TransferSyntax};
use lightcase_dimse::scu::{Incoming, Offer, STUDY_ROOT_GET, ScuError, Session};
use lightcase_dimse::{Roles, Status, SubOperations};
use lightcase_model::{TransferSyntaxUid, Uid};
use lightcase_scp::OpenLoopback;
use tokio::time::timeout;

use crate::house::House;
use crate::store::{CT, data_set, outgoing, send};

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";

fn offer(class: &str, syntax: &str, roles: Roles) -> Offer {
    Offer {
        abstract_syntax: Uid::parse(class).unwrap(),
        transfer_syntaxes: vec![TransferSyntaxUid::parse(syntax).unwrap()],
        roles,
    }
}

fn identifier(level: &str, keys: &[(Tag, &str)]) -> Bytes {
    let mut identifier = Identifier::default();
    identifier.put_text(Tag(0x0008_0052), level);
    for (tag, text) in keys {
        identifier.put_text(*tag, *text);
    }
    let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(EXPLICIT).unwrap());
    identifier.write(&syntax).unwrap().into()
}

const STUDY: Tag = Tag(0x0020_000D);
const IMAGE: Tag = Tag(0x0008_0018);

/// Gets with CT in one transfer syntax; the final status, counts, and the data sets that came.
async fn get(
    house: &House,
    calling: &str,
    syntax: &str,
    identifier: &Bytes,
) -> Result<(u16, SubOperations, Vec<Vec<u8>>), ScuError> {
    let scp = Roles { scu: false, scp: true };
    let offers = [offer(STUDY_ROOT_GET, EXPLICIT, Roles::DEFAULT), offer(CT, syntax, scp)];
    let mut session = Session::offer(&house.target(calling), &offers).await?;
    let get =
        session.contexts().iter().find(|each| each.abstract_syntax.as_str() == STUDY_ROOT_GET);
    let context = get.ok_or(ScuError::NoContext)?.id;
    let mut came = Vec::new();
    let take = async |mut incoming: Incoming| {
        assert_eq!(incoming.transfer_syntax.as_str(), syntax);
        let mut bytes = Vec::new();
        while let Some(part) = incoming.body.next().await {
            bytes.extend_from_slice(&part.unwrap());
        }
        came.push(bytes);
        Status::SUCCESS
    };
    let got = session.get(context, identifier, take, |_| true).await?;
    session.release().await?;
    Ok((got.status.code(), got.sub_operations.unwrap_or_default(), came))
}

async fn filled(house: &House) {
    house.add_peer("CT1", &[Right::Store]).await;
    house.add_peer("GETTER", &[Right::Get]).await;
    let objects =
        ["1.9.1.1.1", "1.9.1.1.2"].map(|instance| outgoing(instance, data_set(CT, instance, "P1")));
    assert_eq!(send(house, "CT1", objects.into()).await, [0, 0]);
}

#[tokio::test]
async fn what_is_held_is_handed_over_as_it_is_or_written_anew() {
    let house = House::open(OpenLoopback::No).await;
    filled(&house).await;
    let held = |instance| data_set(CT, instance, "P1").to_vec();
    let both = [held("1.9.1.1.1"), held("1.9.1.1.2")];
    let done = SubOperations { completed: 2, ..SubOperations::default() };

    let study = identifier("STUDY", &[(STUDY, "1.9.1\\1.9.2")]);
    let (status, counts, came) = get(&house, "GETTER", EXPLICIT, &study).await.unwrap();
    assert_eq!((status, counts), (0, done));
    assert_eq!(came, both);
    let image = identifier("IMAGE", &[(STUDY, "1.9.1"), (IMAGE, "1.9.1.1.2")]);
    let (.., came) = get(&house, "GETTER", EXPLICIT, &image).await.unwrap();
    assert_eq!(came, both[1..]);
    let (status, counts, came) = get(&house, "GETTER", IMPLICIT, &study).await.unwrap();
    assert_eq!((status, counts), (0, done));
    let implicit = TransferSyntax::of(&TransferSyntaxUid::parse(IMPLICIT).unwrap());
    let explicit = TransferSyntax::of(&TransferSyntaxUid::parse(EXPLICIT).unwrap());
    for (came, held) in came.iter().zip(&both) {
        assert!(came.starts_with(b"\x08\0\x16\0\x1a\0\0\0"), "{:?}", &came[..12]);
        let (came, held) = (Identifier::read(came, &implicit), Identifier::read(held, &explicit));
        assert_eq!(came.unwrap(), held.unwrap());
    }
    assert_eq!(house.events("retrieve_begun").await, 3);
    let nothing = identifier("STUDY", &[(STUDY, "1.9.9")]);
    let (status, counts, _) = get(&house, "GETTER", EXPLICIT, &nothing).await.unwrap();
    assert_eq!((status, counts), (0, SubOperations::default()));
    let unclear = identifier("STUDY", &[(STUDY, "*")]);
    let (status, ..) = get(&house, "GETTER", EXPLICIT, &unclear).await.unwrap();
    assert_eq!(status, 0xA900);
    house.close().await;
}

#[tokio::test]
async fn what_the_peer_does_not_take_fails_and_is_listed() {
    let house = House::open(OpenLoopback::No).await;
    filled(&house).await;
    let study = identifier("STUDY", &[(STUDY, "1.9.1")]);
    let jpeg = "1.2.840.10008.1.2.4.70";
    let (status, counts, came) = get(&house, "GETTER", jpeg, &study).await.unwrap();
    assert_eq!((status, counts.failed, came.len()), (0xA702, 2, 0));
    house.close().await;
}

/// A9: rights open their own contexts and no others.
#[tokio::test]
async fn a_peer_without_the_right_cannot_ask() {
    let house = House::open(OpenLoopback::No).await;
    filled(&house).await;
    let study = identifier("STUDY", &[(STUDY, "1.9.1")]);
    let error = get(&house, "CT1", EXPLICIT, &study).await.unwrap_err();
    assert!(matches!(error, ScuError::NoContext), "{error}");
    assert_eq!(house.events("retrieve_begun").await, 0);
    house.close().await;
}

async fn movescu(house: &House, to: &str) -> Option<String> {
    if std::process::Command::new("movescu").arg("--version").output().is_err() {
        println!("skipped: movescu is not installed");
        return None;
    }
    let mut movescu = tokio::process::Command::new("movescu");
    movescu.env("TCP_NODELAY", "1").stdin(Stdio::null()).kill_on_drop(true);
    movescu.args(["-S", "-d", "-aet", "MOVER", "-aec", "LIGHTCASE", "-aem", to]);
    movescu.args(["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.9.1"]);
    movescu.args([house.address.ip().to_string(), house.address.port().to_string()]);
    let output = timeout(Duration::from_mins(1), movescu.output()).await.unwrap().unwrap();
    Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).to_lowercase())
}

/// A12: objects move to a peer that was entered with a host and a port, and to nobody else; no
/// packet leaves.
#[tokio::test]
async fn objects_move_to_known_destinations_only() {
    let house = House::open(OpenLoopback::No).await;
    filled(&house).await;
    let destination = House::open(OpenLoopback::UntilFirstPeer).await;
    let watched = TcpListener::bind("127.0.0.1:0").unwrap();
    watched.set_nonblocking(true).unwrap();
    let port = watched.local_addr().unwrap().port();
    house.add_peer("MOVER", &[Right::Move]).await;
    house.add_peer_at("LIGHTCASE", "127.0.0.1", destination.address.port()).await;
    house.add_peer_at("ANYWHERE", "*", port).await;
    for nowhere in ["NOBODY", "ANYWHERE", "MOVER"] {
        let Some(text) = movescu(&house, nowhere).await else { return };
        assert!(text.contains("0xa801"), "{nowhere}: {text}");
    }
    assert!(watched.accept().is_err(), "somebody called");
    assert_eq!(house.events("retrieve_begun").await, 0);
    let text = movescu(&house, "LIGHTCASE").await.unwrap();
    assert!(text.contains("0x0000"), "{text}");
    assert_eq!(destination.instances().await.len(), 2);
    assert_eq!(house.events("retrieve_begun").await, 1);
    destination.close().await;
    let text = movescu(&house, "LIGHTCASE").await.unwrap();
    assert!(text.contains("0xa702"), "{text}");
    house.close().await;
}
