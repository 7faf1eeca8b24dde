//! Ending one session of a recipient.

use lightcase_audit::{Event, SignOutCause};
use lightcase_model::{Ctx, SessionId, ShareId};

use crate::{Result, Shares};

impl Shares {
    pub(crate) async fn end_session(
        &self,
        ctx: &Ctx,
        share: ShareId,
        session: SessionId,
        cause: SignOutCause,
    ) -> Result<()> {
        let mut tx = self.catalog.begin().await?;
        if tx.end_share_session(session, ctx.now).await? {
            tx.record(ctx, Event::ShareSessionEnded { share, session, cause }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
