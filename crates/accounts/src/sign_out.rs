//! Signing out.

use lightcase_audit::{Event, SignOutCause};
use lightcase_model::{AccountId, Ctx, SessionId};

use crate::{Accounts, Principal, Result};

impl Accounts {
    /// Ends the caller's own session; nothing happens without one.
    pub async fn sign_out(&self, ctx: &Ctx, who: &Principal) -> Result<()> {
        if let (Some(account), Some(session)) = (who.account, who.session) {
            self.end_session(ctx, account, session, SignOutCause::Asked).await?;
        }
        Ok(())
    }

    pub(crate) async fn end_session(
        &self,
        ctx: &Ctx,
        account: AccountId,
        session: SessionId,
        cause: SignOutCause,
    ) -> Result<()> {
        let mut tx = self.catalog.begin().await?;
        if tx.end_session(session, ctx.now).await? {
            tx.record(ctx, Event::SignedOut { account, session, cause }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
