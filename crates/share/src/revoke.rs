//! Ending links before their time.

use lightcase_accounts::Principal;
use lightcase_audit::{Event, SignOutCause};
use lightcase_catalog::Tx;
use lightcase_model::{Actor, AlertKind, Ctx, Permission, Phi, ShareId};

use crate::{Result, ShareError, Shares};

impl Shares {
    /// Ends a link and its sessions. Doing it twice is not an error.
    pub async fn revoke(&self, ctx: &Ctx, by: &Principal, id: ShareId) -> Result<()> {
        if !by.may(Permission::Share) {
            return Err(ShareError::NotPermitted(Permission::Share));
        }
        if self.catalog.share(id).await?.is_none() {
            return Err(ShareError::NotFound);
        }
        let mut tx = self.catalog.begin().await?;
        if revoke(&mut tx, ctx, id, None).await? {
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Ends a link and its sessions, recorded; whether it had not been revoked before.
pub(crate) async fn revoke(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ShareId,
    reason: Option<&Phi<String>>,
) -> Result<bool> {
    if !tx.revoke_share(id, ctx.now).await? {
        return Ok(false);
    }
    tx.record(ctx, Event::ShareRevoked { share: id, reason: reason.cloned() }).await?;
    let by = if let Actor::Account(account) = &ctx.actor { Some(*account) } else { None };
    tx.alert_of_other(id, (AlertKind::Revoked, ctx.now), by).await?;
    tx.cancel_mail_of(id, ctx.now).await?;
    for session in tx.end_share_sessions_of(id, ctx.now).await? {
        let cause = SignOutCause::Ended;
        tx.record(ctx, Event::ShareSessionEnded { share: id, session, cause }).await?;
    }
    Ok(true)
}
