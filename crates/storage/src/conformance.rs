//! What every store must do, as a suite that runs over any of them.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::TryStreamExt;
use futures::future::try_join_all;
use object_store::{ObjectStoreExt, PutPayload};
use zeroize::Zeroizing;

use crate::aead::random;
use crate::store::object_path;
use crate::{
    Expected, ObjectId, ObjectKind, RootKeyId, Sealed, StorageError, Store, SubjectKey,
    SubjectKeyId, Vault, WrappedKey,
};

/// A store did not do what it must.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A claim of the suite does not hold.
    #[error("the store does not conform: {0}")]
    Claim(&'static str),
    /// A call failed that must succeed.
    #[error("the vault failed")]
    Storage(#[from] StorageError),
    /// Looking at the stored bytes failed.
    #[error("the store failed")]
    Store(#[from] object_store::Error),
}

/// Runs the whole suite over an empty store, which is left with objects in it.
///
/// # Errors
/// The first [`Failure`].
pub async fn run(store: Store) -> Result<(), Failure> {
    let vault = Vault::new(store);
    let subject = SubjectKey::new(SubjectKeyId::random(), Zeroizing::new(random()?));
    vault.probe().await?;
    vault.trial().await?;
    sizes_come_back(&vault, &subject).await?;
    ranges_come_back(&vault, &subject).await?;
    many_at_once(&vault, &subject).await?;
    nothing_remains_of_the_unfinished(&vault, &subject).await?;
    removal_can_be_repeated(&vault, &subject).await?;
    the_list_is_complete(&vault, &subject).await?;
    damage_is_told_from_trouble(&vault, &subject).await?;
    key_records_are_kept(&vault).await
}

async fn sizes_come_back(vault: &Vault, subject: &SubjectKey) -> Result<(), Failure> {
    let part = vault.store().part();
    let sizes =
        [0, 1, 65_535, 65_536, 65_537, part.saturating_sub(200), part, part.saturating_add(1)];
    for size in sizes.into_iter().chain([part.saturating_mul(2).saturating_add(12_345)]) {
        let plain = noise(size)?;
        let sealed = seal(vault, subject, &plain, 131_072).await?;
        let expected = Expected::from(sealed);
        let read = vault.read(&expected, subject, 0..sealed.plain_len).await?;
        ensure(read == plain, "an object reads back as it was written")?;
        vault.prove_length(&expected, subject).await?;
        ensure(vault.describe(sealed.object).await? == expected, "an object describes itself")?;
    }
    Ok(())
}

async fn ranges_come_back(vault: &Vault, subject: &SubjectKey) -> Result<(), Failure> {
    let plain = noise(700_000)?;
    let sealed = seal(vault, subject, &plain, 100_000).await?;
    let borders = [0, 1, 65_535, 65_536, 65_537, 300_000, 655_360, 699_999, 700_000];
    for start in borders {
        for end in borders.into_iter().filter(|end| *end >= start) {
            let read = vault.read(&sealed.into(), subject, to_u64(start)..to_u64(end)).await?;
            ensure(plain.get(start..end) == Some(&read[..]), "a range reads back")?;
        }
    }
    let beyond = vault.read(&sealed.into(), subject, 0..700_001).await;
    ensure(matches!(beyond, Err(StorageError::Range)), "a range beyond the end is refused")
}

async fn many_at_once(vault: &Vault, subject: &SubjectKey) -> Result<(), Failure> {
    let plains = (0..16).map(|_| noise(200_000)).collect::<Result<Vec<_>, _>>()?;
    let seals = plains.iter().map(|plain| seal(vault, subject, plain, 70_000));
    let sealed = try_join_all(seals).await?;
    for (plain, sealed) in plains.iter().zip(sealed) {
        let read = vault.read(&sealed.into(), subject, 0..sealed.plain_len).await?;
        ensure(read == plain, "objects written at once keep apart")?;
    }
    Ok(())
}

async fn nothing_remains_of_the_unfinished(
    vault: &Vault,
    subject: &SubjectKey,
) -> Result<(), Failure> {
    for size in [10, vault.store().part().saturating_mul(2)] {
        let mut sealing = vault.seal(ObjectKind::Image, subject).await?;
        let object = sealing.object();
        sealing.write(noise(size)?).await?;
        drop(sealing);
        let found = vault.describe(object).await;
        ensure(matches!(found, Err(StorageError::NotFound)), "an unfinished object is not there")?;
        let listed = listed(vault).await?;
        ensure(!listed.contains(&object), "an unfinished object is not listed")?;
    }
    Ok(())
}

async fn removal_can_be_repeated(vault: &Vault, subject: &SubjectKey) -> Result<(), Failure> {
    let sealed = seal(vault, subject, &noise(70_000)?, 70_000).await?;
    vault.read(&sealed.into(), subject, 0..1).await?;
    vault.remove(sealed.object).await?;
    vault.remove(sealed.object).await?;
    let read = vault.read(&sealed.into(), subject, 0..70_000).await;
    ensure(matches!(read, Err(StorageError::NotFound)), "a removed object is not found")?;
    vault.remove(ObjectId::random()).await?;
    Ok(())
}

async fn the_list_is_complete(vault: &Vault, subject: &SubjectKey) -> Result<(), Failure> {
    let before = listed(vault).await?;
    let mut made = BTreeSet::new();
    for _ in 0..5 {
        made.insert(seal(vault, subject, &noise(10)?, 10).await?.object);
    }
    let after = listed(vault).await?;
    ensure(after.difference(&before).eq(made.iter()), "the list has what was added, no more")
}

async fn damage_is_told_from_trouble(vault: &Vault, subject: &SubjectKey) -> Result<(), Failure> {
    let plain = noise(200_000)?;
    let sealed = seal(vault, subject, &plain, 70_000).await?;
    let path = object_path(sealed.object);
    let stored = vault.store().raw().get(&path).await?.bytes().await?;
    let mut longer = stored.to_vec();
    longer.push(0);
    let shorter = |length: usize| stored.get(..length).unwrap_or_default().to_vec();
    for damaged in
        [longer, shorter(stored.len().saturating_sub(1)), shorter(70_000), shorter(10), Vec::new()]
    {
        vault.store().raw().put(&path, PutPayload::from(damaged)).await?;
        for range in [0..1, 150_000..150_001, 199_999..200_000, 0..200_000] {
            // A vault of its own, so that nothing is remembered from before the damage.
            let fresh = Vault::new(vault.store().clone());
            for vault in [&fresh, vault] {
                let read = vault.read(&sealed.into(), subject, range.clone()).await;
                let told = matches!(read, Err(StorageError::Corrupt { .. }));
                ensure(told, "another length is damage, whatever range is read")?;
            }
        }
    }
    vault.remove(sealed.object).await?;
    Ok(())
}

async fn key_records_are_kept(vault: &Vault) -> Result<(), Failure> {
    let id = SubjectKeyId::random();
    let [old, new] = [1, 2].map(|root| WrappedKey::of(RootKeyId::from_bytes([root; 16]), id));
    let missing = vault.key_record(id).await;
    ensure(matches!(missing, Err(StorageError::NotFound)), "no record before it was put")?;
    vault.put_key_record(id, &old).await?;
    vault.put_key_record(id, &new).await?;
    ensure(vault.key_record(id).await? == new, "the record is the last one put")?;
    let records: Vec<_> = vault.key_records().try_collect().await?;
    ensure(records == [id], "records are listed")?;
    vault.remove_key_record(id).await?;
    vault.remove_key_record(id).await?;
    let missing = vault.key_record(id).await;
    ensure(matches!(missing, Err(StorageError::NotFound)), "a removed record is gone")
}

async fn seal(
    vault: &Vault,
    subject: &SubjectKey,
    plain: &Bytes,
    piece: usize,
) -> Result<Sealed, Failure> {
    let mut sealing = vault.seal(ObjectKind::Image, subject).await?;
    let mut rest = plain.clone();
    while !rest.is_empty() {
        sealing.write(rest.split_to(piece.min(rest.len()))).await?;
    }
    Ok(sealing.finish().await?)
}

async fn listed(vault: &Vault) -> Result<BTreeSet<ObjectId>, Failure> {
    Ok(vault.list().map_ok(|stored| stored.object).try_collect().await?)
}

fn noise(length: usize) -> Result<Bytes, Failure> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|_e: getrandom::Error| StorageError::NoEntropy)?;
    Ok(bytes.into())
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn ensure(holds: bool, claim: &'static str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::Claim(claim)) }
}
