//! Storage against damage, over every store, and read by an independent reader.
#![cfg(test)]

mod damage;
mod independent;
mod keys;
mod large;
mod ranges;
mod stores;
mod unfinished;

use std::sync::Arc;

use bytes::Bytes;
use lightcase_storage::{KeyRing, ObjectKind, Sealed, SubjectKey, Vault};

/// A subject key from a ring of its own.
async fn subject_key() -> Arc<SubjectKey> {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::open_or_create(&folder.path().join("root.key"), None).unwrap();
    ring.generate().await.unwrap().0
}

/// Bytes without a pattern that lines up with chunks.
fn plain(length: usize) -> Bytes {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

async fn seal(vault: &Vault, subject: &SubjectKey, plain: &Bytes) -> Sealed {
    vault.seal_bytes(ObjectKind::Image, subject, plain.clone()).await.unwrap()
}

/// The name of an object in the store, as docs/envelope.md says.
fn path(sealed: &Sealed) -> object_store::path::Path {
    let name = sealed.object.to_string();
    format!("objects/{}/{name}", &name[..2]).into()
}
