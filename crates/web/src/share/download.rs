//! Everything of a link as one ZIP archive that can be taken up again where it broke off.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use futures::stream;
use lightcase_archive::{ArchiveError, Bundle, Extent};
use lightcase_model::{May, SessionId};
use lightcase_share::Visit;

use super::session::Visitor;
use crate::caller::Watch;
use crate::conditional::Tag;
use crate::dicomweb::asker::Asker;
use crate::problem::{Answer, Problem};
use crate::range::{Wanted, wanted};
use crate::running::OneRuns;
use crate::security::DATA_POLICY;
use crate::state::Web;

/// Downloads of one session at once, as many as download managers open. Each holds some mebibytes for as
/// long as its receiver takes.
pub(crate) const DOWNLOADS_OF_ONE: usize = 8;

/// A name that names nobody.
const NAME: &str = "attachment; filename=\"images.zip\"";

/// The images of a link as a ZIP archive: stored, the same bytes each time, so that any range of it
/// can be asked for, today or tomorrow.
#[utoipa::path(get, path = "/s/{handle}/download", tag = "Opening a share",
    params(("handle" = String, Path)),
    responses((status = 200, content_type = "application/zip"),
        (status = 206, content_type = "application/zip"), (status = 304), (status = 403),
        (status = 412), (status = 416), (status = 503)))]
pub(crate) async fn download(
    State(web): State<Web>,
    (asker, visitor): (Asker, Visitor),
    method: Method,
    headers: HeaderMap,
) -> Answer {
    let bundle = web.archive.bundle(&asker.scope, visitor.visit.language()).await?;
    let tag = Tag::strong(bundle.digest());
    tag.demanded(&headers)?;
    if tag.is_known(&headers) {
        return tag.not_modified(asker.cache);
    }
    let (head, length) = (method == Method::HEAD, bundle.length());
    let ranged =
        if head || !tag.continues(&headers) { Wanted::Whole } else { wanted(&headers, length) };
    let (status, range) = match ranged {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nothing => return nothing(length),
    };
    let asked = Extent { range: range.clone(), continues: tag.is_continued(&headers) };
    let body = if head {
        Body::empty()
    } else {
        let one = web.downloads.begin(&visitor.visit.session).ok_or(ArchiveError::Busy)?;
        body(&web, &asker, (bundle, asked), one).await?
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(NAME));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DATA_POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(asker.cache));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, tag.header()?);
    let sent = range.end.saturating_sub(range.start);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(sent));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        let place = format!("bytes {}-{last}/{length}", range.start);
        let place = HeaderValue::from_str(&place).map_err(Problem::internal)?;
        headers.insert(header::CONTENT_RANGE, place);
    }
    Ok(response)
}

/// What is said of a download beforehand.
pub(super) struct Offered {
    /// How long it is and how many objects are in it; `None` while too many ask for theirs.
    pub(super) size: Option<(u64, usize)>,
}

/// The download of a visit; `None` where the link is for looking only, or shows nothing yet.
pub(super) async fn offered(web: &Web, visit: &Visit) -> Answer<Option<Offered>> {
    // Every object of it would be listed first, and the visitor waits for that.
    if visit.may != May::Download || !visit.notice_accepted {
        return Ok(None);
    }
    match web.archive.bundle_soon(&visit.scope(), visit.language()).await {
        Ok(bundle) => {
            let size = bundle.map(|bundle| (bundle.length(), bundle.objects()));
            Ok(Some(Offered { size }))
        }
        Err(ArchiveError::NotFound | ArchiveError::ViewOnly) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn nothing(length: u64) -> Answer {
    let sentence = "The download has no such bytes. Begin from the start.";
    let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "NoSuchRange", sentence);
    let mut response = problem.into_response();
    let place = HeaderValue::from_str(&format!("bytes */{length}")).map_err(Problem::internal)?;
    response.headers_mut().insert(header::CONTENT_RANGE, place);
    Ok(response)
}

/// A range of it; the body breaks off when something is missing, so that nobody takes a part for
/// the whole.
async fn body(
    web: &Web,
    asker: &Asker,
    (bundle, asked): (Bundle, Extent),
    one: OneRuns<SessionId>,
) -> Answer<Body> {
    let (bundle, ended) = (Arc::new(bundle), asker.watch.ended.clone());
    let download = web.archive.download(&asker.ctx, bundle, asked, ended).await?;
    let state = Some((download, asker.watch.clone(), one));
    Ok(Body::from_stream(stream::unfold(
        state,
        |state: Option<(_, Watch, OneRuns<SessionId>)>| async {
            let (mut download, watch, one) = state?;
            match download.next().await? {
                Ok(bytes) => Some((Ok(bytes), Some((download, watch, one)))),
                Err(error) => Some((Err(error), None)),
            }
        },
    )))
}
