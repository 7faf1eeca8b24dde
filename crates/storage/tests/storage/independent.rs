//! A second reader of the envelope, written from docs/envelope.md and sharing no code with the
//! crate: its own HKDF over HMAC, the pure Rust AES.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use lightcase_model::Timestamp;
use lightcase_storage::{KeyRing, Store, Vault};
use object_store::ObjectStoreExt;
use sha2::{Digest, Sha512};

use crate::{path, plain, seal};

/// RFC 2104.
fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut block = [0; 128];
    if key.len() > 128 {
        block[..64].copy_from_slice(&Sha512::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = parts
        .iter()
        .fold(Sha512::new().chain_update(block.map(|b| b ^ 0x36)), Digest::chain_update)
        .finalize();
    Sha512::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

/// RFC 5869.
fn expand(prk: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let first = hmac(prk, &[info, &[1]]);
    let second = hmac(prk, &[&first, info, &[2]]);
    [first, second].concat()[..length].to_vec()
}

fn aes_open(key: &[u8], nonce: &[u8], sealed: &[u8], aad: &[u8]) -> Option<Vec<u8>> {
    let cipher = Aes256Gcm::new_from_slice(key).unwrap();
    cipher.decrypt(nonce.try_into().unwrap(), Payload { msg: sealed, aad }).ok()
}

fn data_key(subject_key: &[u8], stored: &[u8]) -> Option<Vec<u8>> {
    aes_open(subject_key, &stored[40..52], &stored[52..100], &stored[..40])
}

fn open_with(data_key: &[u8], stored: &[u8], heed_commitment: bool) -> Option<Vec<u8>> {
    let header = &stored[..132];
    let prk = hmac(&header[100..], &[data_key]);
    let info = [b"lightcase/v1".as_slice(), &Sha512::digest(header)].concat();
    let output = expand(&prk, &info, 76);
    if heed_commitment && output[44..] != stored[132..164] {
        return None;
    }
    let body = &stored[164..];
    let last = body.len() / 65_552;
    let mut opened = Vec::new();
    for index in 0..=last {
        let mut nonce = output[32..44].to_vec();
        for (byte, x) in nonce[7..11].iter_mut().zip(u32::try_from(index).unwrap().to_be_bytes()) {
            *byte ^= x;
        }
        nonce[11] ^= u8::from(index == last);
        let chunk = &body[index * 65_552..body.len().min((index + 1) * 65_552)];
        opened.extend(aes_open(&output[..32], &nonce, chunk, b"")?);
    }
    Some(opened)
}

#[tokio::test]
async fn from_root_key_file_and_store_alone_to_plaintext() {
    let folder = tempfile::tempdir().unwrap();
    let root_file = folder.path().join("root.key");
    let ring = KeyRing::open_or_create(&root_file, None).unwrap();
    let vault = Vault::new(Store::memory());
    let (subject, wrapped) = ring.generate().await.unwrap();
    vault.put_key_record(subject.id(), &wrapped).await.unwrap();
    let prk = hmac(&[0; 64], &[&std::fs::read(&root_file).unwrap()]);
    let raw = vault.store().raw();
    let record = raw.get(&format!("keys/{}", subject.id()).into()).await.unwrap();
    let record = record.bytes().await.unwrap();
    let aad = [b"lightcase/subject/v1".as_slice(), subject.id().as_bytes()].concat();
    let wrap_key = expand(&prk, b"lightcase/root/wrap/v1", 32);
    let subject_key = aes_open(&wrap_key, &record[17..29], &record[29..], &aad).unwrap();
    for length in [0, 1, 65_535, 65_536, 65_537, 3_000_000] {
        let plain = plain(length);
        let sealed = seal(&vault, &subject, &plain).await;
        let stored = raw.get(&path(&sealed)).await.unwrap().bytes().await.unwrap();
        let data_key = data_key(&subject_key, &stored).unwrap();
        assert_eq!(open_with(&data_key, &stored, true).unwrap(), plain);
    }
    // The ring gives the same key for the record.
    let kept = vault.key_record(subject.id()).await.unwrap();
    let again = ring.unwrap(subject.id(), &kept, Timestamp::from_micros(0)).await.unwrap();
    let field = subject.seal_field(b"x", b"y").unwrap();
    assert_eq!(again.open_field(b"x", &field).unwrap(), b"y");
}

#[tokio::test]
async fn a_leaked_data_key_opens_exactly_one_object() {
    let folder = tempfile::tempdir().unwrap();
    let root_file = folder.path().join("root.key");
    let ring = KeyRing::open_or_create(&root_file, None).unwrap();
    let vault = Vault::new(Store::memory());
    let (subject, wrapped) = ring.generate().await.unwrap();
    let prk = hmac(&[0; 64], &[&std::fs::read(&root_file).unwrap()]);
    let aad = [b"lightcase/subject/v1".as_slice(), subject.id().as_bytes()].concat();
    let wrap_key = expand(&prk, b"lightcase/root/wrap/v1", 32);
    let wrapped = wrapped.as_bytes();
    let subject_key = aes_open(&wrap_key, &wrapped[17..29], &wrapped[29..], &aad).unwrap();
    let mut stored = Vec::new();
    for _ in 0..20 {
        let sealed = seal(&vault, &subject, &plain(100)).await;
        let object = vault.store().raw().get(&path(&sealed)).await.unwrap();
        stored.push(object.bytes().await.unwrap());
    }
    let leaked = data_key(&subject_key, &stored[0]).unwrap();
    let opened = |heed| stored.iter().filter(|o| open_with(&leaked, o, heed).is_some()).count();
    assert_eq!((opened(true), opened(false)), (1, 1));
    // All headers, data keys and ciphertexts of equal plaintexts differ.
    for (at, one) in stored.iter().enumerate() {
        assert!(stored[at + 1..].iter().all(|two| one[52..100] != two[52..100]));
        assert!(stored[at + 1..].iter().all(|two| one[164..] != two[164..]));
    }
}
