//! Hiding a wrongly sent study, and bringing it back.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use lightcase_model::{Permission, StudyUid, UidError};
use serde::Deserialize;

use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Needs(Permission::Withdraw), post "/studies/{uid}/withdrawal" => withdraw;
    Access::Needs(Permission::Withdraw), delete "/studies/{uid}/withdrawal" => restore;
};

/// Why a study is hidden.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    reason: String,
}

/// Hides a study from everything.
#[utoipa::path(post, path = "/api/v1/studies/{uid}/withdrawal", tag = "Studies",
    request_body = Withdrawal, params(("uid" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn withdraw(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(wanted): Json<Withdrawal>,
) -> Answer<StatusCode> {
    web.archive.withdraw(&staff.ctx, &study(path)?, &wanted.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a hidden study back.
#[utoipa::path(delete, path = "/api/v1/studies/{uid}/withdrawal", tag = "Studies",
    params(("uid" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn restore(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<StatusCode> {
    web.archive.restore(&staff.ctx, &study(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn study(path: Result<Path<String>, PathRejection>) -> Answer<StudyUid> {
    let Path(uid) = path?;
    StudyUid::parse(&uid).map_err(|_error: UidError| Problem::not_found())
}
