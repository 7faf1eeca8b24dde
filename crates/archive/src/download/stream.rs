//! A range of a bundle on its way out, as its receiver takes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use lightcase_model::Ctx;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::bundle::{Bundle, Extent};
use super::run::Run;
use super::source::{Source, broke_off};
use crate::{Archive, ArchiveError};

/// Pieces of the bundle that are opened ahead: the next object and its header.
const AHEAD: usize = 2;

/// A range on its way out. Dropping it ends the download, which is recorded with what was sent
/// until then.
#[derive(Debug)]
pub struct Download {
    ctx: Ctx,
    /// What is read now.
    source: Source,
    coming: mpsc::Receiver<Result<Source, ArchiveError>>,
    /// Bytes that the connection took. What of them still waited in a buffer when it broke, nobody
    /// tells: with a known length, HTTP/1 drops the body at its last byte, whatever comes after.
    handed: Arc<AtomicU64>,
    left: u64,
    ended: CancellationToken,
}

impl Download {
    /// The next bytes; `None` when all of the range was given. What cannot be read, and a right
    /// that ended, is an error, after which nothing follows: a part never passes for the whole.
    pub async fn next(&mut self) -> Option<Result<Bytes, ArchiveError>> {
        if self.left == 0 {
            return None;
        }
        let ended = self.ended.clone();
        let piece = tokio::select! {
            biased;
            () = ended.cancelled() => Err(ArchiveError::NotFound),
            piece = self.piece() => piece,
        };
        match &piece {
            Ok(bytes) => {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.left = self.left.saturating_sub(length);
                self.handed.fetch_add(length, Ordering::Release);
            }
            Err(_) => self.left = 0,
        }
        if self.left == 0 {
            self.source = Source::Made(Bytes::new());
            self.coming.close();
        }
        Some(piece)
    }

    /// The next bytes of what is read, or of what comes after it.
    async fn piece(&mut self) -> Result<Bytes, ArchiveError> {
        loop {
            match self.source.next().await {
                Some(Ok(bytes)) => return Ok(bytes),
                Some(Err(error)) => {
                    broke_off(&self.ctx, &error);
                    return Err(error);
                }
                None => {
                    let coming = self.coming.recv().await;
                    self.source = coming.unwrap_or(Err(ArchiveError::NotFound))?;
                }
            }
        }
    }
}

impl Archive {
    /// Hands over a range of a bundle. For each study that it touches beginning and end are
    /// recorded; how much of a link's bundle was handed over by all its ranges is noted, and the
    /// last missing byte of it recorded. `ended` stops it within one piece when the caller's right
    /// ends on the way.
    pub async fn download(
        &self,
        ctx: &Ctx,
        bundle: Arc<Bundle>,
        asked: Extent,
        ended: CancellationToken,
    ) -> Result<Download, ArchiveError> {
        let range = &asked.range;
        if range.is_empty() || range.end > bundle.length() {
            return Err(ArchiveError::BadRequest("the download has no such bytes".to_owned()));
        }
        let left = range.end.saturating_sub(range.start);
        let handed = Arc::new(AtomicU64::new(0));
        let mut run = Run::new(self, ctx, bundle, asked);
        run.begin().await?;
        let (sender, coming) = mpsc::channel(AHEAD);
        let (counted, right) = (Arc::clone(&handed), ended.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = right.cancelled() => {}
                () = run.feed(&sender) => {
                    // What was sent is not taken yet.
                    tokio::select! { () = right.cancelled() => {} () = sender.closed() => {} }
                }
            }
            run.end(counted.load(Ordering::Acquire)).await;
        });
        let (ctx, source) = (ctx.clone(), Source::Made(Bytes::new()));
        Ok(Download { ctx, source, coming, handed, left, ended })
    }
}
