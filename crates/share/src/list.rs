//! Links as staff list them.

use lightcase_accounts::Principal;
use lightcase_catalog::ShareFilter;
use lightcase_model::{Page, Permission, ShareId, Timestamp};

use crate::{Result, ShareError, ShareView, Shares};

impl Shares {
    /// Links, newest first. Needs [`Permission::SeeShares`].
    pub async fn list(
        &self,
        by: &Principal,
        filter: &ShareFilter,
        now: Timestamp,
    ) -> Result<Page<ShareView>> {
        may_see(by)?;
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

fn may_see(by: &Principal) -> Result<()> {
    if by.may(Permission::SeeShares) {
        Ok(())
    } else {
        Err(ShareError::NotPermitted(Permission::SeeShares))
    }
}
