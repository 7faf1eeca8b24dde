//! WADO-RS bulk data (PS3.18 section 10.4.1.1.5).

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use bytes::{BufMut, BytesMut};

use super::accept;
use super::asker::Asker;
use super::multipart::Boundary;
use super::selected::Selected;
use crate::problem::{Answer, Problem};
use crate::state::Web;

const OCTETS: &str = "application/octet-stream";

/// One large value of an instance.
#[utoipa::path(get, tag = "DICOMweb",
    path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/{path}",
    responses((status = 200, content_type = "application/octet-stream")))]
pub(crate) async fn bulkdata(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    headers: HeaderMap,
) -> Answer {
    let multipart = accept::ranges(&headers)
        .iter()
        .find_map(|range| match range.part() {
            Some(part) => accept::matches(&part, OCTETS).then_some(true),
            None => range.takes(OCTETS).then_some(false),
        })
        .ok_or_else(|| Problem::not_acceptable("Bulk data are application/octet-stream."))?;
    let path = selected.path.as_deref().unwrap_or_default();
    let selection = selected.selection()?;
    let bulk = Box::pin(web.archive.bulk(&asker.ctx, &asker.scope, selection, path)).await?;
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static(asker.cache));
    if !multipart {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static(OCTETS));
        return Ok(([kind, cache], bulk.bytes).into_response());
    }
    let boundary = Boundary::random()?;
    let kind = (header::CONTENT_TYPE, boundary.content_type(OCTETS)?);
    let mut body = BytesMut::from(boundary.part(OCTETS, true));
    body.put(bulk.bytes);
    body.put(boundary.end());
    Ok(([kind, cache], body.freeze()).into_response())
}
