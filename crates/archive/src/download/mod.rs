//! Downloads: what a scope shows as one ZIP archive, any range of which can be handed over.
//!
//! The archive is stored, not compressed, and laid out from the index alone: names, lengths and
//! checksums are there, so its length and entity tag are known without reading an object, equal
//! content gives equal bytes, and a range begins where it begins. That is also why the records are
//! written here: the `zip` crate writes an archive from its first byte to its last, and knows no
//! range of one that it has not written.

mod bundle;
mod dicomdir;
mod keys;
mod kind;
mod layout;
mod readme;
mod record;
mod run;
mod source;
mod stream;

pub use bundle::{Bundle, Extent};
pub use stream::Download;

use std::time::Duration;

use lightcase_model::{Language, Scope};

use crate::turns::{Turn, Turns};
use crate::{Archive, ArchiveError};

/// So many are laid out at once, each in memory. To lay one out takes a row of each of its objects
/// and a processor. It is done anew for each range and never kept: what a link shows changes with
/// arrivals, withdrawals and corrections, and a range of a download that was is worth nothing. So it
/// is the number at once that is bounded.
const AT_ONCE: usize = 4;
/// Whoever has waited so long for a turn is asked to come again.
const PATIENCE: Duration = Duration::from_secs(20);
/// So long waits who only wants to know how much it is.
const GLANCE: Duration = Duration::from_secs(1);

/// The turns of all who ask.
pub(crate) fn turns() -> Turns {
    Turns::new(AT_ONCE, PATIENCE)
}

impl Archive {
    /// Lays out everything that the scope shows, with a text for people in a language.
    ///
    /// # Errors
    /// [`ArchiveError::NotFound`] when it shows nothing, [`ArchiveError::ViewOnly`] where some of
    /// it may be looked at only, and [`ArchiveError::Busy`] when too many are laid out already.
    pub async fn bundle(&self, scope: &Scope, language: Language) -> Result<Bundle, ArchiveError> {
        let turn = self.download_turns.take().await.ok_or(ArchiveError::Busy)?;
        self.laid_out(scope, language, turn).await
    }

    /// As [`Archive::bundle`], for who only wants to know how much it is: `None` when too many are
    /// laid out already.
    pub async fn bundle_soon(
        &self,
        scope: &Scope,
        language: Language,
    ) -> Result<Option<Bundle>, ArchiveError> {
        match self.download_turns.within(GLANCE).await {
            Some(turn) => self.laid_out(scope, language, turn).await.map(Some),
            None => Ok(None),
        }
    }

    async fn laid_out(
        &self,
        scope: &Scope,
        language: Language,
        turn: Turn,
    ) -> Result<Bundle, ArchiveError> {
        let studies = self.catalog.held_studies(scope).await?;
        if studies.is_empty() {
            return Err(ArchiveError::NotFound);
        }
        if studies.iter().any(|each| !scope.may_download(each.study.id)) {
            return Err(ArchiveError::ViewOnly);
        }
        let documents = self.catalog.documents(scope, &bundle::documented(&studies)).await?;
        let laid_out = tokio::task::spawn_blocking(move || {
            // The work goes on when nobody waits for it any more, and so does its turn.
            let _turn = turn;
            bundle::lay_out(&studies, &documents, language)
        });
        laid_out.await.map_err(|error| ArchiveError::Damaged(Box::new(error)))?.ok_or_else(|| {
            ArchiveError::BadRequest(
                "This is too much for one archive; ask for less, study by study.".to_owned(),
            )
        })
    }
}
