//! Quarantine: looked into, tried again and given up, from the API and from the command line.

use std::time::{Duration, Instant};

use lightcase_dimse::scu::{Outcome, Source, store};
use lightcase_testkit::phantom::Instance;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::house::{House, small_ct};
use crate::multipart::{retrieve, split};
use crate::scu::{outgoing, phantom, send, target};

on_both! {
    what_was_refused_can_be_tried_again,
    what_stood_in_the_way_may_be_gone,
    what_is_discarded_is_gone_for_good,
    the_command_line_does_the_same,
    repeats_are_listed_and_kept_once,
}

const MR_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.4";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

async fn refusals(staff: &Caller) -> Vec<Value> {
    let answer = staff.get_json("/api/v1/refusals").await;
    let listed = answer["refusals"].as_array().unwrap().clone();
    assert_eq!(answer["count"], listed.len());
    assert_eq!(staff.get_json("/api/v1/worklist").await["refused"]["count"], listed.len());
    listed
}

/// Objects in quarantine, as the folder of the embedded store has them: all that is not an image.
fn objects(house: &House) -> Option<usize> {
    let folder = house.server.data_dir().join("objects").join("objects");
    let shards = std::fs::read_dir(folder).ok()?;
    Some(shards.map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count()).sum())
}

/// An object that stands in the way of the ones that are refused: the same instance, other bytes.
fn changed(instance: &Instance) -> Instance {
    let mut changed = instance.clone();
    *changed.data_set.last_mut().unwrap() ^= 1;
    changed
}

async fn what_was_refused_can_be_tried_again(house: House) {
    let staff = house.signed_in("technologist").await;
    let admin = house.signed_in("admin").await;
    let instances: Vec<_> = small_ct(1).instances().collect();
    let whole = &instances[0].data_set;
    // The command names another class: nothing of it changes by trying again.
    let uid = &instances[0].sop_instance;
    assert_eq!(send(&house.server, outgoing(MR_IMAGE, uid, EXPLICIT, whole.clone())).await, 0xA900);
    let [refused] = refusals(&staff).await.try_into().unwrap();
    let (id, length) = (refused["id"].as_str().unwrap(), whole.len());
    assert_eq!((&refused["bytes"], &refused["kept"]), (&json!(length), &json!(true)));
    let digest = hex(&Sha256::digest(whole));
    assert_eq!(refused["sha256"], digest);
    let path = format!("/api/v1/refusals/{id}");
    assert_eq!(staff.get_json(&path).await, refused);

    let reply = staff.get(&format!("{path}/object"), "*/*").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/octet-stream"));
    let disposition = format!("attachment; filename=\"refused-{id}.bin\"");
    assert_eq!(reply.header("content-disposition"), disposition);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.body == *whole);
    for caller in [&admin, &house.program(&["dicomweb:read", "dicomweb:write"])] {
        let (object, again) = (format!("{path}/object"), format!("{path}/redrive"));
        assert_eq!(caller.get(&object, "*/*").await.status, 403);
        assert_eq!(caller.post(&again, &json!({})).await.status, 403);
    }

    let reply = staff.post(&format!("{path}/redrive"), &json!({})).await;
    assert_eq!((reply.status, reply.reason().as_str()), (409, "ClassMismatch"));
    let [again] = refusals(&staff).await.try_into().unwrap();
    assert!(again["triedAt"].is_string() && again["id"] == refused["id"], "{again}");
    assert!(retrieve(&staff, uid).await.is_none());

    // Another one is refused because the same instance is held with other bytes; the sender of
    // the wrong bytes was imported, and stays. The right ones are in the way of nothing then.
    assert_eq!(send(&house.server, phantom(&changed(&instances[1]))).await, 0);
    assert_eq!(send(&house.server, phantom(&instances[1])).await, 0x0111);
    let conflict = refusals(&staff).await.remove(0);
    let path = format!("/api/v1/refusals/{}", conflict["id"].as_str().unwrap());
    let reply = staff.post(&format!("{path}/redrive"), &json!({})).await;
    assert_eq!((reply.status, reply.reason().as_str()), (409, "Conflict"));
    let events = house.events();
    assert_eq!((events["redriven"], events["quarantine_read"], events["refused"]), (2, 1, 2));
    assert_eq!(events["store_begun"], events["store_ended"]);
}

/// The first object of a study came cut off and with the wrong patient, and barred the right one:
/// what was refused for it is stored once nobody sends any more.
async fn what_stood_in_the_way_may_be_gone(house: House) {
    let staff = house.signed_in("radiologist").await;
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    let (right, wrong) = (study.patient_id(), study.patient_id().replace('1', "7"));
    let mut lie = phantom(&instances[0]);
    let mut bytes = replaced(&instances[0].data_set, right.as_bytes(), wrong.as_bytes());
    bytes.truncate(bytes.len() - 9);
    lie.source = Source::Bytes(bytes.into());
    let mut statuses = Vec::new();
    store(&target(&house.server, "SCU"), vec![lie, phantom(&instances[1])], |_, outcome| {
        if let Outcome::Refused(status, _) = outcome {
            statuses.push(status.code());
        }
    })
    .await
    .unwrap();
    assert_eq!(statuses, [0xC000, 0x0111]);
    let begun = Instant::now();
    while !house.events().contains_key("store_ended") {
        assert!(begun.elapsed() < Duration::from_mins(1), "the association has no end");
    }
    let [conflict, _] = refusals(&staff).await.try_into().unwrap();
    let before = objects(&house);
    let path = format!("/api/v1/refusals/{}/redrive", conflict["id"].as_str().unwrap());
    let reply = staff.post(&path, &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        (&reply.json()["outcome"], &reply.json()["studyInstanceUid"]),
        (&json!("stored"), &json!(study.uid))
    );
    let held = retrieve(&staff, &instances[1].sop_instance).await.unwrap();
    assert!(split(&held).1 == instances[1].data_set);
    assert_eq!(objects(&house), before, "one object more is held, one less waits");
    let worklist = staff.get_json("/api/v1/worklist").await;
    assert_eq!(worklist["studies"][0]["patientId"], right);
    assert_eq!(worklist["studies"][0]["receivedAt"], conflict["at"]);
    assert_eq!(refusals(&staff).await.len(), 1);
    let resolved = staff.get_json("/api/v1/refusals?resolved=true").await;
    assert_eq!(resolved["refusals"][0]["resolution"], "stored");
    assert_eq!(staff.post(&path, &json!({})).await.status, 404);
    let record = house.audit().into_iter().find(|each| each["event"] == "redriven").unwrap();
    assert_eq!(record["data"]["outcome"], "stored");
    assert_eq!(record["actor"]["kind"], "account");
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|part| part == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

async fn what_is_discarded_is_gone_for_good(house: House) {
    let staff = house.signed_in("radiologist").await;
    let instance = small_ct(1).instances().next().unwrap();
    let before = objects(&house);
    let (class, uid) = (instance.sop_class, &instance.sop_instance);
    let cut = instance.data_set[..instance.data_set.len() - 9].to_vec();
    assert_eq!(send(&house.server, outgoing(class, uid, EXPLICIT, cut)).await, 0xC000);
    let [refused] = refusals(&staff).await.try_into().unwrap();
    let path = format!("/api/v1/refusals/{}", refused["id"].as_str().unwrap());
    let discard = format!("{path}/discard");
    for reason in ["", "  "] {
        let reply = staff.post(&discard, &json!({"reason": reason})).await;
        assert_eq!((reply.status, reply.reason().as_str()), (400, "Malformed"));
    }
    assert_eq!(objects(&house), before.map(|count| count + 1));
    let reply = staff.post(&discard, &json!({"reason": "a test of the sender"})).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    assert!(refusals(&staff).await.is_empty());
    assert_eq!(objects(&house), before);
    for gone in [&discard, &format!("{path}/redrive")] {
        let reply = staff.post(gone, &json!({"reason": "again"})).await;
        assert_eq!(reply.status, 404, "{gone}");
    }
    assert_eq!(staff.get(&format!("{path}/object"), "*/*").await.status, 404);
    let resolved = staff.get_json("/api/v1/refusals?resolved=true").await;
    assert_eq!(resolved["refusals"][0]["resolution"], "discarded");
    assert_eq!(house.events()["discarded"], 1);
    // Nothing of the patient is in the public part of the record.
    let record = house.audit().into_iter().find(|each| each["event"] == "discarded").unwrap();
    assert!(!record.to_string().contains("a test of the sender"), "{record}");
}

async fn the_command_line_does_the_same(house: House) {
    let instances: Vec<_> = small_ct(1).instances().collect();
    let (class, uid) = (instances[0].sop_class, &instances[0].sop_instance);
    // The study is held with another patient, until it is corrected at the sender.
    let other = &instances[1].sop_instance;
    let whole = instances[0].data_set.clone();
    assert_eq!(send(&house.server, outgoing(class, other, EXPLICIT, whole.clone())).await, 0xC000);
    let listed = house.ask("quarantine list", &["--json"]);
    let [refused] = listed["refusals"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    let id = refused["id"].as_str().unwrap();
    assert_eq!(
        (&refused["reason"], &refused["origin"]),
        (&json!("UidMismatch"), &json!("SCU → LIGHTCASE"))
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("refused.bin");
    let shown = house.ask("quarantine show", &[id, "--out", file.to_str().unwrap(), "--json"]);
    assert_eq!(&shown, refused);
    assert!(std::fs::read(&file).unwrap() == whole);
    assert!(
        house.server.run("quarantine show", &[id, "--out", file.to_str().unwrap()], "").is_err()
    );

    let again = house.ask_leniently("quarantine redrive", &[id, "--json"]);
    assert_eq!(again["redriven"][0]["outcome"], "UidMismatch");
    house
        .server
        .run("quarantine discard", &[id, "--reason", "the sender mixes them up"], "")
        .unwrap();
    assert!(house.server.run("quarantine discard", &[id, "--reason", "again"], "").is_err());
    assert_eq!(house.ask("quarantine list", &["--json"])["refusals"], json!([]));
    let resolved = house.ask("quarantine list", &["--resolved", "--json"]);
    assert_eq!(resolved["refusals"][0]["resolution"], "discarded");
    assert!(retrieve(&house.program(&["dicomweb:read"]), uid).await.is_none());
}

/// A modality sends what was refused again and again.
async fn repeats_are_listed_and_kept_once(house: House) {
    let staff = house.signed_in("technologist").await;
    let instance = small_ct(1).instances().next().unwrap();
    let other = changed(&instance);
    for object in [&instance, &instance, &instance, &other] {
        let (uid, bytes) = (&object.sop_instance, object.data_set.clone());
        assert_eq!(send(&house.server, outgoing(MR_IMAGE, uid, EXPLICIT, bytes)).await, 0xA900);
    }
    // Newest first: other bytes are kept beside the first ones, repeats are not.
    let listed = refusals(&staff).await;
    let kept: Vec<_> = listed.iter().map(|each| each["kept"].as_bool().unwrap()).collect();
    assert_eq!(kept, [true, false, false, true]);
    assert_eq!(objects(&house).unwrap_or(2), 2);
    let first = &listed[3]["id"];
    let path = format!("/api/v1/refusals/{}/discard", first.as_str().unwrap());
    assert_eq!(staff.post(&path, &json!({"reason": "a test"})).await.status, 204);
    // Its repeats go with it, and the next one is a first one again.
    assert_eq!(refusals(&staff).await.len(), 1);
    let bytes = instance.data_set.clone();
    let again = outgoing(MR_IMAGE, &instance.sop_instance, EXPLICIT, bytes);
    assert_eq!(send(&house.server, again).await, 0xA900);
    assert_eq!(refusals(&staff).await[0]["kept"], true);
}
