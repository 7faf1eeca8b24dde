//! Opening a link: one refusal, uses by browser.

use std::time::Duration;

use lightcase_accounts::{Principal, Secret};
use lightcase_share::{Attempt, NewLink, SHARE_SESSION_LIFETIME, ShareError};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{DAY, HOUR, at, begun, create, ctx, link_to, recorded, shares, visit};

#[tokio::test]
async fn every_refusal_is_the_same() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let new = || link_to(&held.uid);
        let key = create(&shares, new()).await;
        let revoked = create(&shares, new()).await;
        shares.revoke(&ctx(), &Principal::operator(), revoked.id).await.unwrap();
        let used_up = create(&shares, NewLink { max_uses: 1, ..new() }).await;
        used_up.open(&shares, Duration::ZERO).await.unwrap();
        let short = create(&shares, NewLink { expires: NOW.plus(HOUR), ..new() }).await;
        let locked = create(&shares, new()).await;
        for _ in 0..5 {
            assert!(shares.open(&ctx(), locked.wrong()).await.is_err());
        }
        let other = Secret::random().expose();

        let refusals = [
            shares.open(&ctx(), key.wrong()).await,
            shares.open(&ctx(), Attempt { passcode: Some(""), ..key.attempt() }).await,
            shares.open(&ctx(), Attempt { secret: &other, ..key.attempt() }).await,
            shares.open(&ctx(), Attempt { share: &"A".repeat(22), ..key.attempt() }).await,
            shares.open(&ctx(), Attempt { share: "", secret: "", ..key.attempt() }).await,
            shares.open(&ctx(), revoked.attempt()).await,
            shares.open(&ctx(), used_up.attempt()).await,
            shares.open(&at(HOUR), short.attempt()).await,
            shares.open(&ctx(), locked.attempt()).await,
        ];
        for refused in refusals {
            let error = refused.unwrap_err();
            assert!(matches!(error, ShareError::Refused));
            assert_eq!(
                error.to_string(),
                "The passcode is not right, or this link has ended. Check the 8 characters and \
                 try again, or ask the person who sent it."
            );
        }
        // Only wrong passcodes count as attempts, and none of it counts as a use.
        for (key, uses, attempts) in
            [(&key, 0, 2), (&revoked, 0, 0), (&used_up, 1, 0), (&short, 0, 0), (&locked, 0, 5)]
        {
            let share = engine.catalog.share(key.id).await.unwrap().unwrap();
            assert_eq!((share.uses, share.failed_attempts), (uses, attempts));
        }
        for (key, event, times) in [
            (&key, "factor_failed", 2),
            (&key, "share_probed", 1),
            (&revoked, "share_probed", 1),
            (&used_up, "share_opened", 1),
            (&used_up, "share_probed", 1),
            (&short, "share_probed", 1),
            (&locked, "factor_failed", 5),
            (&locked, "share_locked", 1),
            (&locked, "share_probed", 1),
        ] {
            assert_eq!(recorded(&engine.catalog, key.id, event).await, times, "{event}");
        }
        // The last instant before the end is good.
        let last = HOUR - Duration::from_micros(1);
        assert!(short.open(&shares, last).await.is_ok());
        // And the lock ends.
        assert!(locked.open(&shares, Duration::from_mins(15)).await.is_ok());
    }
}

#[tokio::test]
async fn a_use_is_a_browser_that_proves_itself_each_time() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, NewLink { max_uses: 2, ..link_to(&held.uid) }).await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = first.device.unwrap().expose();
        assert_eq!(first.expires, NOW.plus(SHARE_SESSION_LIFETIME));
        assert_eq!(first.device_expires, NOW.plus(DAY * 90));

        let same = Attempt { device: Some(&device), ..key.attempt() };
        for _ in 0..3 {
            let again = begun(shares.open(&ctx(), same).await).unwrap();
            assert!(again.device.is_none());
        }
        let wrong = Attempt { device: Some(&device), ..key.wrong() };
        assert!(shares.open(&ctx(), wrong).await.is_err());
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!((share.uses, share.failed_attempts), (1, 1));

        // A cookie of another link is no browser of this one; typing is read kindly.
        let other = create(&shares, link_to(&held.uid)).await;
        let typed = format!("{} {}", &key.passcode[..4].to_lowercase(), &key.passcode[4..]);
        let stranger = other.open(&shares, Duration::ZERO).await.unwrap().device.unwrap().expose();
        let attempt = Attempt { device: Some(&stranger), passcode: Some(&typed), ..key.attempt() };
        assert!(begun(shares.open(&ctx(), attempt).await).unwrap().device.is_some());
        assert!(key.open(&shares, Duration::ZERO).await.is_err());
        // The first browser still comes in.
        let late = begun(shares.open(&at(DAY - HOUR), same).await).unwrap();
        assert_eq!(late.expires, NOW.plus(DAY));
        assert!(visit(&shares, &late, DAY - HOUR).await.is_some());
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!((share.uses, share.first_opened_at), (2, Some(NOW)));
        assert_eq!(share.last_opened_at, Some(NOW.plus(DAY - HOUR)));
        assert_eq!(recorded(&engine.catalog, key.id, "share_opened").await, 6);
    }
}
