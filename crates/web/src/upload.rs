//! What is sent to us: a body as ingest takes it.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_archive::BodyError;

/// The longest silence of a sender.
const PATIENCE: Duration = Duration::from_mins(1);

/// The body, which may not pause for too long.
pub(crate) fn patient<S>(body: S) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, axum::Error>> + Send + Unpin + 'static,
{
    stream::unfold(Some(body), |body| async {
        let mut body = body?;
        match tokio::time::timeout(PATIENCE, body.next()).await {
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(body))),
            Ok(None) => None,
            Ok(Some(Err(_))) => Some((Err(BodyError("the sender went away".to_owned())), None)),
            Err(_) => Some((Err(BodyError("the sender was silent for a minute".to_owned())), None)),
        }
    })
}
