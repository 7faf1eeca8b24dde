//! What is sent to us: a body as ingest takes it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use lightcase_archive::{ArchiveError, BodyError};
use lightcase_model::Actor;
use tokio_util::sync::CancellationToken;

use crate::problem::Answer;

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
const ALL: usize = 64;
/// Of them, those of one account or token.
const OF_ONE: usize = 16;

/// Who sends something.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uploads(Arc<Mutex<Vec<Actor>>>);

/// One that runs, until this is dropped.
#[derive(Debug)]
pub(crate) struct Upload {
    all: Uploads,
    by: Actor,
}

impl Uploads {
    /// Counts another one.
    ///
    /// # Errors
    /// 503 while too many run.
    pub(crate) fn begin(&self, by: &Actor) -> Answer<Upload> {
        let mut running = self.lock();
        let own = running.iter().filter(|each| *each == by).count();
        if running.len() >= ALL || own >= OF_ONE {
            return Err(ArchiveError::Busy.into());
        }
        running.push(by.clone());
        Ok(Upload { all: self.clone(), by: by.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Actor>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut running = self.all.lock();
        if let Some(at) = running.iter().position(|each| *each == self.by) {
            running.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use lightcase_model::TokenId;

    use super::*;

    #[test]
    fn one_leaves_room_for_others_and_all_give_it_back() {
        let (uploads, one) = (Uploads::default(), Actor::Token(TokenId::random()));
        let mut held: Vec<_> = (0..OF_ONE).map(|_| uploads.begin(&one).unwrap()).collect();
        assert!(uploads.begin(&one).is_err());
        held.pop();
        held.push(uploads.begin(&one).unwrap());
        while held.len() < ALL {
            held.push(uploads.begin(&Actor::Token(TokenId::random())).unwrap());
        }
        assert!(uploads.begin(&Actor::Operator).is_err());
        drop(held);
        assert!(uploads.lock().is_empty());
    }

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
