//! What goes out by mail to the recipient: the link, a code.

use lightcase_catalog::{Share, Tx};
use lightcase_model::{Ctx, Factor, Language, Timestamp};

use crate::factor::email::Code;
use crate::{CodeMail, EmailAddress, LinkMail, PlainText, Result, SecretLink, ShareError, Shares};

/// What the mail of a link says beside the link.
pub(crate) struct Terms<'a> {
    pub(crate) to: &'a EmailAddress,
    pub(crate) sender: &'a str,
    pub(crate) starts: Option<Timestamp>,
    pub(crate) expires: Timestamp,
    pub(crate) factors: &'a [Factor],
    pub(crate) message: Option<&'a PlainText>,
    pub(crate) language: Language,
}

impl Shares {
    /// Mails a link to its recipient.
    pub(crate) async fn mail_link(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        link: &SecretLink,
        (base, terms): (&str, Terms<'_>),
    ) -> Result<()> {
        let url = format!("{}/s#{}", base.trim_end_matches('/'), *link.expose());
        let Terms { to, sender, starts, expires, factors, message, language } = terms;
        let starts = starts.filter(|starts| *starts > ctx.now);
        let mail = LinkMail { to, url: &url, sender, starts, expires, factors, message, language };
        self.queue_link(tx, ctx, link.share, &mail).await?;
        Ok(())
    }

    /// Mails a one-time code to the address a link was made for.
    pub(crate) async fn deliver_code(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        share: &Share,
        code: &Code,
    ) -> Result<()> {
        // It was read when the link was made.
        let to = EmailAddress::parse(share.email.expose());
        let Ok(to) = to else { return Err(ShareError::MailOff) };
        let (code, sender, language) = (code.expose(), share.shared_by.as_str(), share.language);
        self.queue_code(tx, ctx, share.id, &CodeMail { to: &to, code, sender, language }).await?;
        Ok(())
    }
}
