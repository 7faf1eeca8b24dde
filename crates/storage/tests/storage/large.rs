//! An object larger than memory should ever hold.

use futures::TryStreamExt;
use lightcase_storage::{ObjectKind, Store, Vault};
use sha2::{Digest, Sha256};

use crate::{plain, subject_key};

/// The most memory this process had, in KiB.
fn high_water() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn check(length: u64) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(Store::folder(folder.path()).unwrap());
    let subject = subject_key().await;
    let piece = plain(131_072);
    let mut written = Sha256::new();
    let before = high_water();
    let mut sealing = vault.seal(ObjectKind::Image, &subject).await.unwrap();
    while sealing.plain_len() < length {
        let left = usize::try_from(length - sealing.plain_len()).unwrap_or(usize::MAX);
        let next = piece.slice(..left.min(piece.len()));
        written.update(&next);
        sealing.write(next).await.unwrap();
    }
    let sealed = sealing.finish().await.unwrap();
    assert_eq!(sealed.plain_len, length);
    let mut read = Sha256::new();
    let mut body = vault.open(&sealed.into(), &subject, 0..length).await.unwrap();
    while let Some(piece) = body.try_next().await.unwrap() {
        read.update(&piece);
    }
    assert_eq!(read.finalize(), written.finalize());
    let grown = high_water() - before;
    assert!(grown < 32 * 1024, "memory grew by {grown} KiB");
}

#[tokio::test]
async fn memory_stays_small_for_200_mib() {
    check(200 << 20).await;
}

#[tokio::test]
#[ignore = "writes 3 GiB to the disk"]
async fn memory_stays_small_for_3_gib() {
    check((3 << 30) + 7).await;
}

#[tokio::test]
#[ignore = "measures; prints MiB per second"]
async fn speed() {
    let folder = tempfile::tempdir().unwrap();
    let subject = subject_key().await;
    let piece = plain(131_072);
    for (name, store) in
        [("memory", Store::memory()), ("folder", Store::folder(folder.path()).unwrap())]
    {
        let vault = Vault::new(store);
        for (object, count) in [(524_288_u64, 200_u64), (64 << 20, 4)] {
            let start = std::time::Instant::now();
            let mut sealed = Vec::new();
            for _ in 0..count {
                let mut sealing = vault.seal(ObjectKind::Image, &subject).await.unwrap();
                while sealing.plain_len() < object {
                    sealing.write(piece.clone()).await.unwrap();
                }
                sealed.push(sealing.finish().await.unwrap());
            }
            let wrote = start.elapsed();
            let start = std::time::Instant::now();
            for one in &sealed {
                let body = vault.open(&one.into(), &subject, 0..object).await.unwrap();
                body.try_for_each(async |_| Ok(())).await.unwrap();
            }
            let read = start.elapsed();
            let mib = u32::try_from((object * count) >> 20).unwrap();
            let per_second = |t: std::time::Duration| f64::from(mib) / t.as_secs_f64();
            println!(
                "{name}: {count} objects of {object} bytes: write {:.0}, read {:.0} MiB/s",
                per_second(wrote),
                per_second(read)
            );
        }
    }
}
