//! WADO-RS retrieve: whole objects (PS3.18 section 10.4.1.1.1), streamed as they are held.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use lightcase_archive::{ArchiveError, Part, Retrieval};
use lightcase_catalog::Selection;
use tokio_util::sync::CancellationToken;

use super::accept::{self, Range, Syntax};
use super::asker::Asker;
use super::multipart::Boundary;
use super::selected::Selected;
use crate::caller::Watch;
use crate::problem::{Answer, Problem};
use crate::state::Web;

const DICOM: &str = "application/dicom";

/// The objects of a study, series or instance, as PS3.10 files.
#[utoipa::path(get, path = "/dicom-web/studies/{study}", tag = "DICOMweb",
    responses((status = 200, content_type = "multipart/related")))]
pub(crate) async fn retrieve(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    headers: HeaderMap,
) -> Answer {
    let selection = selected.selection()?;
    let range = choose(&web, &asker, selection, &headers).await?;
    let ended = asker.watch.ended.clone();
    let archive = &web.archive;
    let retrieval = archive.retrieve(&asker.ctx, &asker.scope, selection, ended.clone()).await?;
    let stream = Files { retrieval, begun: 0, left: 0, ended, _watch: asker.watch.clone() };
    let mut response = if range.part().is_none() && range.media == DICOM {
        single(stream).await?
    } else {
        multipart(stream)?
    };
    let cache = HeaderValue::from_static(asker.cache);
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}

/// The most wanted range that what is held can answer.
async fn choose(
    web: &Web,
    asker: &Asker,
    selection: &Selection,
    headers: &HeaderMap,
) -> Answer<Range> {
    for range in accept::ranges(headers) {
        let fits = match range.part() {
            Some(part) => accept::matches(&part, DICOM),
            None => range.media == "*/*" || (range.media == DICOM && selection.instance.is_some()),
        };
        if !fits {
            continue;
        }
        let Syntax::Uid(uid) = range.syntax() else { return Ok(range) };
        let held = web.catalog().held(&asker.scope, selection).await?;
        if held.is_empty() {
            return Err(Problem::not_found());
        }
        if held.iter().all(|each| each.transfer_syntax.as_str() == uid) {
            return Ok(range);
        }
    }
    Err(Problem::not_acceptable(
        "Objects are given as multipart/related; type=\"application/dicom\" in the transfer \
         syntax they are held in. Ask with transfer-syntax=*.",
    ))
}

/// Files on their way out; the body breaks off when something is missing, so that nobody takes a
/// part for the whole.
struct Files {
    retrieval: Retrieval,
    begun: usize,
    /// Bytes of the current file still to come.
    left: u64,
    ended: CancellationToken,
    _watch: Watch,
}

impl Files {
    async fn next(&mut self) -> Option<Result<Part, ArchiveError>> {
        // Also of what was read ahead nothing leaves.
        if self.ended.is_cancelled() {
            return Some(Err(ArchiveError::NotFound));
        }
        let part = match self.retrieval.next().await {
            Some(Ok(part)) => part,
            Some(Err(error)) => return Some(Err(error)),
            None if self.whole() => return None,
            None => return Some(Err(ArchiveError::NotFound)),
        };
        match &part {
            Part::Instance { sop_instance: _, transfer_syntax: _, length } => {
                self.begun = self.begun.saturating_add(1);
                self.left = *length;
            }
            Part::Bytes(bytes) => {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.left = self.left.saturating_sub(length);
            }
        }
        Some(Ok(part))
    }

    fn whole(&self) -> bool {
        !self.ended.is_cancelled() && self.begun == self.retrieval.instances && self.left == 0
    }
}

async fn single(mut files: Files) -> Answer<Response> {
    let Some(Part::Instance { sop_instance: _, transfer_syntax, length }) =
        files.next().await.transpose()?
    else {
        return Err(Problem::defect());
    };
    let kind = format!("{DICOM}; transfer-syntax={transfer_syntax}");
    let kind = HeaderValue::from_str(&kind).map_err(Problem::internal)?;
    let body = stream::unfold(Some(files), |files| async {
        let mut files = files?;
        match files.next().await? {
            Ok(Part::Bytes(bytes)) => Some((Ok(bytes), Some(files))),
            Ok(Part::Instance { .. }) => Some((Err(ArchiveError::NotFound), None)),
            Err(error) => Some((Err(error), None)),
        }
    });
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_LENGTH, HeaderValue::from(length))];
    Ok((headers, Body::from_stream(body)).into_response())
}

fn multipart(files: Files) -> Answer<Response> {
    let boundary = Boundary::random()?;
    let kind = boundary.content_type(DICOM)?;
    let body = stream::unfold(Some((files, boundary)), |state| async {
        let (mut files, boundary) = state?;
        let first = files.begun == 0;
        let bytes: Result<Bytes, ArchiveError> = match files.next().await {
            None => return Some((Ok(boundary.end()), None)),
            Some(Err(error)) => return Some((Err(error), None)),
            Some(Ok(Part::Bytes(bytes))) => Ok(bytes),
            Some(Ok(Part::Instance { sop_instance: _, transfer_syntax, length: _ })) => {
                Ok(boundary.part(&format!("{DICOM}; transfer-syntax={transfer_syntax}"), first))
            }
        };
        Some((bytes, Some((files, boundary))))
    });
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(body)).into_response())
}
