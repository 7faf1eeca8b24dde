//! Handing out the bytes of a refused object, to somebody who looks into it.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use lightcase_audit::Event;
use lightcase_model::{Ctx, RefusalId};

use super::expected;
use crate::{Archive, ArchiveError};

impl Archive {
    /// The data set as it came, without File Meta Information, and its length. Recorded before the
    /// first byte.
    pub async fn refused_bytes(
        &self,
        ctx: &Ctx,
        id: RefusalId,
    ) -> Result<(u64, BoxStream<'static, Result<Bytes, ArchiveError>>), ArchiveError> {
        let (_, place) = self.waiting(id).await?;
        let expected = expected(&place);
        let key = self.catalog.subject_key(place.subject_key, ctx.now).await?;
        let body = self.vault.open(&expected, &key, 0..expected.plain_len).await?;
        let event = Event::QuarantineRead { refusal: id, bytes: expected.plain_len };
        self.catalog.record(ctx, event).await?;
        Ok((expected.plain_len, body.map(|bytes| bytes.map_err(ArchiveError::from)).boxed()))
    }
}
