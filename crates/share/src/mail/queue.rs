//! Putting mails into the outbox, in the transaction of what they are about.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{Letter, MailKind, NewMail, Tx};
use lightcase_model::{Ctx, MailId, Phi, ShareId};

use super::{AlertMail, CODE_LIFETIME, CodeMail, EmailAddress, LinkMail, Mail, MailText};
use crate::{Result, ShareError, Shares};

/// What the mail server does not take in that time is given up.
pub const MAIL_LIFETIME: Duration = Duration::from_hours(48);

/// A mail, before it is an entry of the outbox.
struct Entry<'a> {
    kind: MailKind,
    share: ShareId,
    to: &'a EmailAddress,
    text: MailText,
    lifetime: Duration,
}

impl Shares {
    /// Mail, where it is set up.
    ///
    /// # Errors
    /// [`ShareError::MailOff`] where it is not.
    pub fn mail(&self) -> Result<&Mail> {
        self.mail.as_ref().ok_or(ShareError::MailOff)
    }

    /// Mails a link to its recipient, once `tx` is committed. Recorded.
    ///
    /// # Errors
    /// [`ShareError::MailOff`] where mail is not set up.
    pub async fn queue_link(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        share: ShareId,
        mail: &LinkMail<'_>,
    ) -> Result<MailId> {
        let (kind, to, text) = (MailKind::Link, mail.to, mail.text());
        self.queue(tx, ctx, Entry { kind, share, to, text, lifetime: MAIL_LIFETIME }).await
    }

    /// Mails a one-time code to the recipient of a link; codes that still wait are not mailed any
    /// more. Recorded.
    ///
    /// # Errors
    /// [`ShareError::MailOff`] where mail is not set up.
    pub async fn queue_code(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        share: ShareId,
        mail: &CodeMail<'_>,
    ) -> Result<MailId> {
        let (kind, to, text) = (MailKind::Code, mail.to, mail.text());
        self.queue(tx, ctx, Entry { kind, share, to, text, lifetime: CODE_LIFETIME }).await
    }

    /// Mails to the owner of a link what happened to it. Recorded.
    ///
    /// # Errors
    /// [`ShareError::MailOff`] where mail is not set up.
    pub async fn queue_alert(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        share: ShareId,
        mail: &AlertMail<'_>,
    ) -> Result<MailId> {
        let (kind, to, text) = (MailKind::Alert, mail.to, mail.text());
        self.queue(tx, ctx, Entry { kind, share, to, text, lifetime: MAIL_LIFETIME }).await
    }

    async fn queue(&self, tx: &mut Tx, ctx: &Ctx, entry: Entry<'_>) -> Result<MailId> {
        self.mail()?;
        let Entry { kind, share, to, text, lifetime } = entry;
        let to = Phi::new(to.expose().to_owned());
        let letter =
            Letter { to: to.clone(), subject: Phi::new(text.subject), text: Phi::new(text.text) };
        let (id, share) = (MailId::random(), Some(share));
        let ends = ctx.now.plus(lifetime);
        tx.queue_mail(&NewMail { id, share, kind, letter, at: ctx.now, ends }).await?;
        let event = Event::MailQueued { mail: id, share, kind: kind.name(), email: to };
        tx.record(ctx, event).await?;
        Ok(id)
    }
}
