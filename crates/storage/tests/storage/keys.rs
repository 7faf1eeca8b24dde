//! The key ring and its files.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use lightcase_model::Timestamp;
use lightcase_storage::{KeyRing, SecretName, StorageError, SubjectKeyId, WrappedKey};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const NOW: Timestamp = Timestamp::from_micros(1_000_000);

#[tokio::test]
async fn the_root_key_is_made_once_and_kept_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys/root.key");
    let ring = KeyRing::open_or_create(&path, Some(&folder.path().join("objects"))).unwrap();
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(std::fs::read(&path).unwrap().len(), 32);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    let (key, wrapped) = ring.generate().await.unwrap();
    let field = key.seal_field(b"c", b"text").unwrap();
    let again = KeyRing::open_or_create(&path, None).unwrap();
    assert_eq!(again.root_key(), ring.root_key());
    let key = again.unwrap(key.id(), &wrapped, NOW).await.unwrap();
    assert_eq!(key.open_field(b"c", &field).unwrap(), b"text");
}

#[tokio::test]
async fn a_key_others_may_read_or_copy_with_the_objects_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    let check = |path: &Path, store: Option<&Path>, expected: &str| {
        let error = KeyRing::open_or_create(path, store).map(drop).unwrap_err();
        assert!(matches!(error, StorageError::KeyFile { .. }));
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(&path, Some(folder.path()), "inside the object store's folder");
    assert!(!path.exists());
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    check(&path, Some(&link), "inside the object store's folder");
    check(&link.join("new/root.key"), Some(folder.path()), "inside the object store's folder");

    KeyRing::open_or_create(&path, None).unwrap();
    for open in [0o640, 0o604, 0o620] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
        check(&path, None, "chmod 600");
    }
    let short = folder.path().join("short.key");
    std::fs::copy(&path, &short).unwrap();
    std::fs::set_permissions(&short, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::OpenOptions::new().write(true).open(&short).unwrap().set_len(31).unwrap();
    check(&short, None, "32 bytes");
}

#[tokio::test]
async fn a_wrapped_key_opens_for_its_id_and_root_alone() {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::open_or_create(&folder.path().join("a"), None).unwrap();
    let other = KeyRing::open_or_create(&folder.path().join("b"), None).unwrap();
    let (key, wrapped) = ring.generate().await.unwrap();
    let refused = async |ring: &KeyRing, id: SubjectKeyId, wrapped: &WrappedKey| {
        let outcome = ring.unwrap(id, wrapped, NOW).await.map(drop);
        assert!(matches!(outcome, Err(StorageError::KeyRefused { .. })), "{outcome:?}");
    };
    refused(&ring, SubjectKeyId::random(), &wrapped).await;
    refused(&other, key.id(), &wrapped).await;
    ring.unwrap(key.id(), &wrapped, NOW).await.unwrap();
    for at in 1..wrapped.as_bytes().len() {
        let mut altered = wrapped.as_bytes().to_vec();
        altered[at] ^= 1;
        refused(&ring, key.id(), &WrappedKey::from_bytes(&altered).unwrap()).await;
    }
    assert!(WrappedKey::from_bytes(&[]).is_err());
    assert!(WrappedKey::from_bytes(&[2; 77]).is_err());
    assert!(WrappedKey::from_bytes(&[1; 2000]).is_err());
    ring.forget(key.id());
    ring.expire(NOW.plus(Duration::from_mins(10)));
    ring.unwrap(key.id(), &wrapped, NOW).await.unwrap();
}

#[tokio::test]
async fn a_secret_is_made_once_and_bound_to_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::open_or_create(&folder.path().join("root.key"), None).unwrap();
    let [sqlite, cookie] = ["sqlite", "cookie"].map(|name| SecretName::parse(name).unwrap());
    let (first, second, third) =
        tokio::join!(ring.secret(&sqlite), ring.secret(&sqlite), ring.secret(&sqlite));
    let first = first.unwrap();
    assert_eq!((&*first, &*first), (&*second.unwrap(), &*third.unwrap()));
    assert_ne!(*first, *ring.secret(&cookie).await.unwrap());
    let files = ["sqlite", "cookie"].map(|name| folder.path().join(format!("{name}.wrapped")));
    assert_eq!(mode(&files[0]), 0o600);
    let kept = std::fs::read(&files[0]).unwrap();
    assert!(!kept.windows(32).any(|window| window == first.as_slice()));
    std::fs::copy(&files[0], &files[1]).unwrap();
    assert!(matches!(ring.secret(&cookie).await, Err(StorageError::KeyRefused { .. })));
    for name in ["", "Sqlite", "a/b", "..", "-a", "a.b", &"a".repeat(65)] {
        assert!(SecretName::parse(name).is_err(), "{name}");
    }
}
