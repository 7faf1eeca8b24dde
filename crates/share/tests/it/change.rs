//! What the owner does with a link: beginning, end, another secret, recall, and what is told.

use std::collections::BTreeSet;
use std::time::Duration;

use lightcase_accounts::Principal;
use lightcase_archive::BASIC;
use lightcase_audit::Event;
use lightcase_catalog::{NewShare, Selection};
use lightcase_model::{
    AlertKind, Authority, Clock, Factor, Language, May, Phi, ProjectName, Role, ShareId,
};
use lightcase_share::{
    Attempt, Deliver, MAX_LIFETIME, NewLink, Recall, Recipient, ShareError, ShareFilter, ShareState,
};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{
    DAY, HOUR, MINUTE, accept, archive, at, begun, create, ctx, link_to, recorded, shares, staff,
};

#[tokio::test]
async fn a_link_opens_between_its_beginning_and_its_end() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let by = Principal::operator();
        let new = NewLink { starts: Some(NOW.plus(HOUR)), ..link_to(&held.uid) };
        let key = create(&shares, new).await;
        let check = async |later: Duration, state: ShareState, opens: bool| {
            let view = shares.get(&by, key.id, NOW.plus(later)).await.unwrap();
            assert_eq!((view.state, key.open(&shares, later).await.is_ok()), (state, opens));
            let asked = shares.challenge(&at(later), &key.share, &key.secret, None).await.unwrap();
            assert_eq!(asked, Some(Factor::Passcode));
        };
        check(Duration::ZERO, ShareState::NotYet, false).await;
        check(HOUR, ShareState::Live, true).await;
        check(DAY, ShareState::Expired, false).await;
        let extended = async |later, expires| shares.extend(&at(later), &by, key.id, expires).await;
        let refused = extended(Duration::ZERO, NOW.plus(MINUTE)).await.unwrap_err();
        assert!(refused.to_string().contains("before it can be opened"));
        let refused = extended(DAY, NOW.plus(DAY)).await.unwrap_err();
        assert!(matches!(refused, ShareError::Malformed(_)));
        let late = NOW.plus(DAY * 90 + MINUTE);
        assert!(extended(DAY, late).await.unwrap_err().to_string().contains("90 days"));
        extended(DAY, NOW.plus(DAY * 90)).await.unwrap();
        check(DAY, ShareState::Live, true).await;
        assert_eq!(recorded(&engine.catalog, key.id, "share_extended").await, 1);
        shares.revoke(&at(DAY), &by, key.id).await.unwrap();
        assert!(matches!(extended(DAY, NOW.plus(DAY * 3)).await, Err(ShareError::Ended)));
    }
}

/// What a link lent out is removed when it has ended: extended, it would show nothing.
#[tokio::test]
async fn an_expired_link_to_clean_copies_stays_expired() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let archive = archive(&engine.catalog, Clock::new(|| NOW));
        let name = ProjectName::parse("share-1").unwrap();
        archive.add_project(&ctx(), name.clone(), BASIC.to_owned()).await.unwrap();
        let project = archive.project(&name).await.unwrap();
        let new = NewShare {
            id: ShareId::random(),
            collection: project.collection,
            secret_hash: [1; 32],
            passcode_verifier: None,
            recipient: Phi::new("Dr. A".to_owned()),
            email: Phi::new(String::new()),
            factors: Vec::new(),
            message: Phi::new(String::new()),
            language: Language::English,
            live: false,
            purpose: "teaching".to_owned(),
            authority: Authority::Treatment,
            may: May::View,
            created_by: None,
            shared_by: "jane".to_owned(),
            created_at: NOW,
            starts_at: None,
            expires_at: NOW.plus(DAY),
            max_uses: 5,
            grants: vec![(held.id, held.series_ids(), true)],
            sources: BTreeSet::new(),
        };
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.add_share(&new).await.unwrap();
        tx.record(&ctx(), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        let by = Principal::operator();
        let extended =
            async |later, expires| shares.extend(&at(later), &by, new.id, NOW.plus(expires)).await;
        assert_eq!(extended(HOUR, DAY * 2).await.unwrap().expires, NOW.plus(DAY * 2));
        let refused = extended(DAY * 2, DAY * 3).await.unwrap_err();
        assert!(refused.to_string().contains("Make a new link"), "{refused}");
    }
}

#[tokio::test]
async fn sent_again_the_old_secret_and_passcode_are_dead() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let by = staff(Role::Radiologist);
        let old = create(&shares, link_to(&held.uid)).await;
        let session = old.open(&shares, Duration::ZERO).await.unwrap();
        for _ in 0..5 {
            assert!(shares.open(&ctx(), old.wrong()).await.is_err());
        }
        let renewed = shares.renew(&ctx(), &by, old.id, &Deliver::Copy).await.unwrap();
        let fragment = renewed.link.expose();
        let secret = fragment.rsplit('.').next().unwrap().to_owned();
        let passcode = renewed.passcode.unwrap().expose().to_owned();
        let new = crate::Key { secret: secret.clone(), passcode: passcode.clone(), ..old.clone() };
        assert!(old.open(&shares, Duration::ZERO).await.is_err());
        assert!(crate::Key { secret, ..old.clone() }.open(&shares, Duration::ZERO).await.is_err());
        assert!(
            crate::Key { passcode, ..old.clone() }.open(&shares, Duration::ZERO).await.is_err()
        );
        assert!(crate::visit(&shares, &session, Duration::ZERO).await.is_none());
        new.open(&shares, Duration::ZERO).await.unwrap();
        let view = shares.get(&by, old.id, NOW).await.unwrap();
        assert_eq!((view.state, view.uses, view.expires), (ShareState::Live, 1, NOW.plus(DAY)));
        assert_eq!(recorded(&engine.catalog, old.id, "share_renewed").await, 1);
        assert!(matches!(
            shares.renew(&at(DAY), &by, old.id, &Deliver::Copy).await,
            Err(ShareError::Ended)
        ));
    }
}

/// A link whose uses are spent would open nothing for whoever it is sent to again.
#[tokio::test]
async fn sent_again_a_link_has_all_its_uses_and_knows_no_browser() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let by = Principal::operator();
        let old = create(&shares, NewLink { max_uses: 1, ..link_to(&held.uid) }).await;
        let device = old.open(&shares, Duration::ZERO).await.unwrap().device.unwrap().expose();
        let renewed = shares.renew(&ctx(), &by, old.id, &Deliver::Copy).await.unwrap();
        assert_eq!((renewed.share.state, renewed.share.uses), (ShareState::Live, 0));
        let new = crate::Key {
            secret: renewed.link.expose().rsplit('.').next().unwrap().to_owned(),
            passcode: renewed.passcode.unwrap().expose().to_owned(),
            ..old.clone()
        };
        // The browser of before is one like any other, and one of them comes in.
        let same = Attempt { device: Some(&device), ..new.attempt() };
        let opened = begun(shares.open(&ctx(), same).await).unwrap();
        let known = opened.device.unwrap().expose();
        assert!(known != device, "another cookie");
        assert!(shares.open(&ctx(), same).await.is_err());
        assert!(new.open(&shares, Duration::ZERO).await.is_err());
        let same = Attempt { device: Some(&known), ..new.attempt() };
        assert!(shares.open(&ctx(), same).await.is_ok());
    }
}

/// An extended link knows the browsers that had its uses, for as long as it can live.
#[tokio::test]
async fn extended_a_link_still_opens_for_its_browser() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, NewLink { max_uses: 1, ..link_to(&held.uid) }).await;
        let first = key.open(&shares, Duration::ZERO).await.unwrap();
        assert_eq!(first.device_expires, NOW.plus(MAX_LIFETIME));
        let device = first.device.unwrap().expose();
        let same = Attempt { device: Some(&device), ..key.attempt() };
        assert!(shares.open(&at(DAY), same).await.is_err());
        let by = Principal::operator();
        shares.extend(&at(DAY), &by, key.id, NOW.plus(MAX_LIFETIME)).await.unwrap();
        let late = begun(shares.open(&at(DAY * 80), same).await).unwrap();
        assert_eq!(late.device_expires, first.device_expires);
        assert!(key.open(&shares, DAY * 80).await.is_err());
    }
}

#[tokio::test]
async fn all_links_of_a_study_patient_recipient_or_user_end_at_once() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let (held, other) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let (jane, max) = (staff(Role::Radiologist), staff(Role::Radiologist));
        let reason = Phi::new("sent to the wrong practice".to_owned());
        let make = async || {
            for (by, study, to) in
                [(&jane, &held, "Dr. Roe"), (&jane, &other, "Dr. Doe"), (&max, &other, "dr. roe")]
            {
                let recipients = vec![Recipient::named(to)];
                let new = NewLink { recipients, ..link_to(&study.uid) };
                shares.create(&ctx(), by, new).await.unwrap();
            }
        };
        let patient = Phi::new("P2".to_owned());
        for (of, times) in [
            (Recall::Study(held.uid.clone()), 1),
            (Recall::Patient(patient), 2),
            (Recall::Recipient(Phi::new("DR. ROE".to_owned())), 2),
            (Recall::Recipient(Phi::new("Roe".to_owned())), 0),
            (Recall::User(jane.account.unwrap()), 2),
        ] {
            make().await;
            let revoked = shares.recall(&ctx(), &jane, &of, &reason).await.unwrap();
            assert_eq!(revoked, times, "{of:?}");
            assert_eq!(shares.recall(&ctx(), &jane, &of, &reason).await.unwrap(), 0);
            // What is left ends, too, so that the next one counts its own.
            let rest = Recall::User(max.account.unwrap());
            shares.recall(&ctx(), &jane, &rest, &reason).await.unwrap();
            let rest = Recall::User(jane.account.unwrap());
            shares.recall(&ctx(), &jane, &rest, &reason).await.unwrap();
        }
        // One that has expired could be extended, so it ends, too.
        make().await;
        let of = Recall::Study(held.uid.clone());
        assert_eq!(shares.recall(&at(DAY * 2), &jane, &of, &reason).await.unwrap(), 1);
        assert_eq!(shares.recall(&at(DAY * 2), &jane, &of, &reason).await.unwrap(), 0);
        let nothing = Phi::new(" ".to_owned());
        assert!(shares.recall(&ctx(), &jane, &of, &nothing).await.is_err());
        let admin = shares.recall(&ctx(), &staff(Role::Admin), &of, &reason).await;
        assert!(matches!(admin, Err(ShareError::NotPermitted(_))));
    }
}

#[tokio::test]
async fn what_no_name_is_gets_a_sentence() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let by = staff(Role::Radiologist);
        let reason = Phi::new("a mistake".to_owned());
        let check = async |text: String, good: bool| {
            let name = || Phi::new(text.clone());
            let filter =
                ShareFilter { recipient: Some(name()), limit: 9, ..ShareFilter::default() };
            let listed = shares.list(&by, &filter, NOW).await.err();
            let mut refused = vec![listed];
            for of in [Recall::Recipient(name()), Recall::Patient(name())] {
                refused.push(shares.recall(&ctx(), &by, &of, &reason).await.err());
            }
            for error in refused {
                let said = error.map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(said.is_empty(), good, "{text:?}: {said}");
                assert!(good || said.contains("500 characters"), "{text:?}: {said}");
            }
        };
        check("ä".repeat(500), true).await;
        check("%".repeat(500), true).await;
        check(format!(" {} ", "x".repeat(500)), true).await;
        check("x".repeat(501), false).await;
        check("x".repeat(60_000), false).await;
        check("Dr.\0Roe".to_owned(), false).await;
        check("Dr.\nRoe".to_owned(), false).await;
    }
}

#[tokio::test]
async fn the_owner_is_told_and_knows_what_was_seen() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 2, 3).await;
        let by = staff(Role::Radiologist);
        let mut made = shares.create(&ctx(), &by, link_to(&held.uid)).await.unwrap();
        let key = crate::Key::of(made.links.remove(0));
        let kinds = async || {
            let alerts = shares.alerts(&by, true).await.unwrap();
            let mut kinds: Vec<AlertKind> = alerts.iter().map(|alert| alert.kind).collect();
            kinds.sort();
            kinds
        };
        shares.challenge(&ctx(), &key.share, &key.secret, Some("bot")).await.unwrap();
        assert_eq!(kinds().await, []);
        let detail = async || shares.detail(&by, key.id, NOW).await.unwrap();
        assert_eq!((detail().await.probes, detail().await.networks), (1, 0));
        let opened = key.open(&shares, Duration::ZERO).await.unwrap();
        accept(&shares, &opened).await;
        assert_eq!(kinds().await, [AlertKind::FirstOpening]);
        key.open(&shares, MINUTE).await.unwrap();
        assert_eq!(kinds().await, [AlertKind::FirstOpening]);
        let elsewhere = lightcase_model::Ctx {
            origin: lightcase_model::Origin::Http { address: "198.51.100.7".parse().unwrap() },
            ..at(MINUTE)
        };
        begun(shares.open(&elsewhere, key.attempt()).await).unwrap();
        assert_eq!(kinds().await, [AlertKind::FirstOpening, AlertKind::NewNetwork]);
        for _ in 0..5 {
            assert!(shares.open(&ctx(), key.wrong()).await.is_err());
        }
        assert_eq!(
            kinds().await,
            [AlertKind::FirstOpening, AlertKind::NewNetwork, AlertKind::Locked]
        );
        let other = staff(Role::Radiologist);
        assert!(shares.alerts(&other, false).await.unwrap().is_empty());
        let all: Vec<_> =
            shares.alerts(&by, true).await.unwrap().iter().map(|alert| alert.id).collect();
        shares.see_alerts(&other, &all, NOW).await.unwrap();
        assert_eq!(kinds().await.len(), 3);
        shares.see_alerts(&by, &all, NOW).await.unwrap();
        assert_eq!(kinds().await, []);
        assert_eq!(shares.alerts(&by, false).await.unwrap().len(), 3);

        let rows = engine.catalog.seen_series(key.id).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.images, row.seen)).collect::<Vec<_>>(), [(3, 0); 2]);
        let series = Some(held.series[0].0.clone());
        let selection = Selection { study: held.uid.clone(), series, instance: None };
        let images = engine.catalog.held(&by.scope(), &selection).await.unwrap();
        let images = images.iter().take(2).map(|image| (image.series, image.id)).collect();
        engine.catalog.note_seen(key.id, &images).await.unwrap();
        engine.catalog.note_seen(key.id, &images).await.unwrap();
        let seen: Vec<i64> = detail().await.seen.iter().map(|row| row.seen).collect();
        assert_eq!(seen.iter().sum::<i64>(), 2);

        let filter = |never_opened, recipient: &str| ShareFilter {
            never_opened,
            recipient: Some(Phi::new(recipient.to_owned())),
            limit: 9,
            ..ShareFilter::default()
        };
        for (never, text, times) in [
            (true, "example", 0),
            (false, "EXAMPLE", 1),
            (false, "%", 0),
            (false, "dr. a", 1),
            (false, "nobody", 0),
        ] {
            let page = shares.list(&by, &filter(never, text), NOW).await.unwrap();
            assert_eq!(page.items.len(), times, "{text}");
        }
    }
}
