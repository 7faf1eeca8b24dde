//! Links to whatever a study has: series that arrive later come in when somebody looks.

use lightcase_audit::Event;
use lightcase_catalog::Share;
use lightcase_model::{Ctx, Timestamp};

use crate::{Result, Shares};

impl Shares {
    pub(crate) async fn grow(&self, share: &Share, now: Timestamp) -> Result<()> {
        if !share.live || !self.catalog.share_may_grow(share.id).await? {
            return Ok(());
        }
        let mut tx = self.catalog.begin().await?;
        let series = tx.grow_share(share.id).await?;
        // Another request may have been faster.
        if series > 0 {
            tx.record(&Ctx::system(now), Event::ShareGrown { share: share.id, series }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
