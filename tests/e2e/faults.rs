//! What senders are answered while a part of the server fails, and that it goes on by itself after.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use lightcase_dimse::scu::Outcome;
use lightcase_testkit::phantom::{Instance, Study};
use lightcase_testkit::servers::{Fault, Lightcase, Postgres, Proxy, S3, Settings, binary};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::caller::Caller;
use crate::house::{Backend, House, first_file};
use crate::multipart::{retrieve, split};
use crate::scu::{phantom, send, send_as};

const SUCCESS: u16 = 0;
const PROCESSING_FAILURE: u16 = 0x0110;
const OUT_OF_RESOURCES: u16 = 0xA700;

async fn held(reader: &Caller, instance: &Instance) -> bool {
    let Some(file) = retrieve(reader, &instance.sop_instance).await else { return false };
    assert_eq!(Sha256::digest(split(&file).1), Sha256::digest(&instance.data_set));
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_store_that_fails_is_answered_as_such_and_used_again_when_it_works() {
    let s3 = S3::shared().unwrap();
    let bucket = s3.create_bucket().unwrap();
    let proxy = Proxy::before(bucket.server().unwrap()).unwrap();
    let settings = Settings::default().bucket(&bucket.through(&proxy));
    let server = settings.start().unwrap();
    let token = server.create_token("reader", &["dicomweb:read"]).unwrap();
    let reader = Caller::with_token(&server, &token);
    let study = Study::ct_of(1, 8, 64);
    let mut instances = study.instances();
    // A study that is known needs no new key; one that is not needs a key beside the blobs first.
    assert_eq!(send(&server, phantom(&instances.next().unwrap())).await, SUCCESS);
    let unknown = Study::ct_of(2, 1, 64).instances().next().unwrap();
    for fault in [Fault::Status(500), Fault::Status(503), Fault::Cut(200), Fault::Mute] {
        let instance = instances.next().unwrap();
        proxy.set(fault);
        for instance in [&instance, &unknown] {
            let status = send(&server, phantom(instance)).await;
            assert_eq!(status, PROCESSING_FAILURE, "{fault:?}");
        }
        proxy.set(Fault::None);
        assert!(!held(&reader, &instance).await, "{fault:?}");
        assert_eq!(send(&server, phantom(&instance)).await, SUCCESS, "{fault:?}");
        assert!(held(&reader, &instance).await, "{fault:?}");
    }
    assert_eq!(send(&server, phantom(&unknown)).await, SUCCESS);
    assert!(held(&reader, &unknown).await);
    // One that stalls is waited for, and what was sent meanwhile arrives.
    let instance = instances.next().unwrap();
    proxy.set(Fault::Stall);
    let mut sending = Box::pin(send(&server, phantom(&instance)));
    let early = tokio::time::timeout(Duration::from_millis(700), &mut sending).await;
    assert!(early.is_err(), "answered with {early:?} while nothing was stored");
    proxy.set(Fault::None);
    assert_eq!(sending.await, SUCCESS);
    assert!(held(&reader, &instance).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_restarting_under_load_never_makes_a_false_success() {
    if std::process::Command::new("psql").arg("--version").output().is_err() {
        println!("skipped: PostgreSQL is not installed (Debian: apt-get install postgresql)");
        return;
    }
    let cluster = Postgres::start().unwrap();
    let database = cluster.create_database().unwrap();
    let server = Settings::default().set("database.url", &database.url).start().unwrap();
    let token = server.create_token("reader", &["dicomweb:read"]).unwrap();
    let server = Arc::new(server);
    let acknowledged: Arc<Mutex<Vec<Instance>>> = Arc::default();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut senders = JoinSet::new();
    for seed in 1..=3 {
        let (server, acknowledged) = (Arc::clone(&server), Arc::clone(&acknowledged));
        let stopped = stopped.clone();
        senders.spawn(async move {
            for instance in Study::ct_of(seed, 2_000, 64).instances() {
                if *stopped.borrow() {
                    return;
                }
                if sent_during_a_restart(&server, &instance).await {
                    acknowledged.lock().await.push(instance);
                }
            }
        });
    }
    for _ in 0..2 {
        let before = acknowledged.lock().await.len();
        wait_for_more(&acknowledged, before + 5).await;
        cluster.restart().unwrap();
        // It goes on without anybody's doing.
        let after = acknowledged.lock().await.len();
        wait_for_more(&acknowledged, after + 5).await;
    }
    stop.send(true).unwrap();
    senders.join_all().await;
    let reader = Caller::with_token(&server, &token);
    for instance in acknowledged.lock().await.iter() {
        assert!(held(&reader, instance).await, "{} was acknowledged", instance.sop_instance);
    }
}

/// Whether Success was answered; any other answer must be the one of the contract.
async fn sent_during_a_restart(server: &Lightcase, instance: &Instance) -> bool {
    match send_as(server, "SCU", phantom(instance)).await {
        Ok(Outcome::Stored(status)) => {
            assert_eq!(status.code(), SUCCESS);
            true
        }
        Ok(Outcome::Refused(status, _)) => {
            assert_eq!(status.code(), PROCESSING_FAILURE);
            false
        }
        // Who calls is looked up in the index too: no association then.
        Ok(Outcome::NoContext | Outcome::Unreadable(_)) | Err(_) => false,
    }
}

async fn wait_for_more(acknowledged: &Mutex<Vec<Instance>>, count: usize) {
    let enough = async {
        while acknowledged.lock().await.len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(2), enough).await;
    assert!(waited.is_ok(), "nothing more was stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_nearly_full_takes_nothing_new_and_goes_on_reading() {
    let mut house = House::start(Backend::Embedded).unwrap();
    let study = Study::ct_of(1, 2, 64);
    let [first, second] = [1, 2].map(|slice| study.instance(&study.series[0], slice));
    assert_eq!(send(&house.server, phantom(&first)).await, SUCCESS);
    // No disk is less than nothing full.
    for (percent, status) in [("0", OUT_OF_RESOURCES), ("100", SUCCESS)] {
        house.server.configure("storage.full_at_percent", percent);
        house.server.start().unwrap();
        assert_eq!(send(&house.server, phantom(&second)).await, status);
        let staff = house.signed_in(if status == SUCCESS { "technologist" } else { "radiologist" });
        let staff = staff.await;
        let reply = staff.import(first_file(&Study::ct_of(2, 1, 64))).await;
        assert_eq!(reply.status, if status == SUCCESS { 200 } else { 507 }, "{}", reply.text());
        assert!(held(&staff, &first).await);
        assert_eq!(held(&staff, &second).await, status == SUCCESS);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_no_more_bytes_is_full_and_not_a_success() {
    // No file may be longer than 8 MiB (16 where sh counts in KiB), which is refused as a disk
    // without room refuses.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lightcase");
    let limited = format!(
        "#!/bin/sh\ntrap '' XFSZ\nulimit -f 16384\nexec '{}' \"$@\"\n",
        binary().unwrap().display()
    );
    crate::house::write_private(&program, limited.as_bytes());
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let settings = Settings::default().binary(&program);
    let house = House::start_with(Backend::Embedded, settings).unwrap();
    let reader = house.program(&["dicomweb:read"]);
    let large = Study::ct_of(1, 1, 3_000).instances().next().unwrap();
    let small = Study::ct_of(2, 1, 64).instances().next().unwrap();
    for _ in 0..2 {
        assert_eq!(send(&house.server, phantom(&large)).await, OUT_OF_RESOURCES);
        assert!(!held(&reader, &large).await);
        // There is room for less.
        assert_eq!(send(&house.server, phantom(&small)).await, SUCCESS);
        assert!(held(&reader, &small).await);
    }
    assert_eq!(crate::store::blobs(&house).len(), 1);
}
