//! What was not taken, and why; trying it again, and giving it up.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lightcase_archive::{Redriven as Outcome, fingerprint};
use lightcase_catalog::RefusalRow;
use lightcase_model::{ParseIdError, Permission, RefusalId};
use serde::{Deserialize, Serialize};

use super::instant::{Span, instant};
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const HANDLE: Access = Access::Needs(Permission::HandleRefusals);

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Needs(Permission::SeeRefusals), get "/refusals" => refusals;
    Access::Needs(Permission::SeeRefusals), get "/refusals/{id}" => one;
    HANDLE, get "/refusals/{id}/object" => object;
    HANDLE, post "/refusals/{id}/redrive" => redrive;
    HANDLE, post "/refusals/{id}/discard" => discard;
};

/// Which refusals.
#[derive(Deserialize, utoipa::IntoParams)]
pub(crate) struct Which {
    /// Those that are resolved instead of the open ones.
    #[serde(default)]
    resolved: bool,
}

/// Refused objects, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Refusals {
    /// How many are open.
    count: i64,
    #[serde(rename = "refusals")]
    page: Vec<Refusal>,
    more: bool,
}

/// A refused object.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refusal {
    id: String,
    at: String,
    origin: String,
    sender: String,
    reason: String,
    sentence: String,
    sop_instance_uid: Option<String>,
    /// Length of the data set, as far as it came.
    bytes: i64,
    /// SHA-256 of that, in hexadecimal.
    sha256: Option<String>,
    /// Whether its bytes wait in quarantine.
    kept: bool,
    /// Why they were not kept.
    not_kept: Option<String>,
    /// When it was last tried again.
    tried_at: Option<String>,
    /// `stored`, `alreadyHeld` or `discarded`; null while it is open.
    resolution: Option<String>,
    resolved_at: Option<String>,
}

/// What became of a refused object that was tried again.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Redriven {
    /// `stored` or `alreadyHeld`.
    outcome: &'static str,
    study_instance_uid: String,
    sop_instance_uid: String,
}

/// Why an object is given up.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discarding {
    reason: String,
}

/// What was not taken, and why.
#[utoipa::path(get, path = "/api/v1/refusals", tag = "Studies", params(Which),
    responses((status = 200, body = Refusals)))]
pub(crate) async fn refusals(
    State(web): State<Web>,
    span: Result<Query<Span>, QueryRejection>,
    which: Result<Query<Which>, QueryRejection>,
) -> Answer<Json<Refusals>> {
    let (Query(span), Query(which)) = (span?, which?);
    let count = web.catalog().count_refusals().await?;
    let asked = span.limit().saturating_add(1);
    let mut rows = web.catalog().refusals(which.resolved, asked, span.offset).await?;
    let limit = usize::try_from(span.limit()).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok(Json(Refusals { count, page: rows.into_iter().map(refusal).collect(), more }))
}

/// One refused object.
#[utoipa::path(get, path = "/api/v1/refusals/{id}", tag = "Studies",
    params(("id" = String, Path)), responses((status = 200, body = Refusal), (status = 404)))]
pub(crate) async fn one(
    State(web): State<Web>,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<Refusal>> {
    let row = web.catalog().refusal(id(path)?).await?;
    Ok(Json(refusal(row.ok_or_else(Problem::not_found)?)))
}

/// Its bytes: the data set as it came, without File Meta Information.
#[utoipa::path(get, path = "/api/v1/refusals/{id}/object", tag = "Studies",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 400), (status = 404)))]
pub(crate) async fn object(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Response> {
    let id = id(path)?;
    let (length, body) = web.archive.refused_bytes(&staff.ctx, id).await?;
    let name = format!("attachment; filename=\"refused-{id}.bin\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Problem::internal)?),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// Tries it again: the whole ingest, with nothing edited. Refused again, it is answered as an
/// import would be, and stays.
#[utoipa::path(post, path = "/api/v1/refusals/{id}/redrive", tag = "Studies",
    params(("id" = String, Path)),
    responses((status = 200, body = Redriven), (status = 400), (status = 404), (status = 409),
        (status = 413), (status = 503), (status = 507)))]
pub(crate) async fn redrive(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<Redriven>> {
    let id = id(path)?;
    // Whoever goes away does not break off what was begun.
    let tried = tokio::spawn(async move { Box::pin(web.archive.redrive(&staff.ctx, id)).await });
    match tried.await.map_err(Problem::internal)?? {
        Outcome::Accepted(accepted) => Ok(Json(Redriven {
            outcome: if accepted.already_held { "alreadyHeld" } else { "stored" },
            study_instance_uid: accepted.study.to_string(),
            sop_instance_uid: accepted.sop_instance.to_string(),
        })),
        Outcome::Refused(refusal) => Err(refusal.into()),
    }
}

/// Gives it up: it leaves the list, and its bytes are removed for good.
#[utoipa::path(post, path = "/api/v1/refusals/{id}/discard", tag = "Studies",
    request_body = Discarding, params(("id" = String, Path)),
    responses((status = 204), (status = 400), (status = 404)))]
pub(crate) async fn discard(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(wanted): Json<Discarding>,
) -> Answer<StatusCode> {
    web.archive.discard_refused(&staff.ctx, id(path)?, &wanted.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn id(path: Result<Path<String>, PathRejection>) -> Answer<RefusalId> {
    let Path(id) = path?;
    id.parse().map_err(|_error: ParseIdError| Problem::not_found())
}

fn refusal(row: RefusalRow) -> Refusal {
    let (resolved_at, resolution) = match row.resolved {
        Some((at, resolution)) => (Some(at), Some(resolution)),
        None => (None, None),
    };
    Refusal {
        id: row.id.to_string(),
        at: instant(row.at),
        origin: row.origin,
        sender: row.sender.into_exposed(),
        reason: row.reason,
        sentence: row.sentence,
        sop_instance_uid: Some(row.came.sop_uid).filter(|uid| !uid.is_empty()),
        bytes: row.length,
        sha256: row.data_set_sha256.as_ref().map(fingerprint),
        kept: row.quarantined.is_some(),
        not_kept: Some(row.not_kept).filter(|why| !why.is_empty()),
        tried_at: row.tried_at.map(instant),
        resolution: resolution.map(|word| match word.as_str() {
            "already_held" => "alreadyHeld".to_owned(),
            _ => word,
        }),
        resolved_at: resolved_at.map(instant),
    }
}
