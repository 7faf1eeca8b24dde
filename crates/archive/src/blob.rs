//! Reading a held instance: its PS3.10 file, its data set, or a range of that.

use std::ops::Range;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use lightcase_catalog::{Held, Location};
use lightcase_dataset::TransferSyntax;
use lightcase_storage::{Expected, ObjectKind, SubjectKey};

use crate::inflated::inflated;
use crate::{Archive, ArchiveError};

/// The most bytes that a deflated data set is inflated to for a single read.
const INFLATED: u64 = 512 << 20;

/// A stream of plaintext.
pub(crate) type Plain = BoxStream<'static, Result<Bytes, ArchiveError>>;

fn unsigned(length: i64) -> u64 {
    u64::try_from(length).unwrap_or(0)
}

impl Archive {
    /// The PS3.10 file, exactly as it is exported for ever.
    pub(crate) async fn file(&self, held: &Held) -> Result<Plain, ArchiveError> {
        self.file_range(&held.location, 0..unsigned(held.location.file_length)).await
    }

    /// A range of the PS3.10 file.
    pub(crate) async fn file_range(
        &self,
        location: &Location,
        range: Range<u64>,
    ) -> Result<Plain, ArchiveError> {
        let start = unsigned(location.record_length);
        let range = start.saturating_add(range.start)..start.saturating_add(range.end);
        self.plain(location, range).await
    }

    /// The same under a key that the caller has.
    pub(crate) async fn file_under(
        &self,
        location: &Location,
        key: &SubjectKey,
        range: Range<u64>,
    ) -> Result<Plain, ArchiveError> {
        let start = unsigned(location.record_length);
        let range = start.saturating_add(range.start)..start.saturating_add(range.end);
        let body = self.vault.open(&expected(location), key, range).await?;
        Ok(body.map(|bytes| bytes.map_err(ArchiveError::from)).boxed())
    }

    /// The data set, without File Meta Information.
    pub(crate) async fn data_set(&self, held: &Held) -> Result<Plain, ArchiveError> {
        let start = data_set_start(held);
        self.plain(&held.location, start..unsigned(held.location.plain_length)).await
    }

    async fn plain(&self, location: &Location, range: Range<u64>) -> Result<Plain, ArchiveError> {
        let (expected, key) = self.expected(location).await?;
        let body = self.vault.open(&expected, &key, range).await?;
        Ok(body.map(|bytes| bytes.map_err(ArchiveError::from)).boxed())
    }

    /// A range of the data set in memory; offsets as the scanner gives them, so of the inflated
    /// data set where the syntax deflates.
    pub(crate) async fn range(
        &self,
        held: &Held,
        range: Range<u64>,
    ) -> Result<Bytes, ArchiveError> {
        if TransferSyntax::of(&held.transfer_syntax).is_deflated() {
            return self.inflated_range(held, range).await;
        }
        let start = data_set_start(held);
        let (expected, key) = self.expected(&held.location).await?;
        let range = start.saturating_add(range.start)..start.saturating_add(range.end);
        Ok(self.vault.read(&expected, &key, range).await?)
    }

    /// The same range in pieces, of which no more than one is held; for what may be large.
    pub(crate) async fn range_in_pieces(
        &self,
        held: &Held,
        range: Range<u64>,
    ) -> Result<Plain, ArchiveError> {
        if TransferSyntax::of(&held.transfer_syntax).is_deflated() {
            return Ok(inflated(self.data_set(held).await?, range));
        }
        let start = data_set_start(held);
        let range = start.saturating_add(range.start)..start.saturating_add(range.end);
        self.plain(&held.location, range).await
    }

    async fn inflated_range(&self, held: &Held, range: Range<u64>) -> Result<Bytes, ArchiveError> {
        let start = data_set_start(held);
        let (expected, key) = self.expected(&held.location).await?;
        let deflated =
            self.vault.read(&expected, &key, start..unsigned(held.location.plain_length)).await?;
        tokio::task::spawn_blocking(move || inflate(&deflated, &range))
            .await
            .map_err(|error| ArchiveError::Damaged(Box::new(error)))?
    }

    /// Its sealed object, and the key that opens it.
    pub(crate) async fn expected(
        &self,
        location: &Location,
    ) -> Result<(Expected, std::sync::Arc<SubjectKey>), ArchiveError> {
        let key = self.catalog.subject_key(location.subject_key, self.clock.now()).await?;
        Ok((expected(location), key))
    }
}

/// A sealed object as the index has it.
fn expected(location: &Location) -> Expected {
    Expected {
        object: location.object,
        kind: ObjectKind::Image,
        subject_key: location.subject_key,
        plain_len: unsigned(location.plain_length),
        sealed_len: unsigned(location.sealed_length),
    }
}

/// Where in the plaintext the data set begins.
pub(crate) fn data_set_start(held: &Held) -> u64 {
    unsigned(held.location.record_length).saturating_add(unsigned(held.location.meta_length))
}

/// Inflates up to the end of the range and keeps the range.
fn inflate(deflated: &[u8], range: &Range<u64>) -> Result<Bytes, ArchiveError> {
    use std::io::Read as _;
    if range.end > INFLATED {
        return Err(ArchiveError::NotRenderable(
            "this part of the deflated object is too far inside to be read by itself".to_owned(),
        ));
    }
    let damaged = |error: std::io::Error| ArchiveError::Damaged(Box::new(error));
    let mut reader = flate2::read::DeflateDecoder::new(deflated);
    std::io::copy(&mut reader.by_ref().take(range.start), &mut std::io::sink()).map_err(damaged)?;
    let mut kept = Vec::new();
    let wanted = range.end.saturating_sub(range.start);
    reader.take(wanted).read_to_end(&mut kept).map_err(damaged)?;
    if u64::try_from(kept.len()).unwrap_or(0) < wanted {
        return Err(damaged(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(Bytes::from(kept))
}
