//! Find: scope, levels, keys, wild cards, order and pages.

use std::collections::BTreeSet;

use lightcase_catalog::{Catalog, Held, Selection};
use lightcase_model::{
    Attribute, CollectionId, DateRange, Grant, Level, Matching, May, Query, Scope,
};

use crate::engine::engines;
use crate::study::{hold, study_uid};

async fn count(catalog: &Catalog, scope: &Scope, query: &Query) -> usize {
    catalog.find(scope, query).await.unwrap().items.len()
}

fn single(text: &str) -> Matching {
    Matching::Single(text.to_owned())
}

fn wild(text: &str) -> Matching {
    Matching::WildCard(text.to_owned())
}

fn range(from: Option<&str>, to: Option<&str>) -> Matching {
    Matching::Range(DateRange { from: from.map(str::to_owned), to: to.map(str::to_owned) })
}

#[tokio::test]
async fn keys_match_as_the_standard_says() {
    for engine in engines().await {
        for number in 1..=3 {
            hold(&engine, number, 2, 2).await;
        }
        let check = async |level, attribute, matching: Matching, matches| {
            let query = Query::at(level, 100).with(attribute, matching.clone());
            let found = count(&engine.catalog, &Scope::archive(), &query).await;
            assert_eq!(found, matches, "{attribute:?} {matching:?}");
        };
        for (level, matches) in
            [(Level::Patient, 3), (Level::Study, 3), (Level::Series, 6), (Level::Instance, 12)]
        {
            check(level, Attribute::PatientName, single(""), matches).await;
        }
        let study = async |attribute, matching, matches| {
            check(Level::Study, attribute, matching, matches).await;
        };
        study(Attribute::PatientName, single("DOE^JANE"), 3).await;
        study(Attribute::PatientName, single("Doe"), 0).await;
        study(Attribute::PatientName, wild("doe*"), 3).await;
        study(Attribute::PatientName, wild("D?e^*"), 3).await;
        study(Attribute::PatientName, wild("*jane"), 3).await;
        study(Attribute::ReferringPhysicianName, wild("MÜLLER*"), 3).await;
        study(Attribute::PatientID, single("P1"), 1).await;
        study(Attribute::PatientID, single("p1"), 0).await;
        // A key of the patient alone is looked up from the patient's side, at every level.
        for (level, matches) in
            [(Level::Patient, 1), (Level::Study, 1), (Level::Series, 2), (Level::Instance, 4)]
        {
            check(level, Attribute::PatientID, single("P1"), matches).await;
            check(level, Attribute::PatientName, wild("*ane"), matches * 3).await;
        }
        study(Attribute::PatientID, wild("P?"), 3).await;
        study(Attribute::PatientID, wild("p*"), 0).await;
        // What LIKE takes for a wild card is text here.
        study(Attribute::AccessionNumber, wild("A_*"), 3).await;
        study(Attribute::AccessionNumber, wild("_*"), 0).await;
        study(Attribute::AccessionNumber, wild("%"), 0).await;
        study(Attribute::AccessionNumber, wild("*"), 3).await;
        study(Attribute::AccessionNumber, single("' OR '1'='1"), 0).await;
        study(Attribute::StudyInstanceUID, single(study_uid(2).as_str()), 1).await;
        let uids = vec![study_uid(1).as_uid().clone(), study_uid(3).as_uid().clone()];
        study(Attribute::StudyInstanceUID, Matching::Uids(uids), 2).await;
        study(Attribute::StudyDate, single("20261103"), 1).await;
        study(Attribute::StudyDate, range(Some("20261103"), None), 2).await;
        study(Attribute::StudyDate, range(None, Some("20261103")), 2).await;
        study(Attribute::StudyDate, range(Some("20261103"), Some("20261103")), 1).await;
        study(Attribute::StudyDate, range(None, None), 3).await;
        study(Attribute::ModalitiesInStudy, single("MR"), 3).await;
        study(Attribute::ModalitiesInStudy, single("US"), 0).await;
        // A key below the level does not narrow.
        study(Attribute::Modality, single("US"), 3).await;
        check(Level::Series, Attribute::Modality, single("CT"), 3).await;
        check(Level::Series, Attribute::SeriesNumber, single("2"), 3).await;
        check(Level::Series, Attribute::SeriesNumber, single("two"), 0).await;
        check(Level::Instance, Attribute::InstanceNumber, single("1"), 6).await;
        check(Level::Instance, Attribute::SOPInstanceUID, single("1.2.3.1.1.1"), 1).await;

        let fuzzy = |name| Query {
            fuzzy: true,
            ..Query::at(Level::Study, 10).with(Attribute::PatientName, single(name))
        };
        for (name, matches) in [("jan do", 3), ("JANE", 3), ("ane", 0), ("jane smith", 0)] {
            let found = count(&engine.catalog, &Scope::archive(), &fuzzy(name)).await;
            assert_eq!(found, matches, "{name}");
        }
        // What a wild card says is not guessed at.
        for (name, matches) in [("*ane", 3), ("d?e^*", 3), ("do*", 3), ("*smi*", 0)] {
            let query = Query {
                fuzzy: true,
                ..Query::at(Level::Study, 10).with(Attribute::PatientName, wild(name))
            };
            let found = count(&engine.catalog, &Scope::archive(), &query).await;
            assert_eq!(found, matches, "{name}");
        }
    }
}

#[tokio::test]
async fn pages_follow_the_order_and_tell_whether_there_is_more() {
    for engine in engines().await {
        for number in 1..=3 {
            hold(&engine, number, 1, 1).await;
        }
        let page = async |limit, offset| {
            let query = Query { offset, ..Query::at(Level::Study, limit) };
            let page = engine.catalog.find(&Scope::archive(), &query).await.unwrap();
            let dates = page.items.iter().map(|each| each.study.as_ref().unwrap());
            (dates.map(|study| study.study_date.clone()).collect::<Vec<_>>(), page.more)
        };
        let (third, second, first) = ("20261104", "20261103", "20261102");
        assert_eq!(page(2, 0).await, (vec![third.to_owned(), second.to_owned()], true));
        assert_eq!(page(2, 2).await, (vec![first.to_owned()], false));
        assert!(!page(3, 0).await.1);
        assert_eq!(page(3, 3).await, (vec![], false));
    }
}

#[tokio::test]
async fn a_scope_shows_what_it_grants_and_counts_nothing_else() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 3, 2).await;
        hold(&engine, 2, 1, 1).await;
        let (first, second) = (held.series[0].1, held.series[1].1);
        let grant = |series: Option<BTreeSet<_>>| {
            Scope::Grants(vec![Grant {
                collection: CollectionId::ARCHIVE,
                study: held.id,
                series,
                may: May::View,
            }])
        };
        let levels = [Level::Patient, Level::Study, Level::Series, Level::Instance];
        let check = async |scope: &Scope, expected: [usize; 4]| {
            for (level, expected) in levels.into_iter().zip(expected) {
                let found = count(catalog, scope, &Query::at(level, 100)).await;
                assert_eq!(found, expected, "{scope:?} {level:?}");
            }
        };
        check(&Scope::archive(), [2, 2, 4, 7]).await;
        check(&Scope::Nothing, [0, 0, 0, 0]).await;
        check(&Scope::All(BTreeSet::new()), [0, 0, 0, 0]).await;
        check(&Scope::All(BTreeSet::from([CollectionId(99)])), [0, 0, 0, 0]).await;
        check(&Scope::Grants(Vec::new()), [0, 0, 0, 0]).await;
        check(&grant(None), [1, 1, 3, 6]).await;
        check(&grant(Some(held.series_ids())), [1, 1, 3, 6]).await;
        check(&grant(Some(BTreeSet::from([first]))), [1, 1, 1, 2]).await;
        check(&grant(Some(BTreeSet::new())), [0, 0, 0, 0]).await;

        // Counts and modalities are of what the scope shows.
        let scope = grant(Some(BTreeSet::from([second])));
        let found = catalog.find(&scope, &Query::at(Level::Study, 1)).await.unwrap();
        let study = found.items[0].study.as_ref().unwrap();
        assert_eq!((study.series, study.instances), (1, 2));
        assert_eq!(study.modalities, ["MR"]);
        let ct = Query::at(Level::Study, 1).with(Attribute::ModalitiesInStudy, single("CT"));
        assert_eq!(count(catalog, &scope, &ct).await, 0);

        // Bytes and metadata follow the same scope.
        for (series, expected) in [(0, 0), (1, 2)] {
            let selection = Selection {
                study: held.uid.clone(),
                series: Some(held.series[series].0.clone()),
                instance: None,
            };
            assert_eq!(catalog.held(&scope, &selection).await.unwrap().len(), expected);
            assert_eq!(catalog.metadata(&scope, &selection).await.unwrap().len(), expected);
            assert_eq!(catalog.held(&Scope::Nothing, &selection).await.unwrap().len(), 0);
            let told = catalog.held_count(&scope, &selection).await.unwrap();
            assert_eq!(usize::try_from(told), Ok(expected));
            assert_eq!(catalog.held_count(&Scope::Nothing, &selection).await.unwrap(), 0);
        }
        let whole = Selection { study: held.uid.clone(), series: None, instance: None };
        assert_eq!(catalog.held(&scope, &whole).await.unwrap().len(), 2);
        let all = catalog.held(&Scope::archive(), &whole).await.unwrap();
        let ids = |held: &[Held]| held.iter().map(|each| each.id).collect::<Vec<_>>();
        for (from, most, expected) in [(0, 2, &all[..2]), (2, 3, &all[2..5]), (4, 9, &all[4..])] {
            let some = catalog.held_some(&Scope::archive(), &whole, (from, most)).await.unwrap();
            assert_eq!(ids(&some), ids(expected), "{from} {most}");
        }
        let one = &all[0];
        assert_eq!(one.location.file_crc32, u32::MAX);
        assert_eq!(one.location.subject_key, held.key);
    }
}
