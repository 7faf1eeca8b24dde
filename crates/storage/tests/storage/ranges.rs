//! Random ranges against the plaintext.

use bytes::Bytes;
use futures::TryStreamExt;
use lightcase_storage::{Sealed, Store, SubjectKey, Vault};
use proptest::strategy::{Strategy, ValueTree};

use crate::{plain, seal, subject_key};

async fn check(
    vault: &Vault,
    subject: &SubjectKey,
    sealed: &Sealed,
    plain: &Bytes,
    ends: (usize, usize),
) {
    let (start, end) = (ends.0.min(ends.1), ends.0.max(ends.1));
    let range = u64::try_from(start).unwrap()..u64::try_from(end).unwrap();
    let body = vault.open(&sealed.into(), subject, range.clone()).await.unwrap();
    assert_eq!(body.length(), range.end - range.start);
    let pieces: Vec<Bytes> = body.try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= 65_536));
    assert_eq!(pieces.concat(), plain[start..end], "{start}..{end}");
}

#[tokio::test]
async fn ten_thousand_random_ranges_equal_the_plaintext() {
    let (vault, subject) = (Vault::new(Store::memory()), subject_key().await);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for (length, ranges) in
        [(3_500_000, 1000), (65_536 * 3, 3000), (65_536 * 2 - 1, 3000), (65_537, 3000)]
    {
        let plain = plain(length);
        let sealed = seal(&vault, &subject, &plain).await;
        for _ in 0..ranges {
            let ends = (0..=length, 0..=length).new_tree(&mut runner).unwrap().current();
            check(&vault, &subject, &sealed, &plain, ends).await;
        }
    }
}

#[tokio::test]
async fn a_range_reads_only_the_chunks_it_touches() {
    let (vault, subject) = (Vault::new(Store::memory()), subject_key().await);
    let plain = plain(10 * 65_536);
    let sealed = seal(&vault, &subject, &plain).await;
    // Chunk 5 is destroyed; every range that does not touch it still reads.
    let path = crate::path(&sealed);
    let stored = object_store::ObjectStoreExt::get(vault.store().raw(), &path).await.unwrap();
    let mut bytes = stored.bytes().await.unwrap().to_vec();
    bytes[164 + 5 * 65_552..164 + 6 * 65_552].fill(0);
    object_store::ObjectStoreExt::put(vault.store().raw(), &path, bytes.into()).await.unwrap();
    check(&vault, &subject, &sealed, &plain, (0, 5 * 65_536)).await;
    check(&vault, &subject, &sealed, &plain, (6 * 65_536, 10 * 65_536)).await;
    let touching = vault.read(&(&sealed).into(), &subject, 5 * 65_536..5 * 65_536 + 1).await;
    assert!(touching.is_err());
}
