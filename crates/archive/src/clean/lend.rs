//! Clean copies for one share link, in a project of its own: nothing links them to those of another.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_model::{
    CollectionId, Collections, Ctx, Level, ProjectName, Query, Scope, SeriesId, StudyId,
};

use super::copy::{CleanIntake, NoCopy};
use super::project::BASIC;
use crate::{Archive, ArchiveError};

/// The most series of which copies are lent out at once.
pub const LENT_SERIES: u32 = 5_000;

/// What can be lent out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// Where the copies lie.
    pub collection: CollectionId,
    /// Their studies and series.
    pub studies: BTreeMap<StudyId, BTreeSet<SeriesId>>,
    /// Copies that somebody must look at first.
    pub held: u64,
    /// Objects of which no copy can be made.
    pub refused: u64,
}

impl Archive {
    /// Makes clean copies of series of the archive, in a new project of this name.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] for more than [`LENT_SERIES`]: a part is not lent out for all.
    pub async fn lend_copies(
        &self,
        ctx: &Ctx,
        name: &ProjectName,
        series: &BTreeSet<SeriesId>,
    ) -> Result<Lent, ArchiveError> {
        if u32::try_from(series.len()).unwrap_or(u32::MAX) > LENT_SERIES {
            return Err(too_many());
        }
        self.make_project(ctx, name.clone(), BASIC.to_owned(), true).await?;
        let project = self.open_project(ctx, name).await?.ok_or(ArchiveError::NotFound)?;
        let mut intake = CleanIntake::new(self, &project, "clean");
        let (mut refused, mut elsewhere) = (0_u64, 0_u64);
        let mut failed = None;
        for instance in self.catalog.instances_of(&Scope::archive(), series).await? {
            let Some(source) = self.source(instance).await? else { continue };
            match Box::pin(intake.copy(ctx, &source)).await {
                Ok(_) => {}
                Err(NoCopy::Refused(_) | NoCopy::Conflict) => {
                    refused = refused.saturating_add(1);
                }
                Err(NoCopy::Waits) => elsewhere = elsewhere.saturating_add(1),
                Err(NoCopy::Fault(fault)) => {
                    failed = Some(fault);
                    break;
                }
            }
        }
        Box::pin(intake.end(ctx)).await;
        if let Some(fault) = failed {
            tracing::error!(reason = fault.reason.name(), "copies for a share could not be made");
            return Err(ArchiveError::Busy);
        }
        let scope = Scope::All(Collections::from([project.row.collection]));
        let found = self.catalog.find(&scope, &Query::at(Level::Series, LENT_SERIES)).await?;
        if found.more {
            return Err(too_many());
        }
        let mut studies: BTreeMap<StudyId, BTreeSet<SeriesId>> = BTreeMap::new();
        for each in found.items {
            if let (Some(study), Some(series)) = (each.study, each.series) {
                studies.entry(study.id).or_default().insert(series.id);
            }
        }
        let held = self.catalog.waiting(Some(project.row.id), u32::MAX).await?.len();
        let held = u64::try_from(held).unwrap_or(u64::MAX).saturating_add(elsewhere);
        Ok(Lent { collection: project.row.collection, studies, held, refused })
    }
}

fn too_many() -> ArchiveError {
    ArchiveError::BadRequest(format!(
        "clean copies of at most {LENT_SERIES} series are lent out at once; ask for fewer"
    ))
}
