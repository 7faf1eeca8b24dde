//! The way back from a clean study to the patient: with a reason, and on record.

use lightcase_audit::Event;
use lightcase_model::{Ctx, Phi, ProjectName, StudyUid};
use serde::Serialize;

use super::certificate::report;
use super::origin::CleanOrigin;
use super::review::reason_of;
use crate::{Archive, ArchiveError};

/// Whom a clean study is of, and what its copies were made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reidentified {
    /// Whom.
    #[serde(flatten)]
    pub origin: CleanOrigin,
    /// The digests of the originals, which certificates do not tell.
    pub originals: Vec<OriginalDigest>,
}

/// What a copy was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginalDigest {
    /// SOP Instance UID of the copy.
    pub sop_instance_uid: String,
    /// SHA-256 of the original's data set, in hexadecimal.
    pub sha256: String,
}

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
    ) -> Result<Reidentified, ArchiveError> {
        let reason = reason_of(reason)?;
        let project = self.project(project).await?;
        let row = self.clean_study_row(&project, study).await?;
        let sealed = self.catalog.origin_of(project.id, study, ctx.now).await?;
        let sealed: Phi<Vec<u8>> = sealed.ok_or(ArchiveError::NotFound)?;
        let origin = serde_json::from_slice(sealed.expose())
            .map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
        let mut originals = Vec::new();
        for object in self.catalog.clean_of_study(project.id, study).await? {
            let sha256 = report(&object)?.digest_before;
            originals.push(OriginalDigest { sop_instance_uid: object.sop_uid, sha256 });
        }
        let event = Event::ReIdentified { study: row, project: project.id, reason };
        self.catalog.record(ctx, event).await?;
        Ok(Reidentified { origin, originals })
    }
}
