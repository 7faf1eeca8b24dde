//! What a recipient is shown of a link.

use std::collections::BTreeMap;

use lightcase_catalog::Match;
use lightcase_model::{
    CollectionId, Language, Level, May, Phi, Query, SeriesId, SeriesUid, StudyUid, Timestamp,
};

use crate::{Notice, Result, Shares, Visit};

/// What a recipient is shown. Patient and studies stay away until the notice is accepted.
#[derive(Debug, Clone)]
pub struct SharedView {
    /// Name of who shares.
    pub shared_by: String,
    /// Who it is for.
    pub recipient: Phi<String>,
    /// When the link ends.
    pub expires: Timestamp,
    /// When the session ends whatever happens.
    pub session_expires: Timestamp,
    /// What the sender writes; empty until the notice is accepted.
    pub message: Phi<String>,
    /// The language of notice and mail.
    pub language: Language,
    /// Whether clean copies are shown.
    pub clean: bool,
    /// What may be done.
    pub may: May,
    /// Whether the notice was accepted.
    pub notice_accepted: bool,
    /// The notice.
    pub notice: Notice,
    /// The patient.
    pub patient: Option<SharedPatient>,
    /// The studies, newest first.
    pub studies: Vec<SharedStudy>,
}

/// The patient of a link.
#[derive(Debug, Clone)]
pub struct SharedPatient {
    /// (0010,0010).
    pub name: Phi<String>,
    /// (0010,0030), DA.
    pub birth_date: Phi<String>,
    /// (0010,0040).
    pub sex: String,
}

/// A study of a link.
#[derive(Debug, Clone)]
pub struct SharedStudy {
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0008,1030).
    pub description: String,
    /// (0008,0020), DA.
    pub study_date: String,
    /// (0008,0061), of the granted series.
    pub modalities: Vec<String>,
    /// The granted series.
    pub series: Vec<SharedSeries>,
}

/// A series of a link.
#[derive(Debug, Clone)]
pub struct SharedSeries {
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// (0008,103E).
    pub description: String,
    /// (0008,0060).
    pub modality: String,
    /// (0020,0011).
    pub number: i64,
    /// (0020,1209).
    pub instances: i64,
    /// Frames of all its instances.
    pub frames: i64,
}

impl Shares {
    /// What the visitor is shown of the link.
    pub async fn view(&self, visit: &Visit) -> Result<SharedView> {
        let query = Query::at(Level::Series, u32::MAX);
        let found = self.catalog.find(&visit.scope(), &query).await?.items;
        let frames = if found.is_empty() {
            BTreeMap::new()
        } else {
            self.catalog.share_frames(visit.share).await?
        };
        let patient = found.first().map(|first| SharedPatient {
            name: first.patient.name.clone(),
            birth_date: first.patient.birth_date.clone(),
            sex: first.patient.sex.clone(),
        });
        let studies = studies(found, &frames);
        Ok(SharedView {
            shared_by: visit.link.shared_by.clone(),
            recipient: visit.link.recipient.clone(),
            expires: visit.link.expires_at,
            session_expires: visit.expires,
            message: if visit.notice_accepted {
                visit.link.message.clone()
            } else {
                Phi::new(String::new())
            },
            language: visit.link.language,
            clean: visit.link.collection != CollectionId::ARCHIVE,
            may: visit.may,
            notice_accepted: visit.notice_accepted,
            notice: Notice::of(&visit.link),
            patient,
            studies,
        })
    }
}

/// Series as the catalog lists them, by their studies.
pub(crate) fn studies(found: Vec<Match>, frames: &BTreeMap<SeriesId, i64>) -> Vec<SharedStudy> {
    let mut studies: Vec<SharedStudy> = Vec::new();
    for Match { study, series, .. } in found {
        let (Some(study), Some(series)) = (study, series) else { continue };
        let shown = SharedSeries {
            frames: frames.get(&series.id).copied().unwrap_or(0),
            series_uid: series.series_uid,
            description: series.description,
            modality: series.modality,
            number: series.series_number,
            instances: series.instances,
        };
        match studies.last_mut() {
            Some(last) if last.study_uid == study.study_uid => last.series.push(shown),
            Some(_) | None => studies.push(SharedStudy {
                study_uid: study.study_uid,
                description: study.description,
                study_date: study.study_date,
                modalities: study.modalities,
                series: vec![shown],
            }),
        }
    }
    studies
}
