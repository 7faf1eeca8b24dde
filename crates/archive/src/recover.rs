//! Recovery at start-up: what was begun before a crash is given its end.

use lightcase_audit::{Event, list_digest};
use lightcase_model::{Ctx, SopInstanceUid};

use crate::adopt::LEASE;
use crate::{Archive, ArchiveError};

impl Archive {
    /// Ends stores, views and retrievals that have a beginning and no end, and the lease of a
    /// sweep that was killed. Called before a listener opens, when nothing can be under way.
    /// Returns how many accesses there were.
    pub async fn recover(&self, ctx: &Ctx) -> Result<usize, ArchiveError> {
        self.catalog.end_lease(LEASE).await?;
        let mut recovered = 0_usize;
        for open in self.catalog.open_store_accesses().await? {
            let uids: Vec<SopInstanceUid> =
                open.sop_uids.iter().filter_map(|uid| SopInstanceUid::parse(uid).ok()).collect();
            let ended = Event::StoreEnded {
                access_id: open.access,
                study: open.study,
                count: u64::try_from(uids.len()).unwrap_or(u64::MAX),
                already_held: 0,
                refused: 0,
                list_digest: list_digest(&uids),
                recovered: true,
            };
            self.catalog.record(ctx, ended).await?;
            recovered = recovered.saturating_add(1);
        }
        self.catalog.lose_downloads().await?;
        for (begun, access_id, study) in self.catalog.open_read_accesses().await? {
            let ended = if begun == "view_begun" {
                Event::ViewEnded { access_id, study, frames: 0, bytes: 0, recovered: true }
            } else {
                Event::RetrieveEnded {
                    access_id,
                    study,
                    instances: 0,
                    bytes: 0,
                    complete: false,
                    recovered: true,
                }
            };
            self.catalog.record(ctx, ended).await?;
            recovered = recovered.saturating_add(1);
        }
        Ok(recovered)
    }
}
