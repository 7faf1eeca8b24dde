//! Moving the end of a link.

use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_model::{CollectionId, Ctx, Permission, ShareId, Timestamp};

use crate::authority::may_last;
use crate::{MAX_LIFETIME, Result, ShareError, ShareView, Shares};

impl Shares {
    /// Moves the end of a link, to at most 90 days after it was made; nothing else of it changes.
    /// A link that has expired lives again, unless it lent out clean copies: they are removed.
    ///
    /// # Errors
    /// `Malformed` for an end that is over or too late, and for clean copies
    /// that are removed; `Ended` for a link that was revoked;
    /// [`crate::AuthorisationFault`] when the link would outlive the record it rests on.
    pub async fn extend(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: ShareId,
        expires: Timestamp,
    ) -> Result<ShareView> {
        if !by.may(Permission::Share) {
            return Err(ShareError::NotPermitted(Permission::Share));
        }
        let share = self.catalog.share(id).await?.ok_or(ShareError::NotFound)?;
        if share.revoked_at.is_some() {
            return Err(ShareError::Ended);
        }
        if share.collection != CollectionId::ARCHIVE && share.expires_at <= ctx.now {
            return Err(ShareError::Malformed(
                "The clean copies of a link are removed when it has expired. Make a new link.",
            ));
        }
        if expires <= ctx.now || share.starts_at.is_some_and(|starts| expires <= starts) {
            return Err(ShareError::Malformed(
                "The link would end before it can be opened. Choose a later end, or revoke it.",
            ));
        }
        if expires > share.created_at.plus(MAX_LIFETIME) {
            return Err(ShareError::Malformed(
                "A link lives at most 90 days from when it was made. Choose an earlier end, or \
                 make a new link.",
            ));
        }
        let mut tx = self.catalog.begin().await?;
        may_last(&mut tx, share.authority, expires, ctx.now).await?;
        tx.set_share_expiry(id, expires).await?;
        let event = Event::ShareExtended { share: id, from: share.expires_at, to: expires };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        self.view_of(id, ctx.now).await?.ok_or(ShareError::NotFound)
    }
}
