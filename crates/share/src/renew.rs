//! Sending a link again: another secret and passcode for what was granted before.

use lightcase_accounts::{Principal, Secret};
use lightcase_audit::{Event, SignOutCause};
use lightcase_model::{Ctx, Factor, Permission, ShareId};

use crate::deliver::Terms;
use crate::spelling::is_blank;
use crate::{
    Deliver, EmailAddress, EmailAddressError, Passcode, Result, SecretLink, ShareError, ShareView,
    Shares,
};

/// A link with another secret, shown this once.
#[derive(Debug)]
pub struct Renewed {
    /// The link.
    pub share: ShareView,
    /// The fragment of its address.
    pub link: SecretLink,
    /// Its passcode, when it asks for one.
    pub passcode: Option<Passcode>,
    /// Whether the mail leaves out what the sender wrote, since it may say whose images they are or
    /// names a part of the body that they show.
    pub message_withheld: bool,
}

impl Shares {
    /// Gives a link another secret and passcode. The old ones open nothing from then on, sessions
    /// end, mail that waits is not sent, a lock is lifted; grant and end stay. Uses are counted from
    /// none: browsers that opened the old link are no longer known.
    ///
    /// # Errors
    /// `Ended` for a link that was revoked or has expired; `Malformed` when it is to be mailed and
    /// has no address.
    pub async fn renew(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: ShareId,
        deliver: &Deliver,
    ) -> Result<Renewed> {
        if !by.may(Permission::Share) {
            return Err(ShareError::NotPermitted(Permission::Share));
        }
        let share = self.catalog.share(id).await?.ok_or(ShareError::NotFound)?;
        if share.revoked_at.is_some() || share.expires_at <= ctx.now {
            return Err(ShareError::Ended);
        }
        let link = SecretLink { share: id, secret: Secret::random() };
        let passcode = share.factors.contains(&Factor::Passcode).then(Passcode::random);
        let verifier = passcode.as_ref().map(|each| each.verifier(&link.secret));
        let mailed = *deliver != Deliver::Copy;
        let message = if mailed { self.message_to_mail(&share).await? } else { None };
        let written = !is_blank(share.message.expose());
        let message_withheld = mailed && written && message.is_none();
        let mut tx = self.catalog.begin().await?;
        tx.renew_share(id, &link.secret.hash(), verifier).await?;
        tx.record(ctx, Event::ShareRenewed { share: id }).await?;
        tx.cancel_mail_of(id, ctx.now).await?;
        for session in tx.end_share_sessions_of(id, ctx.now).await? {
            let cause = SignOutCause::Ended;
            tx.record(ctx, Event::ShareSessionEnded { share: id, session, cause }).await?;
        }
        if let Deliver::Mail { base } = deliver {
            self.mail()?;
            let to = EmailAddress::parse(share.email.expose());
            let to = to.map_err(|_error: EmailAddressError| {
                ShareError::Malformed("This link has no address to be mailed to. Copy it.")
            })?;
            let terms = Terms {
                to: &to,
                sender: &share.shared_by,
                starts: share.starts_at,
                expires: share.expires_at,
                factors: &share.factors,
                message: message.as_ref(),
                language: share.language,
            };
            self.mail_link(&mut tx, ctx, &link, (base, terms)).await?;
        }
        tx.commit().await?;
        let mut share = self.view_of(id, ctx.now).await?.ok_or(ShareError::NotFound)?;
        if !mailed {
            // What is known of a mail is of the one before, whose link opens nothing any more.
            share.delivery = None;
        }
        Ok(Renewed { share, link, passcode, message_withheld })
    }
}
