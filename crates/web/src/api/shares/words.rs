//! Links in the API's words.

use lightcase_catalog::Alert as Told;
use lightcase_model::May;
use lightcase_share::{
    SeenSeries, ShareDetail as Detail, ShareView, SharedStudy as Study, Warning as Warned,
};
use serde::Serialize;

use crate::api::instant::instant;

/// A link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Share {
    id: String,
    recipient: String,
    email: Option<String>,
    /// Empty when clean copies are lent: beside `sources`, their UIDs and pseudonyms would be the way from
    /// a patient to the copies, which has a permission of its own.
    studies: Vec<SharedStudy>,
    /// The studies of the archive that clean copies were made of; empty when originals are lent.
    sources: Vec<SharedStudy>,
    /// Null when whole studies were chosen. Of clean copies, an empty text for each series.
    series: Option<Vec<String>>,
    /// Whether clean copies are lent.
    clean: bool,
    /// `frozen`, or `live`: series that arrive later belong to it.
    arrivals: &'static str,
    may: &'static str,
    created_at: String,
    created_by: String,
    /// Whether an account of this archive made it, not a token or the command line.
    by_account: bool,
    starts: Option<String>,
    expires: String,
    /// `live`, `notYet`, `locked`, `withdrawn`, `exhausted`, `expired`, `revoked` or `frozen`.
    state: &'static str,
    max_uses: u32,
    uses: u32,
    failed_attempts: u32,
    /// `passcode`, `email`, `account` and `birthDate`, in order.
    factors: Vec<&'static str>,
    purpose: String,
    /// `treatment`, `ownAccess` or `authorisation`.
    authority: &'static str,
    /// The record it was made under.
    authorisation: Option<String>,
    message: String,
    language: &'static str,
    /// What became of its mail; null when it was not mailed.
    delivery: Option<Delivery>,
    first_opened_at: Option<String>,
    last_opened_at: Option<String>,
    revoked_at: Option<String>,
}

/// What became of the mail that brings a link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Delivery {
    /// `queued`, `sent`, `failed` or `cancelled`.
    state: &'static str,
    tries: i64,
    /// When it became so.
    at: String,
    /// What the mail server said, without addresses.
    error: Option<String>,
}

/// A study of a link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SharedStudy {
    study_instance_uid: String,
    patient_name: String,
    description: String,
    study_date: String,
}

/// A link with everything its owner may know of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShareDetail {
    #[serde(flatten)]
    share: Share,
    seen: Vec<Seen>,
    /// Visits that proved nothing: mail scanners, previews, guesses.
    probes: u64,
    /// From how many networks it was opened.
    networks: u64,
    /// Null when none was begun.
    download: Option<Downloaded>,
    alerts: Vec<Alert>,
}

/// How much of a link's download was handed over.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Downloaded {
    /// Bytes that were, each counted once.
    bytes: u64,
    /// Bytes of the whole.
    total: u64,
    complete: bool,
}

/// How much of a series was seen.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seen {
    study_instance_uid: String,
    series_instance_uid: String,
    description: String,
    modality: String,
    /// Instances it has.
    images: i64,
    /// Those that were shown.
    #[serde(rename = "seen")]
    shown: i64,
}

/// Something the owner of a link is told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Alert {
    pub(crate) id: String,
    share: String,
    recipient: String,
    /// `firstOpening`, `newNetwork`, `locked`, `frozen`, `downloaded` or `deliveryFailed`.
    kind: &'static str,
    at: String,
    pub(crate) seen: bool,
}

/// What the sender of a link should know.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Warning {
    /// `newDomain`, `notReferrer`, `notInRecord`, `noFactor` or `arriving`.
    kind: &'static str,
    recipient: Option<String>,
    detail: &'static str,
}

/// A study as the recipient will see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewStudy {
    study_instance_uid: String,
    description: String,
    study_date: String,
    modalities: Vec<String>,
    series: Vec<PreviewSeries>,
}

/// A series as the recipient will see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewSeries {
    series_instance_uid: String,
    description: String,
    modality: String,
    number: i64,
    instances: i64,
}

/// What may be done, in the API's words.
pub(crate) const fn may_name(may: May) -> &'static str {
    match may {
        May::View => "view",
        May::Download => "download",
    }
}

impl From<ShareView> for Share {
    fn from(share: ShareView) -> Self {
        let told = |uid: String| if share.clean { String::new() } else { uid };
        let studies = share.studies.into_iter().filter(|_| !share.clean).map(|study| SharedStudy {
            study_instance_uid: study.study_uid.to_string(),
            patient_name: study.patient_name.into_exposed(),
            description: study.description,
            study_date: study.study_date,
        });
        let sources = share.sources.into_iter().map(|study| SharedStudy {
            study_instance_uid: study.study_uid.to_string(),
            patient_name: study.patient_name.into_exposed(),
            description: study.description,
            study_date: study.study_date,
        });
        Self {
            id: share.id.to_string(),
            recipient: share.recipient.into_exposed(),
            email: share.email.map(lightcase_model::Phi::into_exposed),
            studies: studies.collect(),
            sources: sources.collect(),
            series: share
                .series
                .map(|series| series.iter().map(|uid| told(uid.to_string())).collect()),
            clean: share.clean,
            arrivals: if share.live { "live" } else { "frozen" },
            may: may_name(share.may),
            created_at: instant(share.created_at),
            created_by: share.created_by,
            by_account: share.by_account,
            starts: share.starts.map(instant),
            expires: instant(share.expires),
            state: share.state.name(),
            max_uses: share.max_uses,
            uses: share.uses,
            failed_attempts: share.failed_attempts,
            factors: share.factors.iter().map(|each| each.name()).collect(),
            purpose: share.purpose,
            authority: share.authority.name(),
            authorisation: share.authority.record().map(|record| record.to_string()),
            message: share.message.into_exposed(),
            language: share.language.name(),
            delivery: share.delivery.map(|delivery| Delivery {
                state: delivery.state.name(),
                tries: delivery.tries,
                at: instant(delivery.at),
                error: (!delivery.error.is_empty()).then_some(delivery.error),
            }),
            first_opened_at: share.first_opened_at.map(instant),
            last_opened_at: share.last_opened_at.map(instant),
            revoked_at: share.revoked_at.map(instant),
        }
    }
}

impl From<Detail> for ShareDetail {
    fn from(detail: Detail) -> Self {
        let is_clean = detail.share.clean;
        let told = |uid: String| if is_clean { String::new() } else { uid };
        let seen = |series: SeenSeries| Seen {
            study_instance_uid: told(series.study_uid.to_string()),
            series_instance_uid: told(series.series_uid.to_string()),
            description: series.description,
            modality: series.modality,
            images: series.images,
            shown: series.seen,
        };
        Self {
            share: detail.share.into(),
            seen: detail.seen.into_iter().map(seen).collect(),
            probes: detail.probes,
            networks: detail.networks,
            download: detail.download.map(|download| Downloaded {
                bytes: download.bytes,
                total: download.total,
                complete: download.completed_at.is_some(),
            }),
            alerts: detail.alerts.into_iter().map(Alert::from).collect(),
        }
    }
}

impl From<Told> for Alert {
    fn from(alert: Told) -> Self {
        Self {
            id: alert.id.to_string(),
            share: alert.share.to_string(),
            recipient: alert.recipient.into_exposed(),
            kind: alert.kind.name(),
            at: instant(alert.at),
            seen: alert.seen,
        }
    }
}

impl From<Warned> for Warning {
    fn from(warning: Warned) -> Self {
        Self {
            kind: warning.kind.name(),
            recipient: warning.recipient.map(lightcase_model::Phi::into_exposed),
            detail: warning.detail,
        }
    }
}

impl From<Study> for PreviewStudy {
    fn from(study: Study) -> Self {
        let series = study.series.into_iter().map(|series| PreviewSeries {
            series_instance_uid: series.series_uid.to_string(),
            description: series.description,
            modality: series.modality,
            number: series.number,
            instances: series.instances,
        });
        Self {
            study_instance_uid: study.study_uid.to_string(),
            description: study.description,
            study_date: study.study_date,
            modalities: study.modalities,
            series: series.collect(),
        }
    }
}
