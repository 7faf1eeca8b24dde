//! One object through a state machine of the engine, on a thread of its own: cleaning is work for a
//! processor, not for the threads that wait for networks.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::ingest::BodyError;

/// Pieces that wait on either side.
const AHEAD: usize = 4;

/// What takes an object's bytes and gives others.
pub(super) trait Machine: Send + 'static {
    /// What it says at the end.
    type Done: Send + 'static;
    /// Why it stops.
    type Error: std::fmt::Display + Send + 'static;
    /// Takes the next bytes and appends what can be written.
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Self::Error>;
    /// No more bytes will come.
    fn finish(self, out: &mut Vec<u8>) -> Result<Self::Done, Self::Error>;
}

/// Why an object did not pass.
#[derive(Debug)]
pub(super) enum Stopped<E> {
    /// The machine has refused it.
    Refused(E),
    /// Its source broke off.
    Source(String),
}

/// An object on its way.
pub(super) struct Passing<M: Machine> {
    parts: mpsc::Receiver<Result<Bytes, BodyError>>,
    done: JoinHandle<Result<M::Done, Stopped<M::Error>>>,
}

/// A source's bytes.
pub(super) type Bytestream<E> = BoxStream<'static, Result<Bytes, E>>;

/// What is awaited for the end of a pass.
pub(super) type Ending<M> =
    JoinHandle<Result<<M as Machine>::Done, Stopped<<M as Machine>::Error>>>;

/// Sends a body through a machine.
pub(super) fn pass<M, E>(machine: M, mut body: Bytestream<E>) -> Passing<M>
where
    M: Machine,
    E: std::fmt::Display + Send + 'static,
{
    let (feed, mut fed) = mpsc::channel::<Result<Bytes, String>>(AHEAD);
    tokio::spawn(async move {
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|error| error.to_string());
            let last = bytes.is_err();
            if feed.send(bytes).await.is_err() || last {
                return;
            }
        }
    });
    let (sender, parts) = mpsc::channel(AHEAD);
    let done = tokio::task::spawn_blocking(move || {
        let outcome = run(machine, &mut fed, &sender);
        if let Err(stopped) = &outcome {
            let why = match stopped {
                Stopped::Refused(error) => error.to_string(),
                Stopped::Source(error) => error.clone(),
            };
            // A receiver that went away needs no reason.
            sender.blocking_send(Err(BodyError(why))).ok();
        }
        outcome
    });
    Passing { parts, done }
}

fn run<M: Machine>(
    mut machine: M,
    fed: &mut mpsc::Receiver<Result<Bytes, String>>,
    sender: &mpsc::Sender<Result<Bytes, BodyError>>,
) -> Result<M::Done, Stopped<M::Error>> {
    let gone = |_closed| Stopped::Source("nobody takes it any more".to_owned());
    let mut out = Vec::new();
    while let Some(bytes) = fed.blocking_recv() {
        let bytes = bytes.map_err(Stopped::Source)?;
        machine.push(&bytes, &mut out).map_err(Stopped::Refused)?;
        if !out.is_empty() {
            let piece = Bytes::from(std::mem::take(&mut out));
            sender.blocking_send(Ok(piece)).map_err(gone)?;
        }
    }
    let done = machine.finish(&mut out).map_err(Stopped::Refused)?;
    if !out.is_empty() {
        sender.blocking_send(Ok(Bytes::from(out))).map_err(gone)?;
    }
    Ok(done)
}

impl<M: Machine> Passing<M> {
    /// Throws the bytes away and waits for the end.
    pub(super) async fn dry(mut self) -> Result<M::Done, Stopped<M::Error>> {
        while self.parts.recv().await.is_some() {}
        ended::<M>(self.done).await
    }

    /// The bytes as a body, and what is awaited for the end.
    pub(super) fn split(self) -> (Bytestream<BodyError>, Ending<M>) {
        let next = |mut parts: mpsc::Receiver<_>| async { Some((parts.recv().await?, parts)) };
        (futures::stream::unfold(self.parts, next).boxed(), self.done)
    }
}

/// The end of a pass.
pub(super) async fn ended<M: Machine>(done: Ending<M>) -> Result<M::Done, Stopped<M::Error>> {
    done.await.unwrap_or_else(|error| Err(Stopped::Source(error.to_string())))
}
