//! The sweep: all of the store, compared with the index, under a lease.

use std::time::Duration;

use futures::TryStreamExt;
use lightcase_audit::Event;
use lightcase_model::{Ctx, Timestamp};
use lightcase_storage::{ObjectId, StoredObject};

use super::{Fate, Halt};
use crate::error::cause;
use crate::ingest::Intake;
use crate::{Archive, ArchiveError};

/// The name of the lease.
pub(crate) const LEASE: &str = "adopt";
/// How long a sweep that gives no sign of life keeps others from it.
const HELD: Duration = Duration::from_mins(10);
/// Blobs asked about in one statement.
const ASKED: usize = 1_000;
/// Blobs without a row that are put in order before they are taken up: the oldest first, so that
/// of two that contradict each other the first stays.
const ORDERED: usize = 50_000;
/// Objects that one pair of store events accounts for.
const ACCOUNTED: usize = 1_000;
/// What interrupted writes left, and what does not authenticate, is kept so long.
pub(super) const KEPT: Duration = Duration::from_hours(24);

/// What a sweep found and did, in blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// In the store.
    pub objects: u64,
    /// Images that no row named and that are found from now on.
    pub adopted: u64,
    /// Images that are held in another blob; removed.
    pub surplus: u64,
    /// Images that contradict what is held, or are not whole objects; in quarantine.
    pub quarantined: u64,
    /// Refused objects that are in the list again.
    pub listed: u64,
    /// Older than a day and not authentic; removed.
    pub damaged: u64,
    /// Left by interrupted writes more than a day ago; removed.
    pub unfinished: u64,
    /// No row names them, and they stay as they are: too young, of a later version, or without a
    /// key.
    pub left: u64,
}

impl Archive {
    /// Compares store and index and takes up what no row names, of what was written before
    /// `before`. `None`: another process is at it. `stopped` is asked between two blobs.
    ///
    /// A running ingest has blobs whose rows are about to be committed. Those are younger than
    /// `before`; should one be taken up all the same, its ingest finds a row that names this very
    /// blob, and that is Success too.
    pub async fn adopt(
        &self,
        ctx: &Ctx,
        before: Timestamp,
        stopped: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<Option<Swept>, ArchiveError> {
        let now = self.clock.now();
        if !self.catalog.take_lease(LEASE, ctx.request, now, now.plus(HELD)).await? {
            return Ok(None);
        }
        let mut sweep = Sweep {
            archive: self,
            ctx,
            stopped,
            leased: now,
            waiting: vec![],
            swept: Swept::default(),
        };
        let ran = Box::pin(sweep.run(before)).await;
        let swept = sweep.swept;
        // What was done is recorded also when it ended early.
        let recorded = self.account(ctx, swept).await;
        if let Err(error) = self.catalog.give_lease_back(LEASE, ctx.request).await {
            // It runs out by itself.
            tracing::warn!(error = cause(&error), "the lease of a sweep could not be given back");
        }
        match ran {
            Ok(()) => recorded.map(|()| Some(swept)),
            Err(Halt::Later) => Err(ArchiveError::Busy),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    async fn account(&self, ctx: &Ctx, swept: Swept) -> Result<(), ArchiveError> {
        let Swept {
            objects: _,
            adopted,
            surplus,
            quarantined,
            listed,
            damaged,
            unfinished,
            left: _,
        } = swept;
        if [adopted, surplus, quarantined, listed, damaged, unfinished].iter().all(|n| *n == 0) {
            return Ok(());
        }
        let event =
            Event::BlobsAdopted { adopted, surplus, quarantined, listed, damaged, unfinished };
        self.catalog.record(&self.at_present(ctx), event).await?;
        Ok(())
    }

    /// The same request, later: a sweep can take hours.
    pub(super) fn at_present(&self, ctx: &Ctx) -> Ctx {
        Ctx { now: self.clock.now(), ..ctx.clone() }
    }
}

struct Sweep<'a> {
    archive: &'a Archive,
    ctx: &'a Ctx,
    stopped: &'a (dyn Fn() -> bool + Send + Sync),
    /// When the lease was last taken.
    leased: Timestamp,
    waiting: Vec<StoredObject>,
    swept: Swept,
}

impl Sweep<'_> {
    async fn run(&mut self, before: Timestamp) -> Result<(), Halt> {
        let mut listing = self.archive.vault.list();
        let mut asked = Vec::with_capacity(ASKED);
        while let Some(object) = listing.try_next().await? {
            self.swept.objects = self.swept.objects.saturating_add(1);
            if object.written < before {
                asked.push(object);
            }
            if asked.len() >= ASKED {
                self.ask(&mut asked).await?;
            }
            if self.waiting.len() >= ORDERED {
                Box::pin(self.take_up()).await?;
            }
            if (self.stopped)() {
                return Ok(());
            }
        }
        self.ask(&mut asked).await?;
        Box::pin(self.take_up()).await?;
        let old = self.archive.clock.now().minus(KEPT);
        self.swept.unfinished = self.archive.vault.sweep_unfinished(old).await?;
        Ok(())
    }

    /// Keeps those that no row names.
    async fn ask(&mut self, asked: &mut Vec<StoredObject>) -> Result<(), Halt> {
        self.extend_lease().await?;
        let objects: Vec<ObjectId> = asked.iter().map(|stored| stored.object).collect();
        let named = self.archive.catalog.named(&objects).await?;
        self.waiting.extend(asked.drain(..).filter(|stored| !named.contains(&stored.object)));
        Ok(())
    }

    /// Takes up what waits, the oldest first.
    async fn take_up(&mut self) -> Result<(), Halt> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_unstable_by_key(|stored| stored.written);
        for some in waiting.chunks(ACCOUNTED) {
            let mut intake = self.archive.recovery();
            let took = self.take_some(&mut intake, some).await;
            intake.end(&self.archive.at_present(self.ctx)).await;
            took?;
        }
        Ok(())
    }

    async fn take_some(&mut self, intake: &mut Intake, some: &[StoredObject]) -> Result<(), Halt> {
        for stored in some {
            if (self.stopped)() {
                return Ok(());
            }
            self.extend_lease().await?;
            let ctx = self.archive.at_present(self.ctx);
            let fate = Box::pin(self.archive.take_up(&ctx, intake, stored)).await?;
            self.count(fate);
        }
        Ok(())
    }

    /// Nobody else sweeps while this one lives.
    async fn extend_lease(&mut self) -> Result<(), Halt> {
        let now = self.archive.clock.now();
        if now.since(self.leased) < HELD / 4 {
            return Ok(());
        }
        let until = now.plus(HELD);
        if !self.archive.catalog.take_lease(LEASE, self.ctx.request, now, until).await? {
            return Err(Halt::Later);
        }
        self.leased = now;
        Ok(())
    }

    fn count(&mut self, fate: Fate) {
        let swept = &mut self.swept;
        let count = match fate {
            Fate::Adopted => &mut swept.adopted,
            Fate::Surplus => &mut swept.surplus,
            Fate::Quarantined => &mut swept.quarantined,
            Fate::Listed => &mut swept.listed,
            Fate::Damaged => &mut swept.damaged,
            Fate::Left => &mut swept.left,
            Fate::Gone => return,
        };
        *count = count.saturating_add(1);
    }
}
