//! Clean copies over crashes: decisions that were cut short, and blobs whose rows are lost.

use lightcase_archive::Swept;
use lightcase_audit::Event;
use lightcase_catalog::{CleanState, Decision};
use lightcase_deident::Policy;
use lightcase_model::{Collections, Level, Phi, ProjectName, Query, ReviewId, Scope};
use lightcase_testkit::phantom::Instance;

use crate::house::{House, slices};

const PROFILE: &str = "name = 'basic'\noptions = ['clean-pixel-data']\n";

fn name() -> ProjectName {
    ProjectName::parse("lung").unwrap()
}

async fn house() -> House {
    let house = House::open().await;
    let ctx = house.ctx();
    house.archive.add_project(&ctx, name(), PROFILE.to_owned()).await.unwrap();
    let policy = Policy::Clean(name());
    house.archive.set_policy(&ctx, "import", Some(&policy)).await.unwrap();
    house
}

/// Where Image Type says what is not known to be safe.
fn doubtful(instance: &Instance) -> Instance {
    let (from, to) = (b"PRIMARY\\AXIAL", b"PRIMARY\\QWXYZ");
    let mut changed = instance.clone();
    let at = changed.data_set.windows(from.len()).position(|part| part == from).unwrap();
    changed.data_set[at..at + to.len()].copy_from_slice(to);
    changed
}

/// Instances with the project, and among what waits.
async fn counts(house: &House) -> (usize, usize) {
    let project = house.archive.project(&name()).await.unwrap();
    let mut found = Vec::new();
    for collection in [project.collection, project.review] {
        let scope = Scope::All(Collections::from([collection]));
        let query = Query::at(Level::Instance, 100);
        found.push(house.archive.catalog().find(&scope, &query).await.unwrap().items.len());
    }
    (found[0], found[1])
}

/// Records a decision and nothing else, as a crash leaves it.
async fn decide(house: &House, id: ReviewId, state: CleanState, regions: &str) {
    let decision = Decision {
        state,
        by: "petra".to_owned(),
        reason: Phi::new("a test".to_owned()),
        regions: regions.to_owned(),
        at: house.ctx().now,
    };
    let mut tx = house.archive.catalog().begin().await.unwrap();
    assert!(tx.decide(id, &decision).await.unwrap());
    tx.record(&house.ctx(), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_that_a_crash_cut_short_are_carried_out() {
    let house = house().await;
    for instance in slices(3) {
        house.take(&doubtful(&instance)).await;
    }
    assert_eq!((counts(&house).await, house.found().await), ((0, 3), 0));
    let waiting = house.archive.reviews(None).await.unwrap();
    let region = "[{\"x\":0,\"y\":0,\"width\":64,\"height\":2}]";
    decide(&house, waiting[0].object.id, CleanState::Approved, region).await;
    decide(&house, waiting[1].object.id, CleanState::Rejected, "[]").await;
    assert_eq!(counts(&house).await, (0, 3));
    for _ in 0..2 {
        house.archive.finish_reviews(&house.ctx()).await.unwrap();
        assert_eq!(counts(&house).await, (1, 1));
        assert_eq!(house.blobs().len(), 2, "what was rejected or written anew is gone");
    }
    // No blob is left that no row names, and none is adopted that was rejected.
    assert_eq!(house.adopt().await, Swept { objects: 2, ..Swept::default() });
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_catalog_takes_clean_copies_up_where_they_belong() {
    let mut house = house().await;
    house.remember().await;
    let all = slices(3);
    for instance in &all[..2] {
        house.take(instance).await;
    }
    house.take(&doubtful(&all[2])).await;
    assert_eq!(counts(&house).await, (2, 1));
    house.lose_rows().await;
    assert_eq!(counts(&house).await, (0, 0));
    assert_eq!(house.adopt().await, Swept { objects: 3, adopted: 3, ..Swept::default() });
    assert_eq!((counts(&house).await, house.found().await), ((2, 1), 0));
    let waiting = house.archive.reviews(Some(&name())).await.unwrap();
    assert!(!waiting[0].because.is_empty());
    let decision: (&[_], _) = (&[], "nothing to be seen");
    let id = waiting[0].object.id;
    house.archive.approve(&house.ctx(), id, "petra", decision).await.unwrap();
    assert_eq!(counts(&house).await, (3, 0));
    // A catalog that never knew the project leaves its copies alone.
    house.lose_rows().await;
    assert_eq!(house.adopt().await, Swept { objects: 3, left: 3, ..Swept::default() });
    house.close().await;
}
