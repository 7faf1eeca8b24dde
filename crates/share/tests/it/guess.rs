//! Guessing and opening in parallel never pass the limits.

use std::sync::Arc;
use std::time::Duration;

use lightcase_catalog::ShareState;
use lightcase_share::{FREEZE_AFTER, LOCK_FOR, NewLink, ShareError};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{at, create, ctx, link_to, recorded, shares};

const MANY: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn parallel_guesses_never_pass_the_limit() {
    for engine in engines().await {
        let shares = Arc::new(shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..MANY {
            let (shares, key) = (Arc::clone(&shares), key.clone());
            guesses.spawn(async move { shares.open(&ctx(), key.wrong()).await.map(drop) });
        }
        for refused in guesses.join_all().await {
            assert!(matches!(refused, Err(ShareError::Refused)), "{refused:?}");
        }
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!(share.failed_attempts, 5);
        assert_eq!(share.locked_until, NOW.plus(LOCK_FOR));
        assert_eq!(recorded(&engine.catalog, key.id, "factor_failed").await, 5);
        assert_eq!(recorded(&engine.catalog, key.id, "share_locked").await, 1);
        assert_eq!(recorded(&engine.catalog, key.id, "share_probed").await, MANY - 5);
    }
}

#[tokio::test]
async fn a_link_freezes_for_good() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let mut later = Duration::ZERO;
        for attempt in 1..=FREEZE_AFTER {
            assert!(shares.open(&at(later), key.wrong()).await.is_err());
            if attempt % 5 == 0 {
                assert!(key.open(&shares, later).await.is_err());
                later += LOCK_FOR;
            }
            // A right try in between does not forget the wrong ones.
            if attempt == 7 {
                assert!(key.open(&shares, later).await.is_ok());
            }
        }
        assert!(key.open(&shares, later).await.is_err());
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!(share.failed_attempts, 20);
        assert_eq!(share.state(at(later).now), ShareState::Frozen);
        assert_eq!(recorded(&engine.catalog, key.id, "share_locked").await, 3);
        assert_eq!(recorded(&engine.catalog, key.id, "share_frozen").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_openings_never_pass_the_uses() {
    for engine in engines().await {
        let shares = Arc::new(shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, NewLink { max_uses: 7, ..link_to(&held.uid) }).await;
        let mut openings = tokio::task::JoinSet::new();
        for _ in 0..MANY {
            let (shares, key) = (Arc::clone(&shares), key.clone());
            openings.spawn(async move { key.open(&shares, Duration::ZERO).await });
        }
        let mut opened = 0;
        for answer in openings.join_all().await {
            match answer {
                Ok(_) => opened += 1,
                Err(error) => assert!(matches!(error, ShareError::Refused), "{error:?}"),
            }
        }
        assert_eq!(opened, 7);
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!((share.uses, share.failed_attempts), (7, 0));
        assert_eq!(recorded(&engine.catalog, key.id, "share_opened").await, 7);
    }
}
