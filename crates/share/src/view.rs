//! A link as its owner reads it.

use lightcase_catalog::{Delivery, Share, ShareSource, ShareState, ShareStudy};
use lightcase_model::{
    Authority, CollectionId, Factor, Language, May, Phi, SeriesUid, ShareId, Timestamp,
};

use crate::{Result, Shares};

/// A link as its owner reads it. No secret is part of it, since none is kept.
#[derive(Debug, Clone)]
pub struct ShareView {
    /// Its identifier.
    pub id: ShareId,
    /// Who it is for.
    pub recipient: Phi<String>,
    /// The recipient's address.
    pub email: Option<Phi<String>>,
    /// What it is for.
    pub purpose: String,
    /// By what right it was made.
    pub authority: Authority,
    /// What the sender wrote.
    pub message: Phi<String>,
    /// The language of notice and mail.
    pub language: Language,
    /// Whether clean copies are lent.
    pub clean: bool,
    /// Whether later arrivals belong to it.
    pub live: bool,
    /// Its studies, withdrawn ones included.
    pub studies: Vec<ShareStudy>,
    /// The studies of the archive that its clean copies were made of; else empty.
    pub sources: Vec<ShareSource>,
    /// The granted series, unless whole studies were chosen.
    pub series: Option<Vec<SeriesUid>>,
    /// What may be done.
    pub may: May,
    /// When it was made.
    pub created_at: Timestamp,
    /// Name of who made it.
    pub created_by: String,
    /// Whether an account of this archive made it, not a token or the command line.
    pub by_account: bool,
    /// From when on it opens.
    pub starts: Option<Timestamp>,
    /// When it ends.
    pub expires: Timestamp,
    /// Its state now.
    pub state: ShareState,
    /// How many browsers may open it.
    pub max_uses: u32,
    /// How many did.
    pub uses: u32,
    /// Wrong tries over its lifetime.
    pub failed_attempts: u32,
    /// What it asks for, in order.
    pub factors: Vec<Factor>,
    /// What became of its mail, when it was mailed.
    pub delivery: Option<Delivery>,
    /// First opening.
    pub first_opened_at: Option<Timestamp>,
    /// Last opening.
    pub last_opened_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Shares {
    pub(crate) async fn view_of(&self, id: ShareId, now: Timestamp) -> Result<Option<ShareView>> {
        match self.catalog.share(id).await? {
            Some(share) => Ok(Some(self.viewed(share, now).await?)),
            None => Ok(None),
        }
    }

    pub(crate) async fn viewed(&self, share: Share, now: Timestamp) -> Result<ShareView> {
        let studies = self.catalog.share_studies(share.id).await?;
        let sources = self.catalog.share_sources(share.id).await?;
        let delivery = self.catalog.mail_of(&[share.id]).await?.remove(&share.id);
        let whole = studies.iter().all(|study| study.whole);
        let series = studies.iter().flat_map(|study| &study.series);
        Ok(ShareView {
            id: share.id,
            state: share.state(now),
            series: (!whole).then(|| series.map(|(_, uid)| uid.clone()).collect()),
            studies,
            sources,
            recipient: share.recipient,
            email: (!share.email.expose().is_empty()).then_some(share.email),
            purpose: share.purpose,
            authority: share.authority,
            message: share.message,
            language: share.language,
            clean: share.collection != CollectionId::ARCHIVE,
            live: share.live,
            may: share.may,
            created_at: share.created_at,
            created_by: share.shared_by,
            by_account: share.created_by.is_some(),
            starts: share.starts_at,
            expires: share.expires_at,
            max_uses: count(share.max_uses),
            uses: count(share.uses),
            failed_attempts: count(share.failed_attempts),
            factors: share.factors,
            delivery,
            first_opened_at: share.first_opened_at,
            last_opened_at: share.last_opened_at,
            revoked_at: share.revoked_at,
        })
    }
}

/// A stored count, which is never negative.
pub(crate) fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(if stored < 0 { 0 } else { u32::MAX })
}
