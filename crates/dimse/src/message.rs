//! The data set of a message, as a bounded stream of fragments.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::Stream;
use tokio::sync::mpsc;

/// Fragments waiting between the network and the service. With PDUs of 128 KiB this is the half
/// MiB an association may hold; beyond it the peer is not read.
const DEPTH: usize = 4;

/// Why a data set ended before its last fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The association was aborted, broken or dropped.
    #[error("the association ended before the data set was complete")]
    Aborted,
    /// The peer stopped sending, or sent less than the minimum rate.
    #[error("the peer sent the data set too slowly")]
    TooSlow,
}

#[derive(Debug)]
enum Part {
    Data(Bytes),
    End,
    Failed(BodyError),
}

/// The data set's bytes, in its transfer syntax, as they came.
///
/// Ends with `None` only after the peer marked a fragment as the last one; a feed that vanishes is
/// an error. Dropping it makes the rest of the data set be read and thrown away.
#[derive(Debug)]
pub struct Body {
    parts: mpsc::Receiver<Part>,
    over: bool,
}

/// The other end of a [`Body`].
#[derive(Debug)]
pub struct Feed(Option<mpsc::Sender<Part>>);

impl Body {
    /// A body and what fills it.
    pub fn channel() -> (Feed, Self) {
        let (sender, parts) = mpsc::channel(DEPTH);
        (Feed(Some(sender)), Self { parts, over: false })
    }
}

impl Feed {
    /// Hands a fragment on, waiting for room. A body nobody reads any more swallows it.
    pub async fn push(&mut self, data: Bytes) {
        self.send(Part::Data(data)).await;
    }

    /// The data set is complete.
    pub async fn finish(mut self) {
        self.send(Part::End).await;
    }

    /// The data set will never be complete.
    pub async fn fail(mut self, error: BodyError) {
        self.send(Part::Failed(error)).await;
    }

    async fn send(&mut self, part: Part) {
        if let Some(sender) = &self.0
            && sender.send(part).await.is_err()
        {
            self.0 = None;
        }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let item = match std::task::ready!(self.parts.poll_recv(cx)) {
            Some(Part::Data(data)) => return Poll::Ready(Some(Ok(data))),
            Some(Part::End) => None,
            Some(Part::Failed(error)) => Some(Err(error)),
            None => Some(Err(BodyError::Aborted)),
        };
        self.over = true;
        Poll::Ready(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;

    #[tokio::test]
    async fn only_a_finished_feed_ends_cleanly() {
        let (mut feed, body) = Body::channel();
        feed.push(Bytes::from_static(b"a")).await;
        feed.finish().await;
        assert_eq!(body.collect::<Vec<_>>().await, [Ok(Bytes::from_static(b"a"))]);

        let (mut feed, body) = Body::channel();
        feed.push(Bytes::from_static(b"a")).await;
        drop(feed);
        assert_eq!(
            body.collect::<Vec<_>>().await,
            [Ok(Bytes::from_static(b"a")), Err(BodyError::Aborted)]
        );

        let (feed, body) = Body::channel();
        feed.fail(BodyError::TooSlow).await;
        assert_eq!(body.collect::<Vec<_>>().await, [Err(BodyError::TooSlow)]);
    }

    #[tokio::test]
    async fn a_body_nobody_reads_does_not_stop_the_feed() {
        let (mut feed, body) = Body::channel();
        drop(body);
        for _ in 0..100 {
            feed.push(Bytes::from_static(b"a")).await;
        }
    }
}
