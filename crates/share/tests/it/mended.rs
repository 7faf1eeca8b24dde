//! What was wrong once: a regression test for each.

use std::sync::Arc;
use std::time::Duration;

use lightcase_accounts::{Accounts, NewPerson, Principal};
use lightcase_catalog::Recall;
use lightcase_model::{AccountId, Actor, AlertKind, Factor, Phi, Role};
use lightcase_share::{Attempt, Deliver, EmailAddress, NewLink, Progress, Recipient, ShareError};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{HOUR, at, create, ctx, link_to, shares, staff};

/// More than there are connections, so that one that held two would wait for itself.
const MANY: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn questions_at_once_are_all_answered() {
    for engine in engines().await {
        let shares = Arc::new(shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let mut questions = tokio::task::JoinSet::new();
        for _ in 0..MANY {
            let (shares, key) = (Arc::clone(&shares), key.clone());
            questions.spawn(async move {
                shares.challenge(&ctx(), &key.share, &key.secret, None).await.unwrap()
            });
        }
        for answer in questions.join_all().await {
            assert_eq!(answer, Some(Factor::Passcode));
        }
    }
}

/// As a try that had read the link before it was sent again, and comes to it after.
#[tokio::test]
async fn a_secret_that_was_read_before_is_no_longer_taken_after() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let before = engine.catalog.share(key.id).await.unwrap().unwrap().secret_hash;
        let by = staff(Role::Radiologist);
        shares.renew(&ctx(), &by, key.id, &Deliver::Copy).await.unwrap();
        let after = engine.catalog.share(key.id).await.unwrap().unwrap().secret_hash;
        for (hash, taken) in [(before, false), (after, true)] {
            let mut tx = engine.catalog.begin().await.unwrap();
            assert_eq!(tx.count_attempt(key.id, &hash, NOW).await.unwrap().is_some(), taken);
        }
    }
}

#[tokio::test]
async fn a_click_alone_tells_nothing_of_a_link() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let live = create(&shares, link_to(&held.uid)).await;
        let short =
            create(&shares, NewLink { expires: NOW.plus(HOUR), ..link_to(&held.uid) }).await;
        let revoked = create(&shares, link_to(&held.uid)).await;
        shares.revoke(&ctx(), &Principal::operator(), revoked.id).await.unwrap();
        let locked = create(&shares, link_to(&held.uid)).await;
        for _ in 0..5 {
            assert!(shares.open(&ctx(), locked.wrong()).await.is_err());
        }
        for (key, later) in
            [(&live, Duration::ZERO), (&short, HOUR), (&revoked, HOUR), (&locked, Duration::ZERO)]
        {
            for secret in [key.secret.as_str(), "x"] {
                let attempt = Attempt { secret, passcode: None, ..key.attempt() };
                let said = shares.open(&at(later), attempt).await.unwrap();
                let expected =
                    matches!(said, Progress::Next { factor: Factor::Passcode, device: None, .. });
                assert!(expected, "{said:?}");
            }
        }
        let share = engine.catalog.share(live.id).await.unwrap().unwrap();
        assert_eq!((share.uses, share.failed_attempts), (0, 0));
    }
}

#[tokio::test]
async fn what_strangers_do_to_an_account_is_no_wrong_try_of_the_link() {
    const NAME: &str = "roe@practice.example";
    const PASSWORD: &str = "correct horse battery";
    for engine in engines().await {
        let accounts = Accounts::new(Arc::clone(&engine.catalog));
        let person = NewPerson { name: NAME, password: PASSWORD };
        let by = Principal::operator();
        accounts.add_account(&ctx(), &by, person, Role::Radiologist).await.unwrap();
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let email = Some(EmailAddress::parse(NAME).unwrap());
        let recipients = vec![Recipient { email, ..Recipient::named("Dr. Roe") }];
        let factors = vec![Factor::Passcode, Factor::Account];
        let key = create(&shares, NewLink { recipients, factors, ..link_to(&held.uid) }).await;
        for _ in 0..5 {
            accounts.verify(&ctx(), NAME, "wrong wrong wrong", None).await.unwrap_err();
        }
        let attempt = Attempt { account: Some((NAME, PASSWORD)), ..key.attempt() };
        let refused = shares.open(&ctx(), attempt).await.unwrap_err();
        assert!(matches!(refused, ShareError::Refused));
        let share = engine.catalog.share(key.id).await.unwrap().unwrap();
        assert_eq!(share.failed_attempts, 0);
        let opened = shares.open(&at(HOUR), attempt).await.unwrap();
        assert!(matches!(opened, Progress::Opened(_)));
        // A name that no account can have is one that nobody has.
        let attempt = Attempt { account: Some(("\0", PASSWORD)), ..key.attempt() };
        let refused = shares.open(&at(HOUR), attempt).await.unwrap_err();
        assert!(matches!(refused, ShareError::Refused), "{refused:?}");
    }
}

#[tokio::test]
async fn owners_are_told_of_what_others_revoke() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let (owner, other) = (staff(Role::Radiologist), staff(Role::Radiologist));
        let told = async |by: &Principal| {
            let alerts = shares.alerts(by, false).await.unwrap();
            alerts.iter().filter(|alert| alert.kind == AlertKind::Revoked).count()
        };
        let by =
            |account: AccountId| lightcase_model::Ctx { actor: Actor::Account(account), ..ctx() };
        for (by_whom, count) in [(&owner, 0), (&other, 1)] {
            let made = shares.create(&ctx(), &owner, link_to(&held.uid)).await.unwrap();
            assert_eq!(made.links.len(), 1);
            let reason = Phi::new("no longer needed".to_owned());
            let of = Recall::Study(held.uid.clone());
            let ctx = by(by_whom.account.unwrap());
            assert_eq!(shares.recall(&ctx, by_whom, &of, &reason).await.unwrap(), 1);
            assert_eq!(told(&owner).await, count);
        }
        assert_eq!(told(&other).await, 0);
    }
}
