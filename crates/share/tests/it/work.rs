//! What a refusal costs. Whoever lacks a link's secret causes the same work whatever became of the
//! link, counted as it goes to PostgreSQL; who has it, one transaction of a few statements more or
//! less. Durations say less: they are made of the same waits for the same disk, and of the noise.

use std::sync::Arc;
use std::time::Duration;

use lightcase_accounts::{Accounts, NewPerson, Principal, Secret};
use lightcase_audit::Event;
use lightcase_catalog::{AuditFilter, Catalog, Database};
use lightcase_model::{Ctx, Role};
use lightcase_share::{Attempt, LOCK_AFTER, NewLink, ShareError, Shares};

use crate::authority::events;
use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::wire::{Cost, Wire};
use crate::{DAY, HOUR, Key, at, create, ctx, link_to, shares, staff};

/// The most statements by which a refusal to somebody with the secret differs.
const MORE: usize = 4;

/// Counts what a refusal costs.
struct Meter<'a> {
    wire: &'a Wire,
    shares: &'a Shares,
}

impl Meter<'_> {
    async fn cost(&self, attempt: Attempt<'_>) -> Cost {
        let before = self.wire.cost();
        let refused = self.shares.open(&at(HOUR), attempt).await;
        assert!(matches!(refused, Err(ShareError::Refused)), "{refused:?}");
        self.wire.cost().since(before)
    }
}

#[tokio::test]
async fn a_refusal_is_the_same_work_whatever_the_link() {
    for engine in engines().await {
        let Database::Postgres { url, migrate_url: _ } = &engine.database else { continue };
        let wire = Wire::before(url).await;
        let through = Database::Postgres { url: wire.url.clone(), migrate_url: None };
        let ring = Arc::clone(&engine.ring);
        let catalog = Arc::new(Box::pin(Catalog::open(&through, ring)).await.unwrap());
        let shares = shares(&catalog);
        let (held, gone) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let new = || link_to(&held.uid);
        let live = create(&shares, new()).await;
        let revoked = create(&shares, new()).await;
        shares.revoke(&ctx(), &Principal::operator(), revoked.id).await.unwrap();
        let expired = create(&shares, NewLink { expires: NOW.plus(HOUR), ..new() }).await;
        let not_yet = create(&shares, NewLink { starts: Some(NOW.plus(HOUR * 2)), ..new() }).await;
        let used_up = create(&shares, NewLink { max_uses: 1, ..new() }).await;
        used_up.open(&shares, Duration::ZERO).await.unwrap();
        let locked = create(&shares, new()).await;
        for _ in 0..LOCK_AFTER {
            assert!(shares.open(&at(HOUR), locked.wrong()).await.is_err());
        }
        let withdrawn = create(&shares, link_to(&gone.uid)).await;
        let mut tx = catalog.begin().await.unwrap();
        tx.withdraw(&gone.uid, None, "wrong patient", NOW).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();

        let meter = Meter { wire: &wire, shares: &shares };
        let (other, nobody) = (Secret::random().expose(), "A".repeat(22));
        let links =
            [&live, &revoked, &expired, &not_yet, &used_up, &locked, &withdrawn].map(Key::clone);
        let stranger = |key: &Key| Key { secret: other.as_str().to_owned(), ..key.clone() };
        let mut outside: Vec<Key> = links.iter().map(stranger).collect();
        outside.push(Key { share: nobody, ..stranger(&live) });
        outside.push(Key { share: "../../etc".to_owned(), ..stranger(&live) });
        outside.push(Key { secret: String::new(), ..live.clone() });

        // The first one makes the key that seals what is recorded of nobody.
        for key in &outside {
            meter.cost(key.wrong()).await;
        }
        let expected = meter.cost(outside[7].attempt()).await;
        assert_eq!(expected.commits, 1);
        assert!(expected.statements > 3, "{expected:?}");
        for key in &outside {
            for attempt in [key.attempt(), key.wrong()] {
                assert_eq!(meter.cost(attempt).await, expected, "{}", key.share);
            }
        }
        everything(&outside, &meter).await;
        for (key, passcode) in links.iter().zip([Some("WRONG"), None, None, None, None, None, None])
        {
            let passcode = passcode.unwrap_or(&key.passcode);
            let found = meter.cost(Attempt { passcode: Some(passcode), ..key.attempt() }).await;
            let more = found.statements.abs_diff(expected.statements);
            assert!(more <= MORE && found.commits == 1, "{}: {found:?} {expected:?}", key.share);
        }
    }
}

/// The same of tries that show everything there is to show.
async fn everything(outside: &[Key], meter: &Meter<'_>) {
    let mut expected = None;
    for (key, number) in outside.iter().zip(1..) {
        // A name of its own each: a name is blocked after a few tries, whatever the link.
        let name = format!("nobody-{number}");
        let attempt = Attempt {
            code: Some("00000000"),
            account: Some((&name, "a wrong password")),
            birth_date: Some("1970-01-01"),
            ..key.wrong()
        };
        let found = meter.cost(attempt).await;
        assert_eq!(found, *expected.get_or_insert(found), "{}", key.share);
    }
}

#[tokio::test]
async fn a_password_is_hashed_whatever_the_link() {
    for engine in engines().await {
        let accounts = Accounts::new(Arc::clone(&engine.catalog));
        let person = NewPerson { name: "roe@practice.example", password: "correct horse battery" };
        let by = staff(Role::Admin);
        accounts.add_account(&ctx(), &by, person, Role::Recipient).await.unwrap();
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let live = create(&shares, link_to(&held.uid)).await;
        let short =
            create(&shares, NewLink { expires: NOW.plus(HOUR), ..link_to(&held.uid) }).await;
        let unknown = Key { share: "A".repeat(22), ..live.clone() };
        let strange = Key { secret: String::new(), ..live.clone() };
        let mut failed = 0;
        for (key, number) in [&live, &short, &unknown, &strange].into_iter().zip(1..) {
            for name in ["roe@practice.example".to_owned(), format!("nobody-{number}")] {
                let account = Some((name.as_str(), "a wrong password"));
                let refused =
                    shares.open(&at(HOUR), Attempt { account, ..key.wrong() }).await.map(drop);
                assert!(matches!(refused, Err(ShareError::Refused)), "{refused:?}");
                failed += 1;
                assert_eq!(events(&engine.catalog, "sign_in_failed").await, failed, "{name}");
            }
        }
        // What is blocked is not hashed; nothing of the above was.
        let event = Some("sign_in_failed".to_owned());
        let filter = AuditFilter { event, limit: 100, ..AuditFilter::default() };
        for row in engine.catalog.audit(&filter).await.unwrap() {
            let record = String::from_utf8(row.record.canonical()).unwrap();
            assert!(!record.contains("blocked"), "{record}");
        }
        assert!(live.open(&shares, DAY - HOUR).await.is_ok());
    }
}
