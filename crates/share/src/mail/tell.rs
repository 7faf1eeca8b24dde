//! Mails of what owners of links are told.

use lightcase_catalog::{Alert, AlertFilter, Share, Tx};
use lightcase_model::{Authority, CollectionId, Ctx, Language};

use super::{AlertMail, EmailAddress, MAIL_LIFETIME};
use crate::mention::Known;
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
            let Some(share) = self.catalog.share(alert.share).await? else { continue };
            let names_a_patient = self.names_a_patient(&share).await?;
            let mut tx = self.catalog.begin().await?;
            // Another process may have been faster.
            if tx.note_alert_mailed(alert.id).await? {
                let recipient = (!names_a_patient).then(|| alert.recipient.expose().as_str());
                self.mail_alert(&mut tx, &ctx, (&share, &alert, recipient)).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Whether the recipient of a link is, or may be, the patient: a mail does not say who.
    async fn names_a_patient(&self, share: &Share) -> Result<bool> {
        if share.authority == Authority::OwnAccess || share.collection != CollectionId::ARCHIVE {
            return Ok(true);
        }
        let studies = self.catalog.share_studies(share.id).await?;
        let patients = studies.iter().map(|study| study.patient_name.expose().as_str());
        Ok(Known::named(patients).stands_in(share.recipient.expose()))
    }

    async fn mail_alert(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        (share, alert, recipient): (&Share, &Alert, Option<&str>),
    ) -> Result<()> {
        let Some(owner) = share.created_by else { return Ok(()) };
        let address = tx.account_email(owner).await?;
        let Ok(to) = EmailAddress::parse(address.expose()) else { return Ok(()) };
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
