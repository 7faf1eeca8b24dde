//! What was not taken, and why.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use lightcase_catalog::RefusalRow;
use lightcase_model::Permission;
use serde::Serialize;

use super::instant::{Span, instant};
use crate::body::Json;
use crate::problem::Answer;
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Needs(Permission::SeeRefusals), get "/refusals" => refusals;
};

/// Refused objects, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Refusals {
    /// How many there are.
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
    /// Whether its bytes wait in quarantine.
    kept: bool,
}

/// What was not taken, and why.
#[utoipa::path(get, path = "/api/v1/refusals", tag = "Studies",
    responses((status = 200, body = Refusals)))]
pub(crate) async fn refusals(
    State(web): State<Web>,
    query: Result<Query<Span>, QueryRejection>,
) -> Answer<Json<Refusals>> {
    let Query(span) = query?;
    let count = web.catalog().count_refusals().await?;
    let mut rows = web.catalog().refusals(span.limit().saturating_add(1), span.offset).await?;
    let limit = usize::try_from(span.limit()).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok(Json(Refusals { count, page: rows.into_iter().map(refusal).collect(), more }))
}

fn refusal(row: RefusalRow) -> Refusal {
    Refusal {
        id: row.id.to_string(),
        at: instant(row.at),
        origin: row.origin,
        sender: row.sender.into_exposed(),
        reason: row.reason,
        sentence: row.sentence,
        sop_instance_uid: Some(row.sop_uid).filter(|uid| !uid.is_empty()),
        kept: row.kept,
    }
}
