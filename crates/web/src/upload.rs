//! What is sent to us: a body as ingest takes it.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_archive::BodyError;
use tokio_util::sync::CancellationToken;

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

/// Reads on a little where a body is refused before it was read: whoever still writes it would not see
/// why.
pub(crate) async fn pass_over<S>(body: S)
where
    S: Stream<Item = Result<Bytes, BodyError>>,
{
    const MOST: usize = 1 << 20;
    let mut left = MOST;
    let mut body = std::pin::pin!(body);
    while let Some(Ok(bytes)) = body.next().await {
        left = left.saturating_sub(bytes.len());
        if left == 0 {
            return;
        }
    }
}

/// Bytes as long as the sender may send them. What is cut off then has no end, so that nobody takes it
/// for the whole.
pub(crate) fn while_allowed<S>(
    bytes: S,
    ended: CancellationToken,
) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
{
    let over = ended.clone();
    let cut = stream::once(async move {
        over.is_cancelled().then(|| Err(BodyError("the right to send it has ended".to_owned())))
    });
    bytes.take_until(ended.cancelled_owned()).chain(cut.filter_map(std::future::ready))
}

/// Uploads at once. Each may hold a mebibyte, however slowly it comes.
pub(crate) const UPLOADS: usize = 64;
/// Of them, those of one account or token.
pub(crate) const UPLOADS_OF_ONE: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_cut_off_has_no_end() {
        let piece = || Ok(Bytes::from_static(b"x"));
        let read = async |ended: CancellationToken| {
            while_allowed(stream::iter([piece(), piece()]), ended).collect::<Vec<_>>().await
        };
        assert_eq!(read(CancellationToken::new()).await, [piece(), piece()]);
        let ended = CancellationToken::new();
        ended.cancel();
        assert!(read(ended).await.last().unwrap().is_err());
    }
}
