//! WADO-RS metadata (PS3.18 section 10.4.1.1.2).

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;

use super::accept;
use super::asker::Asker;
use super::qido::JSON;
use super::selected::Selected;
use crate::conditional::Tag;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// The data sets of a study, series or instance, without bulk data.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/metadata", tag = "DICOMweb",
    responses((status = 200, content_type = "application/dicom+json", body = Vec<serde_json::Value>)))]
pub(crate) async fn metadata(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    headers: HeaderMap,
) -> Answer {
    let selection = selected.selection()?;
    let media = accept::choose(&headers, &JSON).ok_or_else(|| {
        Problem::not_acceptable("Metadata are given as application/dicom+json or application/json.")
    })?;
    let bulk = format!("{}/studies/{}", asker.root, selection.study);
    let document = web.archive.metadata(&asker.ctx, &asker.scope, selection, &bulk).await?;
    let tag = Tag::of(&[document.as_bytes(), media.as_bytes()]);
    let kind = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, asker.cache)];
    tag.answer(&headers, asker.cache, (kind, document).into_response())
}
