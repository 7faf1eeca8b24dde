//! Giving a refused object up.

use lightcase_audit::Event;
use lightcase_model::{Ctx, Phi, RefusalId};

use crate::{Archive, ArchiveError};

/// Longest reason, in characters.
const REASON: usize = 1_000;

impl Archive {
    /// Gives a refused object up: it leaves the list, and its bytes are removed for good.
    pub async fn discard_refused(
        &self,
        ctx: &Ctx,
        id: RefusalId,
        reason: &str,
    ) -> Result<(), ArchiveError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON {
            return Err(ArchiveError::BadRequest(
                "say in a few words (at most 1,000 characters) why the object is discarded"
                    .to_owned(),
            ));
        }
        let row = self.open_refusal(id).await?;
        let mut tx = self.catalog.begin().await?;
        if !tx.resolve_refusal(id, "discarded", ctx.now).await? {
            return Err(ArchiveError::NotFound);
        }
        tx.record(ctx, Event::Discarded { refusal: id, reason: Phi::new(reason.to_owned()) })
            .await?;
        tx.commit().await?;
        if let Some(place) = &row.quarantined {
            self.clear(id, place).await;
        }
        Ok(())
    }
}
