//! One object through a state machine of the engine, on a thread of its own: cleaning is work for a
//! processor, not for the threads that wait for networks. And it takes memory, so that few pass at a
//! time.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::ingest::BodyError;
use crate::turns::{Turn, Turns};

/// Pieces that wait on either side.
const AHEAD: usize = 4;
/// Objects that pass at a time, of all associations, orders and reviews together. A machine may hold
/// what stands before the pixels, up to 128 MiB of it, several times over; and of a compressed object
/// nobody knows beforehand how much that is.
const AT_ONCE: usize = 4;
/// How long an object waits for its turn. Its sender waits as long for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// The turns of all objects that pass.
pub(crate) fn turns() -> Turns {
    Turns::new(AT_ONCE, PATIENCE)
}

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

/// Sends a body through a machine, which has its turn until it is at its end.
pub(super) fn pass<M, E>(machine: M, mut body: Bytestream<E>, turn: Turn) -> Passing<M>
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
        drop(turn);
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;

    use super::*;

    struct Copier;

    impl Machine for Copier {
        type Done = ();
        type Error = Infallible;
        fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Infallible> {
            out.extend_from_slice(bytes);
            Ok(())
        }
        fn finish(self, _out: &mut Vec<u8>) -> Result<(), Infallible> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_object_has_its_turn_until_it_has_passed() {
        let turns = Turns::new(1, Duration::ZERO);
        let turn = turns.take().await.unwrap();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let bytes = async move {
            ended.await.unwrap();
            Ok::<_, BodyError>(Bytes::from_static(b"x"))
        };
        let passing = pass(Copier, stream::once(bytes).boxed(), turn);
        assert!(turns.take().await.is_none(), "it is not at its end");
        end.send(()).unwrap();
        passing.dry().await.unwrap();
        assert!(turns.take().await.is_some());
    }
}
