//! An account changes its own password.

use lightcase_audit::{Event, SignOutCause};
use lightcase_model::Ctx;

use crate::password::check_strength;
use crate::prove::Proved;
use crate::{Accounts, AccountsError, Principal, Result};

impl Accounts {
    /// Changes the caller's own password and ends their other sessions. Wrong tries at the current
    /// one count as those of signing in do.
    pub async fn change_password(
        &self,
        ctx: &Ctx,
        who: &Principal,
        current: &str,
        new: &str,
    ) -> Result<()> {
        let id = who.account.ok_or(AccountsError::Unknown)?;
        check_strength(&who.name, new)?;
        let verifier = self.passwords.hash(new).await?;
        let Proved { mut tx, account } = self.prove(ctx, &who.name, current, None).await?;
        if account.id != id {
            return Err(AccountsError::Unknown);
        }
        tx.set_password(id, &verifier).await?;
        tx.record(ctx, Event::PasswordReset { account: id }).await?;
        for session in tx.end_sessions_of(id, who.session, ctx.now).await? {
            let cause = SignOutCause::Ended;
            tx.record(ctx, Event::SignedOut { account: id, session, cause }).await?;
        }
        Ok(tx.commit().await?)
    }
}
