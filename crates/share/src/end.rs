//! Ending one session of a recipient.

use lightcase_audit::{Event, SignOutCause};
use lightcase_catalog::ShareSession;
use lightcase_model::Ctx;

use crate::{Result, Shares};

impl Shares {
    pub(crate) async fn end_session(
        &self,
        ctx: &Ctx,
        session: &ShareSession,
        cause: SignOutCause,
    ) -> Result<()> {
        let mut tx = self.catalog.begin().await?;
        if tx.end_share_session(session, ctx.now).await? {
            let (share, session) = (session.share, session.id);
            tx.record(ctx, Event::ShareSessionEnded { share, session, cause }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
