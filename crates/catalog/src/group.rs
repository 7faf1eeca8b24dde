//! Group commit: instances of concurrent associations share one index transaction.
//!
//! An instance waits in a queue; as soon as a lane is free, all that wait, up to a bound, are
//! indexed and committed together. Nobody waits for company: alone, an instance is committed at
//! once, and what arrives while that commit is flushed makes up the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::{Catalog, CatalogError, NewInstance, Outcome, Result};

/// Instances in one transaction: it must stay short, since with `SQLite` all writers wait for it.
const MOST: usize = 64;
/// Instances that may wait; whoever comes then waits for a place.
const PLACES: usize = 512;
/// Transactions that are under way at the same time where the engine has more than one writer.
const LANES: usize = 4;

/// Instances that wait for a transaction.
#[derive(Debug)]
pub(crate) struct Group {
    waiting: Mutex<Waiting>,
    places: Arc<Semaphore>,
    lanes: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    running: usize,
}

#[derive(Debug)]
struct Job {
    new: NewInstance,
    answer: oneshot::Sender<Result<Outcome>>,
    _place: OwnedSemaphorePermit,
}

impl Group {
    pub(crate) fn new(engine: &Engine) -> Self {
        let lanes = match engine {
            Engine::Sqlite(_) => 1,
            Engine::Postgres(_) => LANES,
        };
        Self { waiting: Mutex::default(), places: Arc::new(Semaphore::new(PLACES)), lanes }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Catalog {
    /// Indexes an instance whose store access was recorded before, and commits: it is found, or
    /// was found to be held, when this returns. Others may be in the same transaction, and what
    /// fails of them does not touch this one.
    ///
    /// A caller that goes away leaves an instance that is committed all the same.
    pub async fn index(self: &Arc<Self>, new: NewInstance) -> Result<Outcome> {
        let closed = |_error| CatalogError::Unavailable(sqlx::Error::PoolClosed);
        let place = Arc::clone(&self.group.places).acquire_owned().await.map_err(closed)?;
        let (answer, answered) = oneshot::channel();
        let begin = {
            let mut waiting = self.group.lock();
            waiting.jobs.push_back(Job { new, answer, _place: place });
            let begin = waiting.running < self.group.lanes;
            waiting.running += usize::from(begin);
            begin
        };
        if begin {
            // A task of its own: the caller may be cancelled, those in its transaction are not.
            tokio::spawn(run(Lane { catalog: Arc::clone(self), open: true }));
        }
        answered
            .await
            .unwrap_or_else(|_gone| Err(CatalogError::Unavailable(sqlx::Error::WorkerCrashed)))
    }
}

/// One transaction at a time, until nothing waits.
struct Lane {
    catalog: Arc<Catalog>,
    open: bool,
}

impl Lane {
    /// The next instances. `None`: the lane was closed, under the lock that showed nothing waiting,
    /// so whoever comes next opens one.
    fn next(&mut self) -> Option<Vec<Job>> {
        let mut waiting = self.catalog.group.lock();
        if waiting.jobs.is_empty() {
            waiting.running = waiting.running.saturating_sub(1);
            self.open = false;
            return None;
        }
        let many = waiting.jobs.len().min(MOST);
        Some(waiting.jobs.drain(..many).collect())
    }
}

impl Drop for Lane {
    /// After a panic; those that wait are taken by the lane that the next one opens.
    fn drop(&mut self) {
        if self.open {
            let mut waiting = self.catalog.group.lock();
            waiting.running = waiting.running.saturating_sub(1);
        }
    }
}

async fn run(mut lane: Lane) {
    while let Some(jobs) = lane.next() {
        commit(&lane.catalog, jobs).await;
    }
}

async fn commit(catalog: &Arc<Catalog>, mut jobs: Vec<Job>) {
    // Everywhere in the same order: two transactions that wait for each other's rows would end in
    // a deadlock.
    jobs.sort_by(|one, other| order(&one.new).cmp(&order(&other.new)));
    match catalog.together(&jobs).await {
        Ok(outcomes) => {
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                // A caller that went away needs no answer.
                drop(job.answer.send(Ok(outcome)));
            }
        }
        Err(Failed::Begin(error)) => {
            let mut error = Some(error);
            for job in jobs {
                let told =
                    error.take().unwrap_or(CatalogError::Unavailable(sqlx::Error::PoolTimedOut));
                drop(job.answer.send(Err(told)));
            }
        }
        Err(Failed::Within(error)) => match <[Job; 1]>::try_from(jobs) {
            Ok([job]) => drop(job.answer.send(Err(error))),
            Err(jobs) => one_by_one(catalog, jobs).await,
        },
    }
}

/// One of them failed, or the commit: each has a transaction of its own now. What was committed
/// although its answer was lost is found to be there, under the same blob.
async fn one_by_one(catalog: &Arc<Catalog>, jobs: Vec<Job>) {
    let mut alone = JoinSet::new();
    for job in jobs {
        let catalog = Arc::clone(catalog);
        alone.spawn(async move {
            let outcome = match catalog.together(std::slice::from_ref(&job)).await {
                Ok(mut outcomes) => outcomes.pop().ok_or(CatalogError::Corrupt("outcome")),
                Err(Failed::Begin(error) | Failed::Within(error)) => Err(error),
            };
            drop(job.answer.send(outcome));
        });
    }
    while alone.join_next().await.is_some() {}
}

fn order(new: &NewInstance) -> (i64, &str, &str) {
    (new.study.0, new.series_uid.as_str(), new.sop_uid.as_str())
}

enum Failed {
    /// There was no transaction to be had.
    Begin(CatalogError),
    /// A statement or the commit.
    Within(CatalogError),
}

impl Catalog {
    async fn together(&self, jobs: &[Job]) -> Result<Vec<Outcome>, Failed> {
        let mut tx = self.begin().await.map_err(Failed::Begin)?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            outcomes.push(tx.index(&job.new).await.map_err(Failed::Within)?);
        }
        tx.commit().await.map_err(Failed::Within)?;
        Ok(outcomes)
    }
}
