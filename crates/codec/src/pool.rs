//! The pool of workers that a program decodes through.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::process::{Worker, WorkerCommand};
use crate::{CodecError, Confinement, Job};

/// How many workers, how long, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Worker processes at once; each may take 2 GiB at worst.
    pub workers: usize,
    /// Jobs that may wait for a worker; one more is [`CodecError::Busy`].
    pub queue: usize,
    /// Time for one job, starting a worker included. The worker is killed at its end.
    pub timeout: Duration,
    /// Jobs after which a worker is replaced, so that what one frame did to it does not last.
    pub jobs_per_worker: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { workers: 2, queue: 64, timeout: Duration::from_secs(15), jobs_per_worker: 500 }
    }
}

impl Options {
    fn places(self) -> usize {
        self.workers + self.queue
    }
}

/// A pool of worker processes. Clones share it.
///
/// Workers start when they are first needed. A job whose future is dropped loses its worker, so
/// that nothing is ever read from a worker but the answer to the last question.
#[derive(Debug, Clone)]
pub struct Codec {
    pool: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    command: WorkerCommand,
    options: Options,
    /// One permit for each job that waits or runs.
    places: Semaphore,
    /// One permit for each job that runs.
    turns: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

impl Codec {
    /// A pool that starts its workers with this command.
    pub fn new(command: WorkerCommand, options: Options) -> Self {
        let options = Options {
            workers: options.workers.clamp(1, 1024),
            queue: options.queue.min(1 << 20),
            ..options
        };
        Self {
            pool: Arc::new(Pool {
                command,
                options,
                places: Semaphore::new(options.places()),
                turns: Semaphore::new(options.workers),
                idle: Mutex::new(Vec::new()),
            }),
        }
    }

    /// Does one job with one frame's bytes; see [`Job`] for both.
    ///
    /// Dropping the future stops the job.
    pub async fn run(&self, job: Job, frame: Bytes) -> Result<Bytes, CodecError> {
        job.check(&frame)?;
        let busy = |_error: tokio::sync::TryAcquireError| CodecError::Busy;
        let _place = self.pool.places.try_acquire().map_err(busy)?;
        let closed = |_error: tokio::sync::AcquireError| CodecError::Busy;
        let _turn = self.pool.turns.acquire().await.map_err(closed)?;
        let attempt = self.pool.attempt(&job, &frame);
        tokio::time::timeout(self.pool.options.timeout, attempt).await.unwrap_or_else(|_| {
                tracing::warn!(syntax = %job.subject().1, "a decoder process was too slow and was killed");
            Err(CodecError::TimedOut)
        })
    }

    /// How confined the workers are on this system. Starts one if there is none.
    pub async fn confinement(&self) -> Result<Confinement, CodecError> {
        let closed = |_error: tokio::sync::AcquireError| CodecError::Busy;
        let _turn = self.pool.turns.acquire().await.map_err(closed)?;
        let worker = tokio::time::timeout(self.pool.options.timeout, self.pool.take())
            .await
            .map_err(|_error: tokio::time::error::Elapsed| CodecError::TimedOut)??;
        let confinement = worker.confinement();
        self.pool.give_back(worker);
        Ok(confinement)
    }

    /// Takes no more jobs, waits for those that run, and ends the workers. Jobs that still wait, in
    /// any clone, are [`CodecError::Busy`].
    pub async fn shutdown(self) {
        // Without turns every job that waits gives its place back at once; the places are all there
        // again when the last running job has ended, at the latest by its own timer.
        self.pool.turns.close();
        let all = u32::try_from(self.pool.options.places()).unwrap_or(u32::MAX);
        if self.pool.places.acquire_many(all).await.is_err() {
            tracing::debug!("the decoder pool was shut down before");
        }
        self.pool.places.close();
        let idle = std::mem::take(&mut *self.pool.idle());
        for worker in idle {
            worker.stop().await;
        }
    }
}

impl Pool {
    async fn attempt(&self, job: &Job, frame: &[u8]) -> Result<Bytes, CodecError> {
        let mut worker = self.take().await?;
        match worker.run(job, frame).await {
            Ok(result) => {
                self.give_back(worker);
                result
            }
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), syntax = %job.subject().1, "a decoder process ended in a job");
                worker.stop().await;
                Err(CodecError::Died)
            }
        }
    }

    /// An idle worker that still lives, or a new one.
    async fn take(&self) -> Result<Worker, CodecError> {
        loop {
            let idle = self.idle().pop();
            let Some(mut worker) = idle else {
                return Worker::start(&self.command).await;
            };
            if worker.alive() {
                return Ok(worker);
            }
        }
    }

    fn give_back(&self, worker: Worker) {
        if worker.jobs() < self.options.jobs_per_worker {
            self.idle().push(worker);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
