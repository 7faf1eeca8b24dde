//! Links as staff list and read them.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use lightcase_model::{Phi, ShareId, StudyUid, UidError};
use lightcase_share::ShareFilter;
use serde::{Deserialize, Serialize};

use super::words::{Share, ShareDetail};
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// Links, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Shares {
    shares: Vec<Share>,
    more: bool,
}

/// Which links.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    /// Only of this study.
    study: Option<String>,
    /// `live`, `ended` or `neverOpened`.
    state: Option<String>,
    /// Only for a recipient whose name or address has this in it.
    recipient: Option<String>,
    /// Only one's own.
    #[serde(default)]
    mine: bool,
    limit: Option<u32>,
    offset: Option<u32>,
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
    let (live, never_opened) = match filter.state.as_deref() {
        None | Some("") => (None, false),
        Some("live") => (Some(true), false),
        Some("ended") => (Some(false), false),
        Some("neverOpened") => (None, true),
        Some(_) => return Err(Problem::bad_request("state is live, ended or neverOpened.")),
    };
    if filter.mine && staff.principal.account.is_none() {
        return Err(Problem::bad_request("A token has no links of its own. Leave mine out."));
    }
    let filter = ShareFilter {
        study: study.map(|uid| StudyUid::parse(&uid)).transpose().map_err(no_uid)?,
        live,
        never_opened,
        recipient: filter.recipient.filter(|text| !text.trim().is_empty()).map(Phi::new),
        created_by: staff.principal.account.filter(|_| filter.mine),
        limit: filter.limit.unwrap_or(50).clamp(1, 500),
        offset: filter.offset.unwrap_or(0),
    };
    let page = web.shares.list(&staff.principal, &filter, staff.ctx.now).await?;
    Ok(Json(Shares { shares: page.items.into_iter().map(Share::from).collect(), more: page.more }))
}

/// One link, with what was opened, seen and tried.
#[utoipa::path(get, path = "/api/v1/shares/{id}", tag = "Sharing", params(("id" = String, Path)),
    responses((status = 200, body = ShareDetail), (status = 404)))]
pub(crate) async fn one(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<ShareDetail>> {
    let share = web.shares.detail(&staff.principal, id(path)?, staff.ctx.now).await?;
    Ok(Json(share.into()))
}

pub(super) fn id(path: Result<Path<String>, PathRejection>) -> Answer<ShareId> {
    let Path(id) = path?;
    id.parse().map_err(|_error: lightcase_model::ParseIdError| Problem::not_found())
}

pub(super) fn no_uid(error: UidError) -> Problem {
    Problem::bad_request(format!("A UID cannot be read: {error}."))
}
