//! What unique keys name, within a scope.

use lightcase_catalog::Wanted;
use lightcase_model::{Phi, Scope};

use crate::engine::{Engine, engines};
use crate::study::{hold, study_uid};

async fn check(engine: &Engine, scope: &Scope, wanted: &Wanted, expected: usize) {
    let listed = engine.catalog.wanted(scope, wanted, 100).await.unwrap();
    assert_eq!(listed.len(), expected, "{wanted:?}");
    for each in listed {
        let held = engine.catalog.held_instance(scope, each.id).await.unwrap().unwrap();
        assert_eq!((held.sop_uid, held.sop_class), (each.sop_uid, each.sop_class));
        assert_eq!((held.study, held.transfer_syntax), (each.study, each.transfer_syntax));
    }
}

#[tokio::test]
async fn keys_narrow_each_other_and_the_scope_narrows_them_all() {
    for engine in engines().await {
        let first = hold(&engine, 1, 2, 3).await;
        let second = hold(&engine, 2, 1, 2).await;
        let archive = Scope::archive();
        let patient = |id: &str| Some(Phi::new(id.to_owned()));
        let by = Wanted::default;
        check(&engine, &archive, &Wanted { patient_id: patient("P1"), ..by() }, 6).await;
        check(&engine, &archive, &Wanted { patient_id: patient("P3"), ..by() }, 0).await;
        let both = vec![first.uid.clone(), second.uid.clone()];
        let both = Wanted { studies: both, ..by() };
        check(&engine, &archive, &both, 8).await;
        check(&engine, &archive, &Wanted { patient_id: patient("P2"), ..both.clone() }, 2).await;
        check(&engine, &archive, &Wanted { issuer: Some("X".to_owned()), ..both.clone() }, 0).await;
        let series = vec![first.series[0].0.clone()];
        check(&engine, &archive, &Wanted { series: series.clone(), ..by() }, 3).await;
        let elsewhere = Wanted { studies: vec![study_uid(2)], series, ..by() };
        check(&engine, &archive, &elsewhere, 0).await;

        let all = engine.catalog.wanted(&archive, &both, 100).await.unwrap();
        let studies: Vec<_> = all.iter().map(|each| each.study).collect();
        assert!(studies.is_sorted(), "study by study");
        let one = Wanted { instances: vec![all[0].sop_uid.clone()], ..by() };
        check(&engine, &archive, &one, 1).await;
        assert_eq!(engine.catalog.wanted(&archive, &both, 3).await.unwrap().len(), 3);
        check(&engine, &Scope::Nothing, &both, 0).await;
        let unseen = engine.catalog.held_instance(&Scope::Nothing, all[0].id).await.unwrap();
        assert!(unseen.is_none());
    }
}
