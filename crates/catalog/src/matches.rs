//! What a find returns: the attributes of the levels down to the one that was asked for.

use lightcase_model::{
    AccountId, CollectionId, InstanceId, PatientId, Phi, SeriesId, SeriesUid, SopClassUid,
    SopInstanceUid, StudyId, StudyUid, Timestamp, TransferSyntaxUid,
};

/// One match. Levels below the query's are `None`.
#[derive(Debug, Clone)]
pub struct Match {
    /// The patient.
    pub patient: PatientAttributes,
    /// The study.
    pub study: Option<StudyAttributes>,
    /// The series.
    pub series: Option<SeriesAttributes>,
    /// The instance.
    pub instance: Option<InstanceAttributes>,
}

impl Match {
    /// The row of the lowest level that it has.
    pub(crate) fn row(&self) -> i64 {
        let Self { patient, study, series, instance } = self;
        let study = study.as_ref().map_or(patient.id.0, |study| study.id.0);
        let series = series.as_ref().map_or(study, |series| series.id.0);
        instance.as_ref().map_or(series, |instance| instance.id.0)
    }
}

/// Patient level.
#[derive(Debug, Clone)]
pub struct PatientAttributes {
    /// Row.
    pub id: PatientId,
    /// (0010,0010), UTF-8.
    pub name: Phi<String>,
    /// (0010,0020).
    pub patient_id: Phi<String>,
    /// (0010,0021), or the peer's configured issuer.
    pub issuer: String,
    /// (0010,0030), DA.
    pub birth_date: Phi<String>,
    /// (0010,0040).
    pub sex: String,
    /// (0020,1200), of what the scope shows; counted by a find at the patient level only.
    pub studies: i64,
    /// (0020,1202), likewise.
    pub series: i64,
    /// (0020,1204), likewise.
    pub instances: i64,
}

/// Study level. Counts and modalities are of what the scope shows.
#[derive(Debug, Clone)]
pub struct StudyAttributes {
    /// Row.
    pub id: StudyId,
    /// Collection.
    pub collection: CollectionId,
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0008,0020), DA.
    pub study_date: String,
    /// (0008,0030), TM.
    pub study_time: String,
    /// (0008,0050).
    pub accession_number: Phi<String>,
    /// (0020,0010).
    pub study_id: String,
    /// (0008,1030).
    pub description: String,
    /// (0008,0090).
    pub referring_physician: Phi<String>,
    /// When its first instance was received.
    pub received_at: Timestamp,
    /// (0008,0061), sorted.
    pub modalities: Vec<String>,
    /// (0020,1206).
    pub series: i64,
    /// (0020,1208).
    pub instances: i64,
}

/// A study that was taken out of sight.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// By whom; `None` is the command line.
    pub by: Option<AccountId>,
    /// Why.
    pub reason: String,
}

/// Series level.
#[derive(Debug, Clone)]
pub struct SeriesAttributes {
    /// Row.
    pub id: SeriesId,
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// (0008,0060).
    pub modality: String,
    /// (0020,0011).
    pub series_number: i64,
    /// (0008,0021), DA.
    pub series_date: String,
    /// (0008,0031), TM.
    pub series_time: String,
    /// (0008,103E).
    pub description: String,
    /// (0018,0015).
    pub body_part: String,
    /// (0020,1209).
    pub instances: i64,
}

/// Instance level.
#[derive(Debug, Clone)]
pub struct InstanceAttributes {
    /// Row.
    pub id: InstanceId,
    /// (0008,0018).
    pub sop_uid: SopInstanceUid,
    /// (0008,0016).
    pub sop_class: SopClassUid,
    /// The syntax it is held in.
    pub transfer_syntax: TransferSyntaxUid,
    /// (0020,0013).
    pub instance_number: i64,
    /// (0028,0008); 1 for an image without the attribute, 0 without pixels.
    pub frames: i64,
    /// (0028,0010); 0 without pixels.
    pub rows: i64,
    /// (0028,0011); 0 without pixels.
    pub columns: i64,
    /// (0028,0100); 0 without pixels.
    pub bits_allocated: i64,
}
