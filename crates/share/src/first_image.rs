//! The first image byte of a session, with which a link without factors counts its use.

use lightcase_audit::{Event, SignOutCause};
use lightcase_model::Ctx;

use crate::begin::note_opening;
use crate::challenge::probed;
use crate::view::count;
use crate::{Result, ShareError, Shares, Visit};

impl Shares {
    /// To be called before image bytes are handed to a visitor. Counts the use of a link without
    /// factors, once per browser; does nothing for any other.
    ///
    /// # Errors
    /// [`ShareError::Refused`] when no use is left, which ends the session, or when the notice was
    /// not accepted.
    pub async fn first_image(&self, ctx: &Ctx, visit: &Visit) -> Result<()> {
        if !visit.notice_accepted {
            return Err(ShareError::Refused);
        }
        if visit.begun.use_counted {
            return Ok(());
        }
        let (share, session, device) = (visit.share, visit.session, visit.begun.device);
        let mut tx = self.catalog.begin().await?;
        // Locks the link's row first, so that two sessions of one browser come one after the other.
        note_opening(&mut tx, ctx, visit.share, 1).await?;
        if !tx.claim_session_use(session).await? {
            return Ok(());
        }
        let uses = if tx.device_use_counted(device, session).await? {
            visit.link.uses
        } else if let Some(uses) = tx.count_use(share, ctx.now).await? {
            uses
        } else {
            drop(tx);
            self.catalog.record(ctx, probed(Some(share), "exhausted", None)).await?;
            self.end_session(ctx, &visit.begun, SignOutCause::Ended).await?;
            return Err(ShareError::Refused);
        };
        let uses = count(uses);
        tx.record(ctx, Event::ShareOpened { share, session, device, uses, user_agent: None })
            .await?;
        Ok(tx.commit().await?)
    }
}
