//! WADO-RS thumbnails (PS3.18 section 10.4.1.1.4).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use lightcase_archive::Picture;

use super::accept;
use super::asker::Asker;
use super::rendered::picture;
use super::selected::Selected;
use crate::conditional::Tag;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// Width and height when nobody says.
const VIEWPORT: (u32, u32) = (128, 128);

/// A small picture that stands for a study, a series or an instance.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/thumbnail", tag = "DICOMweb",
    responses((status = 200, content_type = "image/jpeg")))]
pub(crate) async fn thumbnail(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let media = accept::choose(&headers, &["image/jpeg", "image/png"])
        .ok_or_else(|| Problem::not_acceptable("Pictures are image/jpeg or image/png."))?;
    let wanted = picture(query.as_deref().unwrap_or_default(), media, 1)?;
    let wanted = Picture { viewport: wanted.viewport.or(Some(VIEWPORT)), ..wanted };
    let selection = selected.selection()?;
    let bytes = web.archive.thumbnail(&asker.ctx, &asker.scope, selection, wanted).await?;
    let tag = Tag::of(&[&bytes]);
    let kind = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, asker.cache)];
    tag.answer(&headers, asker.cache, (kind, bytes).into_response())
}
