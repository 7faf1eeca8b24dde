//! What is done beside serving: views that went idle are ended, events chained, clean copies made,
//! those of links that have ended removed, blobs without a row taken up.

use std::sync::Arc;
use std::time::Duration;

use lightcase_archive::Archive;
use lightcase_catalog::Catalog;
use lightcase_model::{Ctx, ServerId, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, DatabaseChoice};
use crate::logging::cause;

/// How often views that went idle are ended.
const VIEWS: Duration = Duration::from_secs(10);
/// How often events are numbered and chained.
const SEQUENCE: Duration = Duration::from_secs(5);
/// How often somebody looks whether clean copies were ordered.
const COPIES: Duration = Duration::from_secs(1);
/// So long a server that gives no sign of life counts as running.
pub(crate) const ALIVE: Duration = Duration::from_mins(1);
/// How often it gives one.
const SIGN: Duration = Duration::from_secs(15);
/// How often copies of links that have ended are removed.
const SPENT: Duration = Duration::from_hours(1);
/// How often store and index are compared. A bucket of ten million objects is listed by ten
/// thousand requests.
const COMPARE: Duration = Duration::from_hours(6);
/// After a comparison that could not end, or was another process's.
const AGAIN: Duration = Duration::from_mins(5);

/// Tells other servers on the database that this one, begun then, runs: what is under way here is
/// not left over. It goes on until it is aborted, since what is under way ends after the stop.
pub(crate) async fn give_sign(archive: Archive, server: ServerId, begun: Timestamp) {
    let mut ticks = tokio::time::interval(SIGN);
    loop {
        ticks.tick().await;
        let until = archive.clock().now().plus(ALIVE);
        if let Err(error) = archive.catalog().note_server(server, begun, until).await {
            tracing::error!(error = cause(&error), "other servers could not be told of this one");
        }
    }
}

/// Ends views that went idle.
pub(crate) async fn end_views(archive: Archive, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(VIEWS);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        if let Err(error) = archive.end_views(archive.clock().now(), false).await {
            tracing::error!(error = cause(&error), "views could not be ended");
        }
    }
}

/// Numbers and chains events.
pub(crate) async fn sequence(catalog: Arc<Catalog>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(SEQUENCE);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        if let Err(error) = catalog.sequence_audit(1_000).await {
            tracing::error!(error = cause(&error), "events could not be chained");
        }
    }
}

/// Makes clean copies that were ordered.
pub(crate) async fn make_copies(archive: Archive, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(COPIES);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        let stopped = || stop.is_cancelled();
        loop {
            let ctx = Ctx::system(archive.clock().now());
            match Box::pin(archive.make_copies(&ctx, &stopped)).await {
                Ok(Some(copied)) if copied.made + copied.refused > 0 && !stopped() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::error!(error = cause(&error), "clean copies could not be made");
                    break;
                }
            }
        }
    }
}

/// Removes what links lent out that have ended.
pub(crate) async fn remove_spent(archive: Archive, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(SPENT);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        let stopped = || stop.is_cancelled();
        let ctx = Ctx::system(archive.clock().now());
        match Box::pin(archive.remove_spent(&ctx, &stopped)).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "copies of links that have ended were removed"),
            Err(error) => {
                let error = cause(&error);
                tracing::error!(error, "copies of links that have ended could not be removed");
            }
        }
    }
}

/// Which blobs the first comparison takes up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adoption {
    /// Those written before this instant, whatever their age.
    first: Option<Timestamp>,
    /// Later, and without such an instant: those of this age.
    after: Duration,
}

impl Adoption {
    /// Where database and store lie in the data directory, which this process has claimed, no
    /// other one is storing: all that was written before the start is left over.
    pub(crate) fn of(config: &Config, start: Timestamp) -> Self {
        let alone = matches!(config.database, DatabaseChoice::Embedded) && config.storage.is_none();
        Self { first: alone.then_some(start), after: config.adopt_after }
    }
}

/// Compares store and index, beside serving: a listing of a large bucket may take an hour, and
/// what was acknowledged is found without it. At the start, again when what was too young then no
/// longer is, and every six hours.
pub(crate) async fn adopt(archive: Archive, adoption: Adoption, stop: CancellationToken) {
    let mut before = adoption.first;
    let mut next = adoption.after;
    while !stop.is_cancelled() {
        let ctx = Ctx::system(archive.clock().now());
        let limit = before.take().unwrap_or_else(|| ctx.now.minus(adoption.after));
        let stopped = || stop.is_cancelled();
        let pause = match Box::pin(archive.adopt(&ctx, limit, &stopped)).await {
            Ok(Some(swept)) => {
                tracing::info!(
                    objects = swept.objects,
                    adopted = swept.adopted,
                    surplus = swept.surplus,
                    quarantined = swept.quarantined,
                    listed = swept.listed,
                    damaged = swept.damaged,
                    unfinished = swept.unfinished,
                    left = swept.left,
                    "store and index were compared"
                );
                std::mem::replace(&mut next, COMPARE).max(Duration::from_secs(1))
            }
            Ok(None) => AGAIN,
            Err(error) => {
                tracing::error!(error = cause(&error), "store and index could not be compared");
                AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
