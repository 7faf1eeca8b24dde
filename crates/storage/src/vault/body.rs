//! The plaintext of an object as a stream.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{BoxStream, Stream};

use crate::StorageError;

/// Authenticated plaintext, in order, in pieces of at most 64 KiB. It ends with the range, or with
/// an error after which nothing follows. Dropping it stops the fetching.
pub struct Body {
    pieces: BoxStream<'static, Result<Bytes, StorageError>>,
    length: u64,
}

impl Body {
    pub(super) fn new(
        pieces: BoxStream<'static, Result<Bytes, StorageError>>,
        length: u64,
    ) -> Self {
        Self { pieces, length }
    }

    /// Bytes that it gives when no error comes.
    pub const fn length(&self) -> u64 {
        self.length
    }
}

impl Stream for Body {
    type Item = Result<Bytes, StorageError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.as_mut().poll_next(cx)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("length", &self.length).finish_non_exhaustive()
    }
}
