//! What a server that starts gives an end to, and what it leaves to others that run.

use std::time::Duration;

use lightcase_archive::Copied;
use lightcase_audit::{AccessId, Event};
use lightcase_deident::Policy;
use lightcase_model::{Level, Phi, ProjectName, Query, RequestId, Scope, ServerId};

use crate::house::{House, slices};

const MINUTE: Duration = Duration::from_mins(1);

/// Begins a retrieval that nobody ends.
async fn begin(house: &House) {
    let catalog = house.archive.catalog();
    let query = Query::at(Level::Study, 1);
    let found = catalog.find(&Scope::archive(), &query).await.unwrap().items;
    let study = found[0].study.as_ref().unwrap();
    let event = Event::RetrieveBegun {
        access_id: AccessId::random(),
        study: study.id,
        series: None,
        service: "WADO-RS",
        destination: None,
        instances: 1,
        offset: 0,
        study_uid: Phi::new(study.study_uid.to_string()),
    };
    catalog.record(&house.ctx(), event).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_may_have_under_way_is_left_alone() {
    let house = House::open().await;
    house.take(&slices(1)[0]).await;
    let (own, other) = (ServerId::random(), ServerId::random());
    let note = async |server: ServerId, lasts: Duration| {
        let now = house.ctx().now;
        house.archive.catalog().note_server(server, now, now.plus(lasts)).await.unwrap();
    };
    let check = async |ended: usize| {
        assert_eq!(house.archive.recover(&house.ctx(), own).await.unwrap(), ended);
    };
    check(0).await;
    note(own, MINUTE * 60).await;
    house.later(MINUTE);
    begin(&house).await;
    house.later(MINUTE);
    note(other, MINUTE * 3).await;
    house.later(MINUTE);
    begin(&house).await;
    // The first was begun before the other server was there, so nobody has it under way.
    check(1).await;
    check(0).await;
    house.later(MINUTE * 3);
    check(1).await;
    house.close().await;
}

/// Else no copy was made for as long as the lease of the run that was killed lasts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_go_on_at_once_after_a_crash() {
    let house = House::open().await;
    let (ctx, name) = (house.ctx(), ProjectName::parse("lung").unwrap());
    let profile = "name = 'basic'\noptions = ['clean-pixel-data']\n".to_owned();
    house.archive.add_project(&ctx, name.clone(), profile).await.unwrap();
    let both = Policy::Both(name);
    house.archive.set_policy(&ctx, "import", Some(&both)).await.unwrap();
    house.take(&slices(1)[0]).await;
    let (catalog, killed) = (house.archive.catalog(), RequestId::random());
    assert!(catalog.take_lease("clean", killed, ctx.now, ctx.now.plus(MINUTE * 10)).await.unwrap());
    assert_eq!(house.archive.make_copies(&ctx, &|| false).await.unwrap(), None);
    house.archive.recover(&ctx, ServerId::random()).await.unwrap();
    let copied = house.archive.make_copies(&ctx, &|| false).await.unwrap();
    assert_eq!(copied, Some(Copied { made: 1, ..Copied::default() }));
    house.close().await;
}
