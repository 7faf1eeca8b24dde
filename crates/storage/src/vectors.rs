//! The golden vectors of `testdata/vectors.json`, made by an independent implementation and kept
//! for ever: both backends must write these bytes and read them back.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use object_store::ObjectStoreExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::envelope::Fresh;
use crate::key::file_provider_of;
use crate::store::object_path;
use crate::{
    Backend, Expected, ObjectId, ObjectKind, Store, SubjectKey, SubjectKeyId, Vault, WrappedKey,
};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../testdata/vectors.json")).unwrap()
}

fn hex(entry: &Value, name: &str) -> Vec<u8> {
    HEXLOWER.decode(entry[name].as_str().unwrap().as_bytes()).unwrap()
}

fn fixed<const N: usize>(entry: &Value, name: &str) -> [u8; N] {
    hex(entry, name).try_into().unwrap()
}

fn subject(entry: &Value) -> SubjectKey {
    let id = SubjectKeyId::from_bytes(fixed(entry, "subject_key_id"));
    SubjectKey::new(id, Zeroizing::new(fixed(entry, "subject_key")))
}

fn pattern(length: u64) -> Bytes {
    (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

async fn check(entry: &Value, backend: Backend) {
    let vault = Vault::with_backend(Store::memory(), backend);
    let subject = subject(entry);
    let kind =
        ObjectKind::from_byte(u8::try_from(entry["kind"].as_u64().unwrap()).unwrap()).unwrap();
    let fresh = Fresh {
        object: ObjectId::from_bytes(fixed(entry, "object_id")),
        data_key: Zeroizing::new(fixed(entry, "data_key")),
        wrap_nonce: fixed(entry, "wrap_nonce"),
        salt: fixed(entry, "salt"),
    };
    let plain = pattern(entry["plain_len"].as_u64().unwrap());
    let mut sealing = vault.seal_fresh(kind, &subject, &fresh).unwrap();
    sealing.write(plain.clone()).await.unwrap();
    let sealed = sealing.finish().await.unwrap();
    assert_eq!(sealed.sealed_len, entry["sealed_len"].as_u64().unwrap());

    let path = object_path(sealed.object);
    let stored = vault.store().raw().get(&path).await.unwrap().bytes().await.unwrap();
    assert_eq!(stored[..132], hex(entry, "header"));
    assert_eq!(stored[132..164], hex(entry, "commitment"));
    assert_eq!(Sha256::digest(&stored).to_vec(), hex(entry, "sealed_sha256"));
    if entry.get("sealed").is_some() {
        assert_eq!(stored, hex(entry, "sealed"));
    }
    let expected = Expected::from(sealed);
    let read = vault.read(&expected, &subject, 0..sealed.plain_len).await.unwrap();
    assert_eq!(read, plain);
    assert_eq!(vault.describe(sealed.object).await.unwrap(), expected);
}

#[tokio::test]
async fn objects_are_sealed_and_opened_as_the_vectors_say() {
    let vectors = vectors();
    for entry in vectors["objects"].as_array().unwrap() {
        check(entry, Backend::AwsLc).await;
        check(entry, Backend::RustCrypto).await;
    }
}

#[tokio::test]
async fn a_wrapped_key_opens_as_the_vector_says() {
    let entry = &vectors()["wrapped_key"];
    let provider = file_provider_of(&fixed(entry, "root_key"));
    assert_eq!(provider.root_key().as_bytes(), &fixed(entry, "root_key_id"));
    let wrapped = WrappedKey::from_bytes(&hex(entry, "wrapped")).unwrap();
    assert_eq!(wrapped.as_bytes().len(), 77);
    let ring = crate::KeyRing::with_provider(provider, std::path::Path::new("."));
    let id = SubjectKeyId::from_bytes(fixed(entry, "subject_key_id"));
    let now = lightcase_model::Timestamp::from_micros(0);
    let key = ring.unwrap(id, &wrapped, now).await.unwrap();
    let field = &vectors()["field"];
    let opened =
        key.open_field(field["context"].as_str().unwrap().as_bytes(), &hex(field, "sealed"));
    assert_eq!(opened.unwrap(), field["text"].as_str().unwrap().as_bytes());
}
