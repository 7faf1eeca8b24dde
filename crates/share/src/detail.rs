//! What the owner of a link knows of it: what was opened, seen and tried.

use lightcase_accounts::Principal;
use lightcase_catalog::{Alert, AlertFilter, SeenSeries, ShareDownload};
use lightcase_model::{Permission, ShareId, Timestamp};

use crate::{Result, ShareError, ShareView, Shares};

/// A link with everything its owner may know of it.
#[derive(Debug, Clone)]
pub struct ShareDetail {
    /// The link.
    pub share: ShareView,
    /// Its series, with how many of their images were shown.
    pub seen: Vec<SeenSeries>,
    /// Visits that proved nothing: mail scanners, previews, guesses.
    pub probes: u64,
    /// From how many networks it was opened.
    pub networks: u64,
    /// How much of its download was handed over; `None` when none was begun.
    pub download: Option<ShareDownload>,
    /// What its owner was told, newest first.
    pub alerts: Vec<Alert>,
}

impl Shares {
    /// One link with everything its owner may know of it.
    pub async fn detail(&self, by: &Principal, id: ShareId, now: Timestamp) -> Result<ShareDetail> {
        if !by.may(Permission::SeeShares) {
            return Err(ShareError::NotPermitted(Permission::SeeShares));
        }
        let share = self.catalog.share(id).await?.ok_or(ShareError::NotFound)?;
        let probes = u64::try_from(share.probes).unwrap_or(0);
        self.archive.note_seen().await?;
        let filter = AlertFilter { share: Some(id), limit: 100, ..AlertFilter::default() };
        Ok(ShareDetail {
            share: self.viewed(share, now).await?,
            seen: self.catalog.seen_series(id).await?,
            probes,
            networks: u64::try_from(self.catalog.share_networks(id).await?).unwrap_or(0),
            download: self.catalog.share_download(id).await?,
            alerts: self.catalog.alerts(&filter).await?,
        })
    }
}
