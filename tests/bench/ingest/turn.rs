//! One turn of one contender: so many associations at once, so many objects in all.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use lightcase_dimse::scu::{Outcome, Outgoing, Session};
use tokio::task::JoinSet;

use crate::contender::Contender;
use crate::load::{Load, context};
use crate::process;

/// What a turn took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) objects: usize,
    pub(crate) bytes: usize,
    pub(crate) elapsed: Duration,
    /// Processor time of the contender's process, in seconds.
    pub(crate) processor: Option<f64>,
    /// Its peak resident memory so far, in MiB.
    pub(crate) peak: Option<f64>,
}

/// The associations are set up before the clock starts.
pub(crate) async fn take(
    contender: &Contender,
    load: &Load,
    associations: usize,
    objects: usize,
) -> anyhow::Result<Turn> {
    static STAMP: AtomicU32 = AtomicU32::new(1);
    let each = objects.div_euclid(associations).max(1);
    let mut ready = Vec::new();
    for _ in 0..associations {
        let stamp = STAMP.fetch_add(1, Ordering::Relaxed);
        let session = Session::connect(&contender.target, &[context()?]).await?;
        ready.push((session, load.fresh(stamp, each)?));
    }
    if let Some(pid) = contender.pid {
        process::forget_peak(pid);
    }
    let processor = contender.pid.and_then(process::seconds);
    let begun = Instant::now();
    let mut sending = JoinSet::new();
    for (session, objects) in ready {
        sending.spawn(send(session, objects));
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    let elapsed = begun.elapsed();
    let after = contender.pid.and_then(process::seconds);
    Ok(Turn {
        objects: each * associations,
        bytes: each * associations * load.bytes(),
        elapsed,
        processor: processor.zip(after).map(|(before, after)| after - before),
        peak: contender.pid.and_then(process::peak),
    })
}

async fn send(mut session: Session, objects: Vec<Outgoing>) -> anyhow::Result<()> {
    for object in objects {
        match session.store(object).await? {
            Outcome::Stored(_) => {}
            outcome @ (Outcome::Refused(..) | Outcome::NoContext | Outcome::Unreadable(_)) => {
                bail!("an object was not stored: {outcome:?}")
            }
        }
    }
    Ok(session.release().await?)
}
