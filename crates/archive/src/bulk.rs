//! Bulk data: one large value of a data set, found by its path.

use bytes::Bytes;
use futures::StreamExt;
use lightcase_audit::ViewKind;
use lightcase_catalog::Selection;
use lightcase_dataset::{BulkPath, Limits, Located, Locator, Tag, TransferSyntax};
use lightcase_model::{Ctx, Scope};

use crate::view::{Shown, Viewer};
use crate::{Archive, ArchiveError};

/// The most bytes of one value that are handed over at once.
const LIMIT: u64 = 512 << 20;
/// Whoever reads one of these has seen the object: its pixels (PS3.5 annex A), or its document.
const CONTENT: [Tag; 4] = [Tag(0x7FE0_0008), Tag(0x7FE0_0009), Tag(0x7FE0_0010), Tag(0x0042_0011)];

/// One value.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// Its bytes, as the data set has them.
    pub bytes: Bytes,
}

impl Archive {
    /// The value at a path such as `00091010` or `00081140/1/00091010`.
    pub async fn bulk(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        selection: &Selection,
        path: &str,
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
        if found.len > LIMIT {
            return Err(ArchiveError::BadRequest(
                "this value is too large to be read by itself; retrieve the instance".to_owned(),
            ));
        }
        self.view(ctx, &held, ViewKind::Metadata).await?;
        let bytes = self.range(&held, found.offset..found.offset.saturating_add(found.len)).await?;
        if content {
            self.seen_by(ctx, &held);
        }
        self.viewed(
            &Viewer::of(ctx),
            &held,
            ViewKind::Metadata,
            Shown { frames: 0, bytes: bytes.len() },
        );
        Ok(Bulk { bytes })
    }
}
