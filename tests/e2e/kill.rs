//! The kill test: while several senders push, the server is ended by SIGKILL at a random point and
//! started again. What was acknowledged is held and found, nothing is held by halves, and nothing
//! lies in the store without a row.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lightcase_dimse::scu::{Outcome, Session, Target};
use lightcase_model::{TransferSyntaxUid, Uid};
use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::Settings;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::house::{Backend, House};
use crate::multipart::{retrieve, split};
use crate::scu::{phantom, target};
use crate::store::{blobs, compared};

/// Pairs of senders; the two of a pair send the same study, each its own half.
const PAIRS: u64 = 2;
/// Longest time from the first object to the end, in microseconds.
const LONGEST: u64 = 500_000;

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
    let mut all = Sent::new();
    let (mut acknowledged, mut held) = (0, 0);
    for round in 0..count {
        let moment = random(seed, round);
        println!("seed {seed}, round {round}: killed {moment} µs after the first object");
        let first = (seed * 1_000 + round) * PAIRS + 1;
        let sent = push_and_kill(&mut house, first, Duration::from_micros(moment)).await;
        let before = house.log().len();
        house.server.start().unwrap();
        compared(&house, before).await;
        let reader = Caller::with_token(&house.server, &token);
        for pair in 0..PAIRS {
            held += check(&reader, &Study::ct_of(first + pair, 1, 64).uid, &sent).await;
        }
        acknowledged += sent.values().filter(|object| object.acknowledged).count();
        assert_eq!(blobs(&house).len(), held, "blobs, and instances that are found");
        all.extend(sent);
    }
    println!("{} sent, {acknowledged} acknowledged, {held} held", all.len());
    assert!(acknowledged > 0, "no round was long enough for a single object");
    let reader = Caller::with_token(&house.server, &token);
    for (uid, object) in all.iter().filter(|(_, object)| object.acknowledged) {
        let file = retrieve(&reader, uid).await.unwrap();
        assert_eq!(Sha256::digest(split(&file).1).to_vec(), object.digest, "{uid}");
    }
}

/// What is found of a study: every acknowledged object, and none that is not wholly what was sent.
async fn check(reader: &Caller, study: &str, sent: &Sent) -> usize {
    let path = format!("/dicom-web/studies/{study}/instances?limit=1000");
    let reply = reader.get(&path, "*/*").await;
    // A study of which nothing came in time is not there.
    let rows = if reply.status == 404 { json!([]) } else { reply.json() };
    let mut found = HashSet::new();
    for row in rows.as_array().unwrap() {
        let uid = row["00080018"]["Value"][0].as_str().unwrap().to_owned();
        let file = retrieve(reader, &uid).await.unwrap();
        let digest = Sha256::digest(split(&file).1).to_vec();
        assert_eq!(digest, sent[&uid].digest, "{uid} is not what was sent");
        found.insert(uid);
    }
    for (uid, object) in sent.iter().filter(|(_, object)| object.study == study) {
        assert!(!object.acknowledged || found.contains(uid), "{uid} is lost");
    }
    found.len()
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
        let digest = Sha256::digest(&instance.data_set).to_vec();
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
