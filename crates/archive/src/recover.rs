//! Recovery at start-up: what was begun before a crash is given its end.

use lightcase_audit::{Event, list_digest};
use lightcase_model::{Ctx, ServerId, SopInstanceUid, Timestamp};

use crate::{Archive, ArchiveError, adopt, clean};

impl Archive {
    /// Ends stores, views and retrievals that have a beginning and no end, and the leases of a sweep
    /// and of the making of clean copies that were killed. Called before a listener opens, when nothing
    /// can be under way here. What was begun since the oldest of the other servers runs may be one of
    /// theirs, and is left to a later start. Returns how many accesses there were.
    pub async fn recover(&self, ctx: &Ctx, server: ServerId) -> Result<usize, ArchiveError> {
        // Whoever has one of these under way was noted before it began: so they are read first.
        let stores = self.catalog.open_store_accesses().await?;
        let reads = self.catalog.open_read_accesses().await?;
        let others = self.catalog.oldest_other_server(server, ctx.now).await?;
        let is_left = |begun: Timestamp| others.is_none_or(|since| begun < since);
        if others.is_none() {
            for lease in [adopt::LEASE, clean::LEASE] {
                self.catalog.end_lease(lease).await?;
            }
        }
        self.catalog.lose_downloads(others.unwrap_or(ctx.now)).await?;
        let mut recovered = 0_usize;
        for open in stores.into_iter().filter(|open| is_left(open.begun)) {
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
        for open in reads.into_iter().filter(|open| is_left(open.begun)) {
            let (access_id, study) = (open.access, open.study);
            let ended = if open.event == "view_begun" {
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
