//! Group commit: many instances at once, one that fails, and one that nobody waits for.

use std::sync::Arc;

use lightcase_audit::AccessId;
use lightcase_catalog::{NewInstance, Outcome, Selection};
use lightcase_model::{Scope, StudyId};
use tokio::task::JoinSet;

use crate::engine::{Engine, engines};
use crate::study::{Held, hold, new_instance};

fn selection(held: &Held) -> Selection {
    Selection { study: held.uid.clone(), series: None, instance: None }
}

/// Indexes all at once; how many were indexed, held before, and failed.
async fn index(engine: &Engine, all: Vec<NewInstance>) -> (usize, usize, usize) {
    let mut running = JoinSet::new();
    // Everything waits for this one transaction where there is one writer, and comes together.
    let first = engine.catalog.begin().await.unwrap();
    for new in all {
        let catalog = Arc::clone(&engine.catalog);
        running.spawn(async move { catalog.index(new).await });
    }
    tokio::task::yield_now().await;
    drop(first);
    let mut counts = (0, 0, 0);
    for outcome in running.join_all().await {
        match outcome {
            Ok(Outcome::Indexed(_)) => counts.0 += 1,
            Ok(Outcome::AlreadyHeld(_)) => counts.1 += 1,
            Ok(Outcome::Conflict(_) | Outcome::OtherSyntax(_)) => panic!("nothing contradicts"),
            Err(_) => counts.2 += 1,
        }
    }
    counts
}

#[tokio::test]
async fn instances_that_come_at_once_are_each_indexed_once() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let new = |instance| new_instance((held.id, held.key), held.access, (1, 2, instance));
        // Each comes twice, as two blobs.
        let all = (1..=100).chain(1..=100).map(new).collect();
        assert_eq!(index(&engine, all).await, (100, 100, 0));
        let found = engine.catalog.held(&Scope::archive(), &selection(&held)).await.unwrap();
        assert_eq!(found.len(), 101);
    }
}

#[tokio::test]
async fn one_that_fails_does_not_touch_its_neighbours() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let row = (held.id, held.key);
        let mut all: Vec<_> =
            (2..=40).map(|number| new_instance(row, held.access, (1, 1, number))).collect();
        let nowhere = (StudyId(4_711), held.key);
        all.insert(20, new_instance(nowhere, AccessId::random(), (9, 1, 1)));
        assert_eq!(index(&engine, all).await, (39, 0, 1));
        let found = engine.catalog.held(&Scope::archive(), &selection(&held)).await.unwrap();
        assert_eq!(found.len(), 40);
    }
}

#[tokio::test]
async fn the_same_blob_again_is_no_second_copy() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let new = new_instance((held.id, held.key), held.access, (1, 1, 2));
        let once = engine.catalog.index(new.clone()).await.unwrap();
        assert!(matches!(once, Outcome::Indexed(_)));
        assert_eq!(engine.catalog.index(new).await.unwrap(), once);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_stops_nobody() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let new = |instance| new_instance((held.id, held.key), held.access, (1, 1, instance));
        {
            let mut left = Box::pin(engine.catalog.index(new(2)));
            // It is in the queue, and its caller does not stay for the answer.
            assert!(futures_poll(&mut left).await.is_none());
        }
        assert!(matches!(engine.catalog.index(new(3)).await.unwrap(), Outcome::Indexed(_)));
        // The one before it was committed with it, or earlier.
        assert!(matches!(engine.catalog.index(new(2)).await.unwrap(), Outcome::AlreadyHeld(_)));
    }
}

/// Polls once.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
