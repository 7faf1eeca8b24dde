//! An older database is put back under a newer store: what was acknowledged since is there again.

use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::{Database, Settings};
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::house::{Backend, House};
use crate::multipart::{retrieve, split};
use crate::scu::{phantom, send};
use crate::store::{blobs, compared};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_and_folder() {
    Box::pin(an_older_database_loses_nothing(Backend::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_and_s3() {
    Box::pin(an_older_database_loses_nothing(Backend::Production)).await;
}

async fn an_older_database_loses_nothing(backend: Backend) {
    let settings = Settings::default().set("storage.adopt_after_minutes", "0");
    let Some(mut house) = House::start_with(backend, settings) else { return };
    let token = house.server.create_token("reader", &["dicomweb:read"]).unwrap();
    let staff = house.signed_in("radiologist").await;
    let known = Study::ct_of(1, 4, 64);
    let hidden = Study::ct_of(2, 2, 64);
    let new = Study::mr_of(3, 2);
    let slices = |study: &Study| study.instances().collect::<Vec<_>>();
    for instance in [&slices(&known)[..2], &slices(&hidden)[..1]].concat() {
        assert_eq!(send(&house.server, phantom(&instance)).await, 0);
    }
    let withdrawal = format!("/api/v1/studies/{}/withdrawal", hidden.uid);
    let reply = staff.post(&withdrawal, &serde_json::json!({ "reason": "not ours" })).await;
    assert!(reply.status < 300, "{}", reply.text());

    assert!(house.server.stop().unwrap());
    let backup = Backup::take(&house);
    house.server.start().unwrap();
    for instance in [&slices(&known)[2..], &slices(&hidden)[1..], &slices(&new)].concat() {
        assert_eq!(send(&house.server, phantom(&instance)).await, 0);
    }
    // What contradicts waits in quarantine, under a key that only the newer database holds.
    let mut changed = slices(&known)[2].clone();
    *changed.data_set.last_mut().unwrap() ^= 1;
    assert_eq!(send(&house.server, phantom(&changed)).await, 0x0111);
    let stored = blobs(&house);

    assert!(house.server.stop().unwrap());
    backup.put_back(&house);
    let before = house.log().len();
    house.server.start().unwrap();
    compared(&house, before).await;
    let reader = Caller::with_token(&house.server, &token);
    for instance in [slices(&known), slices(&new)].concat() {
        let file = retrieve(&reader, &instance.sop_instance).await.unwrap();
        assert_eq!(Sha256::digest(split(&file).1), Sha256::digest(&instance.data_set));
    }
    // Nothing was sealed anew, removed or left over.
    assert_eq!(blobs(&house), stored);
    let staff = house.stranger();
    assert_eq!(staff.sign_in("radiologist", crate::house::PASSWORD).await.status, 200);
    let refusals = staff.get_json("/api/v1/refusals?limit=50").await;
    assert_eq!(refusals["count"], 1, "{refusals}");
    assert_eq!(refusals["refusals"][0]["kept"], true, "{refusals}");

    // The withdrawn study took its slice back and stays out of sight.
    assert!(retrieve(&reader, &slices(&hidden)[1].sop_instance).await.is_none());
    let reply = staff.delete(&withdrawal).await;
    assert!(reply.status < 300, "{}", reply.text());
    for instance in slices(&hidden) {
        assert!(retrieve(&reader, &instance.sop_instance).await.is_some());
    }
    let audit = house.audit();
    let recovered = audit
        .iter()
        .filter(|record| record["event"] == "store_ended" && record["data"]["recovered"] == true);
    let count: u64 = recovered.map(|record| record["data"]["count"].as_u64().unwrap()).sum();
    assert_eq!(count, u64::from(new.count()) + 2 + 1);
    assert_eq!(house.events()["blobs_adopted"], 1);

    // A second comparison finds nothing to do.
    let before = house.log().len();
    house.server.kill().unwrap();
    house.server.start().unwrap();
    let line = compared(&house, before).await;
    assert!(line.contains("adopted=0") && line.contains("left=0"), "{line}");
}

/// The files of the embedded database.
const FILES: [&str; 3] = ["lightcase.db", "lightcase.db-wal", "lightcase.db-shm"];

/// The database as it was.
enum Backup {
    Files(Vec<(&'static str, Vec<u8>)>),
    Copy(Database),
}

impl Backup {
    fn take(house: &House) -> Self {
        let Some(database) = &house.database else {
            let folder = house.server.data_dir();
            let read = |name| Some((name, std::fs::read(folder.join(name)).ok()?));
            return Self::Files(FILES.into_iter().filter_map(read).collect());
        };
        Self::Copy(database.copy().unwrap())
    }

    fn put_back(&self, house: &House) {
        match (self, &house.database) {
            (Self::Files(files), None) => {
                let folder = house.server.data_dir();
                for file in FILES.map(|name| folder.join(name)) {
                    assert!(!file.exists() || std::fs::remove_file(file).is_ok());
                }
                for (name, bytes) in files {
                    crate::house::write_private(&folder.join(name), bytes);
                }
            }
            (Self::Copy(copy), Some(database)) => database.become_copy_of(copy).unwrap(),
            (Self::Files(_), Some(_)) | (Self::Copy(_), None) => panic!("another engine"),
        }
    }
}
