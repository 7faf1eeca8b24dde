//! The kill test: while several senders push, the server is ended by SIGKILL at a random point and
//! started again. What was acknowledged is held and found, nothing is held by halves, and nothing
//! lies in the store without a row.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lightcase_dataset::{CharacterSets, Identifier, Tag, TransferSyntax};
use lightcase_dimse::Status;
use lightcase_dimse::scu::{Outcome, Query, Session, Target, find};
use lightcase_model::{TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::Settings;
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::house::{Backend, House};
use crate::multipart::{OBJECTS, parts, split};
use crate::scu::{phantom, target};
use crate::store::{blobs, compared};

/// Pairs of senders; the two of a pair send the same study, each its own half.
const PAIRS: u64 = 2;
/// Longest time from the first object to the end, in microseconds.
const LONGEST: u64 = 500_000;
const SOP_INSTANCE_UID: Tag = Tag(0x0008_0018);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_on_sqlite_and_folder() {
    Box::pin(rounds(Backend::Embedded, 1, 20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_kills_lose_nothing_on_postgres_and_s3() {
    Box::pin(rounds(Backend::Production, 2, 5)).await;
}

#[ignore = "long: ten minutes"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_on_sqlite_and_folder() {
    Box::pin(rounds(Backend::Embedded, 3, 200)).await;
}

#[ignore = "long: five minutes"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_on_postgres_and_s3() {
    Box::pin(rounds(Backend::Production, 4, 50)).await;
}

/// What was sent, by SOP Instance UID.
type Sent = HashMap<String, Object>;

struct Object {
    study: String,
    digest: Vec<u8>,
    /// Whether Success was answered.
    acknowledged: bool,
}

async fn rounds(backend: Backend, seed: u64, count: u64) {
    // At once: nobody else stores here.
    let settings = Settings::default().set("storage.adopt_after_minutes", "0");
    let Some(mut house) = House::start_with(backend, settings) else { return };
    let token = house.server.create_token("reader", &["dicomweb:read"]).unwrap();
    for (title, right) in [("SCU", "store"), ("FINDER", "find")] {
        house.server.run("peer add", &[title, "127.0.0.1", "--rights", right], "").unwrap();
    }
    let (mut all, mut studies) = (Sent::new(), Vec::new());
    let mut held = 0;
    for round in 0..count {
        let moment = random(seed, round);
        println!("seed {seed}, round {round}: killed {moment} µs after the first object");
        let first = (seed * 1_000 + round) * PAIRS + 1;
        let sent = push_and_kill(&mut house, first, Duration::from_micros(moment)).await;
        let before = house.log().len();
        house.server.start().unwrap();
        compared(&house, before).await;
        for pair in 0..PAIRS {
            let study = Study::ct_of(first + pair, 1, 64);
            held += check(&house, &token, &study, &sent).await;
            studies.push(study);
        }
        assert_eq!(blobs(&house).len(), held, "blobs, and instances that are found");
        all.extend(sent);
    }
    let acknowledged = all.values().filter(|object| object.acknowledged).count();
    println!("{} sent, {acknowledged} acknowledged, {held} held", all.len());
    assert!(acknowledged > 0, "no round was long enough for a single object");
    // Nothing that an earlier round left behind was hurt by a later one.
    for study in &studies {
        check(&house, &token, study, &all).await;
    }
}

/// What C-FIND finds of a study and WADO-RS hands over: every acknowledged object, and none that is
/// not wholly what was sent.
async fn check(house: &House, token: &str, study: &Study, sent: &Sent) -> usize {
    let found = instances(house, study).await;
    for (uid, object) in sent.iter().filter(|(_, object)| object.study == study.uid) {
        assert!(!object.acknowledged || found.contains(uid), "{uid} is lost");
    }
    let reader = Caller::with_token(&house.server, token);
    let reply = reader.get(&format!("/dicom-web/studies/{}", study.uid), OBJECTS).await;
    // A study of which nothing came in time is not there.
    assert_eq!(reply.status, if found.is_empty() { 404 } else { 200 }, "{}", study.uid);
    let files = if found.is_empty() { Vec::new() } else { parts(&reply) };
    assert_eq!(files.len(), found.len(), "{}", study.uid);
    let digests: BTreeSet<_> = files.iter().map(|file| sha256(split(file).1)).collect();
    for uid in &found {
        assert!(digests.contains(&sent[uid].digest), "{uid} is not what was sent");
    }
    found.len()
}

/// The SOP Instance UIDs of a study of one series, by C-FIND.
async fn instances(house: &House, study: &Study) -> BTreeSet<String> {
    let syntax = TransferSyntaxUid::parse(TransferSyntax::IMPLICIT_LITTLE).unwrap();
    let reading = TransferSyntax::of(&syntax);
    let mut keys = Identifier::new(CharacterSets::default());
    keys.put_text(Tag(0x0008_0052), "IMAGE");
    keys.put_text(Tag(0x0020_000d), &study.uid);
    keys.put_text(Tag(0x0020_000e), &study.series[0].uid);
    keys.put_text(SOP_INSTANCE_UID, "");
    let class = Uid::parse("1.2.840.10008.5.1.4.1.2.2.1").unwrap();
    let identifier = keys.write(&reading).unwrap().into();
    let query = Query { class, syntax, identifier, limit: usize::MAX };
    let mut found = BTreeSet::new();
    let ended = find(&target(&house.server, "FINDER"), &query, |identifier| {
        let identifier = Identifier::read(&identifier, &reading).unwrap();
        found.insert(identifier.text(SOP_INSTANCE_UID).unwrap().to_owned());
    })
    .await
    .unwrap();
    assert_eq!(ended.status, Status::SUCCESS);
    assert_eq!(ended.matches, found.len());
    found
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

async fn push_and_kill(house: &mut House, first: u64, moment: Duration) -> Sent {
    let sent = Arc::new(Mutex::new(Sent::new()));
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..PAIRS * 2 {
        let to = target(&house.server, "SCU");
        senders.spawn(push(to, first + sender / 2, sender % 2, Arc::clone(&sent)));
    }
    tokio::time::sleep(moment).await;
    house.server.kill().unwrap();
    senders.join_all().await;
    Arc::into_inner(sent).unwrap().into_inner().unwrap()
}

/// Sends every second slice of a study until the server is gone.
async fn push(to: Target, seed: u64, odd: u64, sent: Arc<Mutex<Sent>>) {
    // Small ones, and one that is more than one part of an upload.
    let columns = if seed.is_multiple_of(5) { 800 } else { 64 };
    let study = Study::ct_of(seed, 400, columns);
    let series = &study.series[0];
    let class = Uid::parse(study.instance(series, 1).sop_class).unwrap();
    let syntax = TransferSyntaxUid::parse("1.2.840.10008.1.2.1").unwrap();
    let Ok(mut session) = Session::connect(&to, &[(class, syntax)]).await else { return };
    for slice in (1..=series.slices).filter(|slice| u64::from(*slice) % 2 == odd) {
        let instance = study.instance(series, slice);
        let digest = sha256(&instance.data_set);
        let uid = instance.sop_instance.clone();
        let object = Object { study: study.uid.clone(), digest, acknowledged: false };
        sent.lock().unwrap().insert(uid.clone(), object);
        match session.store(phantom(&instance)).await {
            Ok(Outcome::Stored(_)) => {
                sent.lock().unwrap().get_mut(&uid).unwrap().acknowledged = true;
            }
            Ok(other) => panic!("{uid}: {other:?}"),
            Err(_) => return,
        }
    }
}

/// A moment from the number of the round: splitmix64, the same on every machine.
fn random(seed: u64, round: u64) -> u64 {
    let mut z = (seed << 32 | round).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % LONGEST
}
