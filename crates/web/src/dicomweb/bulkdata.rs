//! WADO-RS bulk data (PS3.18 section 10.4.1.1.5).

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_archive::{ArchiveError, Bulk};

use super::accept;
use super::asker::Asker;
use super::multipart::Boundary;
use super::selected::Selected;
use crate::caller::Watch;
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
    let (archive, ended) = (&web.archive, asker.watch.ended.clone());
    let bulk = archive.bulk(&asker.ctx, &asker.scope, (selection, path), ended);
    let bulk = Box::pin(bulk).await?;
    let (length, value) = (bulk.length(), pieces(bulk, asker.watch));
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static(asker.cache));
    if !multipart {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static(OCTETS));
        let length = (header::CONTENT_LENGTH, HeaderValue::from(length));
        return Ok(([kind, cache, length], Body::from_stream(value)).into_response());
    }
    let boundary = Boundary::random()?;
    let kind = (header::CONTENT_TYPE, boundary.content_type(OCTETS)?);
    let (head, end) = (boundary.part(OCTETS, true), boundary.end());
    let around = u64::try_from(head.len().saturating_add(end.len())).unwrap_or(u64::MAX);
    let length = HeaderValue::from(length.saturating_add(around));
    let body = stream::iter([Ok(head)]).chain(value).chain(stream::iter([Ok(end)]));
    let headers = [kind, cache, (header::CONTENT_LENGTH, length)];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// A value piece by piece; the body breaks off when something is missing, so that nobody takes a
/// part for the whole.
fn pieces(bulk: Bulk, watch: Watch) -> impl Stream<Item = Result<Bytes, ArchiveError>> {
    stream::unfold(Some((bulk, watch)), |state| async {
        let (mut bulk, watch) = state?;
        match bulk.next().await? {
            Ok(bytes) => Some((Ok(bytes), Some((bulk, watch)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}
