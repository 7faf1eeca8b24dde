//! UIDs that would be paths, or are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::memory::unharmed;
use super::raw::{C_STORE, CT, Raw, Request, request, value};
use super::shapes::{Ids, escaped, file, tiny};
use crate::house::House;

on_both!(a10_no_path_is_ever_made_from_a_uid);

/// What is no UID (PS3.5 section 9.1).
fn hostile() -> Vec<String> {
    let mut uids: Vec<String> =
        ["../../etc/x", "..", "/etc/x", "1..2", ".1.2", "1.2.", "1.2\0.3", "1.02.3", "", "1.2;rm"]
            .map(str::to_owned)
            .to_vec();
    uids.push(format!("1.{}", "2".repeat(63)));
    uids
}

async fn a10_no_path_is_ever_made_from_a_uid(house: House) {
    let staff = house.signed_in("radiologist").await;
    let before = files(&house.server.data_dir());
    for uid in hostile() {
        // In the command, with the data set that belongs to it.
        let ids = Ids { instance: uid.clone(), ..Ids::of(1, 1) };
        let (mut raw, _) = Raw::associate(&house.server, &Request::new("RAW", &[CT])).await;
        raw.write(&value(1, 3, &request(C_STORE, CT, uid.as_bytes()))).await;
        raw.write(&value(1, 2, &tiny(&ids))).await;
        assert_ne!(raw.status().await, Some(0), "{uid:?}");
        // In the data set only, as instance, series and study.
        let places = [
            ids,
            Ids { series: uid.clone(), ..Ids::of(1, 2) },
            Ids { study: uid.clone(), ..Ids::of(1, 3) },
        ];
        for ids in places {
            let reply = staff.import(file(&ids, tiny(&ids))).await;
            assert_eq!(reply.status, 400, "{uid:?}: {}", reply.text());
        }
        // In an address: one segment of a path, however it is written.
        let path = format!("/dicom-web/studies/{}", escaped(&uid));
        let reply = staff.get(&path, "*/*").await;
        assert!((400..500).contains(&reply.status), "{uid:?}: {}", reply.status);
    }
    let found = staff.get_json("/dicom-web/instances").await;
    assert_eq!(found.as_array().unwrap().len(), 0, "{found}");
    for path in files(&house.server.data_dir()).difference(&before) {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(!name.contains("..") && !name.starts_with("1."), "{}", path.display());
    }
    unharmed(&house).await;
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else {
                found.insert(entry.path());
            }
        }
    }
    found
}
