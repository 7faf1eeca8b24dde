//! The certificate of a clean study: what was done to its objects, by which rules, and who decided
//! what.

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::{CleanObject, CleanState, Project};
use lightcase_deident::{Certificate, Profile, Region, Report};
use lightcase_model::{Ctx, ProjectName, StudyId, StudyUid};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::origin::CleanOrigin;
use crate::{Archive, ArchiveError};

/// A decision that somebody made about an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// SOP Instance UID of the clean object.
    pub sop_instance_uid: String,
    /// `approved` or `rejected`.
    pub decision: &'static str,
    /// Who.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Why.
    pub reason: String,
    /// What was blanked.
    pub regions: Vec<Region>,
}

/// The certificate of a clean study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StudyCertificate {
    /// The engine's part.
    #[serde(flatten)]
    pub certificate: Certificate,
    /// The project.
    pub project: ProjectName,
    /// Study Instance UID of the copies.
    pub study: String,
    /// Decisions about what was held.
    pub decisions: Vec<Decided>,
}

impl Archive {
    /// The certificate of a study of a project; that it was handed out is on record.
    pub async fn certificate(
        &self,
        ctx: &Ctx,
        project: &ProjectName,
        study: &StudyUid,
    ) -> Result<StudyCertificate, ArchiveError> {
        let project = self.project(project).await?;
        let row = self.clean_study_row(&project, study).await?;
        let objects = self.catalog.clean_of_study(project.id, study).await?;
        let profile = Profile::from_toml(&project.profile).map_err(damaged)?;
        let mut certificate = Certificate::new(&profile);
        let mut decisions = Vec::new();
        for object in objects {
            certificate.add(report(&object)?);
            decisions.extend(decided(object)?);
        }
        for refusal in self.refusals(ctx, &project, study).await? {
            *certificate.refused.entry(refusal).or_default() += 1;
        }
        let made = StudyCertificate {
            certificate,
            project: project.name,
            study: study.to_string(),
            decisions,
        };
        let text = serde_json::to_vec(&made).map_err(damaged)?;
        let digest = ListDigest(Sha256::digest(text).into());
        let event = Event::CertificateIssued { study: row, project: project.id, digest };
        self.catalog.record(ctx, event).await?;
        Ok(made)
    }

    /// Why there are no copies of objects of the study that this one was made of.
    async fn refusals(
        &self,
        ctx: &Ctx,
        project: &Project,
        study: &StudyUid,
    ) -> Result<Vec<String>, ArchiveError> {
        let Some(origin) = self.catalog.origin_of(project.id, study, ctx.now).await? else {
            return Ok(Vec::new());
        };
        let origin: CleanOrigin = serde_json::from_slice(origin.expose()).map_err(damaged)?;
        let Some(original) = origin.study() else { return Ok(Vec::new()) };
        Ok(self.catalog.clean_refusals(project.id, &original).await?)
    }

    /// The row of a clean study, with the project or with what waits.
    pub(super) async fn clean_study_row(
        &self,
        project: &Project,
        study: &StudyUid,
    ) -> Result<StudyId, ArchiveError> {
        if let Some(row) = self.catalog.study_row(project.collection, study).await? {
            return Ok(row);
        }
        let waiting = self.catalog.study_row(project.review, study).await?;
        waiting.ok_or(ArchiveError::NotFound)
    }
}

fn damaged<E: std::error::Error + Send + Sync + 'static>(error: E) -> ArchiveError {
    ArchiveError::Damaged(Box::new(error))
}

/// The engine's report of an object.
pub(super) fn report(object: &CleanObject) -> Result<Report, ArchiveError> {
    serde_json::from_str(&object.report).map_err(damaged)
}

fn decided(object: CleanObject) -> Result<Option<Decided>, ArchiveError> {
    let decision = match object.state {
        CleanState::Approved | CleanState::Rejected => object.state.name(),
        CleanState::Released | CleanState::Waiting => return Ok(None),
    };
    Ok(Some(Decided {
        sop_instance_uid: object.sop_uid,
        decision,
        by: object.decided_by,
        at: object.decided_at.map(|at| at.to_string()).unwrap_or_default(),
        reason: object.reason.into_exposed(),
        regions: serde_json::from_str(&object.regions).map_err(damaged)?,
    }))
}
