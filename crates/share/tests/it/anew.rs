//! A browser that comes back after its session is over finds its place again: the address that it
//! loads from is the same.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lightcase_accounts::{Principal, Secret};
use lightcase_share::{
    Attempt, Deliver, NewLink, Opened, SHARE_SESSION_IDLE, SHARE_SESSION_LIFETIME, ShareError,
    Shares,
};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{
    DAY, HOUR, Key, MINUTE, accept, at, begun, create, ctx, link_to, recorded, shares, visit,
};

async fn come(shares: &Shares, key: &Key, device: &str, later: Duration) -> Opened {
    let attempt = Attempt { device: Some(device), ..key.attempt() };
    begun(shares.open(&at(later), attempt).await).unwrap()
}

#[tokio::test]
async fn what_is_over_begins_anew_and_what_lives_does_not() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, NewLink { max_uses: 1, ..link_to(&held.uid) }).await;
        let ended = async || recorded(&engine.catalog, key.id, "share_session_ended").await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = first.device.as_ref().unwrap().expose();
        accept(&shares, &first).await;

        let beside = come(&shares, &key, &device, SHARE_SESSION_IDLE - MINUTE).await;
        assert_ne!(beside.handle, first.handle);
        assert_eq!(ended().await, 0);

        let again = come(&shares, &key, &device, SHARE_SESSION_IDLE).await;
        assert_eq!(again.handle, first.handle);
        assert!(again.cookie.expose() != first.cookie.expose(), "another cookie");
        assert_eq!(again.expires, NOW.plus(SHARE_SESSION_IDLE + SHARE_SESSION_LIFETIME));
        assert!(visit(&shares, &first, SHARE_SESSION_IDLE).await.is_none());
        let seen = visit(&shares, &again, SHARE_SESSION_IDLE).await.unwrap();
        assert!(!seen.notice_accepted);
        assert_eq!(ended().await, 1);

        let third = come(&shares, &key, &device, SHARE_SESSION_IDLE).await;
        assert!(third.handle != first.handle && third.handle != beside.handle);

        // It was left, which is on record already.
        shares.leave(&at(SHARE_SESSION_IDLE), &seen).await.unwrap();
        assert_eq!(ended().await, 2);
        let left = come(&shares, &key, &device, SHARE_SESSION_IDLE).await;
        assert_eq!(left.handle, first.handle);
        assert!(visit(&shares, &again, SHARE_SESSION_IDLE).await.is_none());
        // Whoever held what was before ends nothing of what is now.
        shares.leave(&at(SHARE_SESSION_IDLE), &seen).await.unwrap();
        assert!(visit(&shares, &left, SHARE_SESSION_IDLE).await.is_some());
        assert_eq!(ended().await, 2);

        // Hours later all three are over, and there is no fourth.
        let mut back = BTreeSet::new();
        for _ in 0..3 {
            back.insert(come(&shares, &key, &device, HOUR * 9).await.handle.to_string());
        }
        let before = [&first, &beside, &third].map(|opened| opened.handle.to_string());
        assert_eq!(back, BTreeSet::from(before));
        let fourth = come(&shares, &key, &device, HOUR * 9).await.handle.to_string();
        assert!(!back.contains(&fourth));
        assert_eq!(ended().await, 5);
        assert_eq!(recorded(&engine.catalog, key.id, "share_opened").await, 9);
        assert_eq!(engine.catalog.share(key.id).await.unwrap().unwrap().uses, 1);
    }
}

#[tokio::test]
async fn another_browser_another_secret_and_an_ended_link_find_nothing() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let by = Principal::operator();
        let key = create(&shares, link_to(&held.uid)).await;
        let other = create(&shares, link_to(&held.uid)).await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = first.device.as_ref().unwrap().expose();
        let strange = other.open(&shares, Duration::ZERO).await.unwrap().device.unwrap().expose();
        for device in [Secret::random().expose(), strange, String::new().into()] {
            let opened = come(&shares, &key, &device, HOUR).await;
            assert_ne!(opened.handle, first.handle);
        }

        let renewed = shares.renew(&at(HOUR), &by, key.id, &Deliver::Copy).await.unwrap();
        let new = Key {
            secret: renewed.link.expose().rsplit('.').next().unwrap().to_owned(),
            passcode: renewed.passcode.unwrap().expose().to_owned(),
            ..key.clone()
        };
        let opened = come(&shares, &new, &device, HOUR).await;
        assert_ne!(opened.handle, first.handle);
        assert!(opened.device.is_some());
        assert!(visit(&shares, &first, HOUR).await.is_none());

        let known = opened.device.as_ref().unwrap().expose();
        shares.revoke(&at(HOUR), &by, key.id).await.unwrap();
        let attempt = Attempt { device: Some(&known), ..new.attempt() };
        let refused = shares.open(&at(HOUR), attempt).await;
        assert!(matches!(refused, Err(ShareError::Refused)));
        assert!(visit(&shares, &opened, HOUR).await.is_none());
    }
}

#[tokio::test]
async fn a_use_that_was_counted_with_an_image_is_not_counted_again() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let new = NewLink { factors: Vec::new(), max_uses: 1, ..link_to(&held.uid) };
        let key = create(&shares, new).await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = first.device.as_ref().unwrap().expose();
        let seen = accept(&shares, &first).await;
        shares.first_image(&ctx(), &seen).await.unwrap();
        for (later, opened) in [(HOUR, 2), (HOUR * 2, 3)] {
            let again = come(&shares, &key, &device, later).await;
            assert_eq!(again.handle, first.handle);
            let seen = accept(&shares, &again).await;
            shares.first_image(&at(later), &seen).await.unwrap();
            assert_eq!(engine.catalog.share(key.id).await.unwrap().unwrap().uses, 1);
            assert_eq!(recorded(&engine.catalog, key.id, "share_opened").await, opened);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_openings_at_once_one_has_the_place() {
    for engine in engines().await {
        let shares = Arc::new(shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let new = NewLink { expires: NOW.plus(DAY * 2), ..link_to(&held.uid) };
        let key = create(&shares, new).await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = first.device.as_ref().unwrap().expose();
        let mut openings = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (shares, key, device) = (Arc::clone(&shares), key.clone(), device.clone());
            openings.spawn(async move { come(&shares, &key, &device, DAY).await });
        }
        let opened = openings.join_all().await;
        let handles: BTreeSet<String> = opened.iter().map(|each| each.handle.to_string()).collect();
        assert_eq!(handles.len(), 10);
        assert!(handles.contains(&first.handle.to_string()));
        for each in &opened {
            assert!(visit(&shares, each, DAY).await.is_some());
        }
        assert_eq!(recorded(&engine.catalog, key.id, "share_session_ended").await, 1);
    }
}
