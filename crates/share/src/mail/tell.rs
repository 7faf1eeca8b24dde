//! Mails of what owners of links are told.

use lightcase_catalog::{Alert, AlertFilter, Tx};
use lightcase_model::{Authority, Ctx, Language};

use super::{AlertMail, EmailAddress, MAIL_LIFETIME};
use crate::{Result, Shares};

/// The most that are looked for at once.
const AT_ONCE: u32 = 100;

impl Shares {
    /// Makes the mails of what owners of links are told, for those with an address. What is older
    /// than a mail may get is not mailed any more: mail was not set up then. Made for
    /// [`Shares::send_mail`].
    pub async fn mail_alerts(&self) -> Result<()> {
        let ctx = Ctx::system(self.archive.clock().now());
        let unmailed_since = Some(ctx.now.minus(MAIL_LIFETIME));
        let filter = AlertFilter { unmailed_since, limit: AT_ONCE, ..AlertFilter::default() };
        for alert in self.catalog.alerts(&filter).await? {
            let mut tx = self.catalog.begin().await?;
            // Another process may have been faster.
            if tx.note_alert_mailed(alert.id).await? {
                self.mail_alert(&mut tx, &ctx, &alert).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn mail_alert(&self, tx: &mut Tx, ctx: &Ctx, alert: &Alert) -> Result<()> {
        let Some(share) = self.catalog.share(alert.share).await? else { return Ok(()) };
        let Some(owner) = share.created_by else { return Ok(()) };
        let address = tx.account_email(owner).await?;
        let Ok(to) = EmailAddress::parse(address.expose()) else { return Ok(()) };
        // Who gets images of their own is the patient, or tells who that is.
        let recipient = Some(alert.recipient.expose().as_str());
        let recipient = recipient.filter(|_| share.authority != Authority::OwnAccess);
        let mail = AlertMail {
            to: &to,
            kind: alert.kind,
            recipient,
            at: alert.at,
            language: Language::English,
        };
        self.queue_alert(tx, ctx, alert.share, &mail).await?;
        Ok(())
    }
}
