//! Links as staff list them.

use lightcase_accounts::Principal;
use lightcase_catalog::ShareFilter;
use lightcase_model::{Page, Permission, Phi, ShareId, Timestamp};

use crate::{Result, ShareError, ShareView, Shares};

/// The longest text that links are looked for by, in characters.
const MAX_TEXT: usize = 500;

impl Shares {
    /// Links, newest first. Needs [`Permission::SeeShares`].
    pub async fn list(
        &self,
        by: &Principal,
        filter: &ShareFilter,
        now: Timestamp,
    ) -> Result<Page<ShareView>> {
        may_see(by)?;
        filter.recipient.as_ref().map_or(Ok(()), check_looked_for)?;
        let mut shares = self.catalog.shares(filter, now).await?;
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let more = shares.len() > limit;
        shares.truncate(limit);
        let mut items = Vec::with_capacity(shares.len());
        for share in shares {
            items.push(self.viewed(share, now).await?);
        }
        Ok(Page { items, more })
    }

    /// One link.
    pub async fn get(&self, by: &Principal, id: ShareId, now: Timestamp) -> Result<ShareView> {
        may_see(by)?;
        self.view_of(id, now).await?.ok_or(ShareError::NotFound)
    }
}

/// Refuses what no name, address or patient ID is, before a database refuses it without a sentence.
pub(crate) fn check_looked_for(text: &Phi<String>) -> Result<()> {
    let text = text.expose().trim();
    if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(ShareError::Malformed(
            "Links are looked for by at most 500 characters, without control characters.",
        ));
    }
    Ok(())
}

fn may_see(by: &Principal) -> Result<()> {
    if by.may(Permission::SeeShares) {
        Ok(())
    } else {
        Err(ShareError::NotPermitted(Permission::SeeShares))
    }
}
