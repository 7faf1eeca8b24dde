//! The completeness ledger.

use lightcase_audit::{AccessId, Event, list_digest};
use lightcase_catalog::{
    CommitmentEnd, Completeness, Count, Expectation, NewCommitment, Outcome, Reference, Studies,
};
use lightcase_model::{
    AeTitle, CollectionId, CommitmentId, Ctx, Grant, May, Phi, Scope, SopClassUid, StudyId, Uid,
};
use lightcase_storage::ObjectId;

use crate::engine::{Engine, engines};
use crate::study::{Held, NOW, hold, new_instance};

/// The newest studies, in a scope.
async fn all(engine: &Engine, scope: &Scope) -> Vec<Completeness> {
    engine.catalog.completeness(scope, Studies::Newest(100)).await.unwrap()
}

async fn one(engine: &Engine, study: StudyId) -> Completeness {
    let ids = [study];
    let found = engine.catalog.completeness(&Scope::archive(), Studies::Ids(&ids)).await.unwrap();
    let [found] = found.try_into().unwrap();
    found
}

async fn end(engine: &Engine, held: &Held, access_id: AccessId) {
    let event = Event::StoreEnded {
        access_id,
        study: held.id,
        count: 0,
        already_held: 0,
        refused: 0,
        list_digest: list_digest([]),
        recovered: false,
    };
    engine.catalog.record(&Ctx::system(NOW), event).await.unwrap();
}

/// Adds an instance to a series, with what its header says.
async fn add(engine: &Engine, held: &Held, (series, number): (u32, u32), says: &[Expectation]) {
    let study: u32 = held.uid.as_str().rsplit('.').next().unwrap().parse().unwrap();
    let mut new = new_instance((held.id, held.key), held.access, (study, series, number));
    new.expectations = says.to_vec();
    let mut tx = engine.catalog.begin().await.unwrap();
    assert!(matches!(tx.index(&new).await.unwrap(), Outcome::Indexed(_)));
    // The same object again, in another blob, counts nothing.
    new.location.object = ObjectId::random();
    assert!(matches!(tx.index(&new).await.unwrap(), Outcome::AlreadyHeld(_)));
    tx.commit().await.unwrap();
}

fn says(source: &'static str, name: &str, expected: i64) -> Expectation {
    let whole_study = source == "NumberOfStudyRelatedInstances";
    Expectation { source, name: name.to_owned(), whole_study, expected }
}

const fn count(received: i64, expected: Option<i64>) -> Count {
    Count { received, expected }
}

#[tokio::test]
async fn an_open_store_is_still_arriving_and_silence_is_no_signal() {
    for engine in engines().await {
        let held = hold(&engine, 1, 2, 3).await;
        let found = one(&engine, held.id).await;
        assert_eq!((found.count, found.arriving), (count(6, None), true));
        assert!(found.series.iter().all(|series| series.arriving));
        end(&engine, &held, held.access).await;
        let found = one(&engine, held.id).await;
        assert_eq!((found.count, found.arriving), (count(6, None), false));
        assert!(found.series.iter().all(|series| !series.arriving && series.signals.is_empty()));

        // Another association has begun, and has no object yet.
        let access = AccessId::random();
        let begun = Event::StoreBegun {
            access_id: access,
            study: held.id,
            patient_name: Phi::new(String::new()),
            patient_id: Phi::new(String::new()),
            study_uid: Phi::new(held.uid.to_string()),
        };
        engine.catalog.record(&Ctx::system(NOW), begun).await.unwrap();
        let found = one(&engine, held.id).await;
        assert!(found.arriving && found.series.iter().all(|series| !series.arriving));
    }
}

#[tokio::test]
async fn gaps_between_instance_numbers_are_missing() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 3).await;
        add(&engine, &held, (1, 5), &[]).await;
        let found = one(&engine, held.id).await;
        assert_eq!(found.count, count(4, Some(5)));
        assert_eq!(found.series[0].signals[0].source, "InstanceNumber");
        add(&engine, &held, (1, 4), &[]).await;
        assert_eq!(one(&engine, held.id).await.count, count(5, None));
    }
}

#[tokio::test]
async fn the_strictest_count_of_the_headers_stands() {
    for engine in engines().await {
        let held = hold(&engine, 1, 2, 1).await;
        let acquisition = |number| says("ImagesInAcquisition", number, 2);
        add(&engine, &held, (1, 2), &[acquisition("1")]).await;
        assert_eq!(one(&engine, held.id).await.series[0].count, count(2, Some(3)));
        add(&engine, &held, (1, 3), &[acquisition("1"), acquisition("2")]).await;
        assert_eq!(one(&engine, held.id).await.series[0].count, count(3, Some(4)));
        // The other image of the second acquisition is in the other series.
        add(&engine, &held, (2, 2), &[acquisition("2")]).await;
        let found = one(&engine, held.id).await;
        let counts = [found.series[0].count, found.series[1].count];
        assert_eq!(counts, [count(3, Some(3)), count(2, Some(2))]);

        let series = |expected| says("NumberOfSeriesRelatedInstances", "", expected);
        add(&engine, &held, (1, 4), &[series(7), acquisition("1")]).await;
        add(&engine, &held, (1, 5), &[series(6)]).await;
        let found = one(&engine, held.id).await;
        assert_eq!(found.series[0].count, count(5, Some(7)));
        assert_eq!((found.count, found.count.missing()), (count(7, Some(9)), 2));
        let study = says("NumberOfStudyRelatedInstances", "", 20);
        add(&engine, &held, (2, 3), std::slice::from_ref(&study)).await;
        let found = one(&engine, held.id).await;
        assert_eq!((found.count, found.signals[0].expected), (count(8, Some(20)), 20));
    }
}

#[tokio::test]
async fn a_scope_shows_its_own_series_alone() {
    for engine in engines().await {
        let (held, other) = (hold(&engine, 1, 2, 1).await, hold(&engine, 2, 1, 1).await);
        let study = says("NumberOfStudyRelatedInstances", "", 20);
        add(&engine, &held, (2, 2), std::slice::from_ref(&study)).await;
        let seen: Vec<StudyId> =
            all(&engine, &Scope::archive()).await.iter().map(|each| each.study).collect();
        assert_eq!(seen, [other.id, held.id]);
        let grant = Grant {
            collection: CollectionId::ARCHIVE,
            study: held.id,
            series: Some([held.series[0].1].into()),
            may: May::View,
        };
        let found = all(&engine, &Scope::Grants(vec![grant])).await;
        assert_eq!((found.len(), found[0].series.len()), (1, 1));
        assert_eq!((found[0].count, found[0].signals.len()), (count(1, None), 0));
        assert!(all(&engine, &Scope::Nothing).await.is_empty());
    }
}

#[tokio::test]
async fn a_commitment_says_what_its_sender_has_sent() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 3).await;
        end(&engine, &held, held.access).await;
        let reference = |number: u32| {
            let new = new_instance((held.id, held.key), held.access, (1, 1, number));
            Reference {
                sop_class: SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").unwrap(),
                sop_uid: new.sop_uid,
            }
        };
        let commit = async |numbers: std::ops::RangeInclusive<u32>| {
            let new = NewCommitment {
                id: CommitmentId::random(),
                peer: AeTitle::parse("CT1").unwrap(),
                called: AeTitle::parse("LIGHTCASE").unwrap(),
                transaction: Uid::parse(&format!("1.2.9.{}", numbers.end())).unwrap(),
                at: NOW,
                references: numbers.map(reference).collect(),
            };
            let mut tx = engine.catalog.begin().await.unwrap();
            tx.add_commitment(&new).await.unwrap();
            assert!(tx.end_commitment(new.id, CommitmentEnd::Reported).await.unwrap());
            tx.expect_of_commitment(new.id).await.unwrap();
            tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
            tx.commit().await.unwrap();
        };
        // Nothing of it is held: whose would it be?
        commit(40..=50).await;
        assert_eq!(one(&engine, held.id).await.count, count(3, None));
        // That these were sent does not say that they are all.
        commit(1..=3).await;
        assert_eq!(one(&engine, held.id).await.count, count(3, None));
        commit(2..=4).await;
        assert_eq!(one(&engine, held.id).await.count, count(3, Some(4)));
        add(&engine, &held, (1, 4), &[]).await;
        assert_eq!(one(&engine, held.id).await.count, count(4, None));
    }
}
