//! What links lent out is removed when they have ended. Originals lie in another collection, and a
//! copy for another link is another copy.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::SpentCopy;
use lightcase_model::{Ctx, Phi};

use crate::{Archive, ArchiveError};

/// Copies that are looked up at once.
const AT_ONCE: u32 = 500;
/// How long copies outlive their link, which never lives again: what is being fetched comes to its
/// end. A link that is being made is there long before.
const GRACE: Duration = Duration::from_hours(24);

impl Archive {
    /// Removes the copies of links that ended a day ago, and of those that never came to be, from
    /// store and index, on record; how many. What waits for review stays, since it is looked at once
    /// for all links, and so does what was decided. `stopped` is asked between some hundred.
    pub async fn remove_spent(
        &self,
        ctx: &Ctx,
        stopped: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<u64, ArchiveError> {
        let before = ctx.now.minus(GRACE);
        let mut all = 0_u64;
        while !stopped() {
            let spent = self.catalog.spent_copies(before, AT_ONCE).await?;
            let mut removed = 0_u64;
            for copies in spent.chunk_by(|one, next| one.study == next.study) {
                removed = removed.saturating_add(self.remove_copies(ctx, copies).await?);
            }
            if removed == 0 {
                break;
            }
            all = all.saturating_add(removed);
        }
        Ok(all)
    }

    /// Removes copies of one study. Their blobs go first: one without a row would be taken up again.
    async fn remove_copies(&self, ctx: &Ctx, copies: &[SpentCopy]) -> Result<u64, ArchiveError> {
        let Some(first) = copies.first() else { return Ok(0) };
        for copy in copies {
            self.vault.remove(copy.object).await?;
        }
        let mut tx = self.catalog.begin().await?;
        let mut removed = 0_u64;
        for copy in copies {
            if tx.forget_copy(copy.collection, &copy.sop_uid).await? {
                removed = removed.saturating_add(1);
            }
        }
        if removed > 0 {
            let event = Event::DeletionRecorded {
                study: first.study,
                instances: removed,
                cause: "link_ended",
                study_uid: Phi::new(first.study_uid.clone()),
                reason: None,
            };
            tx.record(ctx, event).await?;
        }
        tx.commit().await?;
        Ok(removed)
    }
}
