//! The certificate of a clean study: what was done to its objects, by which rules, and who decided
//! what.

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::{CleanObject, CleanState, Project};
use lightcase_deident::{Certificate, Region, Report};
use lightcase_model::{Ctx, ProjectName, StudyId, StudyUid};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::origin::CleanOrigin;
use crate::{Archive, ArchiveError};

/// A decision that somebody made about an object. Why is free text, which may name somebody: it
/// stays in the ledger.
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
    /// What was blanked.
    pub regions: Vec<Region>,
}

/// The certificate of a clean study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StudyCertificate {
    /// The engine's part. What stands for the digest of an original begins with `hmac-sha-256:`, and is
    /// made with the project's key: certificates of two projects do not tell that they are of one
    /// patient, and nobody who has an original finds its copies by them.
    #[serde(flatten)]
    pub certificate: Certificate,
    /// The project.
    pub project: ProjectName,
    /// Study Instance UID of the copies.
    pub study: String,
    /// Patients that the objects name; with more than one the study is mixed.
    pub patients: usize,
    /// Objects that were held and are removed.
    pub rejected: usize,
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
        let open = self.open_project(ctx, &project.name).await?.ok_or(ArchiveError::NotFound)?;
        let mut certificate = Certificate::new(open.engine.profile());
        let (mut decisions, mut rejected) = (Vec::new(), 0);
        for object in objects {
            let report = report(&object)?;
            let digest_before = open.engine.keyed_digest(&report.digest_before);
            certificate.add(Report { digest_before, ..report });
            // The engine held it; what somebody said since then counts.
            match object.state {
                CleanState::Released | CleanState::Waiting => {}
                CleanState::Approved => {
                    certificate.held = certificate.held.saturating_sub(1);
                    certificate.released = certificate.released.saturating_add(1);
                }
                CleanState::Rejected => {
                    certificate.held = certificate.held.saturating_sub(1);
                    rejected += 1;
                }
            }
            decisions.extend(decided(object)?);
        }
        for refusal in self.refusals(ctx, &project, study).await? {
            *certificate.refused.entry(refusal).or_default() += 1;
        }
        let patients = certificate.patients().into_values().map(|named| named.len()).sum();
        let made = StudyCertificate {
            certificate,
            project: project.name,
            study: study.to_string(),
            patients,
            rejected,
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
        let mut refused = self.catalog.clean_refused(project.id, study).await?;
        let Some(origin) = self.catalog.origin_of(project.id, study, ctx.now).await? else {
            return Ok(refused);
        };
        let origin: CleanOrigin = serde_json::from_slice(origin.expose()).map_err(damaged)?;
        let Some(original) = origin.study() else { return Ok(refused) };
        refused.extend(self.catalog.clean_refusals(project.id, &original).await?);
        Ok(refused)
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

/// SHA-256 of the original, as a report says it; empty where it does not.
pub(crate) fn digest_before(report: &str) -> String {
    serde_json::from_str(report).map(|report: Report| report.digest_before).unwrap_or_default()
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
        regions: serde_json::from_str(&object.regions).map_err(damaged)?,
    }))
}
