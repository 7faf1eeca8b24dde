//! What an entry holds, as it comes out: counted, compared with what was declared, never held.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use flate2::read::DeflateDecoder;
use futures::{Stream, stream};
use tokio::sync::mpsc;

use super::record::Record;
use super::{ZipError, ZipLimits, u16_at};
use crate::ingest::BodyError;

const LOCAL_HEADER: usize = 30;
/// Bytes that are handed over at once, and how many such pieces may wait.
const PIECE: usize = 128 << 10;
const AHEAD: usize = 4;

/// What went into and came out of an archive so far.
#[derive(Debug)]
pub(super) struct Counters {
    limits: ZipLimits,
    packed: AtomicU64,
    inflated: AtomicU64,
    exceeded: AtomicBool,
}

impl Counters {
    pub(super) const fn new(limits: ZipLimits) -> Self {
        let [packed, inflated] = [AtomicU64::new(0), AtomicU64::new(0)];
        Self { limits, packed, inflated, exceeded: AtomicBool::new(false) }
    }

    /// Why nothing more is read of the archive.
    pub(super) fn exceeded(&self) -> Option<&'static str> {
        self.exceeded
            .load(Ordering::Relaxed)
            .then_some("it unpacks to far more than an archive of images does")
    }

    fn count(&self, packed: u64, inflated: u64) -> bool {
        let add = |to: &AtomicU64, more| to.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        let (packed, inflated) = (add(&self.packed, packed), add(&self.inflated, inflated));
        let most = packed.saturating_mul(self.limits.ratio).saturating_add(self.limits.free);
        let fits = inflated <= most.min(self.limits.inflated);
        self.exceeded.fetch_or(!fits, Ordering::Relaxed);
        fits
    }
}

/// The bytes of one entry.
#[derive(Debug)]
pub struct Content {
    source: Source,
    counters: Arc<Counters>,
    crc: crc32fast::Hasher,
    expected_crc: u32,
    length: u64,
    out: u64,
    counted: u64,
}

#[derive(Debug)]
enum Source {
    Stored(Slice),
    Deflated(Box<DeflateDecoder<BufReader<Slice>>>),
}

/// A part of the archive's file.
#[derive(Debug)]
struct Slice {
    file: Arc<File>,
    at: u64,
    left: u64,
    taken: u64,
}

impl Content {
    /// Finds the bytes of an entry, which lie before the directory at `end`.
    pub(super) fn open(
        file: &Arc<File>,
        record: &Record,
        end: u64,
        counters: Arc<Counters>,
    ) -> Result<Self, ZipError> {
        let broken = || ZipError::Damaged("an entry is not where the directory says");
        let mut head = [0; LOCAL_HEADER];
        if record.offset.checked_add(30).is_none_or(|behind| behind > end) {
            return Err(broken());
        }
        file.read_exact_at(&mut head, record.offset)?;
        if !head.starts_with(b"PK\x03\x04") {
            return Err(broken());
        }
        let [name, extra] = [26, 28].map(|at| u64::from(u16_at(&head, at).unwrap_or_default()));
        let at = record.offset.saturating_add(30).saturating_add(name).saturating_add(extra);
        if at.checked_add(record.packed).is_none_or(|behind| behind > end) {
            return Err(broken());
        }
        let slice = Slice { file: Arc::clone(file), at, left: record.packed, taken: 0 };
        let source = if record.deflated {
            Source::Deflated(Box::new(DeflateDecoder::new(BufReader::new(slice))))
        } else {
            Source::Stored(slice)
        };
        Ok(Self {
            source,
            counters,
            crc: crc32fast::Hasher::new(),
            expected_crc: record.crc,
            length: record.length,
            out: 0,
            counted: 0,
        })
    }

    /// The bytes as they come out. The last piece is followed by an error where they are not what
    /// the directory says; so a lie is never taken for a whole object.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static {
        let (sender, pieces) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || self.pump(&sender));
        stream::unfold(pieces, |mut pieces| async { Some((pieces.recv().await?, pieces)) })
    }

    fn pump(mut self, sender: &mpsc::Sender<Result<Bytes, BodyError>>) {
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let most = u64::try_from(PIECE).unwrap_or(u64::MAX);
            let read = (&mut self).take(most).read_to_end(&mut piece);
            let told = match read {
                Ok(0) => return,
                Ok(_) => sender.blocking_send(Ok(Bytes::from(piece))),
                Err(error) => {
                    drop(sender.blocking_send(Err(BodyError(error.to_string()))));
                    return;
                }
            };
            if told.is_err() {
                return;
            }
        }
    }

    fn taken(&self) -> u64 {
        match &self.source {
            Source::Stored(slice) => slice.taken,
            Source::Deflated(decoder) => decoder.total_in(),
        }
    }
}

impl Read for Content {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wrong = |why| Err(io::Error::new(io::ErrorKind::InvalidData, why));
        let read = match &mut self.source {
            Source::Stored(slice) => slice.read(into)?,
            Source::Deflated(decoder) => decoder.read(into)?,
        };
        let more = u64::try_from(read).unwrap_or(u64::MAX);
        self.out = self.out.saturating_add(more);
        let taken = self.taken();
        let packed = taken.saturating_sub(self.counted);
        self.counted = taken;
        if !self.counters.count(packed, more) {
            return wrong("it unpacks to far more than it may");
        }
        if self.out > self.length || (read == 0 && !into.is_empty() && self.out != self.length) {
            return wrong("its length is not the one that the archive's directory says");
        }
        self.crc.update(into.get(..read).unwrap_or_default());
        if read == 0 && !into.is_empty() && self.crc.clone().finalize() != self.expected_crc {
            return wrong("its checksum is not the one that the archive's directory says");
        }
        Ok(read)
    }
}

impl Read for Slice {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        let read = self.file.read_at(into.get_mut(..most).unwrap_or_default(), self.at)?;
        let more = u64::try_from(read).unwrap_or(u64::MAX);
        self.at = self.at.saturating_add(more);
        self.left = self.left.saturating_sub(more);
        self.taken = self.taken.saturating_add(more);
        Ok(read)
    }
}
