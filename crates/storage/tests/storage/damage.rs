//! Stored bytes that somebody changed: every change is refused, no altered byte is given out.

use bytes::Bytes;
use futures::TryStreamExt;
use lightcase_storage::{Expected, ObjectKind, Sealed, StorageError, Store, SubjectKey, Vault};
use object_store::{ObjectStoreExt, PutPayload};

use crate::{path, plain, seal, subject_key};

const HEAD: usize = 164;
const STORED_CHUNK: usize = 65_552;

async fn stored(vault: &Vault, sealed: &Sealed) -> Vec<u8> {
    vault.store().raw().get(&path(sealed)).await.unwrap().bytes().await.unwrap().to_vec()
}

async fn put(vault: &Vault, sealed: &Sealed, bytes: Vec<u8>) {
    vault.store().raw().put(&path(sealed), PutPayload::from(bytes)).await.unwrap();
}

/// Reads with a vault that remembers nothing; whatever is given out before the refusal must be
/// a true beginning of the plaintext.
async fn check_refused(vault: &Vault, sealed: &Sealed, subject: &SubjectKey, plain: &Bytes) {
    let vault = Vault::new(vault.store().clone());
    let mut given = Vec::new();
    let outcome = async {
        let mut body = vault.open(&sealed.into(), subject, 0..sealed.plain_len).await?;
        while let Some(piece) = body.try_next().await? {
            given.extend_from_slice(&piece);
        }
        Ok::<_, StorageError>(())
    };
    let outcome = outcome.await;
    assert!(matches!(outcome, Err(StorageError::Corrupt { .. })), "{outcome:?}");
    assert!(plain.starts_with(&given) && given.len() < plain.len());
}

#[tokio::test]
async fn every_byte_of_the_head_and_bytes_of_chunks_are_guarded() {
    let (vault, subject) = (Vault::new(Store::memory()), subject_key().await);
    let plain = plain(200_000);
    let sealed = seal(&vault, &subject, &plain).await;
    let whole = stored(&vault, &sealed).await;
    let chunk_bytes =
        [HEAD, HEAD + 65_535, HEAD + 65_536, HEAD + STORED_CHUNK - 1, whole.len() - 1];
    for at in (0..HEAD).chain(chunk_bytes) {
        for bit in [1, 0x80] {
            let mut altered = whole.clone();
            altered[at] ^= bit;
            put(&vault, &sealed, altered).await;
            check_refused(&vault, &sealed, &subject, &plain).await;
        }
    }
}

#[tokio::test]
async fn chunks_cannot_be_swapped_dropped_repeated_or_added() {
    let (vault, subject) = (Vault::new(Store::memory()), subject_key().await);
    let plain = plain(3 * 65_536 + 1000);
    let sealed = seal(&vault, &subject, &plain).await;
    let whole = stored(&vault, &sealed).await;
    let (head, body) = whole.split_at(HEAD);
    let chunks: Vec<&[u8]> = body.chunks(STORED_CHUNK).collect();
    let orders: [&[usize]; 8] = [
        &[1, 0, 2, 3],
        &[0, 2, 1, 3],
        &[0, 0, 2, 3],
        &[0, 1, 2],
        &[1, 2, 3],
        &[0, 1, 3],
        &[0, 1, 2, 3, 3],
        &[0],
    ];
    for order in orders {
        let mut altered = head.to_vec();
        for at in order {
            altered.extend_from_slice(chunks[*at]);
        }
        put(&vault, &sealed, altered.clone()).await;
        check_refused(&vault, &sealed, &subject, &plain).await;
        // Also when the catalog is made to expect the new length.
        if let Ok(described) = vault.describe(sealed.object).await {
            let forged = Sealed {
                plain_len: described.plain_len,
                sealed_len: described.sealed_len,
                ..sealed
            };
            let proof =
                Vault::new(vault.store().clone()).prove_length(&forged.into(), &subject).await;
            let read = vault.read(&forged.into(), &subject, 0..forged.plain_len).await;
            assert!(matches!(read, Err(StorageError::Corrupt { .. })), "{order:?}");
            if forged.plain_len != sealed.plain_len {
                assert!(matches!(proof, Err(StorageError::Corrupt { .. })), "{order:?}");
            }
        }
    }
}

#[tokio::test]
async fn truncation_and_extension_at_and_off_chunk_borders_are_refused() {
    let (vault, subject) = (Vault::new(Store::memory()), subject_key().await);
    let plain = plain(2 * 65_536 + 500);
    let sealed = seal(&vault, &subject, &plain).await;
    let whole = stored(&vault, &sealed).await;
    let second = HEAD + STORED_CHUNK;
    let cuts = [0, 1, HEAD - 1, HEAD, HEAD + 16, HEAD + 1000, second - 1, second, second + 16];
    for cut in cuts.into_iter().chain([second + STORED_CHUNK, whole.len() - 16, whole.len() - 1]) {
        put(&vault, &sealed, whole[..cut].to_vec()).await;
        check_refused(&vault, &sealed, &subject, &plain).await;
        if let Ok(described) = vault.describe(sealed.object).await {
            let proof = vault.prove_length(&described, &subject).await;
            assert!(matches!(proof, Err(StorageError::Corrupt { .. })), "cut at {cut}");
        }
    }
    for more in [1, 16, 1000, STORED_CHUNK] {
        put(&vault, &sealed, [whole.as_slice(), &vec![0; more]].concat()).await;
        check_refused(&vault, &sealed, &subject, &plain).await;
    }
}

#[tokio::test]
async fn whole_objects_cannot_stand_in_for_each_other() {
    let (vault, subject) = (Vault::new(Store::memory()), subject_key().await);
    let (one, two) = (plain(5000), plain(5001).slice(1..));
    let (first, second) = (seal(&vault, &subject, &one).await, seal(&vault, &subject, &two).await);
    let (a, b) = (stored(&vault, &first).await, stored(&vault, &second).await);
    put(&vault, &first, b).await;
    put(&vault, &second, a).await;
    check_refused(&vault, &first, &subject, &one).await;
    check_refused(&vault, &second, &subject, &two).await;
}

#[tokio::test]
async fn kind_key_and_length_must_be_the_expected_ones() {
    let (vault, subject, other) =
        (Vault::new(Store::memory()), subject_key().await, subject_key().await);
    let sealed = seal(&vault, &subject, &plain(5000)).await;
    let expected = Expected::from(sealed);
    let check = async |expected: Expected, subject: &SubjectKey, key_refused: bool| {
        let read = vault.read(&expected, subject, 0..10).await;
        match read {
            Err(StorageError::KeyRefused { .. }) => assert!(key_refused),
            Err(StorageError::Corrupt { .. }) => assert!(!key_refused),
            other => panic!("{other:?}"),
        }
    };
    check(Expected { kind: ObjectKind::Quarantine, ..expected }, &subject, false).await;
    check(Expected { plain_len: 4999, ..expected }, &subject, false).await;
    check(
        Expected { plain_len: 4999, sealed_len: expected.sealed_len - 1, ..expected },
        &subject,
        false,
    )
    .await;
    check(expected, &other, true).await;
    check(Expected { subject_key: other.id(), ..expected }, &other, false).await;
}
