//! From a match to the identifier of a response (PS3.4 C.4.1.1.3.2).

use lightcase_catalog::Match;
use lightcase_dataset::{Identifier, Tag, TransferSyntax, WriteError};
use lightcase_dimse::Status;
use lightcase_model::{AeTitle, Attribute, Level};

use super::keys::{
    AVAILABLE_TRANSFER_SYNTAX_UID, Asked, INSTANCE_AVAILABILITY, LEVEL, RETRIEVE_AE_TITLE,
    level_text,
};

/// How matches are answered.
pub(super) struct Answering<'a> {
    pub(super) asked: &'a Asked,
    /// Where the objects can be retrieved from.
    pub(super) title: &'a AeTitle,
    pub(super) syntax: &'a TransferSyntax,
}

impl Answering<'_> {
    /// Pending, or the pending that tells of keys nobody here knows.
    pub(super) fn status(&self) -> Status {
        if self.asked.unsupported { Status::PENDING_WARNING } else { Status::PENDING }
    }

    /// The bytes of a match's identifier.
    pub(super) fn of_match(&self, found: &Match) -> Result<Vec<u8>, WriteError> {
        let level = self.asked.query.level;
        let mut out = Identifier::new(self.asked.sets.clone());
        out.put_text(LEVEL, level_text(level));
        out.put_text(RETRIEVE_AE_TITLE, self.title.as_str());
        out.put_text(INSTANCE_AVAILABILITY, "ONLINE");
        if let Some(instance) = found.instance.as_ref().filter(|_| self.asked.transfer_syntax) {
            out.put_text(AVAILABLE_TRANSFER_SYNTAX_UID, instance.transfer_syntax.as_str());
        }
        let unique = match level {
            Level::Patient => Attribute::PatientID,
            Level::Study => Attribute::StudyInstanceUID,
            Level::Series => Attribute::SeriesInstanceUID,
            Level::Instance => Attribute::SOPInstanceUID,
        };
        let wanted = self.asked.wanted.iter().copied();
        for attribute in wanted.chain([unique]) {
            let (group, element) = attribute.tag();
            out.put_text(Tag::new(group, element), text(found, attribute).unwrap_or_default());
        }
        out.write(self.syntax)
    }
}

/// The text of an attribute; `None` when the match has none.
fn text(found: &Match, attribute: Attribute) -> Option<String> {
    let Match { patient, study, series, instance } = found;
    let (study, series, instance) = (study.as_ref(), series.as_ref(), instance.as_ref());
    // Objects without pixels have no such attributes.
    let pixels = instance.filter(|instance| instance.frames > 0);
    match attribute {
        Attribute::PatientName => Some(patient.name.expose().clone()),
        Attribute::PatientID => Some(patient.patient_id.expose().clone()),
        Attribute::IssuerOfPatientID => Some(patient.issuer.clone()),
        Attribute::PatientBirthDate => Some(patient.birth_date.expose().clone()),
        Attribute::PatientSex => Some(patient.sex.clone()),
        Attribute::NumberOfPatientRelatedStudies => Some(patient.studies.to_string()),
        Attribute::NumberOfPatientRelatedSeries => Some(patient.series.to_string()),
        Attribute::NumberOfPatientRelatedInstances => Some(patient.instances.to_string()),
        Attribute::StudyInstanceUID => study.map(|study| study.study_uid.to_string()),
        Attribute::StudyDate => study.map(|study| study.study_date.clone()),
        Attribute::StudyTime => study.map(|study| study.study_time.clone()),
        Attribute::AccessionNumber => study.map(|study| study.accession_number.expose().clone()),
        Attribute::ModalitiesInStudy => study.map(|study| study.modalities.join("\\")),
        Attribute::ReferringPhysicianName => {
            study.map(|study| study.referring_physician.expose().clone())
        }
        Attribute::StudyDescription => study.map(|study| study.description.clone()),
        Attribute::StudyID => study.map(|study| study.study_id.clone()),
        Attribute::NumberOfStudyRelatedSeries => study.map(|study| study.series.to_string()),
        Attribute::NumberOfStudyRelatedInstances => study.map(|study| study.instances.to_string()),
        Attribute::SeriesInstanceUID => series.map(|series| series.series_uid.to_string()),
        Attribute::Modality => series.map(|series| series.modality.clone()),
        Attribute::SeriesDate => series.map(|series| series.series_date.clone()),
        Attribute::SeriesTime => series.map(|series| series.series_time.clone()),
        Attribute::SeriesDescription => series.map(|series| series.description.clone()),
        Attribute::BodyPartExamined => series.map(|series| series.body_part.clone()),
        Attribute::SeriesNumber => series.map(|series| series.series_number.to_string()),
        Attribute::NumberOfSeriesRelatedInstances => {
            series.map(|series| series.instances.to_string())
        }
        Attribute::SOPInstanceUID => instance.map(|instance| instance.sop_uid.to_string()),
        Attribute::SOPClassUID => instance.map(|instance| instance.sop_class.to_string()),
        Attribute::InstanceNumber => instance.map(|instance| instance.instance_number.to_string()),
        Attribute::NumberOfFrames => pixels.map(|instance| instance.frames.to_string()),
        Attribute::Rows => pixels.map(|instance| instance.rows.to_string()),
        Attribute::Columns => pixels.map(|instance| instance.columns.to_string()),
        Attribute::BitsAllocated => pixels.map(|instance| instance.bits_allocated.to_string()),
    }
}
