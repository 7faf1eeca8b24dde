//! What is kept of an origin's studies.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use lightcase_deident::{Policy, UnknownPolicy};
use lightcase_model::Permission;
use serde::{Deserialize, Serialize};

use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const MANAGE: Access = Access::Needs(Permission::ManageProjects);

pub(crate) const ROUTES: &[Route] = routes! {
    MANAGE, get "/policies" => list;
    MANAGE, put "/policies/{origin}" => set;
    MANAGE, delete "/policies/{origin}" => clear;
};

/// Origins of which something was said. All others follow the configuration.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Policies {
    policies: Vec<OriginPolicy>,
}

/// What is kept of an origin's studies.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct OriginPolicy {
    /// `import`, `stow`, or `ae:` and a calling AE title.
    origin: String,
    /// `keep`, `clean:PROJECT` or `both:PROJECT`.
    policy: String,
}

/// What is to be kept.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPolicy {
    /// `keep`, `clean:PROJECT` or `both:PROJECT`.
    policy: String,
}

/// Origins of which something was said.
#[utoipa::path(get, path = "/api/v1/policies", tag = "De-identification",
    responses((status = 200, body = Policies)))]
pub(crate) async fn list(State(web): State<Web>, _staff: Staff) -> Answer<Json<Policies>> {
    let policies = web.catalog().policies().await?.into_iter();
    let policies = policies.map(|(origin, policy)| OriginPolicy { origin, policy }).collect();
    Ok(Json(Policies { policies }))
}

/// Says what is kept of an origin's studies from now on.
#[utoipa::path(put, path = "/api/v1/policies/{origin}", tag = "De-identification",
    params(("origin" = String, Path)), request_body = NewPolicy,
    responses((status = 204), (status = 400)))]
pub(crate) async fn set(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(new): Json<NewPolicy>,
) -> Answer<StatusCode> {
    let Path(origin) = path?;
    let policy: Policy = new
        .policy
        .parse()
        .map_err(|error: UnknownPolicy| Problem::bad_request(format!("policy: {error}.")))?;
    web.archive.set_policy(&staff.ctx, &origin, Some(&policy)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets an origin follow the configuration again.
#[utoipa::path(delete, path = "/api/v1/policies/{origin}", tag = "De-identification",
    params(("origin" = String, Path)), responses((status = 204), (status = 400)))]
pub(crate) async fn clear(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<StatusCode> {
    let Path(origin) = path?;
    web.archive.set_policy(&staff.ctx, &origin, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
