//! Signing in: one answer, blocks that parallel guesses do not pass.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lightcase_accounts::{AccountsError, Principal};
use lightcase_model::Role;

use crate::engine::engines;
use crate::{PASSWORD, accounts, add, at, ctx, events, recorded};

#[tokio::test]
async fn every_cause_has_the_same_answer_and_its_event() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        add(&accounts, "jane", Role::Radiologist).await;
        let gone = add(&accounts, "gone", Role::Radiologist).await;
        accounts.disable(&ctx(), &Principal::operator(), gone.id).await.unwrap();
        let long = "x".repeat(5000);
        let wrong = [
            ("nobody", PASSWORD),
            ("jane", "wrong horse"),
            ("jane", ""),
            ("gone", PASSWORD),
            ("", ""),
            ("jane", &long),
            (&long, &long),
        ];
        let mut answers = Vec::new();
        for (name, password) in wrong {
            let refused = accounts.sign_in(&ctx(), name, password, Some("test")).await;
            answers.push(format!("{:?}", refused.unwrap_err()));
        }
        answers.dedup();
        assert_eq!(answers, ["WrongCredentials"]);
        assert_eq!(recorded(&engine.catalog, "sign_in_failed").await, wrong.len());

        let signed_in = accounts.sign_in(&ctx(), " JANE ", PASSWORD, None).await.unwrap();
        assert_eq!(signed_in.principal.name, "jane");
        assert_eq!(recorded(&engine.catalog, "signed_in").await, 1);
        assert!(!format!("{signed_in:?}").contains(&*signed_in.cookie.expose()));
        let listed = accounts.account_named(&Principal::operator(), "Jane").await.unwrap();
        assert_eq!(listed.last_sign_in_at, Some(ctx().now));
        // The right password forgot the wrong ones.
        assert_eq!(engine.catalog.sign_in_failures("jane").await.unwrap().0, 0);
    }
}

#[tokio::test]
async fn unknown_names_take_as_long_as_known_ones() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        add(&accounts, "jane", Role::Radiologist).await;
        let median = async |name: &str| {
            let mut times = Vec::new();
            for round in 0..4 {
                // Names that were not tried before: the block is not what is measured.
                let later = at(Duration::from_hours(round));
                let start = Instant::now();
                assert!(accounts.sign_in(&later, name, "wrong horse", None).await.is_err());
                times.push(start.elapsed());
            }
            times.sort_unstable();
            times[1]
        };
        let (known, unknown) = (median("jane").await, median("nobody").await);
        // Hashing dominates; without it an unknown name would be ten times faster.
        assert!(unknown * 5 > known && known * 5 > unknown, "{known:?} {unknown:?}");
    }
}

#[tokio::test]
async fn names_are_blocked_longer_each_time_known_or_not() {
    for engine in engines().await {
        let accounts = accounts(&engine.catalog);
        let jane = add(&accounts, "jane", Role::Radiologist).await;
        for name in ["jane", "nobody"] {
            let mut later = Duration::ZERO;
            for expected in [0, 0, 0, 0, 30, 60, 120] {
                let refused = accounts.sign_in(&at(later), name, "wrong horse", None).await;
                assert!(matches!(refused, Err(AccountsError::WrongCredentials)));
                if expected > 0 {
                    // Blocked for the right password as well.
                    let refused = accounts.sign_in(&at(later), name, PASSWORD, None).await;
                    let Err(AccountsError::Blocked { retry_after }) = refused else {
                        unreachable!("{refused:?}")
                    };
                    assert_eq!(retry_after, Duration::from_secs(expected));
                }
                later += Duration::from_secs(expected);
            }
        }
        let refused = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await;
        assert!(matches!(refused, Err(AccountsError::Blocked { .. })));
        // An administrator who sets the password anew lifts the block.
        let operator = Principal::operator();
        accounts.reset_password(&ctx(), &operator, jane.id, "battery staple").await.unwrap();
        assert!(accounts.sign_in(&ctx(), "jane", "battery staple", None).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_guesses_are_not_answered_beyond_the_limit() {
    for engine in engines().await {
        let accounts = Arc::new(accounts(&engine.catalog));
        add(&accounts, "jane", Role::Radiologist).await;
        let mut guesses = tokio::task::JoinSet::new();
        for number in 0..40 {
            let accounts = Arc::clone(&accounts);
            guesses.spawn(async move {
                accounts.sign_in(&ctx(), "jane", &format!("guess {number}"), None).await
            });
        }
        let answers = guesses.join_all().await;
        let judged = answers
            .iter()
            .filter(|answer| matches!(answer, Err(AccountsError::WrongCredentials)))
            .count();
        assert_eq!(judged, 5);
        assert_eq!(engine.catalog.sign_in_failures("jane").await.unwrap().0, 5);
        let refused = accounts.sign_in(&ctx(), "jane", PASSWORD, None).await;
        assert!(matches!(refused, Err(AccountsError::Blocked { .. })));
        // The refused are recorded too; 1 for the account, 41 for the tries.
        assert_eq!(events(&engine.catalog).await.len(), 42);
    }
}
