//! Opening studies, indexing instances, duplicates and conflicts, withdrawal.

use lightcase_audit::{AccessId, Event, list_digest};
use lightcase_catalog::{AuditFilter, CatalogError, Conflict, Outcome, Selection, StudyOpening};
use lightcase_model::{AccountId, Ctx, Level, Phi, Query, Scope, TransferSyntaxUid};

use crate::engine::engines;
use crate::study::{NOW, hold, new_instance, new_study, open, study_uid};

#[tokio::test]
async fn a_study_is_opened_once_and_belongs_to_one_patient() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let mut tx = engine.catalog.begin().await.unwrap();
        let again = open(&engine, &mut tx, &new_study(1)).await;
        let (study, subject_key) = (held.id, held.key);
        assert!(
            matches!(again, StudyOpening::Open { study: s, subject_key: k, .. }
                if (s, k) == (study, subject_key)),
            "{again:?}"
        );
        // Without a candidate key a known study is found all the same.
        assert_eq!(tx.open_study(&new_study(1), None).await.unwrap(), again);
        let mut other = new_study(1);
        other.patient_id = Phi::new("P2".to_owned());
        assert_eq!(open(&engine, &mut tx, &other).await, StudyOpening::OtherPatient);
        let mut other = new_study(1);
        other.issuer = "ELSEWHERE".to_owned();
        assert_eq!(open(&engine, &mut tx, &other).await, StudyOpening::OtherPatient);
        drop(tx);
        let key = engine.catalog.study_key_id(new_study(1).collection, &held.uid).await.unwrap();
        assert_eq!(key, Some(held.key));
        assert_eq!(engine.catalog.subject_key(held.key, NOW).await.unwrap().id(), held.key);
    }
}

#[tokio::test]
async fn a_study_that_holds_nothing_binds_no_patient() {
    for engine in engines().await {
        let (begun, access) = (new_study(1), AccessId::random());
        let mut tx = engine.catalog.begin().await.unwrap();
        let StudyOpening::Open { study, subject_key, .. } = open(&engine, &mut tx, &begun).await
        else {
            panic!("a new study")
        };
        let event = Event::StoreBegun {
            access_id: access,
            study,
            patient_name: begun.patient_name.clone(),
            patient_id: begun.patient_id.clone(),
            study_uid: Phi::new(begun.study_uid.to_string()),
        };
        tx.record(&Ctx::system(NOW), event).await.unwrap();
        tx.commit().await.unwrap();
        let mut right = new_study(1);
        right.patient_id = Phi::new("P9".to_owned());
        right.description = "Abdomen".to_owned();

        // While the first sender is still at it, its object may yet come.
        let mut tx = engine.catalog.begin().await.unwrap();
        assert_eq!(open(&engine, &mut tx, &right).await, StudyOpening::OtherPatient);
        drop(tx);
        let ended = Event::StoreEnded {
            access_id: access,
            study,
            count: 0,
            already_held: 0,
            refused: 1,
            list_digest: list_digest([]),
            recovered: false,
        };
        engine.catalog.record(&Ctx::system(NOW), ended).await.unwrap();
        let mut tx = engine.catalog.begin().await.unwrap();
        let again = open(&engine, &mut tx, &right).await;
        assert_eq!(again, StudyOpening::Open { study, subject_key, instances: 0 });
        let instance = new_instance((study, subject_key), AccessId::random(), (1, 1, 1));
        tx.index(&instance).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        let query = Query::at(Level::Study, 10);
        let found = engine.catalog.find(&Scope::archive(), &query).await.unwrap().items;
        let [found] = found.try_into().unwrap();
        assert_eq!(found.patient.patient_id.expose(), "P9");
        assert_eq!(found.study.unwrap().description, "Abdomen");
        // From now on it is this patient's.
        let mut tx = engine.catalog.begin().await.unwrap();
        assert_eq!(open(&engine, &mut tx, &begun).await, StudyOpening::OtherPatient);
    }
}

#[tokio::test]
async fn patients_are_told_apart_by_id_and_issuer_and_empty_ids_by_study() {
    for engine in engines().await {
        for (number, patient) in [(1, "P"), (2, "P"), (3, ""), (4, "")] {
            let mut new = new_study(number);
            new.patient_id = Phi::new(patient.to_owned());
            let mut tx = engine.catalog.begin().await.unwrap();
            let StudyOpening::Open { study, subject_key, .. } = open(&engine, &mut tx, &new).await
            else {
                panic!("a new study")
            };
            let instance = new_instance((study, subject_key), AccessId::random(), (number, 1, 1));
            tx.index(&instance).await.unwrap();
            tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
            tx.commit().await.unwrap();
        }
        let query = Query::at(Level::Patient, 10);
        let patients = engine.catalog.find(&Scope::archive(), &query).await.unwrap().items;
        assert_eq!(patients.len(), 3);
    }
}

#[tokio::test]
async fn duplicates_and_conflicts_are_told_apart_and_write_nothing() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let other = hold(&engine, 2, 1, 1).await;
        let mut tx = engine.catalog.begin().await.unwrap();
        let row = (held.id, held.key);

        let same = new_instance(row, held.access, (1, 1, 1));
        assert!(matches!(tx.index(&same).await.unwrap(), Outcome::AlreadyHeld(_)));

        let mut changed = same.clone();
        changed.location.data_set_sha256 = [9; 32];
        let outcome = tx.index(&changed).await.unwrap();
        assert_eq!(outcome, Outcome::Conflict(Conflict::OtherContent));

        // In another transfer syntax the bytes differ by nature.
        changed.transfer_syntax = TransferSyntaxUid::parse("1.2.840.10008.1.2.4.70").unwrap();
        assert!(matches!(tx.index(&changed).await.unwrap(), Outcome::OtherSyntax(_)));

        let elsewhere = new_instance((other.id, other.key), other.access, (1, 1, 1));
        let outcome = tx.index(&elsewhere).await.unwrap();
        assert_eq!(outcome, Outcome::Conflict(Conflict::OtherStudy));
        tx.commit().await.unwrap();

        let query = Query::at(Level::Instance, 10);
        assert_eq!(engine.catalog.find(&Scope::archive(), &query).await.unwrap().items.len(), 2);
    }
}

#[tokio::test]
async fn parallel_stores_of_one_study_make_one_of_each_row() {
    for engine in engines().await {
        let engine = &engine;
        let held = hold(engine, 1, 1, 1).await;
        let mut stores = tokio::task::JoinSet::new();
        for instance in 2..=20 {
            for _ in 0..2 {
                let catalog = std::sync::Arc::clone(&engine.catalog);
                let new = new_instance((held.id, held.key), held.access, (1, 2, instance));
                stores.spawn(async move {
                    let mut tx = catalog.begin().await.unwrap();
                    let outcome = tx.index(&new).await.unwrap();
                    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
                    tx.commit().await.unwrap();
                    matches!(outcome, Outcome::Indexed(_))
                });
            }
        }
        let outcomes = stores.join_all().await;
        assert_eq!(outcomes.iter().filter(|indexed| **indexed).count(), 19);
        let query = Query::at(Level::Study, 10);
        let found = engine.catalog.find(&Scope::archive(), &query).await.unwrap();
        let study = found.items[0].study.as_ref().unwrap();
        assert_eq!((study.series, study.instances), (2, 20));
    }
}

#[tokio::test]
async fn a_change_without_its_event_is_not_committed() {
    for engine in engines().await {
        let mut tx = engine.catalog.begin().await.unwrap();
        open(&engine, &mut tx, &new_study(1)).await;
        assert!(matches!(tx.commit().await, Err(CatalogError::Unaudited)));
        let key = engine.catalog.study_key_id(new_study(1).collection, &study_uid(1)).await;
        assert_eq!(key.unwrap(), None);

        // Dropped, it leaves no trace either.
        let mut tx = engine.catalog.begin().await.unwrap();
        open(&engine, &mut tx, &new_study(1)).await;
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        drop(tx);
        let key = engine.catalog.study_key_id(new_study(1).collection, &study_uid(1)).await;
        assert_eq!(key.unwrap(), None);
        let filter = AuditFilter { limit: 10, ..Default::default() };
        assert!(engine.catalog.audit(&filter).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_withdrawn_study_is_out_of_sight_until_it_is_restored() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 1, 2).await;
        let by = AccountId::random();
        let seen = async || {
            let selection = Selection { study: held.uid.clone(), series: None, instance: None };
            let scope = Scope::archive();
            let mut seen = Vec::new();
            for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
                let found = catalog.find(&scope, &Query::at(level, 10)).await.unwrap();
                seen.push(found.items.len());
            }
            seen.push(catalog.held(&scope, &selection).await.unwrap().len());
            seen.push(catalog.metadata(&scope, &selection).await.unwrap().len());
            seen
        };
        assert_eq!(seen().await, [1, 1, 1, 2, 2, 2]);

        let reason = Phi::new("sent by mistake".to_owned());
        let mut tx = catalog.begin().await.unwrap();
        let study = tx.withdraw(&held.uid, Some(by), reason.expose(), NOW).await.unwrap();
        assert_eq!(study, Some(held.id));
        let study_uid = Phi::new(held.uid.to_string());
        let event = Event::StudyWithdrawn { study: held.id, study_uid: study_uid.clone(), reason };
        tx.record(&Ctx::system(NOW), event).await.unwrap();
        assert_eq!(tx.withdraw(&held.uid, Some(by), "again", NOW).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert_eq!(seen().await, [0, 0, 0, 0, 0, 0]);
        assert!(catalog.is_withdrawn(held.id).await.unwrap());

        let mut tx = catalog.begin().await.unwrap();
        assert_eq!(tx.restore(&held.uid).await.unwrap(), Some(held.id));
        assert_eq!(tx.restore(&held.uid).await.unwrap(), None);
        let event = Event::StudyRestored { study: held.id, study_uid, reason: None };
        tx.record(&Ctx::system(NOW), event).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(seen().await, [1, 1, 1, 2, 2, 2]);
    }
}
