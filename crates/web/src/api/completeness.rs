//! What was received of a study and what is expected of it, by real signals.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use lightcase_audit::Event;
use lightcase_catalog::{Completeness, Count, SeriesCompleteness, Signal as Row, Studies};
use lightcase_model::{Attribute, Level, Permission, StudyUid, UidError};
use serde::Serialize;

use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Needs(Permission::Search), get "/studies/{uid}/completeness" => completeness;
};

/// Received and expected instances, and whether more are on their way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Progress {
    received: i64,
    /// By the strictest signal; null without any signal.
    expected: Option<i64>,
    /// Whether an association or request that stores into it is open.
    arriving: bool,
}

/// The completeness of a study.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StudyCompleteness {
    study_instance_uid: String,
    progress: Progress,
    signals: Vec<Signal>,
    series: Vec<OneSeries>,
}

/// The completeness of a series.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneSeries {
    series_instance_uid: String,
    progress: Progress,
    signals: Vec<Signal>,
}

/// What says how many there are to be.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Signal {
    /// A keyword of PS3.6, such as `ImagesInAcquisition` or, for gaps, `InstanceNumber`.
    source: String,
    /// Which acquisition or concatenation; may be empty.
    name: String,
    received: i64,
    expected: i64,
}

/// What was received of a study and what is expected of it.
#[utoipa::path(get, path = "/api/v1/studies/{uid}/completeness", tag = "Studies",
    params(("uid" = String, Path)),
    responses((status = 200, body = StudyCompleteness), (status = 404)))]
pub(crate) async fn completeness(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<StudyCompleteness>> {
    let Path(uid) = path?;
    let uid = StudyUid::parse(&uid).map_err(|_error: UidError| Problem::not_found())?;
    let scope = staff.principal.scope();
    let found = web.catalog().completeness(&scope, Studies::Uid(&uid)).await?.pop();
    let matches = u64::from(found.is_some());
    let keys = vec![Attribute::StudyInstanceUID];
    web.catalog()
        .record(&staff.ctx, Event::Queried { level: Level::Series, keys, matches })
        .await?;
    let Completeness { study_uid, count, arriving, signals, series, .. } =
        found.ok_or_else(Problem::not_found)?;
    Ok(Json(StudyCompleteness {
        study_instance_uid: study_uid.to_string(),
        progress: progress(count, arriving),
        signals: signals.into_iter().map(signal).collect(),
        series: series.into_iter().map(one).collect(),
    }))
}

fn one(series: SeriesCompleteness) -> OneSeries {
    OneSeries {
        series_instance_uid: series.series_uid.to_string(),
        progress: progress(series.count, series.arriving),
        signals: series.signals.into_iter().map(signal).collect(),
    }
}

/// As it stands in other answers, too.
pub(crate) fn progress(count: Count, arriving: bool) -> Progress {
    Progress { received: count.received, expected: count.expected, arriving }
}

fn signal(row: Row) -> Signal {
    let Row { source, name, received, expected } = row;
    Signal { source, name, received, expected }
}
