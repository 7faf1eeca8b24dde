//! Where the owners of links are told what happens to them, beside the page.

use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_model::{AccountId, Ctx, Permission, Phi};

use crate::{EmailAddress, Result, ShareError, Shares};

impl Shares {
    /// The address that alerts are mailed to; `None` when they are not.
    ///
    /// # Errors
    /// `NotFound` for somebody who has no account.
    pub async fn alert_address(&self, by: &Principal) -> Result<Option<Phi<String>>> {
        let account = by.account.ok_or(ShareError::NotFound)?;
        let mut tx = self.catalog.begin().await?;
        let email = tx.account_email(account).await?;
        Ok(Some(email).filter(|email| !email.expose().is_empty()))
    }

    /// Sets that address, one's own, or anybody's for who manages accounts. Recorded.
    ///
    /// # Errors
    /// `NotPermitted` for another's account; `MailOff` where mail is not set up.
    pub async fn set_alert_address(
        &self,
        ctx: &Ctx,
        by: &Principal,
        (account, to): (AccountId, Option<&EmailAddress>),
    ) -> Result<()> {
        if by.account != Some(account) && !by.may(Permission::ManageUsers) {
            return Err(ShareError::NotPermitted(Permission::ManageUsers));
        }
        if to.is_some() {
            self.mail()?;
        }
        let email = Phi::new(to.map(|to| to.expose().to_owned()).unwrap_or_default());
        let mut tx = self.catalog.begin().await?;
        tx.set_account_email(account, &email).await?;
        tx.record(ctx, Event::AlertAddressSet { account, email }).await?;
        Ok(tx.commit().await?)
    }
}
