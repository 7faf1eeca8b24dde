//! What the owner of a link is told.

use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_catalog::{Alert, AlertFilter, Tx};
use lightcase_model::{AlertId, AlertKind, Ctx, Permission, Timestamp};

use crate::factor::{Lock, email};
use crate::{Result, ShareError, Shares};

impl Shares {
    /// Makes a one-time code and mails it, unless one was mailed just now.
    pub(crate) async fn mail_code(&self, tx: &mut Tx, ctx: &Ctx, lock: &Lock<'_>) -> Result<()> {
        let Some((code, mailed)) = email::make(tx, ctx.now, lock).await? else { return Ok(()) };
        let share = lock.share.id;
        if self.mail.is_none() {
            // Mail was set up when the link was made. The visitor cannot mend it, the owner can.
            return Ok(tx.alert_once(share, AlertKind::DeliveryFailed, ctx.now).await?);
        }
        let mailed = u32::try_from(mailed).unwrap_or(u32::MAX);
        tx.record(ctx, Event::CodeMailed { share, mailed }).await?;
        self.deliver_code(tx, ctx, lock.share, &code).await
    }

    /// The alerts of one's own links, newest first, and how many of them were not seen; of all links
    /// for who has no account: the operator and tokens.
    pub async fn alerts(&self, by: &Principal, unseen: bool) -> Result<Vec<Alert>> {
        if !by.may(Permission::SeeShares) {
            return Err(ShareError::NotPermitted(Permission::SeeShares));
        }
        let filter = AlertFilter {
            created_by: by.account,
            unseen,
            limit: MOST_ALERTS,
            ..AlertFilter::default()
        };
        Ok(self.catalog.alerts(&filter).await?)
    }

    /// Notes that alerts were seen.
    pub async fn see_alerts(&self, by: &Principal, ids: &[AlertId], now: Timestamp) -> Result<()> {
        if !by.may(Permission::SeeShares) {
            return Err(ShareError::NotPermitted(Permission::SeeShares));
        }
        if ids.len() > usize::try_from(MOST_ALERTS).unwrap_or(usize::MAX) {
            return Err(ShareError::Malformed("More than 200 alerts are named at once."));
        }
        Ok(self.catalog.see_alerts(ids, by.account, now).await?)
    }
}

const MOST_ALERTS: u32 = 200;
