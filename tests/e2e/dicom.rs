//! What comes in over DICOM, and what is refused: status, sentence, log line, quarantine.

use lightcase_dimse::scu::{Outcome, ScuError};
use lightcase_testkit::phantom::Study;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::Caller;
use crate::dcmtk;
use crate::house::{House, first_file, small_ct};
use crate::multipart::{retrieve, split};
use crate::scu::{outgoing, phantom, send, send_as};

const MR_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.4";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

on_both! {
    storescu_sends_and_every_object_is_held_unchanged,
    strangers_are_turned_away_and_the_server_lives_on,
    objects_that_cannot_be_taken_are_refused_and_kept,
    the_same_object_is_taken_once,
    files_are_imported_one_by_one,
    peers_have_the_rights_they_were_given,
}

async fn storescu_sends_and_every_object_is_held_unchanged(house: House) {
    let studies = [small_ct(1), Study::mr_of(1, 2)];
    if dcmtk::push(house.server.dicom(), &[&studies[0], &studies[1]]).await.is_none() {
        return;
    }
    let reader = house.program(&["dicomweb:read"]);
    for instance in studies.iter().flat_map(Study::instances) {
        let file = retrieve(&reader, &instance.sop_instance).await.unwrap();
        assert!(split(&file).1 == instance.data_set, "{}", instance.sop_instance);
    }
    let found = reader.get_json("/dicom-web/studies").await;
    assert_eq!(found.as_array().unwrap().len(), 2);
}

async fn strangers_are_turned_away_and_the_server_lives_on(house: House) {
    let address = house.server.dicom();
    let Some((done, text)) = dcmtk::echo(address, "ECHOSCU", "ELSEWHERE").await else { return };
    assert!(!done && text.contains("Called AE Title Not Recognized"), "{text}");
    assert!(house.log().contains("ECHOSCU calls ELSEWHERE, but this is LIGHTCASE"));
    assert_eq!(house.events()["association_refused"], 1);

    for noise in [&b"GET / HTTP/1.1\r\nHost: pictures\r\n\r\n"[..], &[0xff; 4096], &[1, 0]] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(noise).await.unwrap();
        socket.shutdown().await.unwrap();
        // It may answer with an abort; in the end it closes, also with a reset.
        let mut answer = Vec::new();
        drop(socket.read_to_end(&mut answer).await);
        assert!(answer.first().is_none_or(|kind| *kind == 7), "{answer:?}");
    }
    let (done, text) = dcmtk::echo(address, "ECHOSCU", "LIGHTCASE").await.unwrap();
    assert!(done, "{text}");
}

/// Refusals as the page lists them, newest first: reason, and whether the bytes were kept.
async fn refusals(staff: &Caller) -> Vec<(String, bool)> {
    let answer = staff.get_json("/api/v1/refusals?limit=50").await;
    let list = answer["refusals"].as_array().unwrap();
    assert_eq!(answer["count"], list.len());
    list.iter()
        .map(|refusal| {
            assert!(refusal["sentence"].as_str().unwrap().len() > 20, "{refusal}");
            (refusal["reason"].as_str().unwrap().to_owned(), refusal["kept"] == true)
        })
        .collect()
}

async fn objects_that_cannot_be_taken_are_refused_and_kept(house: House) {
    let staff = house.signed_in("radiologist").await;
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    let (class, uid) = (instances[0].sop_class, &instances[0].sop_instance);
    let whole = &instances[0].data_set;

    let cut = whole[..whole.len() - 1000].to_vec();
    assert_eq!(send(&house.server, outgoing(class, uid, EXPLICIT, cut)).await, 0xC000);
    assert_eq!(refusals(&staff).await, [("Malformed".to_owned(), true)]);

    let other = &instances[1].sop_instance;
    let lie = outgoing(class, other, EXPLICIT, whole.clone());
    assert_eq!(send(&house.server, lie).await, 0xC000);
    let lie = outgoing(MR_IMAGE, uid, EXPLICIT, whole.clone());
    assert_eq!(send(&house.server, lie).await, 0xA900);
    let kept = ["ClassMismatch", "UidMismatch", "Malformed"].map(|name| (name.to_owned(), true));
    assert_eq!(refusals(&staff).await, kept);

    // Nothing of them was stored, and the whole object still can be.
    assert!(retrieve(&staff, uid).await.is_none() && retrieve(&staff, other).await.is_none());
    assert_eq!(send(&house.server, phantom(&instances[0])).await, 0);
    let log = house.log();
    for reason in ["Malformed", "UidMismatch", "ClassMismatch"] {
        assert!(log.contains(reason), "{reason} is not in the log");
    }
    assert_eq!(house.events()["refused"], 3);
}

async fn the_same_object_is_taken_once(house: House) {
    let staff = house.signed_in("technologist").await;
    let instance = small_ct(1).instances().next().unwrap();
    for _ in 0..2 {
        assert_eq!(send(&house.server, phantom(&instance)).await, 0);
    }
    let mut changed = instance.clone();
    *changed.data_set.last_mut().unwrap() ^= 1;
    assert_eq!(send(&house.server, phantom(&changed)).await, 0x0111);
    assert_eq!(refusals(&staff).await, [("Conflict".to_owned(), true)]);
    let held = retrieve(&staff, &instance.sop_instance).await.unwrap();
    assert!(split(&held).1 == instance.data_set);
    let series = staff.get_json("/dicom-web/instances").await;
    assert_eq!(series.as_array().unwrap().len(), 1);
}

async fn files_are_imported_one_by_one(house: House) {
    let staff = house.signed_in("radiologist").await;
    let study = small_ct(1);
    let file = first_file(&study);
    for outcome in ["stored", "alreadyHeld"] {
        let reply = staff.import(file.clone()).await;
        assert_eq!((reply.status, &reply.json()["outcome"]), (200, &outcome.into()));
        assert_eq!(reply.json()["studyInstanceUid"], *study.uid);
    }
    let reply = staff.import(b"%PDF-1.7 this is a letter, not a picture".to_vec()).await;
    assert_eq!((reply.status, reply.reason().as_str()), (400, "Malformed"));
    let reply = staff.import(file[..file.len() - 100].to_vec()).await;
    assert_eq!((reply.status, reply.reason().as_str()), (400, "Malformed"));
    let mut changed = file.clone();
    *changed.last_mut().unwrap() ^= 1;
    let reply = staff.import(changed).await;
    assert_eq!((reply.status, reply.reason().as_str()), (409, "Conflict"));

    assert_eq!(house.log().matches("a request was refused").count(), 3);

    let folder = tempfile::tempdir().unwrap();
    tokio::fs::write(folder.path().join("letter.pdf"), "%PDF-1.7 a letter").await.unwrap();
    tokio::fs::write(folder.path().join("picture.dcm"), &file).await.unwrap();
    let answer = house.import_folder(folder.path());
    assert_eq!((&answer["stored"], &answer["alreadyHeld"]), (&0.into(), &1.into()));
    assert_eq!(answer["refused"].as_array().unwrap().len(), 1);
}

async fn peers_have_the_rights_they_were_given(house: House) {
    let instance = small_ct(1).instances().next().unwrap();
    let add = |title, rights| {
        house.server.run("peer add", &[title, "127.0.0.1", "--rights", rights], "").unwrap();
    };
    add("MONITOR", "echo");
    add("MODALITY", "echo,store");

    // The first peer ends the hospitality towards unknown titles on this machine.
    let verdict = send_as(&house.server, "SCU", phantom(&instance)).await;
    assert!(matches!(verdict, Err(ScuError::UnknownCalling { .. })), "{verdict:?}");
    let verdict = send_as(&house.server, "MONITOR", phantom(&instance)).await;
    assert!(matches!(verdict, Ok(Outcome::NoContext)), "{verdict:?}");
    let verdict = send_as(&house.server, "MODALITY", phantom(&instance)).await;
    assert!(matches!(verdict, Ok(Outcome::Stored(_))), "{verdict:?}");
    if let Some((done, text)) = dcmtk::echo(house.server.dicom(), "MONITOR", "LIGHTCASE").await {
        assert!(done, "{text}");
    }

    house.server.run("peer remove", &["MODALITY"], "").unwrap();
    let verdict = send_as(&house.server, "MODALITY", phantom(&instance)).await;
    assert!(matches!(verdict, Err(ScuError::UnknownCalling { .. })), "{verdict:?}");
    let events = house.events();
    assert_eq!((events["peer_added"], events["peer_removed"]), (2, 1));
}
