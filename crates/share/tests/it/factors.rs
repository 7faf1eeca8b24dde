//! Factors one after the other: what each needs, in which order, and what it costs.

use lightcase_accounts::{Accounts, NewPerson};
use lightcase_model::{Factor, Phi, Role};
use lightcase_share::{Attempt, EmailAddress, NewLink, Progress, Recipient, ShareError};
use std::sync::Arc;

use crate::engine::{Engine, engines};
use crate::study::hold;
use crate::{Key, begun, create, ctx, link_to, recorded, shares, staff};

const ADDRESS: &str = "roe@practice.example";
const PASSWORD: &str = "correct horse battery";

fn roe() -> Vec<Recipient> {
    let email = Some(EmailAddress::parse(ADDRESS).unwrap());
    vec![Recipient { name: Phi::new("Dr. Roe".to_owned()), email }]
}

/// An account for whoever has this name.
async fn account(engine: &Engine, name: &str) {
    let accounts = Accounts::new(Arc::clone(&engine.catalog));
    let person = NewPerson { name, password: PASSWORD };
    accounts.add_account(&ctx(), &staff(Role::Admin), person, Role::Recipient).await.unwrap();
}

#[tokio::test]
async fn factors_are_asked_for_in_order_and_the_first_counts_the_use() {
    for engine in engines().await {
        account(&engine, ADDRESS).await;
        account(&engine, "doe@practice.example").await;
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let factors = vec![Factor::Passcode, Factor::Account, Factor::BirthDate];
        let key =
            create(&shares, NewLink { factors, recipients: roe(), ..link_to(&held.uid) }).await;
        let stored = async || engine.catalog.share(key.id).await.unwrap().unwrap();
        let birth = engine.catalog.share_birth_date(key.id).await.unwrap().into_exposed();
        let birth = format!("{}-{}-{}", &birth[..4], &birth[4..6], &birth[6..]);

        let Progress::Next { factor, device, .. } =
            shares.open(&ctx(), key.attempt()).await.unwrap()
        else {
            panic!("one factor is not enough")
        };
        assert_eq!((factor, stored().await.uses), (Factor::Account, 1));
        let device = device.unwrap().expose();
        let first = Attempt { device: Some(&device), ..key.attempt() };
        let wrong_account = Attempt { account: Some((ADDRESS, "wrong")), ..first };
        let foreign = Attempt { account: Some(("doe@practice.example", PASSWORD)), ..first };
        let second = Attempt { account: Some((ADDRESS, PASSWORD)), ..first };
        let wrong_date = Attempt { birth_date: Some("1900-01-01"), ..second };
        for refused in [wrong_account, foreign, wrong_date] {
            let error = shares.open(&ctx(), refused).await.unwrap_err();
            assert!(matches!(error, ShareError::Refused));
        }
        let progress = shares.open(&ctx(), second).await.unwrap();
        assert!(matches!(progress, Progress::Next { factor: Factor::BirthDate, device: None, .. }));
        let third = Attempt { birth_date: Some(&birth), ..second };
        let opened = begun(shares.open(&ctx(), third).await).unwrap();
        assert!(opened.device.is_none());
        let share = stored().await;
        assert_eq!((share.uses, share.failed_attempts), (1, 3));
        for (event, times) in [("factor_proved", 2), ("factor_failed", 3), ("share_opened", 1)] {
            assert_eq!(recorded(&engine.catalog, key.id, event).await, times, "{event}");
        }

        // A later factor without the ones before it opens nothing.
        let late = Attempt { passcode: None, ..third };
        let refused = shares.open(&ctx(), late).await;
        assert!(matches!(refused, Err(ShareError::Refused)), "{refused:?}");
        let share = stored().await;
        assert_eq!((share.uses, share.failed_attempts), (1, 3));
    }
}

#[tokio::test]
async fn factors_that_cannot_be_proved_are_refused_when_the_link_is_made() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let check = async |factors: &[Factor], recipients: Vec<Recipient>, word: &str| {
            let new = NewLink { factors: factors.to_vec(), recipients, ..link_to(&held.uid) };
            let said = shares.create(&ctx(), &staff(Role::Radiologist), new).await;
            let said = said.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(
                said.contains(word) && said.is_empty() == word.is_empty(),
                "{factors:?}: {said}"
            );
        };
        let named = || vec![Recipient::named("Dr. Roe")];
        check(&[Factor::BirthDate], named(), "alone").await;
        check(&[Factor::Passcode, Factor::Passcode], named(), "twice").await;
        check(&[Factor::Email], named(), "address").await;
        check(&[Factor::Passcode, Factor::Account], named(), "address").await;
        check(&[Factor::Account], roe(), "no account").await;
        check(&[], named(), "without a passcode").await;
        check(&[Factor::BirthDate, Factor::Passcode], named(), "alone").await;
        check(&[Factor::Passcode, Factor::BirthDate], named(), "").await;
        account(&engine, ADDRESS).await;
        check(&[Factor::Account], roe(), "").await;
    }
}

#[tokio::test]
async fn every_recipient_has_a_link_of_their_own() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let recipients = vec![Recipient::named("One"), Recipient::named("Two")];
        let new = NewLink { recipients, ..link_to(&held.uid) };
        let made = shares.create(&ctx(), &staff(Role::Radiologist), new).await.unwrap();
        let [one, two] = <[_; 2]>::try_from(made.links).unwrap().map(Key::of);
        assert_ne!(one.secret, two.secret);
        let swapped = Attempt { passcode: Some(&two.passcode), ..one.attempt() };
        assert!(shares.open(&ctx(), swapped).await.is_err());
        begun(shares.open(&ctx(), one.attempt()).await).unwrap();
        begun(shares.open(&ctx(), two.attempt()).await).unwrap();
    }
}
