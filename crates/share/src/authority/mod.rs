//! By what right images are shared: treatment, the patient's own access, or an authorisation of
//! the patient, of which a record is kept (45 CFR 164.508).
//!
//! A record has every element of the rule or is not made. A change is a new version, and the old
//! ones stay; nothing deletes one. A link that rests on a record ends with it: what revokes it ends
//! the links in the same transaction, and what makes a link holds the record until the link is
//! there, so that neither passes the other by.

mod carry;
mod export;
mod fault;
mod form;
mod meant;
mod read;
mod record;
mod revoke;
mod terms;

use lightcase_accounts::Principal;
use lightcase_catalog::{
    Authorisation as Record, AuthorisationForm, AuthorisationRevocation, CatalogError,
};
use lightcase_model::{
    Attribute, AuthorisationId, Level, Matching, PatientId, Permission, Query, StudyId, StudyUid,
    Timestamp,
};

use crate::{Result, ShareError, Shares};

pub(crate) use carry::{authorise, may_last};
pub use export::{AuthorisationExport, ExportedForm, ExportedLink, ExportedVersion};
pub use fault::AuthorisationFault;
pub use form::{FormBytes, FormKind, MAX_FORM};
pub(crate) use meant::is_meant;
pub use terms::{Statements, Terms};

/// What a record is worth at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorisationState {
    /// Links can be made under it.
    InForce,
    /// Its last day is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl AuthorisationState {
    /// The word of the API and the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "inForce",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A record, with the version in force.
#[derive(Debug, Clone)]
pub struct Authorisation {
    /// Its identifier.
    pub id: AuthorisationId,
    /// The study by which its patient was named.
    pub study: StudyUid,
    /// Number of the version in force, from 1.
    pub version: u32,
    /// What that says.
    pub terms: Terms,
    /// What it is worth now.
    pub state: AuthorisationState,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When the version in force was recorded.
    pub recorded_at: Timestamp,
    /// Name of who recorded it.
    pub recorded_by: String,
    /// That it was revoked.
    pub revoked: Option<AuthorisationRevocation>,
    /// The scan that was attached last.
    pub form: Option<AuthorisationForm>,
}

impl Shares {
    /// A record for somebody who may handle records, as the catalog has it.
    async fn record_of(
        &self,
        by: &Principal,
        id: AuthorisationId,
        now: Timestamp,
    ) -> Result<Record> {
        may_handle(by)?;
        self.catalog.authorisation(id, now).await?.ok_or(ShareError::NotFound)
    }

    /// A record as staff read it.
    async fn shown(&self, record: Record, now: Timestamp) -> Result<Authorisation> {
        let form = self.catalog.authorisation_forms(record.id).await?.pop();
        let state = state_of(&record, now);
        let terms = Terms::from_bytes(&record.current.terms).ok_or_else(unreadable)?;
        Ok(Authorisation {
            id: record.id,
            study: record.study_uid,
            version: record.current.number,
            terms,
            state,
            created_at: record.created_at,
            recorded_at: record.current.recorded_at,
            recorded_by: record.current.recorded_by,
            revoked: record.revoked,
            form,
        })
    }

    /// Whose study that is, if it is in the caller's sight.
    async fn patient_of(&self, by: &Principal, study: &StudyUid) -> Result<(PatientId, StudyId)> {
        let query = Query::at(Level::Study, 1)
            .with(Attribute::StudyInstanceUID, Matching::Uids(vec![study.as_uid().clone()]));
        let found = self.catalog.find(&by.scope(), &query).await?.items.pop();
        found
            .and_then(|found| Some((found.patient.id, found.study?.id)))
            .ok_or(ShareError::NotFound)
    }
}

/// Records name patients and carry their signatures: they are for who may share.
fn may_handle(by: &Principal) -> Result<()> {
    if by.may(Permission::Share) {
        Ok(())
    } else {
        Err(ShareError::NotPermitted(Permission::Share))
    }
}

fn state_of(record: &Record, now: Timestamp) -> AuthorisationState {
    if record.revoked.is_some() {
        AuthorisationState::Revoked
    } else if record.current.expires_at.is_some_and(|end| end <= now) {
        AuthorisationState::Expired
    } else {
        AuthorisationState::InForce
    }
}

fn unreadable() -> ShareError {
    CatalogError::Corrupt("authorisation").into()
}
