//! Ending all links of a study, patient, recipient or user at once.

use lightcase_accounts::Principal;
use lightcase_catalog::Recall;
use lightcase_model::{Ctx, Permission, Phi};

use crate::list::check_looked_for;
use crate::revoke::revoke;
use crate::spelling::is_blank;
use crate::{Result, ShareError, Shares};

impl Shares {
    /// Ends all links of a study, patient, recipient or user that were not revoked, all or none;
    /// how many there were. Those that have expired count, too, since they could be extended, and
    /// so do those that lend clean copies of what is named. The reason is recorded with each.
    pub async fn recall(
        &self,
        ctx: &Ctx,
        by: &Principal,
        of: &Recall,
        reason: &Phi<String>,
    ) -> Result<u64> {
        if !by.may(Permission::Share) {
            return Err(ShareError::NotPermitted(Permission::Share));
        }
        if is_blank(reason.expose()) || reason.expose().chars().count() > 1000 {
            return Err(ShareError::Malformed(
                "Write why the links are recalled, in 1 to 1000 characters.",
            ));
        }
        if let Recall::Patient(text) | Recall::Recipient(text) = of {
            if is_blank(text.expose()) {
                return Err(ShareError::Malformed("Say whose links are to be recalled."));
            }
            check_looked_for(text)?;
        }
        let ids = self.catalog.shares_to_recall(of).await?;
        let mut tx = self.catalog.begin().await?;
        let mut revoked: u64 = 0;
        for id in ids {
            revoked = revoked.saturating_add(revoke(&mut tx, ctx, id, Some(reason)).await?.into());
        }
        if revoked > 0 {
            tx.commit().await?;
        }
        Ok(revoked)
    }
}
