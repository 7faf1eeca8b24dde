//! Links without a factor count their use with the first image.

use std::sync::Arc;
use std::time::Duration;

use lightcase_model::Role;
use lightcase_share::{Attempt, NewLink, ShareError};

use crate::engine::engines;
use crate::study::hold;
use crate::{accept, begun, create, ctx, link_to, recorded, shares, staff, visit};

#[tokio::test]
async fn the_use_is_counted_with_the_first_image_once_per_browser() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let new = NewLink { factors: Vec::new(), max_uses: 1, ..link_to(&held.uid) };
        let refused = shares.create(&ctx(), &staff(Role::Radiologist), new.clone()).await;
        assert!(matches!(refused, Err(ShareError::FactorNeeded)));
        let key = create(&shares, new).await;
        let stored = async || engine.catalog.share(key.id).await.unwrap().unwrap();

        // A mail scanner that goes all the way to the session uses nothing up.
        let scanner = key.open(&shares, Duration::ZERO).await.unwrap();
        let before = visit(&shares, &scanner, Duration::ZERO).await.unwrap();
        assert!(matches!(shares.first_image(&ctx(), &before).await, Err(ShareError::Refused)));
        assert_eq!((stored().await.uses, stored().await.first_opened_at), (0, None));

        let opened = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = opened.device.as_ref().unwrap().expose();
        let seen = accept(&shares, &opened).await;
        shares.first_image(&ctx(), &seen).await.unwrap();
        shares.first_image(&ctx(), &seen).await.unwrap();
        assert_eq!(stored().await.uses, 1);
        assert!(stored().await.first_opened_at.is_some());
        assert_eq!(recorded(&engine.catalog, key.id, "share_opened").await, 1);

        // The same browser again counts none.
        let same = Attempt { device: Some(&device), ..key.attempt() };
        let again = begun(shares.open(&ctx(), same).await).unwrap();
        let seen = accept(&shares, &again).await;
        shares.first_image(&ctx(), &seen).await.unwrap();
        assert_eq!(stored().await.uses, 1);

        // Another one is refused at the door, and the scanner's session at the first image.
        assert!(key.open(&shares, Duration::ZERO).await.is_err());
        let seen = accept(&shares, &scanner).await;
        assert!(matches!(shares.first_image(&ctx(), &seen).await, Err(ShareError::Refused)));
        assert!(visit(&shares, &scanner, Duration::ZERO).await.is_none());
        assert_eq!(recorded(&engine.catalog, key.id, "share_session_ended").await, 1);
        assert_eq!(stored().await.uses, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_first_images_never_pass_the_uses() {
    for engine in engines().await {
        let shares = Arc::new(shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let new = NewLink { factors: Vec::new(), max_uses: 3, ..link_to(&held.uid) };
        let key = create(&shares, new).await;
        let mut visits = Vec::new();
        for _ in 0..10 {
            let opened = key.open(&shares, Duration::ZERO).await.unwrap();
            visits.push(accept(&shares, &opened).await);
        }
        let mut images = tokio::task::JoinSet::new();
        for visit in visits {
            for _ in 0..3 {
                let (shares, visit) = (Arc::clone(&shares), visit.clone());
                images.spawn(async move {
                    shares.first_image(&ctx(), &visit).await.map(|()| visit.session)
                });
            }
        }
        let answers = images.join_all().await;
        let seen: std::collections::BTreeSet<_> = answers.into_iter().flatten().collect();
        assert_eq!(seen.len(), 3);
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!(share.uses, 3);
    }
}
