//! Clean copies that were ordered with the originals: made beside serving, one process at a time.

use std::collections::HashMap;
use std::time::Duration;

use lightcase_catalog::{CleanJob, Selection};
use lightcase_model::{
    Ctx, InstanceId, ProjectId, ProjectName, Scope, SopInstanceUid, StudyUid, Timestamp,
};

use super::copy::{CleanIntake, NoCopy, Source, cleaned};
use super::project::OpenProject;
use crate::blob::data_set_start;
use crate::refusal::{Fault, Reason};
use crate::{Archive, ArchiveError};

/// The name of the lease.
pub(crate) const LEASE: &str = "clean";
/// How long a run that gives no sign of life keeps others from it.
const HELD: Duration = Duration::from_mins(10);
/// Copies that are made under one pair of store events.
const AT_ONCE: u32 = 200;
/// The first pause before another try; each next one is twice as long, up to the longest.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST: Duration = Duration::from_hours(1);

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Copies that are there now.
    pub made: u64,
    /// Objects of which none can be made.
    pub refused: u64,
    /// Those that are tried again later.
    pub later: u64,
}

impl Archive {
    /// Orders clean copies of all that is held of a study; how many.
    pub async fn order_copies(
        &self,
        ctx: &Ctx,
        project: &ProjectName,
        study: &StudyUid,
    ) -> Result<u64, ArchiveError> {
        let project = self.filled_project(project).await?;
        let selection = Selection { study: study.clone(), series: None, instance: None };
        let held = self.catalog.held(&Scope::archive(), &selection).await?;
        if held.is_empty() {
            return Err(ArchiveError::NotFound);
        }
        let mut tx = self.catalog.begin().await?;
        for each in &held {
            tx.order_clean(each.id, project.id, ctx.now).await?;
        }
        tx.commit().await?;
        Ok(u64::try_from(held.len()).unwrap_or(u64::MAX))
    }

    /// Orders the clean copy of an instance that is held, unless the project has it.
    pub(crate) async fn order_copy(
        &self,
        (instance, sop): (InstanceId, &SopInstanceUid),
        project: &OpenProject,
        due: Timestamp,
    ) -> Result<(), Fault> {
        let copy = SopInstanceUid::parse(&project.engine.mapped(sop.as_str()))
            .map_err(|error| Fault::new(Reason::Malformed, error.to_string()))?;
        if self.catalog.clean_by_uid(project.row.id, &copy).await?.is_some() {
            return Ok(());
        }
        let mut tx = self.catalog.begin().await?;
        tx.order_clean(instance, project.row.id, due).await?;
        Ok(tx.commit().await?)
    }

    /// Makes the copies that are due. `None`: another process is at it. `stopped` is asked between
    /// two of them.
    pub async fn make_copies(
        &self,
        ctx: &Ctx,
        stopped: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<Option<Copied>, ArchiveError> {
        let now = self.clock.now();
        let jobs = self.catalog.clean_jobs(now, AT_ONCE).await?;
        if jobs.is_empty() {
            return Ok(Some(Copied::default()));
        }
        if !self.catalog.take_lease(LEASE, ctx.request, now, now.plus(HELD)).await? {
            return Ok(None);
        }
        let mut intakes = HashMap::new();
        let mut copied = Copied::default();
        let ran = Box::pin(self.run(ctx, &jobs, (&mut intakes, &mut copied), stopped)).await;
        for intake in intakes.into_values() {
            Box::pin(CleanIntake::end(intake, ctx)).await;
        }
        self.catalog.give_lease_back(LEASE, ctx.request).await?;
        ran.map(|()| Some(copied))
    }

    async fn run(
        &self,
        ctx: &Ctx,
        jobs: &[CleanJob],
        (intakes, copied): (&mut HashMap<ProjectId, CleanIntake>, &mut Copied),
        stopped: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<(), ArchiveError> {
        for job in jobs {
            if stopped() {
                return Ok(());
            }
            let now = self.clock.now();
            // Not long before it ends: one copy of the largest object takes less.
            self.catalog.take_lease(LEASE, ctx.request, now, now.plus(HELD)).await?;
            let intake = match intakes.entry(job.project) {
                std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
                std::collections::hash_map::Entry::Vacant(place) => {
                    let project = self.project_of(ctx, job.project).await?;
                    place.insert(CleanIntake::new(self, &project, "both"))
                }
            };
            let count = match Box::pin(self.copy_one(ctx, job, intake)).await? {
                Fate::Made => &mut copied.made,
                Fate::Refused => &mut copied.refused,
                Fate::Later => &mut copied.later,
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    async fn copy_one(
        &self,
        ctx: &Ctx,
        job: &CleanJob,
        intake: &mut CleanIntake,
    ) -> Result<Fate, ArchiveError> {
        let now = self.clock.now();
        let ctx = Ctx { now, ..ctx.clone() };
        let Some(source) = self.source(job.instance).await? else {
            // It is withdrawn: no copy is made of it while it is.
            self.catalog.clean_failed(job, now.plus(LONGEST), "").await?;
            return Ok(Fate::Later);
        };
        match Box::pin(intake.copy(&ctx, &source)).await {
            Ok(_) => {
                self.catalog.clean_done(job).await?;
                Ok(Fate::Made)
            }
            Err(no @ (NoCopy::Refused(_) | NoCopy::Conflict | NoCopy::Waits)) => {
                self.catalog.clean_failed(job, now, &cleaned(no).sentence).await?;
                Ok(Fate::Refused)
            }
            Err(NoCopy::Fault(fault)) => {
                tracing::warn!(reason = fault.reason.name(), "a clean copy is tried again later");
                let doublings = u32::try_from(job.attempts.clamp(0, 10)).unwrap_or(10);
                let pause = PAUSE.saturating_mul(1 << doublings).min(LONGEST);
                self.catalog.clean_failed(job, now.plus(pause), "").await?;
                Ok(Fate::Later)
            }
        }
    }

    /// Where a held instance lies; `None` when it is not in sight.
    pub(super) async fn source(
        &self,
        instance: InstanceId,
    ) -> Result<Option<Source>, ArchiveError> {
        let scope = Scope::archive();
        let Some(held) = self.catalog.held_instance(&scope, instance).await? else {
            return Ok(None);
        };
        let Some(origin) = self.origin_of_held(&scope, &held).await? else { return Ok(None) };
        let (object, key) = self.expected(&held.location).await?;
        Ok(Some(Source {
            object,
            key,
            skip: data_set_start(&held),
            transfer_syntax: held.transfer_syntax.clone(),
            issuer: origin.issuer.clone(),
            sop_instance: held.sop_uid.to_string(),
            origin,
        }))
    }
}

enum Fate {
    Made,
    Refused,
    Later,
}
