//! One document with everything there is of a record, for the patient's file and for auditors.

use data_encoding::HEXLOWER;
use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_catalog::{AuthorisationForm, AuthorisationVersion, Share};
use lightcase_model::{AuthorisationId, Ctx, Timestamp};
use serde::Serialize;

use super::unreadable;
use crate::{Result, Shares, Terms};

/// Everything there is of a record. Written as JSON; instants are RFC 3339 in UTC.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields are named by what they hold")]
pub struct AuthorisationExport {
    /// `lightcase.authorisation.v1`.
    pub format: &'static str,
    pub exported_at: String,
    pub id: String,
    pub patient_name: String,
    pub patient_id: String,
    /// The study by which the patient was named.
    pub study_instance_uid: String,
    /// `inForce`, `expired` or `revoked`.
    pub state: &'static str,
    pub revoked_at: Option<String>,
    pub revoked_by: Option<String>,
    pub revoked_reason: Option<String>,
    /// All versions, oldest first; the last one is in force.
    pub versions: Vec<ExportedVersion>,
    /// All scans of the form, oldest first.
    pub forms: Vec<ExportedForm>,
    /// All links that were made under it, oldest first.
    pub links: Vec<ExportedLink>,
}

/// A version of a record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields are named by what they hold")]
pub struct ExportedVersion {
    pub version: u32,
    pub recorded_at: String,
    pub recorded_by: String,
    #[serde(flatten)]
    pub terms: Terms,
}

/// A scan, without its bytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields are named by what they hold")]
pub struct ExportedForm {
    pub number: u32,
    /// The version that was in force when it was attached.
    pub version: u32,
    pub media_type: String,
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: String,
    pub attached_at: String,
    pub attached_by: String,
}

/// A link that was made under a record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields are named by what they hold")]
pub struct ExportedLink {
    pub id: String,
    pub recipient: String,
    pub created_at: String,
    pub created_by: String,
    pub expires: String,
    /// As the list of links says it.
    pub state: &'static str,
}

impl Shares {
    /// Everything there is of a record.
    ///
    /// # Errors
    /// `NotPermitted` without [`lightcase_model::Permission::Share`]; `NotFound` when there is no
    /// such record.
    pub async fn export_authorisation(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AuthorisationId,
    ) -> Result<AuthorisationExport> {
        let record = self.record_of(by, id, ctx.now).await?;
        let versions = self.catalog.authorisation_versions(id, ctx.now).await?;
        let versions = versions.into_iter().map(ExportedVersion::of).collect::<Result<_>>()?;
        let forms = self.catalog.authorisation_forms(id).await?;
        let links = self.catalog.shares_under(id).await?;
        let event = Event::AuthorisationRead {
            authorisations: vec![id],
            study: record.study,
            what: "export",
        };
        self.catalog.record(ctx, event).await?;
        let state = super::state_of(&record, ctx.now);
        let (revoked_by, revoked_reason) = match &record.revoked {
            Some(each) => (Some(each.by.clone()), Some(each.reason.expose().clone())),
            None => (None, None),
        };
        Ok(AuthorisationExport {
            format: "lightcase.authorisation.v1",
            exported_at: ctx.now.to_string(),
            id: id.to_string(),
            patient_name: record.patient_name.into_exposed(),
            patient_id: record.patient_number.into_exposed(),
            study_instance_uid: record.study_uid.to_string(),
            state: state.name(),
            revoked_at: record.revoked.map(|each| each.at.to_string()),
            revoked_by,
            revoked_reason,
            versions,
            forms: forms.into_iter().map(ExportedForm::of).collect(),
            links: links.into_iter().map(|link| ExportedLink::of(link, ctx.now)).collect(),
        })
    }
}

impl ExportedVersion {
    fn of(version: AuthorisationVersion) -> Result<Self> {
        Ok(Self {
            version: version.number,
            recorded_at: version.recorded_at.to_string(),
            recorded_by: version.recorded_by,
            terms: Terms::from_bytes(&version.terms).ok_or_else(unreadable)?,
        })
    }
}

impl ExportedForm {
    fn of(form: AuthorisationForm) -> Self {
        Self {
            number: form.number,
            version: form.version,
            media_type: form.media_type,
            bytes: form.length,
            sha256: HEXLOWER.encode(&form.sha256),
            attached_at: form.at.to_string(),
            attached_by: form.by,
        }
    }
}

impl ExportedLink {
    fn of(share: Share, now: Timestamp) -> Self {
        Self {
            id: share.id.to_string(),
            created_at: share.created_at.to_string(),
            expires: share.expires_at.to_string(),
            state: share.state(now).name(),
            recipient: share.recipient.into_exposed(),
            created_by: share.shared_by,
        }
    }
}
