//! Where the bytes of a piece of a bundle come from.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::{BoxFuture, Either, FutureExt, Ready, ready};
use futures::stream::{ReadyChunks, StreamExt};
use lightcase_catalog::Location;
use lightcase_model::Ctx;
use lightcase_storage::SubjectKey;
use tokio_util::task::AbortOnDropHandle;

use crate::blob::Plain;
use crate::error::cause;
use crate::{Archive, ArchiveError};

/// The most bytes of what is in memory that are given at once.
const PIECE: usize = 64 << 10;
/// Pieces that are taken together where they are there; each at most 64 KiB.
const TOGETHER: usize = 16;

/// Where bytes are.
#[derive(Debug)]
pub(super) enum Source {
    /// In memory.
    Made(Bytes),
    /// A range of a held file.
    Held { location: Location, key: Arc<SubjectKey>, range: Range<u64> },
}

impl Source {
    /// Opens it and reads its first bytes, whether or not anybody looks whether they are there.
    /// Dropping it ends that.
    pub(super) fn open(self, archive: &Archive) -> Opening {
        let (location, key, range) = match self {
            Self::Made(bytes) => return Either::Left(ready(Ok(Opened::made(bytes)))),
            Self::Held { location, key, range } => (location, key, range),
        };
        let archive = archive.clone();
        let opening = tokio::spawn(async move {
            let opened = Opened::held(&archive, &location, (&key, range)).await;
            opened.inspect_err(|_| {
                tracing::error!(object = %location.object, "an object cannot be read");
            })
        });
        let opening = AbortOnDropHandle::new(opening).map(|opened| {
            opened.unwrap_or_else(|ended| Err(ArchiveError::Damaged(Box::new(ended))))
        });
        Either::Right(opening.boxed())
    }
}

/// A source that is being opened.
pub(super) type Opening = Either<Ready<Outcome>, BoxFuture<'static, Outcome>>;

type Outcome = Result<Opened, ArchiveError>;

/// Bytes that come one after the other.
pub(super) struct Opened {
    ready: VecDeque<Bytes>,
    rest: ReadyChunks<Plain>,
    /// Bytes that are still to be read: no more and no fewer.
    left: u64,
}

impl Opened {
    /// What is in memory.
    pub(super) fn made(mut bytes: Bytes) -> Self {
        let mut ready = VecDeque::new();
        while !bytes.is_empty() {
            ready.push_back(bytes.split_to(bytes.len().min(PIECE)));
        }
        Self { ready, rest: futures::stream::empty().boxed().ready_chunks(TOGETHER), left: 0 }
    }

    async fn held(
        archive: &Archive,
        location: &Location,
        (key, range): (&SubjectKey, Range<u64>),
    ) -> Outcome {
        let left = range.end.saturating_sub(range.start);
        let file = archive.file_under(location, key, range).await?;
        let rest = file.ready_chunks(TOGETHER);
        let mut opened = Self { ready: VecDeque::new(), rest, left };
        if left > 0 {
            opened.fill().await?;
        }
        Ok(opened)
    }

    /// The next bytes; `None` at its end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ArchiveError> {
        if self.ready.is_empty() && self.left > 0 {
            self.fill().await?;
        }
        Ok(self.ready.pop_front())
    }

    /// Reads on; bytes that nobody expects, and those that are missing, are an error.
    async fn fill(&mut self) -> Result<(), ArchiveError> {
        for piece in self.rest.next().await.ok_or_else(other_length)? {
            let piece = piece?;
            let read = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            self.left = self.left.checked_sub(read).ok_or_else(other_length)?;
            self.ready.push_back(piece);
        }
        Ok(())
    }
}

fn other_length() -> ArchiveError {
    ArchiveError::Damaged(Box::new(io::Error::from(io::ErrorKind::UnexpectedEof)))
}

/// Tells the log why a download broke off; its status is out by then.
pub(super) fn broke_off(ctx: &Ctx, error: &ArchiveError) {
    tracing::error!(id = %ctx.request, error = cause(error), "a download broke off");
}
