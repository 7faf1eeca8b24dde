//! The outbox: claimed by one at a time, sealed while it waits, gone when it need not wait.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{
    CatalogError, Delivery, DueMail, Letter, MailKind, MailState, NewMail, NewShare, Tx,
};
use lightcase_model::{Authority, Ctx, MailId, Phi, ShareId, Timestamp};

use crate::engine::{Engine, engines};
use crate::study::{NOW, hold};
use crate::worklist::new_share;

const LEASE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A link that ends in a day.
async fn link(engine: &Engine, number: u32) -> ShareId {
    let held = hold(engine, number, 1, 1).await;
    let new = NewShare {
        expires_at: NOW.plus(HOUR * 24),
        ..new_share(Authority::Treatment, (held.id, held.series_ids()))
    };
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.add_share(&new).await.unwrap();
    commit(tx).await;
    new.id
}

async fn commit(mut tx: Tx) {
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

fn phi(text: &str) -> Phi<String> {
    Phi::new(text.to_owned())
}

fn new_mail(share: Option<ShareId>, kind: MailKind, at: Timestamp) -> NewMail {
    let letter = Letter {
        to: phi("roe@practice.example"),
        subject: phi("Ümläut"),
        text: phi("v1.secret\n01234567"),
    };
    NewMail { id: MailId::random(), share, kind, letter, at, ends: at.plus(HOUR * 48) }
}

async fn queue(engine: &Engine, share: ShareId, kind: MailKind, at: Timestamp) -> MailId {
    let new = new_mail(Some(share), kind, at);
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.queue_mail(&new).await.unwrap();
    commit(tx).await;
    new.id
}

async fn claimed(engine: &Engine, now: Timestamp) -> Option<DueMail> {
    engine.catalog.claim_mail(now, LEASE).await.unwrap()
}

async fn claim(engine: &Engine, now: Timestamp) -> Option<MailId> {
    claimed(engine, now).await.map(|mail| mail.id)
}

async fn delivery(engine: &Engine, share: ShareId) -> Delivery {
    engine.catalog.mail_of(&[share]).await.unwrap().remove(&share).unwrap()
}

/// Nothing of a letter may stand in the table, whatever became of it.
fn check_dump(engine: &Engine, sealed: usize) {
    let dump = engine.dump("outbox");
    for secret in ["roe", "practice", "lonely", "secret", "01234567"] {
        assert!(!dump.contains(secret), "{secret}: {dump}");
        assert!(!dump.contains(&data_encoding(secret)), "{secret}: {dump}");
    }
    let rows =
        dump.lines().filter(|row| row.split('|').nth(3).is_some_and(|cell| !cell.is_empty()));
    assert!(dump.is_empty() || rows.count() == sealed, "{dump}");
}

/// As PostgreSQL prints bytes.
fn data_encoding(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[tokio::test]
async fn a_mail_is_claimed_by_one_until_its_lease_ends() {
    for engine in engines().await {
        let share = link(&engine, 1).await;
        let new = new_mail(Some(share), MailKind::Link, NOW);
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.queue_mail(&new).await.unwrap();
        assert!(matches!(tx.commit().await, Err(CatalogError::Unaudited)));
        assert_eq!(claim(&engine, NOW).await, None);

        let id = queue(&engine, share, MailKind::Link, NOW).await;
        check_dump(&engine, 1);
        let (first, second) = tokio::join!(
            engine.catalog.claim_mail(NOW, LEASE),
            engine.catalog.claim_mail(NOW, LEASE)
        );
        let mut both: Vec<DueMail> =
            [first.unwrap(), second.unwrap()].into_iter().flatten().collect();
        assert_eq!(both.len(), 1);
        let mail = both.remove(0);
        assert_eq!(
            (mail.id, mail.share, mail.kind, mail.tries),
            (id, Some(share), MailKind::Link, 1)
        );
        assert_eq!((mail.letter, mail.ends), (new.letter, new.ends));
        assert_eq!(claim(&engine, NOW).await, None);

        // Whoever claimed it died.
        let later = NOW.plus(LEASE);
        assert_eq!(claimed(&engine, later).await.map(|mail| (mail.id, mail.tries)), Some((id, 2)));
        let due = later.plus(HOUR);
        engine.catalog.mail_failed(id, due, "Nobody answered.").await.unwrap();
        assert_eq!(claim(&engine, later.plus(LEASE)).await, None);
        let found = delivery(&engine, share).await;
        assert_eq!((found.state, found.tries, found.at), (MailState::Queued, 2, NOW));
        assert_eq!(found.error, "Nobody answered.");
        assert_eq!(claim(&engine, due).await, Some(id));

        for sent in [true, false] {
            let mut tx = engine.catalog.begin().await.unwrap();
            assert_eq!(tx.mail_sent(id, due).await.unwrap(), sent);
            commit(tx).await;
        }
        let error = String::new();
        let expected = Delivery { state: MailState::Sent, tries: 3, at: due, error };
        assert_eq!(delivery(&engine, share).await, expected);
        assert_eq!(claim(&engine, due.plus(LEASE)).await, None);
        check_dump(&engine, 0);
    }
}

#[tokio::test]
async fn codes_go_first_and_the_last_one_alone() {
    for engine in engines().await {
        let (share, other) = (link(&engine, 1).await, link(&engine, 2).await);
        let alert = queue(&engine, share, MailKind::Alert, NOW).await;
        queue(&engine, share, MailKind::Code, NOW).await;
        let code = queue(&engine, share, MailKind::Code, NOW.plus(LEASE)).await;
        let others = queue(&engine, other, MailKind::Code, NOW.plus(HOUR)).await;
        let now = NOW.plus(HOUR);
        for expected in [Some(code), Some(others), Some(alert), None] {
            assert_eq!(claim(&engine, now).await, expected);
        }
        assert!(engine.catalog.mail_of(&[share, other]).await.unwrap().is_empty());
        check_dump(&engine, 3);
    }
}

#[tokio::test]
async fn what_belongs_to_an_ended_link_is_not_sent_but_its_owner_is_told() {
    for engine in engines().await {
        let shares = [link(&engine, 1).await, link(&engine, 2).await, link(&engine, 3).await];
        let [revoked, cancelled, expired] = shares;
        for share in shares {
            queue(&engine, share, MailKind::Link, NOW).await;
            queue(&engine, share, MailKind::Code, NOW).await;
        }
        let alert = queue(&engine, revoked, MailKind::Alert, NOW).await;
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.revoke_share(revoked, NOW).await.unwrap();
        assert_eq!(tx.cancel_mail_of(cancelled, NOW).await.unwrap(), 2);
        commit(tx).await;
        check_dump(&engine, 5);
        // Expired meanwhile, without anybody doing anything; none of them is claimed.
        let late = NOW.plus(HOUR * 24);
        assert_eq!(claim(&engine, late).await, Some(alert));
        assert_eq!(claim(&engine, late).await, None);

        let mut tx = engine.catalog.begin().await.unwrap();
        let swept = tx.sweep_mail(late).await.unwrap();
        commit(tx).await;
        let mut of: Vec<_> =
            swept.iter().map(|mail| (mail.share.unwrap(), mail.kind.name())).collect();
        of.sort_unstable();
        let mut expected: Vec<_> = [revoked, expired]
            .into_iter()
            .flat_map(|share| [(share, "code"), (share, "link")])
            .collect();
        expected.sort_unstable();
        assert_eq!(of, expected);
        assert!(swept.iter().all(|mail| mail.state == MailState::Cancelled));
        for share in shares {
            let found = delivery(&engine, share).await;
            assert_eq!((found.state, found.error.as_str()), (MailState::Cancelled, ""));
        }
        check_dump(&engine, 1);
    }
}

#[tokio::test]
async fn what_was_on_its_way_when_its_link_ended_counts_as_sent() {
    for engine in engines().await {
        let share = link(&engine, 1).await;
        let id = queue(&engine, share, MailKind::Link, NOW).await;
        assert_eq!(claim(&engine, NOW).await, Some(id));
        let mut tx = engine.catalog.begin().await.unwrap();
        assert_eq!(tx.cancel_mail_of(share, NOW).await.unwrap(), 1);
        assert!(!tx.give_mail_up(id, "late", NOW).await.unwrap());
        assert!(tx.mail_sent(id, NOW).await.unwrap());
        commit(tx).await;
        assert_eq!(delivery(&engine, share).await.state, MailState::Sent);
        let again = queue(&engine, share, MailKind::Link, NOW.plus(LEASE)).await;
        assert_eq!(delivery(&engine, share).await.state, MailState::Queued);
        assert_eq!(claim(&engine, NOW.plus(LEASE)).await, Some(again));
    }
}

#[tokio::test]
async fn what_nobody_takes_is_given_up() {
    for engine in engines().await {
        let share = link(&engine, 1).await;
        let refused = queue(&engine, share, MailKind::Link, NOW).await;
        let late = queue(&engine, share, MailKind::Alert, NOW).await;
        let mut tx = engine.catalog.begin().await.unwrap();
        for given_up in [true, false] {
            assert_eq!(tx.give_mail_up(refused, "Refused (550).", NOW).await.unwrap(), given_up);
        }
        commit(tx).await;
        let found = delivery(&engine, share).await;
        assert_eq!((found.state, found.error.as_str()), (MailState::Failed, "Refused (550)."));

        // What is on its way at its end is left to who sends it.
        let end = NOW.plus(HOUR * 48);
        let before = NOW.plus(HOUR * 48).minus(LEASE / 2);
        assert_eq!(claim(&engine, before).await, Some(late));
        let sweep = async |at| {
            let mut tx = engine.catalog.begin().await.unwrap();
            let swept = tx.sweep_mail(at).await.unwrap();
            commit(tx).await;
            swept.into_iter().map(|mail| (mail.id, mail.state, mail.tries)).collect::<Vec<_>>()
        };
        assert_eq!(sweep(end).await, []);
        assert_eq!(claim(&engine, end.plus(LEASE)).await, None);
        assert_eq!(sweep(end.plus(LEASE)).await, [(late, MailState::Failed, 1)]);
        check_dump(&engine, 0);
    }
}
