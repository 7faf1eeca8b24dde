//! Sessions of recipients: what they see, and when they end.

use std::time::Duration;

use lightcase_accounts::{Principal, Secret};
use lightcase_audit::Event;
use lightcase_model::{Actor, Ctx, Level, Query, Scope};
use lightcase_share::{NewLink, SHARE_SESSION_IDLE, ShareError};

use crate::engine::engines;
use crate::study::{NOW, hold, new_instance};
use crate::{DAY, HOUR, MINUTE, accept, at, create, ctx, link_to, recorded, shares, visit};

#[tokio::test]
async fn the_grant_is_seen_after_the_notice_and_nothing_else() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 3, 2).await;
        hold(&engine, 2, 1, 1).await;
        let granted = held.series[1].0.clone();
        let new = NewLink { series: Some(vec![granted.clone()]), ..link_to(&held.uid) };
        let key = create(&shares, new).await;
        let whole = create(&shares, link_to(&held.uid)).await;
        let opened = key.open(&shares, Duration::ZERO).await.unwrap();

        let before = visit(&shares, &opened, Duration::ZERO).await.unwrap();
        assert_eq!(before.actor(), Actor::Recipient { share: key.id, session: opened.handle });
        assert_eq!(before.scope(), Scope::Nothing);
        let view = shares.view(&before).await.unwrap();
        assert!(!view.notice_accepted && view.patient.is_none() && view.studies.is_empty());
        let notice = view.notice.text.join(" ");
        for word in
            ["The operator of this archive shares", "Dr. A. Example", "2026-11-23, 00:00 UTC"]
        {
            assert!(notice.contains(word), "{notice}");
        }
        for word in ["Doe", "Head", "1.2.3"] {
            assert!(!notice.contains(word), "{notice}");
        }
        let wrong = shares.accept(&ctx(), before, "0").await;
        assert!(matches!(wrong, Err(ShareError::NoticeChanged)));
        let after = accept(&shares, &opened).await;
        let again = shares.accept(&ctx(), after.clone(), &view.notice.hash.to_string()).await;
        assert_eq!(again.unwrap().scope(), after.scope());
        assert_eq!(recorded(&engine.catalog, key.id, "notice_accepted").await, 1);

        // A series that comes later is not part of it.
        let mut tx = engine.catalog.begin().await.unwrap();
        let late = new_instance((held.id, held.key), held.access, (1, 4, 1));
        tx.index(&late).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        let seen = async |scope: &Scope| {
            let mut seen = Vec::new();
            for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
                let page = engine.catalog.find(scope, &Query::at(level, 100)).await.unwrap();
                seen.push(page.items.len());
            }
            seen
        };
        assert_eq!(seen(&after.scope()).await, [1, 1, 1, 2]);
        let opened = whole.open(&shares, Duration::ZERO).await.unwrap();
        let visit = accept(&shares, &opened).await;
        assert_eq!(seen(&visit.scope()).await, [1, 1, 3, 6]);

        let view = shares.view(&after).await.unwrap();
        assert_eq!(view.patient.unwrap().name.expose(), "Doe^Jane");
        assert_eq!((view.studies.len(), view.studies[0].series.len()), (1, 1));
        let series = &view.studies[0].series[0];
        assert_eq!((&series.series_uid, series.instances, series.frames), (&granted, 2, 4));
        assert_eq!(view.studies[0].modalities, ["MR"]);
    }
}

#[tokio::test]
async fn a_session_needs_its_cookie_and_ends_idle_old_or_left() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let new = NewLink { expires: NOW.plus(HOUR), max_uses: 9, ..link_to(&held.uid) };
        let key = create(&shares, new).await;
        let opened = key.open(&shares, Duration::ZERO).await.unwrap();
        let other = key.open(&shares, Duration::ZERO).await.unwrap();
        let handle = opened.handle.to_string();
        for (handle, cookie) in [
            (handle.as_str(), other.cookie.expose()),
            (&handle, Secret::random().expose()),
            (&handle, String::new().into()),
            ("", opened.cookie.expose()),
            (&other.handle.to_string(), opened.cookie.expose()),
        ] {
            assert!(shares.session(NOW, handle, &cookie).await.unwrap().is_none());
        }
        // Idle: used every 14 minutes it lives on, but not beyond its link.
        let mut later = Duration::ZERO;
        while later < HOUR {
            assert!(visit(&shares, &opened, later).await.is_some(), "{later:?}");
            later += SHARE_SESSION_IDLE - MINUTE;
        }
        assert!(visit(&shares, &opened, HOUR).await.is_none());
        assert!(visit(&shares, &other, SHARE_SESSION_IDLE).await.is_none());
        assert!(visit(&shares, &other, Duration::ZERO).await.is_none());
        assert_eq!(recorded(&engine.catalog, key.id, "share_session_ended").await, 2);

        let left = key.open(&shares, Duration::ZERO).await.unwrap();
        let seen = visit(&shares, &left, Duration::ZERO).await.unwrap();
        shares.leave(&ctx(), &seen).await.unwrap();
        shares.leave(&ctx(), &seen).await.unwrap();
        assert!(visit(&shares, &left, Duration::ZERO).await.is_none());
        assert_eq!(recorded(&engine.catalog, key.id, "share_session_ended").await, 3);

        // Eight hours are the end of any session.
        let long = create(&shares, NewLink { expires: NOW.plus(DAY), ..link_to(&held.uid) }).await;
        let opened = long.open(&shares, Duration::ZERO).await.unwrap();
        for minutes in (0..480).step_by(14) {
            assert!(visit(&shares, &opened, MINUTE * minutes).await.is_some());
        }
        assert!(visit(&shares, &opened, HOUR * 8).await.is_none());
    }
}

#[tokio::test]
async fn revocation_freezing_and_withdrawal_bite_at_once() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let revoked = create(&shares, link_to(&held.uid)).await;
        let opened = revoked.open(&shares, Duration::ZERO).await.unwrap();
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_some());
        shares.revoke(&ctx(), &Principal::operator(), revoked.id).await.unwrap();
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_none());
        assert_eq!(recorded(&engine.catalog, revoked.id, "share_session_ended").await, 1);

        let frozen = create(&shares, link_to(&held.uid)).await;
        let opened = frozen.open(&shares, HOUR).await.unwrap();
        for attempt in 0..20_u32 {
            // Every five wrong tries lock for fifteen minutes, which pass here.
            let later = MINUTE * 15 * (attempt / 5);
            assert!(shares.open(&at(later), frozen.wrong()).await.is_err());
        }
        assert!(visit(&shares, &opened, HOUR).await.is_none());

        let withdrawn = create(&shares, link_to(&held.uid)).await;
        let opened = withdrawn.open(&shares, Duration::ZERO).await.unwrap();
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.withdraw(&held.uid, None, "wrong patient", NOW).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_none());
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.restore(&held.uid).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_some());
    }
}
