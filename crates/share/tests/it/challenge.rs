//! Asking for the factor costs nothing and tells nothing.

use std::time::Duration;

use lightcase_accounts::Secret;
use lightcase_catalog::AuditFilter;
use lightcase_model::Factor;
use lightcase_share::{Attempt, NewLink, ShareError};

use crate::engine::engines;
use crate::study::hold;
use crate::{DAY, at, create, ctx, link_to, recorded, shares};

#[tokio::test]
async fn whatever_is_not_known_asks_for_a_passcode() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let key = create(&shares, link_to(&held.uid)).await;
        let open = create(&shares, NewLink { factors: Vec::new(), ..link_to(&held.uid) }).await;
        let other = Secret::random().expose();
        let ask = async |share: &str, secret: &str| {
            shares.challenge(&ctx(), share, secret, None).await.unwrap()
        };
        assert_eq!(ask(&open.share, &open.secret).await, None);
        for (share, secret) in [
            (key.share.as_str(), key.secret.as_str()),
            (&open.share, &other),
            (&open.share, &key.secret),
            ("AAAAAAAAAAAAAAAAAAAAAA", &other),
            (&key.id.to_string(), &key.secret),
            ("", ""),
            ("../../x", "\u{0}"),
        ] {
            assert_eq!(ask(share, secret).await, Some(Factor::Passcode));
        }
        let late = shares.challenge(&at(DAY), &open.share, &open.secret, None).await.unwrap();
        assert_eq!(late, Some(Factor::Passcode));

        for (id, probes) in [(key.id, 1), (open.id, 4)] {
            let share = engine.catalog.share(id).await.unwrap().unwrap();
            assert_eq!((share.uses, share.failed_attempts, share.first_opened_at), (0, 0, None));
            assert_eq!(recorded(&engine.catalog, id, "share_probed").await, probes);
        }
        let filter = AuditFilter {
            event: Some("share_probed".to_owned()),
            limit: 100,
            ..Default::default()
        };
        assert_eq!(engine.catalog.audit(&filter).await.unwrap().len(), 9);
    }
}

#[tokio::test]
async fn a_proof_of_what_is_not_asked_for_tells_nothing() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let live = create(&shares, link_to(&held.uid)).await;
        let other = Secret::random().expose();
        for secret in [live.secret.as_str(), other.as_str()] {
            let click = Attempt { secret, passcode: None, ..live.attempt() };
            for attempt in [
                Attempt { code: Some("00000000"), ..click },
                Attempt { account: Some(("nobody", "a wrong password")), ..click },
                Attempt { birth_date: Some("x"), ..click },
            ] {
                let said = shares.open(&ctx(), attempt).await;
                assert!(matches!(said, Err(ShareError::Refused)), "{said:?}");
            }
        }
        let share = engine.catalog.share(live.id).await.unwrap().unwrap();
        assert_eq!((share.uses, share.failed_attempts), (0, 0));
        assert_eq!(recorded(&engine.catalog, live.id, "share_probed").await, 6);
        assert!(live.open(&shares, Duration::ZERO).await.is_ok());
    }
}
