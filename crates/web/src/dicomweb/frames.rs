//! WADO-RS frames (PS3.18 section 10.4.1.1.6).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_archive::{ArchiveError, FrameData, FrameSource};

use super::accept::{self, Range, Syntax};
use super::asker::Asker;
use super::multipart::Boundary;
use super::selected::{Selected, frame_numbers};
use crate::conditional::Tag;
use crate::problem::{Answer, Problem};
use crate::state::Web;

const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
const OCTETS: &str = "application/octet-stream";

/// How frames are handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Delivery {
    /// One part each, or the one frame as the whole body.
    multipart: bool,
    /// Undo the compression.
    decoded: bool,
    media: String,
}

/// Frames of one instance.
#[utoipa::path(get, tag = "DICOMweb",
    path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}",
    responses((status = 200, content_type = "multipart/related"), (status = 200, content_type = "application/octet-stream")))]
pub(crate) async fn frames(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    headers: HeaderMap,
) -> Answer {
    let numbers = frame_numbers(selected.frames.as_deref().unwrap_or_default())?;
    let source = web.archive.frame_source(&asker.scope, selected.selection()?).await?;
    if numbers.iter().any(|number| *number > source.count()) {
        return Err(Problem::not_found());
    }
    let held = source.transfer_syntax()?;
    let delivery = accept::ranges(&headers)
        .iter()
        .find_map(|range| deliver(range, held.as_str(), numbers.len()))
        .ok_or_else(|| {
            Problem::not_acceptable(
                "These frames are held in another transfer syntax. Ask with transfer-syntax=*, or \
                 for Explicit VR Little Endian.",
            )
        })?;
    let tag = tag(&source, &numbers, &delivery);
    if tag.is_known(&headers) {
        web.archive.frames(&asker.ctx, &source, &[]).await?;
        return tag.not_modified(asker.cache);
    }
    let mut response = if delivery.multipart {
        Box::pin(parts(&web, &asker, source, (numbers, delivery))).await?
    } else {
        let number = numbers.first().copied().unwrap_or(1);
        let frame = read(&web, &asker, &source, (number, delivery.decoded)).await?;
        let kind = content_type(&delivery.media, &frame);
        let kind = HeaderValue::from_str(&kind).map_err(Problem::internal)?;
        ([(header::CONTENT_TYPE, kind)], frame.bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag.header()?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(asker.cache));
    Ok(response)
}

/// How a media range wants frames that are held in a syntax; `None` when it does not take them.
fn deliver(range: &Range, held: &str, count: usize) -> Option<Delivery> {
    let part = range.part();
    // Nothing else is said: parts in the default syntax.
    let multipart = part.is_some() || range.media == "*/*";
    if !multipart && count != 1 {
        return None;
    }
    let wanted = part.unwrap_or_else(|| range.media.clone());
    let native = held == EXPLICIT_LITTLE;
    if wanted == OCTETS || wanted == "*/*" || wanted == "application/*" {
        let decoded = match range.syntax() {
            Syntax::Any => false,
            Syntax::Uid(uid) if uid == held => false,
            Syntax::Default => !native,
            Syntax::Uid(uid) if uid == EXPLICIT_LITTLE => true,
            Syntax::Uid(_) => return None,
        };
        return Some(Delivery { multipart, decoded, media: OCTETS.to_owned() });
    }
    let media = codestream(held).filter(|media| accept::matches(&wanted, media))?;
    match range.syntax() {
        Syntax::Uid(uid) if uid != held => None,
        Syntax::Uid(_) | Syntax::Any | Syntax::Default => {
            Some(Delivery { multipart, decoded: false, media: media.to_owned() })
        }
    }
}

/// The media type of a compressed frame (PS3.18 table 8.7.3-5).
fn codestream(syntax: &str) -> Option<&'static str> {
    let number = syntax.strip_prefix("1.2.840.10008.1.2.")?;
    Some(match number {
        "4.50" | "4.51" | "4.57" | "4.70" => "image/jpeg",
        "4.80" | "4.81" => "image/jls",
        "4.90" | "4.91" => "image/jp2",
        "4.92" | "4.93" => "image/jpx",
        "4.110" | "4.111" | "4.112" => "image/jxl",
        "4.201" | "4.202" | "4.203" => "image/jphc",
        "5" => "image/dicom-rle",
        _ => return None,
    })
}

fn content_type(media: &str, frame: &FrameData) -> String {
    format!("{media}; transfer-syntax={}", frame.transfer_syntax)
}

fn tag(source: &FrameSource, numbers: &[u32], delivery: &Delivery) -> Tag {
    let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    let form = [u8::from(delivery.multipart), u8::from(delivery.decoded)];
    Tag::of(&[source.digest(), &numbers, &form, delivery.media.as_bytes()])
}

async fn read(
    web: &Web,
    asker: &Asker,
    source: &FrameSource,
    (number, decoded): (u32, bool),
) -> Result<FrameData, ArchiveError> {
    if decoded {
        return web.archive.decoded_frame(&asker.ctx, source, number).await;
    }
    let mut frames = web.archive.frames(&asker.ctx, source, &[number]).await?;
    frames.pop().ok_or(ArchiveError::NotFound)
}

/// One part per frame; a frame is read when the one before it was taken.
async fn parts(
    web: &Web,
    asker: &Asker,
    source: FrameSource,
    (numbers, delivery): (Vec<u32>, Delivery),
) -> Answer<Response> {
    let boundary = Boundary::random()?;
    let kind = boundary.content_type(&delivery.media)?;
    // The first one decides about the status.
    let first = numbers.first().copied().unwrap_or(1);
    let first = read(web, asker, &source, (first, delivery.decoded)).await?;
    let head = piece(&boundary, &delivery, (first, true));
    let rest =
        rest(web.clone(), asker.clone(), Arc::new(source), (numbers, delivery, boundary.clone()));
    let end = stream::iter([Ok(boundary.end())]);
    let body = stream::iter(head.map(Ok)).chain(rest).chain(end);
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(body)).into_response())
}

fn piece(
    boundary: &Boundary,
    delivery: &Delivery,
    (frame, first): (FrameData, bool),
) -> [Bytes; 2] {
    [boundary.part(&content_type(&delivery.media, &frame), first), frame.bytes]
}

fn rest(
    web: Web,
    asker: Asker,
    source: Arc<FrameSource>,
    (numbers, delivery, boundary): (Vec<u32>, Delivery, Boundary),
) -> impl Stream<Item = Result<Bytes, ArchiveError>> {
    stream::iter(numbers.into_iter().skip(1))
        .then(move |number| {
            let (web, asker, source) = (web.clone(), asker.clone(), Arc::clone(&source));
            let (delivery, boundary) = (delivery.clone(), boundary.clone());
            async move {
                let frame = tokio::select! {
                    // Whoever may no longer look gets a body that breaks off.
                    () = asker.watch.ended.cancelled() => Err(ArchiveError::NotFound),
                    frame = read(&web, &asker, &source, (number, delivery.decoded)) => frame,
                };
                let pieces = frame.map(|frame| piece(&boundary, &delivery, (frame, false)));
                match pieces {
                    Ok(pieces) => stream::iter(Vec::from(pieces.map(Ok))),
                    Err(error) => stream::iter(vec![Err(error)]),
                }
            }
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    const J2K: &str = "1.2.840.10008.1.2.4.90";

    fn check(accept: &str, held: &str, count: usize, expected: Option<(bool, bool, &str)>) {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        }
        let ranges = accept::ranges(&headers);
        let delivery = ranges.iter().find_map(|range| deliver(range, held, count));
        let expected = expected.map(|(multipart, decoded, media)| Delivery {
            multipart,
            decoded,
            media: media.to_owned(),
        });
        assert_eq!(delivery, expected, "{accept}");
    }

    #[test]
    fn what_is_wanted_decides_how_frames_go() {
        let single = "application/octet-stream; transfer-syntax=*";
        check("", EXPLICIT_LITTLE, 1, Some((true, false, OCTETS)));
        check("", J2K, 1, Some((true, true, OCTETS)));
        check(single, J2K, 1, Some((false, false, OCTETS)));
        check(single, J2K, 2, None);
        check("application/octet-stream", J2K, 1, Some((false, true, OCTETS)));
        check("application/octet-stream", EXPLICIT_LITTLE, 1, Some((false, false, OCTETS)));
        let parts = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";
        check(parts, J2K, 3, Some((true, false, OCTETS)));
        let explicit = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.1";
        check(explicit, J2K, 1, Some((true, true, OCTETS)));
        check("multipart/related; type=image/jp2", J2K, 1, Some((true, false, "image/jp2")));
        check("multipart/related; type=image/jls", J2K, 1, None);
        check("image/jp2", J2K, 1, Some((false, false, "image/jp2")));
        check("image/jphc", J2K, 1, None);
        check("image/jphc, application/octet-stream;q=0.5", J2K, 1, Some((false, true, OCTETS)));
        check(
            "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.4.70",
            J2K,
            1,
            None,
        );
        check("text/html", J2K, 1, None);
    }
}
