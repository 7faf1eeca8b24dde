//! A range of a bundle on its way out, as its receiver takes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::{Either, ready};
use futures::stream::{self, BoxStream, StreamExt};
use lightcase_model::Ctx;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::bundle::{Bundle, Extent};
use super::run::Run;
use super::source::{Opened, Source, broke_off};
use crate::unbroken::unbroken;
use crate::{Archive, ArchiveError};

/// Pieces of the bundle that are opened ahead, each with its first mebibyte: three objects and their
/// headers.
const AHEAD: usize = 6;

/// A range on its way out. Dropping it ends the download, which is recorded with what was sent
/// until then.
pub struct Download {
    ctx: Ctx,
    /// What goes out now.
    current: Opened,
    /// What comes then.
    coming: BoxStream<'static, Result<Opened, ArchiveError>>,
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
            self.current = Opened::made(Bytes::new());
            self.coming = stream::empty().boxed();
        }
        Some(piece)
    }

    /// The next bytes of what goes out, or of what comes then.
    async fn piece(&mut self) -> Result<Bytes, ArchiveError> {
        let next = async {
            loop {
                if let Some(bytes) = self.current.next().await? {
                    return Ok(bytes);
                }
                self.current = self.coming.next().await.unwrap_or(Err(ArchiveError::NotFound))?;
            }
        };
        next.await.inspect_err(|error| broke_off(&self.ctx, error))
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("left", &self.left).finish_non_exhaustive()
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
        let (sender, coming) = mpsc::channel(1);
        let (counted, right) = (Arc::clone(&handed), ended.clone());
        unbroken(async move {
            run.begin().await?;
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
            Ok(())
        })
        .await?;
        let archive = self.clone();
        let open = move |source: Result<Source, _>| match source {
            Ok(source) => source.open(&archive),
            Err(error) => Either::Left(ready(Err(error))),
        };
        let each = |some: Result<Vec<Source>, _>| match some {
            Ok(some) => stream::iter(some.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(error) => stream::iter(vec![Err(error)]),
        };
        let coming = ReceiverStream::new(coming).flat_map(each).map(open).buffered(AHEAD).boxed();
        let current = Opened::made(Bytes::new());
        Ok(Download { ctx: ctx.clone(), current, coming, handed, left, ended })
    }
}
