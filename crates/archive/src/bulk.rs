//! Bulk data: one large value of a data set, found by its path and handed over in pieces.

use std::fmt;
use std::io;

use bytes::Bytes;
use futures::{StreamExt, stream};
use lightcase_audit::ViewKind;
use lightcase_catalog::{Held, Selection};
use lightcase_dataset::{BulkPath, Limits, Located, Locator, Tag, TransferSyntax};
use lightcase_model::{Ctx, Scope};
use tokio_util::sync::CancellationToken;

use crate::blob::Plain;
use crate::view::{Shown, Viewer};
use crate::{Archive, ArchiveError};

/// Whoever reads one of these has seen the object: its pixels (PS3.5 annex A), or its document.
const CONTENT: [Tag; 4] = [Tag(0x7FE0_0008), Tag(0x7FE0_0009), Tag(0x7FE0_0010), Tag(0x0042_0011)];

/// One value on its way out, its bytes as the data set has them. Never all of it in memory.
pub struct Bulk {
    length: u64,
    left: u64,
    pieces: Plain,
    archive: Archive,
    ctx: Ctx,
    held: Held,
    ended: CancellationToken,
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { length, left, .. } = self;
        f.debug_struct("Bulk").field("length", length).field("left", left).finish_non_exhaustive()
    }
}

impl Bulk {
    /// Its length in bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The next bytes; `None` when all of it was given. What cannot be read, and a right that
    /// ended, is an error, after which nothing follows: a part never passes for the whole.
    pub async fn next(&mut self) -> Option<Result<Bytes, ArchiveError>> {
        if self.left == 0 {
            return None;
        }
        let piece = tokio::select! {
            biased;
            () = self.ended.cancelled() => Err(ArchiveError::NotFound),
            piece = self.pieces.next() => piece.unwrap_or_else(|| Err(too_short())),
        };
        let piece = match piece {
            // A slow reader's view may have ended since the last piece, and begins anew then.
            Ok(bytes) => Box::pin(self.count(bytes.len())).await.map(|()| bytes),
            Err(error) => Err(error),
        };
        let given =
            piece.as_ref().map_or(u64::MAX, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.left = self.left.saturating_sub(given);
        if self.left == 0 {
            self.pieces = stream::empty().boxed();
        }
        Some(piece)
    }

    async fn count(&mut self, bytes: usize) -> Result<(), ArchiveError> {
        let ctx = Ctx { now: self.archive.clock.now(), ..self.ctx.clone() };
        self.archive.view(&ctx, &self.held, ViewKind::Metadata).await?;
        let shown = Shown { frames: 0, bytes };
        self.archive.viewed(&Viewer::of(&ctx), &self.held, ViewKind::Metadata, shown);
        Ok(())
    }
}

fn too_short() -> ArchiveError {
    ArchiveError::Damaged(Box::new(io::Error::from(io::ErrorKind::UnexpectedEof)))
}

impl Archive {
    /// The value at a path such as `00091010` or `00081140/1/00091010`. `ended` stops it within
    /// one piece when the caller's right ends on the way.
    pub async fn bulk(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        (selection, path): (&Selection, &str),
        ended: CancellationToken,
    ) -> Result<Bulk, ArchiveError> {
        let path = BulkPath::parse(path).ok_or(ArchiveError::NotFound)?;
        let content = CONTENT.contains(&path.tag());
        let held = self.one(scope, selection).await?;
        let syntax = TransferSyntax::of(&held.transfer_syntax);
        let mut locator = Locator::new(path, &syntax, &Limits::default());
        let mut body = self.data_set(&held).await?;
        let found: Located = loop {
            let Some(bytes) = body.next().await else { return Err(ArchiveError::NotFound) };
            match locator.push(&bytes?) {
                Ok(Some(found)) => break found,
                Ok(None) => {}
                Err(error) => return Err(ArchiveError::Damaged(Box::new(error))),
            }
        };
        drop(body);
        self.view(ctx, &held, ViewKind::Metadata).await?;
        let range = found.offset..found.offset.saturating_add(found.len);
        let mut rest = self.range_in_pieces(&held, range).await?;
        // The first piece decides whether there is an answer at all.
        let first = rest.next().await.transpose()?;
        if content {
            self.seen_by(ctx, &held);
        }
        Ok(Bulk {
            length: found.len,
            left: found.len,
            pieces: stream::iter(first.map(Ok)).chain(rest).boxed(),
            archive: self.clone(),
            ctx: ctx.clone(),
            held,
            ended,
        })
    }
}
