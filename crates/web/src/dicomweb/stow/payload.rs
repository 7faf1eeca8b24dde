//! The body of a request to store, part by part, as it arrives. Nothing of it is held but the piece
//! that is worked on.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, stream};
use lightcase_archive::BodyError;
use multer::{Field, Multipart};
use tokio::sync::Mutex;

use super::super::accept::{self, Range};
use crate::problem::{Answer, Problem};

/// The type of what is stored.
const DICOM: &str = "application/dicom";
/// The longest boundary. RFC 2046 section 5.1.1 allows 70 characters; Orthanc's have 73.
const BOUNDARY: usize = 200;
/// The most parts of a request.
const PARTS: usize = 20_000;
/// The most bytes before the first part, and of the headers of any.
const BETWEEN: u64 = 64 << 10;

/// The body.
pub(super) enum Payload {
    /// Some objects.
    Parts { multipart: Multipart<'static>, tap: Arc<Tap>, begun: usize, typed: bool },
    /// One.
    Single(Option<BoxStream<'static, Result<Bytes, BodyError>>>),
}

/// How objects come in a body.
pub(super) enum Kind {
    /// Between boundaries; whether all are said to be PS3.10 files.
    Parts { boundary: String, typed: bool },
    /// One by itself.
    Single,
}

impl Kind {
    /// Refuses what is not stored.
    pub(super) fn of(headers: &HeaderMap) -> Answer<Self> {
        let coding = headers.get(header::CONTENT_ENCODING);
        if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UnsupportedMediaType",
                "Send the body as it is, without Content-Encoding.",
            ));
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.and_then(Range::parse).ok_or_else(unsupported)?;
        if kind.media == DICOM {
            return Ok(Self::Single);
        }
        let part = kind.part().ok_or_else(unsupported)?;
        if !accept::matches(&part, DICOM) {
            return Err(unsupported());
        }
        let boundary = kind.parameter("boundary").unwrap_or_default();
        if boundary.is_empty() || boundary.len() > BOUNDARY || !boundary.is_ascii() {
            return Err(Problem::bad_request(
                "The Content-Type names no boundary between the parts, or too long a one.",
            ));
        }
        Ok(Self::Parts { boundary: boundary.to_owned(), typed: part == DICOM })
    }
}

impl Payload {
    /// Reads nothing yet.
    pub(super) fn new<S>(kind: Kind, body: S) -> Self
    where
        S: Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    {
        let Kind::Parts { boundary, typed } = kind else {
            // Whoever passes over its rest may ask again after its end.
            return Self::Single(Some(body.fuse().boxed()));
        };
        let tap = Arc::new(Tap::default());
        let metered = Metered { body: body.boxed(), tap: Arc::clone(&tap) };
        let multipart = Multipart::new(metered, boundary);
        Self::Parts { multipart, tap, begun: 0, typed }
    }

    /// The next part, once the one before was skipped.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, Problem> {
        let (multipart, tap, begun, typed) = match self {
            Self::Single(body) => return Ok(body.take().map(Part::single)),
            Self::Parts { multipart, tap, begun, typed } => (multipart, tap, begun, *typed),
        };
        tap.turn(BETWEEN);
        let Some(field) = multipart.next_field().await.map_err(broken)? else { return Ok(None) };
        *begun = begun.saturating_add(1);
        if *begun > PARTS {
            // Read to its end, or the sender would still write and not see the answer.
            pass_over(multipart, tap, field).await;
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "LimitExceeded",
                "A request may hold 20,000 objects. Send what is left in another one.",
            ));
        }
        let kind = field.headers().get(header::CONTENT_TYPE);
        let is_dicom = kind.map_or(typed, |kind| {
            let kind = kind.to_str().ok().and_then(Range::parse);
            kind.is_some_and(|kind| kind.media == DICOM)
        });
        let stream = Bytestream::Field(Box::new(field), Arc::clone(tap));
        Ok(Some(Part::of(stream, is_dicom, *begun)))
    }
}

/// Reads on to the end, and keeps nothing.
async fn pass_over(multipart: &mut Multipart<'static>, tap: &Arc<Tap>, first: Field<'static>) {
    let mut next = Ok(Some(first));
    while let Ok(Some(field)) = next {
        let mut stream = Bytestream::Field(Box::new(field), Arc::clone(tap));
        while let Some(Ok(_)) = stream.next().await {}
        drop(stream);
        tap.turn(BETWEEN);
        next = multipart.next_field().await;
    }
}

/// One part. Its bytes are read through it, so that what nobody wanted of them can be passed over.
pub(super) struct Part {
    stream: Arc<Mutex<Option<Bytestream>>>,
    is_dicom: bool,
    name: String,
}

enum Bytestream {
    Field(Box<Field<'static>>, Arc<Tap>),
    Whole(BoxStream<'static, Result<Bytes, BodyError>>),
}

impl Bytestream {
    async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        match self {
            Self::Field(field, tap) => {
                tap.turn(u64::MAX);
                let bytes = field.next().await?;
                Some(bytes.map_err(|error| BodyError(sentence(&error))))
            }
            Self::Whole(body) => body.next().await,
        }
    }
}

impl Part {
    fn of(stream: Bytestream, is_dicom: bool, number: usize) -> Self {
        let stream = Arc::new(Mutex::new(Some(stream)));
        Self { stream, is_dicom, name: format!("part {number}") }
    }

    fn single(body: BoxStream<'static, Result<Bytes, BodyError>>) -> Self {
        Self::of(Bytestream::Whole(body), true, 1)
    }

    /// Whether it says that it is a PS3.10 file.
    pub(super) const fn is_dicom(&self) -> bool {
        self.is_dicom
    }

    /// What it is called in the list of refusals.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its bytes, as they arrive.
    pub(super) fn bytes(&self) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static {
        stream::unfold(Arc::clone(&self.stream), |stream| async {
            let bytes = stream.lock().await.as_mut()?.next().await?;
            Some((bytes, stream))
        })
    }

    /// Passes over what was not read. Afterwards its bytes are at their end for everybody.
    pub(super) async fn skip(self) {
        let mut stream = self.stream.lock().await;
        // Why they stop is told by the next part.
        while let Some(Ok(_)) = match stream.as_mut() {
            Some(stream) => stream.next().await,
            None => None,
        } {}
        *stream = None;
    }
}

/// The body for the reader of parts. That takes all that is there whenever it is asked for something,
/// whether or not it needs more for an answer, and looks for a boundary however long that takes to
/// come. It is given a piece only when it has found no answer in what it has, and between parts no more
/// than a limit.
struct Metered {
    body: BoxStream<'static, Result<Bytes, BodyError>>,
    tap: Arc<Tap>,
}

/// What the reader of parts is given.
#[derive(Default)]
pub(super) struct Tap {
    /// Bytes that it may still be given.
    left: AtomicU64,
    /// How often it is to look at what it has before it is given more.
    shut: AtomicU8,
}

impl Tap {
    /// Before the reader is asked for something, for which it may be given so many bytes.
    fn turn(&self, left: u64) {
        self.left.store(left, Ordering::Relaxed);
        self.shut.store(1, Ordering::Relaxed);
    }
}

/// More came than may stand there.
#[derive(Debug, thiserror::Error)]
#[error("no part begins within 64 KiB, or one has longer headers")]
struct TooMuch;

impl Stream for Metered {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let shut = self.tap.shut.load(Ordering::Relaxed);
        if let Some(less) = shut.checked_sub(1) {
            self.tap.shut.store(less, Ordering::Relaxed);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = std::task::ready!(self.body.poll_next_unpin(context));
        let Some(piece) = piece else { return Poll::Ready(None) };
        // Once for the end of this step, and once more: a step may ask when it has looked already.
        self.tap.shut.store(2, Ordering::Relaxed);
        let left = self.tap.left.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Some(Err(TooMuch.into())));
        }
        let length = piece.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(left));
        self.tap.left.store(left.saturating_sub(length), Ordering::Relaxed);
        Poll::Ready(Some(piece.map_err(Into::into)))
    }
}

fn unsupported() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UnsupportedMediaType",
        "Send PS3.10 files, as multipart/related; type=\"application/dicom\". Metadata with bulk data \
         apart (application/dicom+json, application/dicom+xml) are not taken.",
    )
}

/// Why there is no next part.
fn broken(error: multer::Error) -> Problem {
    if matches!(error, multer::Error::LockFailure) {
        return Problem::internal(error);
    }
    Problem::bad_request(format!("The body cannot be read on: {}.", sentence(&error)))
}

/// In words, without anything of the body.
fn sentence(error: &multer::Error) -> String {
    if let multer::Error::StreamReadFailed(source) = error {
        return source.to_string();
    }
    let cut_off = matches!(
        error,
        multer::Error::IncompleteStream
            | multer::Error::IncompleteFieldData { .. }
            | multer::Error::IncompleteHeaders
    );
    // Nothing else is asked of it but to read headers.
    let why = if cut_off {
        "it ended before the boundary that closes it"
    } else {
        "a part has no headers, or some that cannot be read"
    };
    why.to_owned()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Bytes in which much looks like a boundary, and nothing is one.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let word = prop_oneof![
            prop::sample::select(vec![
                &b"\r\n--"[..],
                b"\r\n",
                b"--",
                b"\r",
                b"-",
                b"b",
                b"\r\n\r\n"
            ])
            .prop_map(<[u8]>::to_vec),
            vec(any::<u8>(), 0..6),
        ];
        vec(word, 0..40)
            .prop_map(|words| words.concat())
            .prop_filter("holds the boundary", |bytes| !bytes.windows(5).any(|at| at == b"\r\n--b"))
    }

    async fn read(mut payload: Payload) -> Vec<Vec<u8>> {
        let mut parts = Vec::new();
        while let Some(part) = payload.next().await.unwrap() {
            let pieces: Vec<_> = part.bytes().collect().await;
            parts.push(pieces.into_iter().flat_map(|piece| piece.unwrap().to_vec()).collect());
            part.skip().await;
        }
        parts
    }

    proptest! {
        #[test]
        fn parts_come_whole_however_the_body_is_cut(
            parts in vec(bytes(), 1..5),
            cuts in vec(1_usize..50, 1..8),
        ) {
            let head = &b"\r\n--b\r\nContent-Type: application/dicom\r\n\r\n"[..];
            let all = parts.iter().flat_map(|part| [head, part]).collect::<Vec<_>>().concat();
            let mut all = Bytes::from([&all[..], b"\r\n--b--"].concat());
            let mut pieces = Vec::new();
            for cut in cuts.into_iter().cycle() {
                if all.is_empty() {
                    break;
                }
                pieces.push(Ok(all.split_to(cut.min(all.len()))));
            }
            let mut headers = HeaderMap::new();
            let kind = "multipart/related; type=\"application/dicom\"; boundary=b";
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            let payload = Payload::new(Kind::of(&headers).unwrap(), stream::iter(pieces));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(read(payload)), parts);
        }
    }
}
