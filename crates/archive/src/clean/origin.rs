//! Whom a clean study is of: kept sealed, opened by the re-identify permission only.

use lightcase_catalog::Held;
use lightcase_dataset::{Attributes, Identity};
use lightcase_model::{Attribute, Level, Matching, Query, Scope, StudyUid};
use serde::{Deserialize, Serialize};

use crate::ingest::text;
use crate::{Archive, ArchiveError};

/// Whom a clean study is of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CleanOrigin {
    /// (0010,0020).
    pub patient_id: String,
    /// (0010,0010).
    pub patient_name: String,
    /// (0010,0030).
    pub birth_date: String,
    /// Issuer of Patient ID: (0010,0021), else what stood in for it.
    pub issuer: String,
    /// (0020,000D) of the original.
    pub study_uid: String,
}

impl std::fmt::Debug for CleanOrigin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<phi>")
    }
}

impl CleanOrigin {
    pub(crate) fn of_data_set(
        identity: &Identity,
        attributes: &Attributes,
        usual_issuer: &str,
    ) -> Self {
        let issuer = match identity.issuer.expose().as_str() {
            "" => usual_issuer,
            issuer => issuer,
        };
        Self {
            patient_id: identity.patient_id.expose().clone(),
            patient_name: text(attributes, Attribute::PatientName),
            birth_date: text(attributes, Attribute::PatientBirthDate),
            issuer: issuer.to_owned(),
            study_uid: identity.study.to_string(),
        }
    }

    /// The study it came from.
    pub(crate) fn study(&self) -> Option<StudyUid> {
        StudyUid::parse(&self.study_uid).ok()
    }
}

impl Archive {
    /// The origin of a held instance; `None` when it is not in sight.
    pub(super) async fn origin_of_held(
        &self,
        scope: &Scope,
        held: &Held,
    ) -> Result<Option<CleanOrigin>, ArchiveError> {
        let query = Query::at(Level::Study, 1).with(
            Attribute::StudyInstanceUID,
            Matching::Uids(vec![held.study_uid.as_uid().clone()]),
        );
        let found = self.catalog.find(scope, &query).await?.items.into_iter().next();
        Ok(found.map(|found| CleanOrigin {
            patient_id: found.patient.patient_id.expose().clone(),
            patient_name: found.patient.name.expose().clone(),
            birth_date: found.patient.birth_date.expose().clone(),
            issuer: found.patient.issuer.clone(),
            study_uid: held.study_uid.to_string(),
        }))
    }
}
