//! What a visitor is shown of a link.

use axum::extract::State;
use lightcase_share::{SharedStudy, SharedView, Visit};
use serde::Serialize;

use super::download::{Offered, offered};
use super::session::Visitor;
use crate::api::instant::instant;
use crate::api::shares::may_name;
use crate::body::Json;
use crate::problem::Answer;
use crate::state::Web;

/// What a visitor is shown of a link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    shared_by: String,
    recipient: String,
    expires: String,
    session_expires: String,
    /// What the sender writes; empty until the notice is accepted.
    message: String,
    /// `en` or `de`.
    language: &'static str,
    /// Whether clean copies are shown.
    clean: bool,
    may: &'static str,
    notice_accepted: bool,
    notice: ShownNotice,
    /// Null until the notice is accepted.
    patient: Option<ShownPatient>,
    /// Empty until the notice is accepted.
    studies: Vec<ShownStudy>,
    /// Null where the link is for looking only, and until the notice is accepted.
    download: Option<ShownDownload>,
}

/// What `GET /s/{handle}/download` gives.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ShownDownload {
    /// Null while too many ask for theirs.
    bytes: Option<u64>,
    /// DICOM objects in it; null while too many ask for theirs.
    files: Option<usize>,
}

impl From<Offered> for ShownDownload {
    fn from(Offered { size }: Offered) -> Self {
        let (bytes, files) = size.unzip();
        Self { bytes, files }
    }
}

/// The notice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ShownNotice {
    text: Vec<String>,
    /// To be sent back when it is accepted.
    hash: String,
}

/// The patient.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownPatient {
    name: String,
    birth_date: String,
    sex: String,
}

/// A study.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownStudy {
    study_instance_uid: String,
    description: String,
    study_date: String,
    modalities: Vec<String>,
    series: Vec<ShownSeries>,
}

/// A series.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownSeries {
    series_instance_uid: String,
    description: String,
    modality: String,
    number: i64,
    instances: i64,
    frames: i64,
}

/// What a visitor is shown of a link.
#[utoipa::path(get, path = "/s/{handle}/share", tag = "Opening a share",
    params(("handle" = String, Path)), responses((status = 200, body = Shown), (status = 403)))]
pub(crate) async fn view(State(web): State<Web>, visitor: Visitor) -> Answer<Json<Shown>> {
    shown(&web, &visitor.visit).await.map(Json)
}

/// The same within the answers that a visitor waits for, so that a slow network costs it once.
pub(super) async fn shown(web: &Web, visit: &Visit) -> Answer<Shown> {
    let SharedView {
        shared_by,
        recipient,
        expires,
        session_expires,
        message,
        language,
        clean,
        may,
        notice_accepted,
        notice,
        patient,
        studies,
    } = web.shares.view(visit).await?;
    let download = offered(web, visit).await?;
    let patient = patient.map(|patient| ShownPatient {
        name: patient.name.into_exposed(),
        birth_date: patient.birth_date.into_exposed(),
        sex: patient.sex,
    });
    Ok(Shown {
        shared_by,
        recipient: recipient.into_exposed(),
        expires: instant(expires),
        session_expires: instant(session_expires),
        message: message.into_exposed(),
        language: language.name(),
        clean,
        may: may_name(may),
        notice_accepted,
        notice: ShownNotice { text: notice.text, hash: notice.hash.to_string() },
        patient,
        studies: studies.into_iter().map(study).collect(),
        download: download.map(ShownDownload::from),
    })
}

fn study(study: SharedStudy) -> ShownStudy {
    let series = study.series.into_iter().map(|series| ShownSeries {
        series_instance_uid: series.series_uid.to_string(),
        description: series.description,
        modality: series.modality,
        number: series.number,
        instances: series.instances,
        frames: series.frames,
    });
    ShownStudy {
        study_instance_uid: study.study_uid.to_string(),
        description: study.description,
        study_date: study.study_date,
        modalities: study.modalities,
        series: series.collect(),
    }
}
