//! Revoking a record, and with it every link that rests on it.

use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_catalog::AuthorisationRevocation;
use lightcase_model::{AuthorisationId, Ctx, Phi};

use crate::mail::is_no_text;
use crate::revoke::revoke;
use crate::spelling::is_blank;
use crate::{Result, ShareError, Shares};

/// Most characters of a reason.
const MAX_REASON: usize = 500;

impl Shares {
    /// Revokes a record; every link made under it ends in the same transaction, with its sessions.
    /// How many links that were. Doing it twice ends nothing more.
    ///
    /// # Errors
    /// `NotPermitted` without [`lightcase_model::Permission::Share`]; `NotFound` when there is no
    /// such record; `Malformed` without a reason.
    pub async fn revoke_authorisation(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AuthorisationId,
        reason: &str,
    ) -> Result<u64> {
        let record = self.record_of(by, id, ctx.now).await?;
        let reason = why(reason)?;
        let revocation =
            AuthorisationRevocation { at: ctx.now, by: by.name.clone(), reason: reason.clone() };
        let mut tx = self.catalog.begin().await?;
        if !tx.revoke_authorisation(id, &revocation).await? {
            return Ok(0);
        }
        let mut links = 0;
        for (share, _) in tx.links_under(id, ctx.now).await? {
            links += u64::from(revoke(&mut tx, ctx, share, Some(&reason)).await?);
        }
        let event =
            Event::AuthorisationRevoked { authorisation: id, study: record.study, links, reason };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(links)
    }
}

fn why(reason: &str) -> Result<Phi<String>> {
    let reason = reason.trim();
    let wrong = if is_blank(reason) {
        "The reason is empty. Write why the authorisation is revoked."
    } else if reason.chars().count() > MAX_REASON {
        "The reason is longer than 500 characters."
    } else if reason.contains(is_no_text) {
        "The reason has a control character."
    } else {
        return Ok(Phi::new(reason.to_owned()));
    };
    Err(ShareError::Malformed(wrong))
}
