//! Making, listing and revoking links.

use std::time::Duration;

use lightcase_accounts::Principal;
use lightcase_audit::{Event, list_digest};
use lightcase_model::{Factor, Permission, Role, SeriesUid, StudyUid, Timestamp};
use lightcase_share::{NewLink, Recipient, ShareError, ShareFilter, ShareState, WarningKind};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{DAY, HOUR, ctx, link_to, recorded, shares, staff};

#[tokio::test]
async fn who_shares_what_is_still_arriving_is_told() {
    for engine in engines().await {
        let (shares, by) = (shares(&engine.catalog), staff(Role::Radiologist));
        let held = hold(&engine, 1, 1, 1).await;
        let told = async |live: bool| {
            let new = NewLink { live, ..link_to(&held.uid) };
            let warnings = shares.preview(&ctx(), &by, &new).await.unwrap().warnings;
            warnings.iter().any(|each| each.kind == WarningKind::Arriving)
        };
        assert!(told(false).await);
        assert!(!told(true).await, "what comes later belongs to it");
        let ended = Event::StoreEnded {
            access_id: held.access,
            study: held.id,
            count: 1,
            already_held: 0,
            refused: 0,
            list_digest: list_digest([]),
            recovered: false,
        };
        engine.catalog.record(&ctx(), ended).await.unwrap();
        assert!(!told(false).await);
    }
}

#[tokio::test]
async fn limits_are_kept_and_said() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 2, 1).await;
        let by = staff(Role::Radiologist);
        let good = link_to(&held.uid);
        let check =
            async |new: NewLink, word: &str| match shares.create(&ctx(), &by, new.clone()).await {
                Ok(_) => assert_eq!(word, "", "{new:?}"),
                Err(error) => {
                    let said = error.to_string();
                    assert!(!word.is_empty() && said.contains(word), "{new:?}: {said}");
                }
            };
        check(good.clone(), "").await;
        check(NewLink { expires: NOW, ..good.clone() }, "already").await;
        check(NewLink { expires: NOW.plus(DAY * 90), ..good.clone() }, "").await;
        let late = NOW.plus(DAY * 90 + Duration::from_micros(1));
        check(NewLink { expires: late, ..good.clone() }, "90 days").await;
        check(NewLink { max_uses: 0, ..good.clone() }, "at least one use").await;
        check(NewLink { max_uses: 1000, ..good.clone() }, "").await;
        check(NewLink { max_uses: 1001, ..good.clone() }, "1000").await;
        let nobody = vec![Recipient::named("  ")];
        check(NewLink { recipients: nobody, ..good.clone() }, "recipient").await;
        check(NewLink { studies: Vec::new(), ..good.clone() }, "No study").await;
        check(NewLink { series: Some(Vec::new()), ..good.clone() }, "series is empty").await;
        check(NewLink { purpose: " ".to_owned(), ..good.clone() }, "what the link is for").await;
        check(NewLink { factors: Vec::new(), ..good.clone() }, "without a passcode").await;

        // An end is an instant, whatever zone it was written in.
        for (text, word) in [
            ("2026-11-22T08:59:59+09:00", "already"),
            ("2026-11-22T09:00:01+09:00", ""),
            ("2026-11-21T16:00:01-08:00", ""),
            ("2026-11-21T16:00:00-08:00", "already"),
        ] {
            let expires = Timestamp::parse_rfc3339(text).unwrap();
            check(NewLink { expires, ..good.clone() }, word).await;
        }
    }
}

#[tokio::test]
async fn only_what_is_in_sight_is_shared_and_only_by_who_may() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 2, 1).await;
        let other = hold(&engine, 2, 1, 1).await;
        let good = link_to(&held.uid);
        let refused = async |by: &Principal, new| shares.create(&ctx(), by, new).await.unwrap_err();

        let admin = staff(Role::Admin);
        let needed = refused(&admin, good.clone()).await;
        assert!(matches!(needed, ShareError::NotPermitted(Permission::Share)));
        let by = staff(Role::Radiologist);
        let unknown = StudyUid::parse("1.2.3.99").unwrap();
        let foreign = vec![other.series[0].0.clone()];
        let mixed = vec![held.series[0].0.clone(), SeriesUid::parse("1.2.3.99.1").unwrap()];
        let both = vec![held.uid.clone(), other.uid.clone()];
        for new in [
            NewLink { studies: vec![unknown.clone()], ..good.clone() },
            NewLink { studies: vec![held.uid.clone(), unknown], ..good.clone() },
            NewLink { series: Some(foreign), ..good.clone() },
            NewLink { series: Some(mixed), ..good.clone() },
        ] {
            assert!(matches!(refused(&by, new).await, ShareError::NotFound));
        }
        let patients = refused(&by, NewLink { studies: both, ..good.clone() }).await;
        assert!(patients.to_string().contains("different patients"));

        let mut tx = engine.catalog.begin().await.unwrap();
        tx.withdraw(&held.uid, None, "wrong patient", NOW).await.unwrap();
        tx.record(&ctx(), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(refused(&by, good).await, ShareError::NotFound));
        let filter = ShareFilter { limit: 5, ..Default::default() };
        assert!(shares.list(&by, &filter, NOW).await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn a_link_tells_whether_it_is_of_an_account_whoever_it_names() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let account = staff(Role::Radiologist);
        let sender = Principal { name: account.name.clone(), ..Principal::operator() };
        for (by, of_account) in [(&account, true), (&sender, false)] {
            let made = shares.create(&ctx(), by, link_to(&held.uid)).await.unwrap();
            let share = &made.links[0].share;
            assert_eq!((share.created_by.as_str(), share.by_account), ("Dr. Jane", of_account));
        }
    }
}

#[tokio::test]
async fn a_link_is_shown_listed_and_revoked_once() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 2, 1).await;
        let by = staff(Role::Technologist);
        let mut whole = shares.create(&ctx(), &by, link_to(&held.uid)).await.unwrap();
        let whole = whole.links.remove(0);
        let uid = held.series[1].0.clone();
        let new = NewLink { series: Some(vec![uid.clone()]), ..link_to(&held.uid) };
        let one = shares.create(&ctx(), &by, new).await.unwrap().links.remove(0);
        assert_eq!((whole.share.series.clone(), one.share.series.clone()), (None, Some(vec![uid])));
        assert_eq!(whole.share.studies[0].series.len(), 2);
        assert_eq!(whole.share.created_by, "Dr. Jane");
        assert_eq!(whole.share.factors, [Factor::Passcode]);
        let id = whole.share.id;
        assert_eq!(recorded(&engine.catalog, id, "share_created").await, 1);

        // Nothing that is printed for debugging holds a secret or the recipient.
        let printed = format!("{whole:?}");
        let link = whole.link.expose();
        let passcode = whole.passcode.as_ref().unwrap().expose();
        for secret in [link.rsplit('.').next().unwrap(), passcode, "Example"] {
            assert!(!printed.contains(secret), "{printed}");
        }

        let list = async |live, now| {
            let filter = ShareFilter { live: Some(live), limit: 1, ..Default::default() };
            let page = shares.list(&by, &filter, now).await.unwrap();
            (page.items.len(), page.more)
        };
        assert_eq!(list(true, NOW).await, (1, true));
        assert_eq!(list(false, NOW).await, (0, false));
        assert_eq!(list(false, NOW.plus(DAY)).await, (1, true));

        let refused = shares.revoke(&ctx(), &staff(Role::Admin), id).await;
        assert!(matches!(refused, Err(ShareError::NotPermitted(_))));
        shares.revoke(&ctx(), &by, id).await.unwrap();
        shares.revoke(&ctx(), &by, id).await.unwrap();
        assert_eq!(recorded(&engine.catalog, id, "share_revoked").await, 1);
        assert_eq!(list(true, NOW).await, (1, false));
        let view = shares.get(&by, id, NOW.plus(HOUR)).await.unwrap();
        assert_eq!((view.state, view.revoked_at), (ShareState::Revoked, Some(NOW)));
        let unknown = lightcase_model::ShareId::random();
        assert!(matches!(shares.get(&by, unknown, NOW).await, Err(ShareError::NotFound)));
        let revoked = shares.revoke(&ctx(), &by, unknown).await;
        assert!(matches!(revoked, Err(ShareError::NotFound)));
        let seen = shares.get(&staff(Role::Admin), id, NOW).await;
        assert!(matches!(seen, Err(ShareError::NotPermitted(_))));
    }
}
