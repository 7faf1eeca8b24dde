//! What the owners of links are told.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use lightcase_model::AlertId;
use lightcase_share::EmailAddress;
use serde::{Deserialize, Serialize};

use super::words::Alert;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// Alerts, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Alerts {
    alerts: Vec<Alert>,
    /// How many of them were not seen.
    unseen: usize,
}

/// Which alerts.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    /// Only those that were not seen.
    #[serde(default)]
    unseen: bool,
}

/// Alerts that were seen.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenAlerts {
    ids: Vec<String>,
}

/// Where alerts are mailed to.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertAddress {
    /// Null: nowhere.
    #[serde(deserialize_with = "Option::deserialize")]
    email: Option<String>,
}

/// Where alerts of one's own links are mailed to.
#[utoipa::path(get, path = "/api/v1/alerts/address", tag = "Sharing",
    responses((status = 200, body = AlertAddress), (status = 404)))]
pub(crate) async fn address(State(web): State<Web>, staff: Staff) -> Answer<Json<AlertAddress>> {
    let email = web.shares.alert_address(&staff.principal).await?;
    Ok(Json(AlertAddress { email: email.map(lightcase_model::Phi::into_exposed) }))
}

/// Sets where alerts of one's own links are mailed to.
#[utoipa::path(put, path = "/api/v1/alerts/address", tag = "Sharing", request_body = AlertAddress,
    responses((status = 204), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn set_address(
    State(web): State<Web>,
    staff: Staff,
    Json(wanted): Json<AlertAddress>,
) -> Answer<StatusCode> {
    let Staff { ctx, principal, .. } = &staff;
    let account = principal.account.ok_or_else(Problem::not_found)?;
    let to = wanted.email.map(|email| EmailAddress::parse(&email)).transpose();
    let to = to.map_err(|error| Problem::bad_request(format!("email: {error}.")))?;
    web.shares.set_alert_address(ctx, principal, (account, to.as_ref())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Alerts of one's own links; of all links for a token.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "Sharing", params(Filter),
    responses((status = 200, body = Alerts)))]
pub(crate) async fn list(
    State(web): State<Web>,
    staff: Staff,
    query: Result<Query<Filter>, QueryRejection>,
) -> Answer<Json<Alerts>> {
    let Query(filter) = query?;
    let alerts = web.shares.alerts(&staff.principal, filter.unseen).await?;
    let alerts: Vec<Alert> = alerts.into_iter().map(Alert::from).collect();
    let unseen = alerts.iter().filter(|alert| !alert.seen).count();
    Ok(Json(Alerts { alerts, unseen }))
}

/// Notes that alerts were seen.
#[utoipa::path(post, path = "/api/v1/alerts/seen", tag = "Sharing", request_body = SeenAlerts,
    responses((status = 204), (status = 400)))]
pub(crate) async fn seen(
    State(web): State<Web>,
    staff: Staff,
    Json(seen): Json<SeenAlerts>,
) -> Answer<StatusCode> {
    let ids = seen.ids.iter().map(|id| id.parse::<AlertId>()).collect::<Result<Vec<_>, _>>();
    let ids = ids.map_err(|_error: lightcase_model::ParseIdError| {
        Problem::bad_request("An id is none of an alert.")
    })?;
    web.shares.see_alerts(&staff.principal, &ids, staff.ctx.now).await?;
    Ok(StatusCode::NO_CONTENT)
}
