//! Accepting the notice.

use axum::extract::State;
use serde::Deserialize;

use super::session::Visitor;
use super::view::{Shown, shown};
use crate::body::Json;
use crate::problem::Answer;
use crate::state::Web;

/// The notice that was read.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    /// As it came with the notice.
    hash: String,
}

/// Accepts the notice; from here on patient and images are shown, first in the answer.
#[utoipa::path(post, path = "/s/{handle}/notice", tag = "Opening a share",
    request_body = Accepted, params(("handle" = String, Path)),
    responses((status = 200, body = Shown), (status = 403), (status = 409)))]
pub(crate) async fn accept(
    State(web): State<Web>,
    visitor: Visitor,
    Json(accepted): Json<Accepted>,
) -> Answer<Json<Shown>> {
    let visit = web.shares.accept(&visitor.ctx, visitor.visit, &accepted.hash).await?;
    shown(&web, &visit).await.map(Json)
}
