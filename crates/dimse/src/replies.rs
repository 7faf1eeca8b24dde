//! What a service sends before its final response: pending responses, and the C-STORE
//! sub-operations of a C-GET; and how it learns that it should stop.

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::scu::{Outcome, Outgoing};
use crate::{Reports, Response};

/// The association is over; there is nobody left to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the association ended before the response was complete")]
pub struct Gone;

/// Something to send, and where to tell that it was sent.
#[derive(Debug)]
pub(crate) enum Reply {
    Pending(Response, oneshot::Sender<()>),
    Store(Box<Outgoing>, oneshot::Sender<Outcome>),
}

/// A service's way to its peer while it answers a request.
#[derive(Debug, Clone)]
pub struct Replies {
    sender: mpsc::Sender<Reply>,
    stop: CancellationToken,
    reports: Reports,
}

impl Replies {
    pub(crate) fn channel(
        stop: CancellationToken,
        reports: Reports,
    ) -> (Self, mpsc::Receiver<Reply>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self { sender, stop, reports }, receiver)
    }

    /// Cancelled when the peer sends C-CANCEL-RQ for this request, and when the association
    /// breaks.
    pub const fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The way to report something to this peer, also after the final response.
    pub const fn reports(&self) -> &Reports {
        &self.reports
    }

    /// Sends a response that is not the last one. Returns when it is on its way.
    pub async fn pending(&self, response: Response) -> Result<(), Gone> {
        let (sent, done) = oneshot::channel();
        self.send(Reply::Pending(response, sent)).await?;
        done.await.map_err(|_closed: oneshot::error::RecvError| Gone)
    }

    /// Sends an object as a sub-operation on this association (PS3.7 section 9.3.3), in a context
    /// whose requestor took the SCP role, and waits for the peer's response to it.
    pub async fn store(&self, object: Outgoing) -> Result<Outcome, Gone> {
        let (sent, done) = oneshot::channel();
        self.send(Reply::Store(Box::new(object), sent)).await?;
        done.await.map_err(|_closed: oneshot::error::RecvError| Gone)
    }

    async fn send(&self, reply: Reply) -> Result<(), Gone> {
        self.sender.send(reply).await.map_err(|_closed: mpsc::error::SendError<Reply>| Gone)
    }
}
