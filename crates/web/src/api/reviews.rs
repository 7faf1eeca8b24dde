//! Clean copies that somebody must look at before they may leave.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use lightcase_archive::Review as Row;
use lightcase_deident::Region as Rectangle;
use lightcase_model::{ParseIdError, Permission, ReviewId};
use serde::{Deserialize, Serialize};

use super::instant::instant;
use super::projects::any_named;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const REVIEW: Access = Access::Needs(Permission::Review);

pub(crate) const ROUTES: &[Route] = routes! {
    REVIEW, get "/reviews" => list;
    REVIEW, post "/reviews/{id}/approve" => approve;
    REVIEW, post "/reviews/{id}/reject" => reject;
};

/// Which.
#[derive(Deserialize, utoipa::IntoParams)]
pub(crate) struct Which {
    /// Only of this project.
    project: Option<String>,
}

/// What waits, the oldest first; at most 500.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Reviews {
    reviews: Vec<Review>,
}

/// A clean copy that waits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Review {
    id: String,
    project: String,
    study_uid: String,
    series_uid: String,
    sop_instance_uid: String,
    sop_class: String,
    modality: String,
    /// 0 without pixels.
    rows: i64,
    columns: i64,
    frames: i64,
    /// Why it is held, as sentences.
    because: Vec<String>,
    /// Rectangles that the profile proposes.
    regions: Vec<Region>,
    at: String,
}

/// A rectangle of pixels, from the left and from the top.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Region {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Why one may leave, and what is made black before.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    regions: Vec<Region>,
    reason: String,
}

/// Why one may not.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    reason: String,
}

/// What waits.
#[utoipa::path(get, path = "/api/v1/reviews", tag = "De-identification", params(Which),
    responses((status = 200, body = Reviews), (status = 404)))]
pub(crate) async fn list(
    State(web): State<Web>,
    _staff: Staff,
    which: Result<Query<Which>, QueryRejection>,
) -> Answer<Json<Reviews>> {
    let Query(which) = which?;
    let project = match &which.project {
        None => None,
        Some(name) => Some(any_named(&web, name).await?.name),
    };
    let reviews = web.archive.reviews(project.as_ref()).await?;
    Ok(Json(Reviews { reviews: reviews.into_iter().map(shown).collect() }))
}

/// Lets one go to its project, with the rectangles made black in every frame.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/approve", tag = "De-identification",
    params(("id" = String, Path)), request_body = Approval,
    responses((status = 204), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn approve(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(approval): Json<Approval>,
) -> Answer<StatusCode> {
    let id = id(path)?;
    let regions: Vec<Rectangle> = approval
        .regions
        .iter()
        .map(|Region { x, y, width, height }| Rectangle::from([*x, *y, *width, *height]))
        .collect();
    // Whoever goes away cannot stop half of it.
    let decided = tokio::spawn(async move {
        let by = staff.principal.name.as_str();
        web.archive.approve(&staff.ctx, id, by, (&regions, &approval.reason)).await
    });
    decided.await.map_err(Problem::internal)??;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes one for good.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/reject", tag = "De-identification",
    params(("id" = String, Path)), request_body = Rejection,
    responses((status = 204), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn reject(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(rejection): Json<Rejection>,
) -> Answer<StatusCode> {
    let id = id(path)?;
    let decided = tokio::spawn(async move {
        let by = staff.principal.name.as_str();
        web.archive.reject(&staff.ctx, id, by, &rejection.reason).await
    });
    decided.await.map_err(Problem::internal)??;
    Ok(StatusCode::NO_CONTENT)
}

fn id(path: Result<Path<String>, PathRejection>) -> Answer<ReviewId> {
    let Path(id) = path?;
    id.parse().map_err(|_error: ParseIdError| Problem::not_found())
}

fn shown(review: Row) -> Review {
    let Row { object, project, pixels, because, regions } = review;
    Review {
        id: object.id.to_string(),
        project: project.to_string(),
        study_uid: object.study_uid,
        series_uid: object.series_uid,
        sop_instance_uid: object.sop_uid,
        sop_class: pixels.sop_class,
        modality: pixels.modality,
        rows: pixels.pixel_rows,
        columns: pixels.pixel_columns,
        frames: pixels.frames,
        because,
        regions: regions
            .into_iter()
            .map(|Rectangle { x, y, width, height }| Region { x, y, width, height })
            .collect(),
        at: instant(object.at),
    }
}
