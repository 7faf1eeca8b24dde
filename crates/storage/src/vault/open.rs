//! Reading: a range of an object's plaintext.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::{GetOptions, GetRange, ObjectStoreExt};

use super::{Body, Expected, Vault};
use crate::envelope::{CHUNK, ChunkCipher, Span, span, whole};
use crate::store::{LONG, SHORT, object_path, within};
use crate::{ObjectId, StorageError, SubjectKey};

/// Windows of a body that are fetched at the same time.
const AHEAD: usize = 2;

impl Vault {
    /// Opens a range of an object's plaintext. The head is verified before this returns; only
    /// the chunks that the range touches are fetched, in bounded windows, and each is
    /// authenticated before its plaintext is given out.
    ///
    /// # Errors
    /// [`StorageError::Range`] when the range leaves the object; [`StorageError::NotFound`];
    /// [`StorageError::Corrupt`] when the stored object is not the expected one;
    /// [`StorageError::KeyRefused`] when `subject` is not its key; [`StorageError::Unavailable`].
    pub async fn open(
        &self,
        expected: &Expected,
        subject: &SubjectKey,
        range: Range<u64>,
    ) -> Result<Body, StorageError> {
        let chunks = whole(expected.plain_len, &range)?;
        let cipher = Arc::new(self.unlock(expected, subject).await?);
        let length = range.end.saturating_sub(range.start);
        let (vault, expected) = (self.clone(), *expected);
        let pieces = stream::iter(windows(chunks, self.store.window()))
            .map(move |window| {
                let (vault, cipher, range) = (vault.clone(), Arc::clone(&cipher), range.clone());
                async move { vault.window(&expected, &cipher, window, &range).await }
            })
            .buffered(AHEAD)
            .map_ok(|pieces| stream::iter(pieces.into_iter().map(Ok)))
            .try_flatten();
        Ok(Body::new(until_error(pieces).boxed(), length))
    }

    /// Reads a range into memory: for frames and records, not for whole large objects.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn read(
        &self,
        expected: &Expected,
        subject: &SubjectKey,
        range: Range<u64>,
    ) -> Result<Bytes, StorageError> {
        let mut body = self.open(expected, subject, range).await?;
        let Some(first) = body.try_next().await? else { return Ok(Bytes::new()) };
        let length = usize::try_from(body.length())
            .map_err(|_e: std::num::TryFromIntError| StorageError::TooLong)?;
        if first.len() == length {
            return Ok(first);
        }
        let mut all = BytesMut::with_capacity(length);
        all.extend_from_slice(&first);
        while let Some(piece) = body.try_next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Proves that the stored object ends where the catalog says: authenticates its last chunk.
    /// For readers that act on the length before they have read to the end.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn prove_length(
        &self,
        expected: &Expected,
        subject: &SubjectKey,
    ) -> Result<(), StorageError> {
        let cipher = self.unlock(expected, subject).await?;
        let last = whole(expected.plain_len, &(expected.plain_len..expected.plain_len))?.start;
        let window = last..last.saturating_add(1);
        self.window(expected, &cipher, window, &(0..expected.plain_len)).await.map(drop)
    }

    /// Fetches and opens consecutive chunks; gives the parts of them inside `range`.
    async fn window(
        &self,
        expected: &Expected,
        cipher: &ChunkCipher,
        chunks: Range<u64>,
        range: &Range<u64>,
    ) -> Result<Vec<Bytes>, StorageError> {
        let span = span(expected.plain_len, chunks)?;
        let stored =
            self.fetch(expected.object, Some(expected.sealed_len), span.stored.clone()).await?;
        decrypt(cipher, &span, stored.into(), range)
    }

    /// Stored bytes of an object, exactly `range`. When its stored length is known, an object of another
    /// length is damaged, whatever part of it is asked for.
    pub(super) async fn fetch(
        &self,
        object: ObjectId,
        length: Option<u64>,
        range: Range<u64>,
    ) -> Result<Bytes, StorageError> {
        let path = object_path(object);
        let wanted = range.end.saturating_sub(range.start);
        let differs = |size| length.is_some_and(|length| length != size);
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let answer = within(LONG, async {
            let result = self.store.objects().get_opts(&path, options).await?;
            if differs(result.meta.size) {
                return Ok(None);
            }
            result.bytes().await.map(Some)
        });
        match answer.await {
            Ok(Some(bytes)) if u64::try_from(bytes.len()).is_ok_and(|got| got == wanted) => {
                Ok(bytes)
            }
            Ok(_) => Err(StorageError::corrupt("stored length")),
            Err(StorageError::Unavailable { source }) => {
                // Stores answer a range behind the end with errors of all sorts; asking for the
                // length tells a truncated object from a store in trouble.
                match self.stored_len(object).await {
                    Ok(size) if differs(size) => Err(StorageError::corrupt("stored length")),
                    Ok(_) | Err(_) => Err(StorageError::Unavailable { source }),
                }
            }
            Err(other) => Err(other),
        }
    }

    pub(super) async fn stored_len(&self, object: ObjectId) -> Result<u64, StorageError> {
        let path = object_path(object);
        Ok(within(SHORT, self.store.objects().head(&path)).await?.size)
    }
}

/// Cuts chunks into windows of at most `most`.
fn windows(chunks: Range<u64>, most: u64) -> impl Iterator<Item = Range<u64>> + Send {
    let mut next = chunks.start;
    std::iter::from_fn(move || {
        let start = next;
        next = start.saturating_add(most).min(chunks.end);
        (start < next).then_some(start..next)
    })
}

/// Opens all chunks of a span in place and slices them without copying.
fn decrypt(
    cipher: &ChunkCipher,
    span: &Span,
    mut stored: BytesMut,
    range: &Range<u64>,
) -> Result<Vec<Bytes>, StorageError> {
    let mut pieces = Vec::new();
    for index in span.chunks.clone() {
        let last = index == span.last;
        let length = if last { stored.len() } else { CHUNK.saturating_add(crate::aead::TAG) };
        if length > stored.len() {
            return Err(StorageError::corrupt("chunk length"));
        }
        let mut chunk = stored.split_to(length);
        let plain = cipher.open(index, last, &mut chunk)?.len();
        chunk.truncate(plain);
        let start = index.saturating_mul(u64::try_from(CHUNK).unwrap_or(u64::MAX));
        let inside =
            |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX).min(plain);
        let part = inside(range.start)..inside(range.end);
        if !part.is_empty() {
            pieces.push(chunk.freeze().slice(part));
        }
    }
    Ok(pieces)
}

/// Ends a stream after its first error.
fn until_error<T>(
    pieces: impl stream::Stream<Item = Result<T, StorageError>>,
) -> impl stream::Stream<Item = Result<T, StorageError>> {
    pieces.scan(false, |failed, piece| {
        let give = (!*failed).then_some(piece);
        *failed = *failed || give.as_ref().is_some_and(Result::is_err);
        std::future::ready(give)
    })
}
