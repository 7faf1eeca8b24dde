//! The way back from a clean study to the patient: with a reason, and on record.

use lightcase_audit::Event;
use lightcase_model::{Ctx, Phi, ProjectName, StudyUid};

use super::origin::CleanOrigin;
use super::review::reason_of;
use crate::{Archive, ArchiveError};

impl Archive {
    /// Whom a clean study is of. The caller has asked for the permission; that it was told is on
    /// record before it is.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] without a reason; [`ArchiveError::NotFound`].
    pub async fn reidentify(
        &self,
        ctx: &Ctx,
        project: &ProjectName,
        study: &StudyUid,
        reason: &str,
    ) -> Result<CleanOrigin, ArchiveError> {
        let reason = reason_of(reason)?;
        let project = self.project(project).await?;
        let row = self.clean_study_row(&project, study).await?;
        let sealed = self.catalog.origin_of(project.id, study, ctx.now).await?;
        let sealed: Phi<Vec<u8>> = sealed.ok_or(ArchiveError::NotFound)?;
        let origin = serde_json::from_slice(sealed.expose())
            .map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
        let event = Event::ReIdentified { study: row, project: project.id, reason };
        self.catalog.record(ctx, event).await?;
        Ok(origin)
    }
}
