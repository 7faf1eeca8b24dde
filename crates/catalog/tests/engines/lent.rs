//! Links that lend clean copies answer for the studies of which the copies were made.

use std::collections::BTreeSet;

use lightcase_audit::Event;
use lightcase_catalog::{NewShare, Recall, ShareFilter, ShareState, Tx, WorklistFilter};
use lightcase_model::{Authority, CollectionId, Collections, Ctx, Phi, ShareId, StudyUid};

use crate::engine::{Engine, engines};
use crate::study::{Held, NOW, hold};
use crate::worklist::new_share;

/// A link to one study that was made of others.
async fn lend(engine: &Engine, copy: &Held, sources: &[&Held]) -> ShareId {
    let new = NewShare {
        sources: sources.iter().map(|held| held.id).collect(),
        ..new_share(Authority::Treatment, (copy.id, copy.series_ids()))
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

async fn withdraw(engine: &Engine, study: &StudyUid) {
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.withdraw(study, None, "wrong patient", NOW).await.unwrap().unwrap();
    commit(tx).await;
}

async fn restore(engine: &Engine, study: &StudyUid) {
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.restore(study).await.unwrap().unwrap();
    commit(tx).await;
}

#[tokio::test]
async fn they_are_found_counted_and_recalled_by_them() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let (one, two) = (hold(&engine, 1, 2, 1).await, hold(&engine, 2, 1, 1).await);
        let (copy, other) = (hold(&engine, 3, 1, 1).await, hold(&engine, 4, 1, 1).await);
        let id = lend(&engine, &copy, &[&one, &two]).await;
        let check = async |held: &Held, patient: &str, links: usize, ended: usize| {
            let filter =
                ShareFilter { study: Some(held.uid.clone()), limit: 9, ..ShareFilter::default() };
            let listed = catalog.shares(&filter, NOW).await.unwrap();
            assert_eq!(listed.len(), links, "{patient}");
            for of in
                [Recall::Study(held.uid.clone()), Recall::Patient(Phi::new(patient.to_owned()))]
            {
                let found = catalog.shares_to_recall(&of).await.unwrap();
                assert_eq!(found.len(), links - ended, "{of:?}");
            }
            let filter =
                WorklistFilter { text: patient.to_owned(), limit: 9, ..WorklistFilter::default() };
            let archive = Collections::from([CollectionId::ARCHIVE]);
            let page = catalog.worklist(&archive, &filter, NOW).await.unwrap();
            let counted: Vec<_> = page.items.iter().map(|row| row.shares).collect();
            assert_eq!(counted, [i64::try_from(links - ended).unwrap()], "{patient}");
        };
        for (held, patient, links) in
            [(&one, "P1", 1), (&two, "P2", 1), (&copy, "P3", 1), (&other, "P4", 0)]
        {
            check(held, patient, links, 0).await;
        }
        let own = lend(&engine, &one, &[]).await;
        let sources = catalog.share_sources(id).await.unwrap();
        let told: BTreeSet<_> = sources.iter().map(|study| &study.study_uid).collect();
        assert_eq!(told, BTreeSet::from([&one.uid, &two.uid]));
        assert!(sources.iter().all(|study| study.patient_name.expose() == "Doe^Jane"));
        assert!(catalog.share_sources(own).await.unwrap().is_empty());
        check(&one, "P1", 2, 0).await;
        let mut tx = catalog.begin().await.unwrap();
        assert!(tx.revoke_share(id, NOW).await.unwrap());
        commit(tx).await;
        check(&one, "P1", 2, 1).await;
        check(&two, "P2", 1, 1).await;
        // A link that has expired could be extended.
        let mut tx = catalog.begin().await.unwrap();
        tx.set_share_expiry(own, NOW).await.unwrap();
        commit(tx).await;
        let found = catalog.shares_to_recall(&Recall::Study(one.uid.clone())).await.unwrap();
        assert_eq!(found, [own]);
    }
}

#[tokio::test]
async fn they_show_nothing_when_any_of_them_is_withdrawn() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let (one, two) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let copy = hold(&engine, 3, 1, 1).await;
        let id = lend(&engine, &copy, &[&one, &two]).await;
        let check = async |state: ShareState| {
            let share = catalog.share(id).await.unwrap().unwrap();
            let grants = catalog.share_grants(&share).await.unwrap();
            // Not committed: it only tells whether the link takes attempts.
            let mut tx = catalog.begin().await.unwrap();
            let takes = tx.count_attempt(id, &share.secret_hash, NOW).await.unwrap().is_some();
            let shows = state == ShareState::Live;
            assert_eq!((share.state(NOW), grants.len(), takes), (state, shows.into(), shows));
        };
        check(ShareState::Live).await;
        for source in [&one, &two] {
            withdraw(&engine, &source.uid).await;
            check(ShareState::Withdrawn).await;
            restore(&engine, &source.uid).await;
            check(ShareState::Live).await;
        }
        withdraw(&engine, &one.uid).await;
        withdraw(&engine, &two.uid).await;
        restore(&engine, &one.uid).await;
        check(ShareState::Withdrawn).await;
        restore(&engine, &two.uid).await;
        check(ShareState::Live).await;
        withdraw(&engine, &copy.uid).await;
        check(ShareState::Withdrawn).await;
    }
}
