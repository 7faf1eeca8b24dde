//! Where the bytes of a piece of a bundle come from.

use std::io;

use bytes::Bytes;
use lightcase_model::Ctx;
use lightcase_storage::ObjectId;
use tokio::sync::mpsc;

use crate::ArchiveError;
use crate::error::cause;

/// The most bytes of what is in memory that are given at once.
const PIECE: usize = 64 << 10;

/// A source of bytes, from first to last.
#[derive(Debug)]
pub(super) enum Source {
    /// In memory.
    Made(Bytes),
    /// Read as far as there is room.
    Read {
        /// What is read.
        object: ObjectId,
        /// As they come.
        pieces: mpsc::Receiver<Result<Bytes, ArchiveError>>,
        /// Bytes that are still to come: no more and no fewer.
        left: u64,
    },
}

impl Source {
    /// The next bytes; `None` at its end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, ArchiveError>> {
        match self {
            Self::Made(bytes) => {
                (!bytes.is_empty()).then(|| Ok(bytes.split_to(bytes.len().min(PIECE))))
            }
            Self::Read { object, pieces, left } => {
                let outcome = match pieces.recv().await {
                    None if *left == 0 => return None,
                    None => Err(other_length()),
                    Some(Err(error)) => Err(error),
                    Some(Ok(bytes)) => {
                        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                        left.checked_sub(read).ok_or_else(other_length).map(|rest| {
                            *left = rest;
                            bytes
                        })
                    }
                };
                if outcome.is_err() {
                    tracing::error!(%object, "an object cannot be read");
                }
                Some(outcome)
            }
        }
    }
}

fn other_length() -> ArchiveError {
    ArchiveError::Damaged(Box::new(io::Error::from(io::ErrorKind::UnexpectedEof)))
}

/// Tells the log why a download broke off; its status is out by then.
pub(super) fn broke_off(ctx: &Ctx, error: &ArchiveError) {
    tracing::error!(id = %ctx.request, error = cause(error), "a download broke off");
}
