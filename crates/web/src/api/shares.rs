//! Share links, as staff make, list and revoke them.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use lightcase_model::{May, Permission, Phi, SeriesUid, ShareId, StudyUid, UidError};
use lightcase_share::{Created, NewLink, ShareFilter, ShareState, ShareView};
use serde::{Deserialize, Serialize};

use super::instant::{instant, read_instant};
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const SEE: Access = Access::Needs(Permission::SeeShares);
const SHARE: Access = Access::Needs(Permission::Share);

pub(crate) const ROUTES: &[Route] = routes! {
    SHARE, post "/shares" => create;
    SEE, get "/shares" => list;
    SEE, get "/shares/{id}" => one;
    SHARE, delete "/shares/{id}" => revoke;
};

/// A link as it is asked for.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Wanted {
    studies: Vec<String>,
    /// Only these series; null shares whole studies.
    series: Option<Vec<String>>,
    recipient: String,
    /// `view` or `download`.
    may: String,
    /// RFC 3339 with a zone, at most 90 days ahead.
    expires: String,
    /// How many browsers may open it.
    max_uses: u32,
    passcode: bool,
    /// `treatment`.
    purpose: String,
    /// Whether clean copies are lent out instead of what the archive holds.
    #[serde(default)]
    clean: bool,
}

/// A link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Share {
    id: String,
    recipient: String,
    studies: Vec<SharedStudy>,
    series: Option<Vec<String>>,
    may: &'static str,
    created_at: String,
    created_by: String,
    expires: String,
    /// `live`, `locked`, `withdrawn`, `expired`, `revoked` or `frozen`.
    state: &'static str,
    max_uses: u32,
    uses: u32,
    failed_attempts: u32,
    passcode: bool,
    first_opened_at: Option<String>,
    last_opened_at: Option<String>,
    revoked_at: Option<String>,
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

/// A link that was made, with what is told this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Made {
    share: Share,
    url: String,
    passcode: Option<String>,
    /// Objects left out of clean copies: they wait for review, or cannot be cleaned.
    #[serde(rename = "leftOut")]
    left_out: u64,
}

/// Links, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Shares {
    shares: Vec<Share>,
    more: bool,
}

/// Which links.
#[derive(Deserialize, utoipa::IntoParams)]
pub(crate) struct Filter {
    /// Only of this study.
    study: Option<String>,
    /// `live` or `ended`.
    state: Option<String>,
    limit: Option<u32>,
    offset: Option<u32>,
}

/// What may be done, in the API's words.
pub(crate) const fn may_name(may: May) -> &'static str {
    match may {
        May::View => "view",
        May::Download => "download",
    }
}

/// Makes a link.
#[utoipa::path(post, path = "/api/v1/shares", tag = "Sharing", request_body = Wanted,
    responses((status = 201, body = Made), (status = 400), (status = 403), (status = 404)))]
pub(crate) async fn create(
    State(web): State<Web>,
    staff: Staff,
    uri: Uri,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Answer {
    let new = new_link(wanted)?;
    let shares = web.clone();
    // Whoever goes away while copies are made leaves no half of it.
    let created =
        tokio::spawn(async move { shares.shares.create(&staff.ctx, &staff.principal, new).await });
    let Created { share, link, passcode, left_out } =
        created.await.map_err(Problem::internal)??;
    // Under a loopback name the link works where it was made; else the public name is the one used.
    let base = crate::security::base(&web.config, &uri, &headers);
    let made = Made {
        share: shown(share),
        url: format!("{base}/s#{}", *link.expose()),
        passcode: passcode.map(|passcode| passcode.expose().to_owned()),
        left_out,
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Lists links.
#[utoipa::path(get, path = "/api/v1/shares", tag = "Sharing", params(Filter),
    responses((status = 200, body = Shares)))]
pub(crate) async fn list(
    State(web): State<Web>,
    staff: Staff,
    query: Result<Query<Filter>, QueryRejection>,
) -> Answer<Json<Shares>> {
    let Query(filter) = query?;
    let study = filter.study.filter(|uid| !uid.is_empty());
    let live = match filter.state.as_deref() {
        None | Some("") => None,
        Some("live") => Some(true),
        Some("ended") => Some(false),
        Some(_) => return Err(Problem::bad_request("state is live or ended.")),
    };
    let filter = ShareFilter {
        study: study.map(|uid| StudyUid::parse(&uid)).transpose().map_err(no_uid)?,
        live,
        limit: filter.limit.unwrap_or(50).clamp(1, 500),
        offset: filter.offset.unwrap_or(0),
    };
    let page = web.shares.list(&staff.principal, &filter, staff.ctx.now).await?;
    Ok(Json(Shares { shares: page.items.into_iter().map(shown).collect(), more: page.more }))
}

/// One link.
#[utoipa::path(get, path = "/api/v1/shares/{id}", tag = "Sharing", params(("id" = String, Path)),
    responses((status = 200, body = Share), (status = 404)))]
pub(crate) async fn one(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<Share>> {
    let share = web.shares.get(&staff.principal, id(path)?, staff.ctx.now).await?;
    Ok(Json(shown(share)))
}

/// Ends a link and its sessions.
#[utoipa::path(delete, path = "/api/v1/shares/{id}", tag = "Sharing",
    params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn revoke(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<StatusCode> {
    web.shares.revoke(&staff.ctx, &staff.principal, id(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn id(path: Result<Path<String>, PathRejection>) -> Answer<ShareId> {
    let Path(id) = path?;
    id.parse().map_err(|_error: lightcase_model::ParseIdError| Problem::not_found())
}

fn no_uid(error: UidError) -> Problem {
    Problem::bad_request(format!("A UID cannot be read: {error}."))
}

fn new_link(wanted: Wanted) -> Answer<NewLink> {
    let studies = wanted.studies.iter().map(|uid| StudyUid::parse(uid)).collect::<Result<_, _>>();
    let series = wanted.series.map(|series| {
        series.iter().map(|uid| SeriesUid::parse(uid)).collect::<Result<Vec<_>, _>>()
    });
    Ok(NewLink {
        studies: studies.map_err(no_uid)?,
        series: series.transpose().map_err(no_uid)?,
        recipient: Phi::new(wanted.recipient),
        purpose: wanted.purpose,
        may: match wanted.may.as_str() {
            "view" => May::View,
            "download" => May::Download,
            _ => return Err(Problem::bad_request("may is view or download.")),
        },
        expires: read_instant(&wanted.expires, "expires")?,
        max_uses: wanted.max_uses,
        passcode: wanted.passcode,
        clean: wanted.clean,
    })
}

fn shown(share: ShareView) -> Share {
    let studies = share.studies.into_iter().map(|study| SharedStudy {
        study_instance_uid: study.study_uid.to_string(),
        patient_name: study.patient_name.into_exposed(),
        description: study.description,
        study_date: study.study_date,
    });
    Share {
        id: share.id.to_string(),
        recipient: share.recipient.into_exposed(),
        studies: studies.collect(),
        series: share.series.map(|series| series.iter().map(ToString::to_string).collect()),
        may: may_name(share.may),
        created_at: instant(share.created_at),
        created_by: share.created_by,
        expires: instant(share.expires),
        state: match share.state {
            ShareState::Live => "live",
            ShareState::Expired => "expired",
            ShareState::Revoked => "revoked",
            ShareState::Frozen => "frozen",
            ShareState::Locked => "locked",
            ShareState::Withdrawn => "withdrawn",
        },
        max_uses: share.max_uses,
        uses: share.uses,
        failed_attempts: share.failed_attempts,
        passcode: share.passcode,
        first_opened_at: share.first_opened_at.map(instant),
        last_opened_at: share.last_opened_at.map(instant),
        revoked_at: share.revoked_at.map(instant),
    }
}
