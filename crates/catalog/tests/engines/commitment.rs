//! Storage commitment: asked for, claimed by one at a time, told once.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{CatalogError, CommitmentEnd, NewCommitment, Reference, Verdict};
use lightcase_model::{AeTitle, CommitmentId, Ctx, SopClassUid, SopInstanceUid, Timestamp, Uid};

use crate::engine::{Engine, engines};
use crate::study::NOW;

const LEASE: Duration = Duration::from_mins(1);

fn new_commitment(transaction: &str, instances: u32) -> NewCommitment {
    let reference = |number| Reference {
        sop_class: SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").unwrap(),
        sop_uid: SopInstanceUid::parse(&format!("1.2.3.{number}")).unwrap(),
    };
    NewCommitment {
        id: CommitmentId::random(),
        peer: AeTitle::parse("CT1").unwrap(),
        called: AeTitle::parse("LIGHTCASE").unwrap(),
        transaction: Uid::parse(transaction).unwrap(),
        at: NOW,
        references: (1..=instances).map(reference).collect(),
    }
}

async fn add(engine: &Engine, new: &NewCommitment) {
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.add_commitment(new).await.unwrap();
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claim(engine: &Engine, now: Timestamp) -> Option<CommitmentId> {
    engine.catalog.claim_commitment(now, LEASE).await.unwrap().map(|claimed| claimed.id)
}

#[tokio::test]
async fn a_commitment_is_claimed_by_one_until_its_lease_ends() {
    for engine in engines().await {
        let new = new_commitment("1.2.9.1", 2);
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.add_commitment(&new).await.unwrap();
        assert!(matches!(tx.commit().await, Err(CatalogError::Unaudited)));
        assert_eq!(claim(&engine, NOW).await, None);

        add(&engine, &new).await;
        let claimed = engine.catalog.claim_commitment(NOW, LEASE).await.unwrap().unwrap();
        assert_eq!((claimed.id, claimed.attempts), (new.id, 1));
        assert_eq!((&claimed.peer, &claimed.transaction), (&new.peer, &new.transaction));
        let found: Vec<_> = claimed.items.into_iter().collect();
        assert_eq!(
            found,
            new.references.iter().map(|each| (each.clone(), None)).collect::<Vec<_>>()
        );
        assert_eq!(claim(&engine, NOW).await, None);

        // Whoever claimed it died: it is claimed again, and what was found is not looked for again.
        engine.catalog.note_verdict(new.id, 1, Verdict::NoSuchInstance).await.unwrap();
        let later = NOW.plus(LEASE);
        let again = engine.catalog.claim_commitment(later, LEASE).await.unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (new.id, 2));
        let verdicts: Vec<_> = again.items.into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(verdicts, [None, Some(Verdict::NoSuchInstance)]);

        let renewed = later.plus(LEASE).plus(LEASE);
        engine.catalog.renew_commitment(new.id, renewed).await.unwrap();
        assert_eq!(claim(&engine, later.plus(LEASE)).await, None);
        engine.catalog.postpone_commitment(new.id, renewed).await.unwrap();
        assert_eq!(claim(&engine, later).await, None);
        assert_eq!(claim(&engine, renewed).await, Some(new.id));
    }
}

#[tokio::test]
async fn a_commitment_ends_once_and_the_same_transaction_asks_again() {
    for engine in engines().await {
        let first = new_commitment("1.2.9.1", 3);
        add(&engine, &first).await;
        let second = new_commitment("1.2.9.1", 1);
        add(&engine, &second).await;
        assert_eq!(claim(&engine, NOW).await, Some(second.id));
        for (end, expected) in [(CommitmentEnd::Reported, true), (CommitmentEnd::GivenUp, false)] {
            let mut tx = engine.catalog.begin().await.unwrap();
            assert_eq!(tx.end_commitment(second.id, end).await.unwrap(), expected);
            tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(claim(&engine, NOW.plus(LEASE).plus(LEASE)).await, None);
    }
}
