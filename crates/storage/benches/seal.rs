//! What sealing costs, in ratios measured within one run: against plain SHA-256 and one raw
//! AES-256-GCM message, and in a folder against a durable plain write of the same bytes.
//!
//! The contenders of a table take turns, so that whatever else the machine does meets them all
//! alike; each is told by its median turn. The store in memory gathers the parts of a large object
//! and joins them in one more copy; what that costs alone is told by plain bytes put there.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use bytes::Bytes;
use lightcase_storage::{Backend, KeyRing, ObjectKind, Store, SubjectKey, Vault};
use object_store::memory::InMemory;
use object_store::{MultipartUpload as _, ObjectStoreExt as _};
use sha2::{Digest, Sha256};

/// How long a table goes on taking turns; the turns that have begun are ended.
const BUDGET: Duration = Duration::from_secs(2);
/// Turns of each contender, whatever they take.
const LEAST: usize = 3;
/// What a caller hands over at a time.
const PIECE: usize = 128 << 10;
/// What the vault sends to a store in memory at a time.
const PART: usize = 1 << 20;
/// Bytes of an object, and how many of them are one turn.
const OBJECTS: [(usize, usize); 2] = [(512 << 10, 32), (64 << 20, 1)];

type Outcome<T> = Result<T, Box<dyn Error>>;

enum Work {
    /// Reads every byte once and gives 32.
    Sha256,
    /// One message in place under one key: no chunks, no envelope, no store.
    RawGcm(Box<LessSafeKey>),
    /// Objects in memory as the vault puts them there, but not sealed.
    Plain(InMemory),
    /// A file to which each object is appended, then `fdatasync`.
    Append(PathBuf),
    /// Objects of the vault, visible and as durable as the store makes them.
    Seal(Vault),
}

struct Contender {
    name: &'static str,
    work: Work,
    turns: Vec<Duration>,
}

struct Load {
    object: Bytes,
    count: usize,
    subject: Arc<SubjectKey>,
}

impl Contender {
    fn new(name: &'static str, work: Work) -> Self {
        Self { name, work, turns: Vec::new() }
    }

    /// The time of one turn, tidying up left out.
    async fn turn(&self, load: &Load) -> Outcome<Duration> {
        match &self.work {
            Work::Sha256 => {
                let start = Instant::now();
                for _ in 0..load.count {
                    std::hint::black_box(Sha256::digest(&load.object));
                }
                Ok(start.elapsed())
            }
            Work::RawGcm(key) => {
                let mut text = load.object.to_vec();
                let start = Instant::now();
                for _ in 0..load.count {
                    let nonce = Nonce::assume_unique_for_key([0; 12]);
                    let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut text)?;
                    std::hint::black_box(tag.as_ref().len());
                }
                Ok(start.elapsed())
            }
            Work::Plain(store) => {
                let path = object_store::path::Path::from("plain");
                let start = Instant::now();
                for _ in 0..load.count {
                    put(store, &path, &load.object).await?;
                }
                let spent = start.elapsed();
                store.delete(&path).await?;
                Ok(spent)
            }
            Work::Append(path) => {
                let mut file = OpenOptions::new().create(true).append(true).open(path)?;
                let start = Instant::now();
                for _ in 0..load.count {
                    for piece in load.object.chunks(PIECE) {
                        file.write_all(piece)?;
                    }
                    file.sync_data()?;
                }
                let spent = start.elapsed();
                file.set_len(0)?;
                Ok(spent)
            }
            Work::Seal(vault) => {
                let mut sealed = Vec::new();
                let start = Instant::now();
                for _ in 0..load.count {
                    let mut sealing = vault.seal(ObjectKind::Image, &load.subject).await?;
                    let mut rest = load.object.clone();
                    while !rest.is_empty() {
                        sealing.write(rest.split_to(PIECE.min(rest.len()))).await?;
                    }
                    sealed.push(sealing.finish().await?.object);
                }
                let spent = start.elapsed();
                for object in sealed {
                    vault.remove(object).await?;
                }
                Ok(spent)
            }
        }
    }

    fn median(&self) -> Option<Duration> {
        let mut turns = self.turns.clone();
        turns.sort_unstable();
        turns.get(turns.len() / 2).copied()
    }
}

async fn put(store: &InMemory, path: &object_store::path::Path, object: &[u8]) -> Outcome<()> {
    if object.len() <= PART {
        store.put(path, object.to_vec().into()).await?;
        return Ok(());
    }
    let mut upload = store.put_multipart(path).await?;
    for part in object.chunks(PART) {
        upload.put_part(part.to_vec().into()).await?;
    }
    upload.complete().await?;
    Ok(())
}

/// Lets the contenders take turns, then prints the time of each as a multiple of every `bases`.
async fn compare(title: &str, bases: &[&str], mut all: Vec<Contender>, load: &Load) -> Outcome<()> {
    let start = Instant::now();
    for each in &all {
        each.turn(load).await?;
    }
    while start.elapsed() < BUDGET || all.iter().any(|each| each.turns.len() < LEAST) {
        for each in &mut all {
            let spent = each.turn(load).await?;
            each.turns.push(spent);
        }
    }
    let turns = all.iter().map(|each| each.turns.len()).min().unwrap_or_default();
    println!("\n{title}, {} objects of {} KiB a turn, {turns} turns", load.count, kib(load));
    print!("  {:34} {:>10} {:>10}", "", "ms each", "MiB/s");
    for base in bases {
        print!("  {:>26}", format!("time to {base}"));
    }
    println!();
    let bytes = f64::from(u32::try_from(load.object.len())?);
    let count = f64::from(u32::try_from(load.count)?);
    for each in &all {
        let seconds = each.median().ok_or("no turn was taken")?.as_secs_f64() / count;
        print!("  {:34} {:10.2} {:10.0}", each.name, seconds * 1e3, bytes / seconds / 1_048_576.0);
        for base in bases {
            let base = all.iter().find(|other| other.name == *base).and_then(Contender::median);
            let base = base.ok_or("no such contender")?.as_secs_f64() / count;
            print!("  {:>26.2}", seconds / base);
        }
        println!();
    }
    Ok(())
}

fn kib(load: &Load) -> usize {
    load.object.len() >> 10
}

async fn run(folder: &Path) -> Outcome<()> {
    let ring = KeyRing::open_or_create(&folder.join("root.key"), None)?;
    let (subject, _) = ring.generate().await?;
    for (size, count) in OBJECTS {
        let mut object = vec![0; size];
        getrandom::fill(&mut object)?;
        let load = Load { object: object.into(), count, subject: Arc::clone(&subject) };
        let raw = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32])?);
        let sealed = |backend| Work::Seal(Vault::with_backend(Store::memory(), backend));
        let contenders = vec![
            Contender::new("SHA-256", Work::Sha256),
            Contender::new("raw AES-256-GCM", Work::RawGcm(Box::new(raw))),
            Contender::new("plain into memory", Work::Plain(InMemory::new())),
            Contender::new("sealed into memory, aws-lc-rs", sealed(Backend::AwsLc)),
            Contender::new("sealed into memory, aes-gcm", sealed(Backend::RustCrypto)),
        ];
        compare("in memory", &["SHA-256", "raw AES-256-GCM"], contenders, &load).await?;

        let store = Store::folder(&folder.join("objects"))?;
        let sealed = |backend| Work::Seal(Vault::with_backend(store.clone(), backend));
        let load = Load { count: count.min(8), ..load };
        let contenders = vec![
            Contender::new("append, fdatasync", Work::Append(folder.join("plain"))),
            Contender::new("sealed into a folder, aws-lc-rs", sealed(Backend::AwsLc)),
            Contender::new("sealed into a folder, aes-gcm", sealed(Backend::RustCrypto)),
        ];
        compare("durable", &["append, fdatasync"], contenders, &load).await?;
    }
    Ok(())
}

fn main() -> Outcome<()> {
    // Beside what is built, since the folder for temporary files is often memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(folder.path()))
}
