//! The worklist: words, filters, withdrawn studies, live links.

use std::collections::BTreeSet;
use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{NewShare, ShareFilter, ShareState, WorklistFilter};
use lightcase_model::{
    Authority, CollectionId, Collections, Ctx, Factor, Language, May, Phi, SeriesId, ShareId,
    StudyId,
};

use crate::engine::{Engine, engines};
use crate::study::{Held, NOW, hold};

/// A link to all of a study, for an hour.
pub(crate) fn new_share(
    authority: Authority,
    (study, series): (StudyId, BTreeSet<SeriesId>),
) -> NewShare {
    NewShare {
        id: ShareId::random(),
        collection: CollectionId::ARCHIVE,
        secret_hash: [1; 32],
        passcode_verifier: Some([2; 32]),
        recipient: Phi::new("Dr. A".to_owned()),
        email: Phi::new(String::new()),
        factors: vec![Factor::Passcode],
        message: Phi::new(String::new()),
        language: Language::English,
        live: false,
        purpose: "treatment".to_owned(),
        authority,
        may: May::Download,
        created_by: None,
        shared_by: "jane".to_owned(),
        created_at: NOW,
        starts_at: None,
        expires_at: NOW.plus(Duration::from_hours(1)),
        max_uses: 5,
        grants: vec![(study, series, true)],
        sources: BTreeSet::new(),
    }
}

pub(crate) async fn share(engine: &Engine, held: &Held) -> ShareId {
    share_under(engine, held, Authority::Treatment).await
}

pub(crate) async fn share_under(engine: &Engine, held: &Held, authority: Authority) -> ShareId {
    let new = new_share(authority, (held.id, held.series_ids()));
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.add_share(&new).await.unwrap();
    tx.record(&Ctx::system(NOW), Event::ShareRevoked { share: new.id, reason: None })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    new.id
}

#[tokio::test]
async fn words_filters_and_links() {
    for engine in engines().await {
        let archive = Collections::from([CollectionId::ARCHIVE]);
        let held = hold(&engine, 1, 2, 3).await;
        hold(&engine, 2, 1, 1).await;
        let check = async |filter: WorklistFilter, expected: &[&str]| {
            let filter = WorklistFilter { limit: 10, ..filter };
            let page = engine.catalog.worklist(&archive, &filter, NOW).await.unwrap();
            let ids: Vec<_> =
                page.items.iter().map(|row| row.found.patient.patient_id.expose()).collect();
            assert_eq!(ids, expected, "{filter:?}");
        };
        let text = |text: &str| WorklistFilter { text: text.to_owned(), ..Default::default() };
        check(text(""), &["P2", "P1"]).await;
        check(text("jan"), &["P2", "P1"]).await;
        check(text("JANE doe"), &["P2", "P1"]).await;
        check(text("ane"), &[]).await;
        check(text("P1"), &["P1"]).await;
        check(text("A_2"), &["P2"]).await;
        check(text("jane P1"), &["P1"]).await;
        check(text("%"), &[]).await;
        let modality = |modality: &str| WorklistFilter {
            modality: Some(modality.to_owned()),
            ..Default::default()
        };
        check(modality("MR"), &["P1"]).await;
        check(modality("CT"), &["P2", "P1"]).await;
        let from = WorklistFilter { from: Some("20261103".to_owned()), ..Default::default() };
        check(from, &["P2"]).await;
        let to = WorklistFilter { to: Some("20261102".to_owned()), ..Default::default() };
        check(to, &["P1"]).await;
        check(WorklistFilter { withdrawn: true, ..Default::default() }, &[]).await;

        let id = share(&engine, &held).await;
        let later = NOW.plus(Duration::from_hours(1));
        let ten = WorklistFilter { limit: 10, ..text("P1") };
        let row = &engine.catalog.worklist(&archive, &ten, NOW).await.unwrap().items[0];
        assert_eq!(row.shares, 1);
        let study = row.found.study.as_ref().unwrap();
        assert_eq!((study.series, study.instances), (2, 6));
        assert_eq!(study.modalities, ["CT", "MR"]);
        let row = &engine.catalog.worklist(&archive, &ten, later).await.unwrap().items[0];
        assert_eq!(row.shares, 0);

        let filter = |live| ShareFilter {
            study: Some(held.uid.clone()),
            live: Some(live),
            limit: 5,
            ..ShareFilter::default()
        };
        for (live, now, expected) in [(true, NOW, 1), (true, later, 0), (false, later, 1)] {
            let shares = engine.catalog.shares(&filter(live), now).await.unwrap();
            assert_eq!(shares.len(), expected);
        }
        let share = engine.catalog.share(id).await.unwrap().unwrap();
        assert_eq!(share.state(NOW), ShareState::Live);
        assert_eq!(share.state(later), ShareState::Expired);
        let studies = engine.catalog.share_studies(id).await.unwrap();
        assert_eq!((studies.len(), studies[0].series.len(), studies[0].whole), (1, 2, true));
        let frames = engine.catalog.share_frames(id).await.unwrap();
        assert_eq!(frames.values().copied().collect::<Vec<_>>(), [6, 6]);
        assert_eq!(frames.into_keys().collect::<BTreeSet<_>>(), held.series_ids());
    }
}

#[tokio::test]
async fn withdrawn_studies_are_listed_apart_with_their_reason() {
    for engine in engines().await {
        let archive = Collections::from([CollectionId::ARCHIVE]);
        let held = hold(&engine, 1, 1, 1).await;
        share(&engine, &held).await;
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.withdraw(&held.uid, None, "wrong patient", NOW).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        let filter = WorklistFilter { withdrawn: true, limit: 5, ..Default::default() };
        let page = engine.catalog.worklist(&archive, &filter, NOW).await.unwrap();
        let withdrawal = page.items[0].withdrawn.as_ref().unwrap();
        assert_eq!(withdrawal.reason, "wrong patient");
        assert_eq!((withdrawal.at, withdrawal.by), (NOW, None));
        assert_eq!(page.items[0].found.study.as_ref().unwrap().instances, 1);
        let filter = WorklistFilter { limit: 5, ..Default::default() };
        let page = engine.catalog.worklist(&archive, &filter, NOW).await.unwrap();
        assert!(page.items.is_empty());
        // A link to it shows nothing.
        let shares = ShareFilter { limit: 1, ..Default::default() };
        let shares = engine.catalog.shares(&shares, NOW).await.unwrap();
        assert!(engine.catalog.share_grants(&shares[0]).await.unwrap().is_empty());
    }
}
