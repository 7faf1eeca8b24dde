//! The columns of a match and how they become words of the model.

use lightcase_model::{
    CollectionId, InstanceId, Level, PatientId, Phi, SeriesId, SeriesUid, SopClassUid,
    SopInstanceUid, StudyId, StudyUid, Timestamp, TransferSyntaxUid,
};

use crate::{
    CatalogError, InstanceAttributes, Match, PatientAttributes, Result, SeriesAttributes,
    StudyAttributes,
};

/// Columns of the patient level.
pub(crate) const PATIENT: &str = "p.id AS p_id, p.name AS p_name, p.patient_id AS p_patient_id, \
    p.issuer AS p_issuer, p.birth_date AS p_birth_date, p.sex AS p_sex";
/// Columns of the study level.
pub(crate) const STUDY: &str = ", st.id AS st_id, st.collection AS st_collection, \
    st.study_uid AS st_uid, st.study_date AS st_date, st.study_time AS st_time, \
    st.accession_number AS st_accession, st.study_id AS st_study_id, \
    st.description AS st_description, st.referring_physician AS st_referring, \
    st.received_at AS st_received_at";
/// Columns of the series level.
pub(crate) const SERIES: &str = ", se.id AS se_id, se.series_uid AS se_uid, \
    se.modality AS se_modality, se.series_number AS se_number, se.series_date AS se_date, \
    se.series_time AS se_time, se.description AS se_description, se.body_part AS se_body_part, \
    se.instances AS se_instances";
/// Columns of the instance level.
pub(crate) const INSTANCE: &str = ", i.id AS i_id, i.sop_uid AS i_uid, i.sop_class AS i_class, \
    i.transfer_syntax AS i_syntax, i.instance_number AS i_number, i.frames AS i_frames, \
    i.pixel_rows AS i_rows, i.pixel_columns AS i_columns, i.bits_allocated AS i_bits";

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_field_names, reason = "the prefixes tell the levels of one row apart")]
pub(crate) struct PatientRow {
    pub(crate) p_id: i64,
    p_name: String,
    p_patient_id: String,
    p_issuer: String,
    p_birth_date: String,
    p_sex: String,
}

#[derive(sqlx::FromRow)]
pub(crate) struct StudyRow {
    #[sqlx(flatten)]
    pub(crate) patient: PatientRow,
    pub(crate) st_id: i64,
    st_collection: i64,
    st_uid: String,
    st_date: String,
    st_time: String,
    st_accession: String,
    st_study_id: String,
    st_description: String,
    st_referring: String,
    st_received_at: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SeriesRow {
    #[sqlx(flatten)]
    pub(crate) study: StudyRow,
    se_id: i64,
    se_uid: String,
    se_modality: String,
    se_number: i64,
    se_date: String,
    se_time: String,
    se_description: String,
    se_body_part: String,
    se_instances: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct InstanceRow {
    #[sqlx(flatten)]
    pub(crate) series: SeriesRow,
    i_id: i64,
    i_uid: String,
    i_class: String,
    i_syntax: String,
    i_number: i64,
    i_frames: i64,
    i_rows: i64,
    i_columns: i64,
    i_bits: i64,
}

impl PatientRow {
    pub(crate) fn into_attributes(self) -> PatientAttributes {
        PatientAttributes {
            id: PatientId(self.p_id),
            name: Phi::new(self.p_name),
            patient_id: Phi::new(self.p_patient_id),
            issuer: self.p_issuer,
            birth_date: Phi::new(self.p_birth_date),
            sex: self.p_sex,
            studies: 0,
            series: 0,
            instances: 0,
        }
    }

    pub(crate) fn into_match(self) -> Match {
        Match { patient: self.into_attributes(), study: None, series: None, instance: None }
    }
}

impl StudyRow {
    pub(crate) fn into_match(self) -> Result<Match> {
        let study = StudyAttributes {
            id: StudyId(self.st_id),
            collection: CollectionId(self.st_collection),
            study_uid: stored(StudyUid::parse(&self.st_uid), "study UID")?,
            study_date: self.st_date,
            study_time: self.st_time,
            accession_number: Phi::new(self.st_accession),
            study_id: self.st_study_id,
            description: self.st_description,
            referring_physician: Phi::new(self.st_referring),
            received_at: Timestamp::from_micros(self.st_received_at),
            modalities: Vec::new(),
            series: 0,
            instances: 0,
        };
        Ok(Match { study: Some(study), ..self.patient.into_match() })
    }
}

impl SeriesRow {
    pub(crate) fn into_match(self) -> Result<Match> {
        let series = SeriesAttributes {
            id: SeriesId(self.se_id),
            series_uid: stored(SeriesUid::parse(&self.se_uid), "series UID")?,
            modality: self.se_modality,
            series_number: self.se_number,
            series_date: self.se_date,
            series_time: self.se_time,
            description: self.se_description,
            body_part: self.se_body_part,
            instances: self.se_instances,
        };
        Ok(Match { series: Some(series), ..self.study.into_match()? })
    }
}

impl InstanceRow {
    pub(crate) fn into_match(self) -> Result<Match> {
        let instance = InstanceAttributes {
            id: InstanceId(self.i_id),
            sop_uid: stored(SopInstanceUid::parse(&self.i_uid), "SOP instance UID")?,
            sop_class: stored(SopClassUid::parse(&self.i_class), "SOP class UID")?,
            transfer_syntax: stored(TransferSyntaxUid::parse(&self.i_syntax), "transfer syntax")?,
            instance_number: self.i_number,
            frames: self.i_frames,
            rows: self.i_rows,
            columns: self.i_columns,
            bits_allocated: self.i_bits,
        };
        Ok(Match { instance: Some(instance), ..self.series.into_match()? })
    }
}

/// A stored value that no longer parses names what it is, not what it holds.
pub(crate) fn stored<T, E>(value: Result<T, E>, what: &'static str) -> Result<T> {
    value.map_err(|_error: E| CatalogError::Corrupt(what))
}

/// Sixteen stored bytes.
pub(crate) fn sixteen(bytes: &[u8], what: &'static str) -> Result<[u8; 16]> {
    stored(bytes.try_into(), what)
}

/// The tables of a level, joined upwards.
pub(crate) const fn tables(level: Level) -> &'static str {
    match level {
        // A patient is seen through its studies: the scope is about studies.
        Level::Patient => " FROM patient p",
        Level::Study => " FROM study st JOIN patient p ON p.id = st.patient",
        Level::Series => {
            " FROM series se JOIN study st ON st.id = se.study JOIN patient p ON p.id = st.patient"
        }
        Level::Instance => {
            " FROM instance i JOIN series se ON se.id = i.series JOIN study st ON st.id = se.study \
             JOIN patient p ON p.id = st.patient"
        }
    }
}
