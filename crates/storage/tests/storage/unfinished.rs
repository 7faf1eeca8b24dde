//! Writes that do not end, and disks that are full.

use std::path::Path;
use std::time::Duration;

use lightcase_model::Timestamp;
use lightcase_storage::{ObjectKind, StorageError, Store, Vault};

use crate::{plain, seal, subject_key};

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test]
async fn a_dropped_write_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(Store::folder(folder.path()).unwrap());
    let subject = subject_key().await;
    for size in [10, 3 << 20] {
        let mut sealing = vault.seal(ObjectKind::Image, &subject).await.unwrap();
        sealing.write(plain(size)).await.unwrap();
        drop(sealing);
    }
    // The removal runs beside us; it has ended when the folder is empty.
    let empty = async {
        while !files(folder.path()).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), empty).await.unwrap();
}

#[tokio::test]
async fn a_cancelled_write_loses_the_object_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(Store::folder(folder.path()).unwrap());
    let subject = subject_key().await;
    let mut sealing = vault.seal(ObjectKind::Image, &subject).await.unwrap();
    let mut write = Box::pin(sealing.write(plain(8 << 20)));
    assert!(futures::poll!(write.as_mut()).is_pending());
    drop(write);
    assert!(matches!(sealing.write(plain(1)).await, Err(StorageError::Interrupted)));
    assert!(matches!(sealing.finish().await, Err(StorageError::Interrupted)));
}

#[tokio::test]
async fn a_full_disk_takes_nothing_new_and_still_reads() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::folder(folder.path()).unwrap();
    let subject = subject_key().await;
    let plain = plain(1000);
    let sealed = seal(&Vault::new(store.clone().full_at(1.0)), &subject, &plain).await;
    let full = Vault::new(store.full_at(0.0));
    let refused = full.seal(ObjectKind::Image, &subject).await;
    assert!(matches!(refused, Err(StorageError::Full)));
    assert_eq!(full.read(&sealed.into(), &subject, 0..1000).await.unwrap(), plain);
}

#[tokio::test]
async fn a_folder_that_vanished_is_not_an_empty_store() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(Store::folder(&folder.path().join("store")).unwrap());
    vault.probe().await.unwrap();
    std::fs::remove_dir_all(folder.path().join("store")).unwrap();
    assert!(matches!(vault.probe().await, Err(StorageError::Unavailable { .. })));
}

#[tokio::test]
async fn the_sweep_takes_old_temporary_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(Store::folder(folder.path()).unwrap());
    let subject = subject_key().await;
    let sealed = seal(&vault, &subject, &plain(1000)).await;
    let left = folder.path().join(format!("{}#1", crate::path(&sealed)));
    std::fs::File::create(&left).unwrap();
    let (never, always) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX / 2));
    assert_eq!(vault.sweep_unfinished(never).await.unwrap(), 0);
    assert_eq!(vault.sweep_unfinished(always).await.unwrap(), 1);
    assert_eq!(files(folder.path()), [folder.path().join(crate::path(&sealed).as_ref())]);
}
