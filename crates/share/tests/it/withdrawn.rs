//! A link whose studies are all withdrawn is like one that has ended, until one comes back.

use std::time::Duration;

use lightcase_accounts::Principal;
use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{NewStudy, StudyOpening};
use lightcase_model::{Ctx, Factor, StudyUid};
use lightcase_share::{Attempt, LOCK_FOR, NewLink, ShareError, ShareState};

use crate::engine::{Engine, engines};
use crate::study::{NOW, hold, new_instance, new_study, open};
use crate::{Key, at, begun, create, ctx, link_to, recorded, shares, visit};

async fn withdraw(engine: &Engine, study: &StudyUid) {
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.withdraw(study, None, "wrong patient", NOW).await.unwrap();
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

async fn restore(engine: &Engine, study: &StudyUid) {
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.restore(study).await.unwrap();
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

/// A second study of the first one's patient.
async fn beside(engine: &Engine) -> StudyUid {
    let new = NewStudy { patient_id: new_study(1).patient_id, ..new_study(2) };
    let mut tx = engine.catalog.begin().await.unwrap();
    let StudyOpening::Open { study, subject_key, .. } = open(engine, &mut tx, &new).await else {
        panic!("the study is held with another patient")
    };
    let instance = new_instance((study, subject_key), AccessId::random(), (2, 1, 1));
    tx.index(&instance).await.unwrap();
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
    new.study_uid
}

#[tokio::test]
async fn it_is_refused_as_an_ended_one_and_works_again() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let free = create(&shares, NewLink { factors: Vec::new(), ..link_to(&held.uid) }).await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        let device = first.device.as_ref().unwrap().expose();
        let ask = async |key: &Key| {
            shares.challenge(&ctx(), &key.share, &key.secret, None).await.unwrap()
        };
        let counted = async |key: &Key| {
            let share = engine.catalog.share(key.id).await.unwrap().unwrap();
            (share.uses, share.failed_attempts, share.last_opened_at)
        };
        let state =
            async |key: &Key| shares.get(&Principal::operator(), key.id, NOW).await.unwrap().state;
        assert!(shares.open(&ctx(), key.wrong()).await.is_err());
        let before = (counted(&key).await, counted(&free).await);
        assert_eq!((before.0.0, before.0.1), (1, 1));
        assert_eq!(ask(&free).await, None);
        assert_eq!(state(&key).await, ShareState::Live);

        withdraw(&engine, &held.uid).await;
        assert_eq!(
            (ask(&key).await, ask(&free).await),
            (Some(Factor::Passcode), Some(Factor::Passcode))
        );
        for attempt in [
            key.attempt(),
            key.wrong(),
            Attempt { device: Some(&device), ..key.attempt() },
            free.attempt(),
        ] {
            let refused = shares.open(&at(LOCK_FOR), attempt).await;
            assert!(matches!(refused, Err(ShareError::Refused)));
        }
        assert_eq!((counted(&key).await, counted(&free).await), before);
        assert_eq!(state(&key).await, ShareState::Withdrawn);
        assert!(visit(&shares, &first, Duration::ZERO).await.is_none());
        for (key, event, times) in [
            (&key, "share_opened", 1),
            (&key, "factor_failed", 1),
            (&key, "share_probed", 4),
            (&free, "share_probed", 3),
            (&key, "share_session_ended", 0),
        ] {
            assert_eq!(recorded(&engine.catalog, key.id, event).await, times, "{event}");
        }

        restore(&engine, &held.uid).await;
        assert_eq!((ask(&key).await, ask(&free).await), (Some(Factor::Passcode), None));
        assert_eq!(state(&key).await, ShareState::Live);
        assert!(visit(&shares, &first, Duration::ZERO).await.is_some());
        let same = Attempt { device: Some(&device), ..key.attempt() };
        assert!(begun(shares.open(&ctx(), same).await).unwrap().device.is_none());
        assert!(key.open(&shares, Duration::ZERO).await.is_ok());
        assert!(free.open(&shares, Duration::ZERO).await.is_ok());
        assert_eq!(counted(&key).await.0, 2);
    }
}

#[tokio::test]
async fn one_study_that_is_left_is_enough() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let one = hold(&engine, 1, 1, 1).await;
        let two = beside(&engine).await;
        let both = NewLink { studies: vec![one.uid.clone(), two.clone()], ..link_to(&one.uid) };
        let key = create(&shares, both).await;
        withdraw(&engine, &one.uid).await;
        assert!(key.open(&shares, Duration::ZERO).await.is_ok());
        withdraw(&engine, &two).await;
        assert!(key.open(&shares, Duration::ZERO).await.is_err());
        restore(&engine, &one.uid).await;
        assert!(key.open(&shares, Duration::ZERO).await.is_ok());
    }
}

#[tokio::test]
async fn a_locked_link_says_so_while_it_is() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let opened = key.open(&shares, Duration::ZERO).await.unwrap();
        for _ in 0..5 {
            assert!(shares.open(&ctx(), key.wrong()).await.is_err());
        }
        let state = async |later| {
            let now = at(later).now;
            shares.get(&Principal::operator(), key.id, now).await.unwrap().state
        };
        let last = LOCK_FOR - Duration::from_micros(1);
        assert_eq!(
            (state(Duration::ZERO).await, state(last).await),
            (ShareState::Locked, ShareState::Locked)
        );
        assert!(key.open(&shares, last).await.is_err());
        // Who is inside stays, and the link asks for what it asked for.
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_some());
        let factor = shares.challenge(&ctx(), &key.share, &key.secret, None).await.unwrap();
        assert_eq!(factor, Some(Factor::Passcode));
        assert_eq!(state(LOCK_FOR).await, ShareState::Live);
        assert!(key.open(&shares, LOCK_FOR).await.is_ok());
        withdraw(&engine, &held.uid).await;
        assert_eq!(state(Duration::ZERO).await, ShareState::Withdrawn);
        shares.revoke(&ctx(), &Principal::operator(), key.id).await.unwrap();
        assert_eq!(state(Duration::ZERO).await, ShareState::Revoked);
    }
}
