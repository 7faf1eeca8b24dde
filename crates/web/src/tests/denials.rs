//! What visitors are refused is in the ledger, and a flood of it is not.

use std::sync::Arc;

use lightcase_accounts::{Accounts, Principal};
use lightcase_catalog::AuditFilter;
use lightcase_model::{Ctx, Timestamp};
use lightcase_share::{NewLink, Recipient, Shares};

use super::dicomweb::instance_path;
use super::sharing::{Link, accept, enter, make, share_of};
use super::world::{PLAIN, World};

/// The events of a kind as they are stored, newest first.
async fn recorded(world: &World, name: &str) -> Vec<String> {
    let filter = AuditFilter { event: Some(name.to_owned()), limit: 100, ..Default::default() };
    let rows = world.archive.catalog().audit(&filter).await.unwrap();
    rows.iter().map(|row| String::from_utf8(row.record.canonical()).unwrap()).collect()
}

#[tokio::test]
async fn what_a_visitor_is_refused_is_recorded_once_a_minute() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let link = make(&world, &reader, "view").await;
    let (visitor, handle) = enter(&world, &link).await;
    let root = format!("/s/{handle}/dicom-web");
    let check = async |path: &str, status: u16, events: usize, pattern: &str| {
        for _ in 0..3 {
            assert_eq!(visitor.get(path, "").await.status, status, "{path}");
        }
        let denied = recorded(&world, "denied").await;
        assert_eq!(denied.len(), events, "{path}");
        // The tests' clock stands still, so the order of the records says nothing.
        let route = format!(r#""/s/{{handle}}/dicom-web{pattern}""#);
        let parts = [r#""recipient""#, handle.as_str(), route.as_str()];
        let one = |record: &String| parts.iter().all(|part| record.contains(part));
        assert!(denied.iter().any(one), "{parts:?}: {denied:?}");
        assert!(!denied.iter().any(|each| each.contains("1.2.3.4")), "no path: {denied:?}");
    };
    let studies = format!("{root}/studies");
    check(&studies, 403, 1, "/studies").await;
    accept(&visitor, &handle).await;
    assert_eq!(visitor.get(&studies, "").await.status, 200);
    let object = format!("{root}{}", instance_path(&world.mr, 0, 1));
    let pattern = "/studies/{study}/series/{series}/instances/{instance}";
    check(&object, 403, 2, pattern).await;
    let hidden = format!("{root}{}", instance_path(&world.ct, 0, 1));
    check(&hidden, 404, 3, pattern).await;
    let nobody = format!("{root}/studies/1.2.3.4/metadata");
    check(&nobody, 404, 4, "/studies/{study}/metadata").await;
    assert_eq!(world.events("share_probed").await, 0);
}

#[tokio::test]
async fn a_live_handle_without_its_cookie_is_recorded() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (visitor, handle) = share_of(&world, &reader, "view").await;
    let (_, other) = share_of(&world, &reader, "view").await;
    let (anybody, mut forger) = (world.anybody(), world.anybody());
    forger.cookies.insert("lc_share".to_owned(), "A".repeat(43));
    let shown = format!("/s/{handle}/share");
    let studies = format!("/s/{handle}/dicom-web/studies");
    let check = async |client: &super::world::Client, path: &str, reason: &str, events: usize| {
        for _ in 0..3 {
            assert_eq!(client.get(path, "").await.status, 403, "{path}");
        }
        let probed = recorded(&world, "share_probed").await;
        assert_eq!(probed.len(), events, "{path}");
        assert!(probed.iter().any(|each| each.contains(reason)), "{reason}: {probed:?}");
        assert!(probed[0].contains(r#""visitor""#), "{}", probed[0]);
    };
    check(&anybody, &shown, "no_cookie", 1).await;
    check(&forger, &shown, "no_cookie", 1).await;
    check(&forger, &studies, "wrong_cookie", 2).await;
    check(&visitor, &format!("/s/{other}/share"), "wrong_cookie", 3).await;
    // A handle that nobody has, and one that has ended, are no news.
    check(&forger, &format!("/s/{}/share", "a".repeat(26)), "wrong_cookie", 3).await;
    assert_eq!(visitor.ask("DELETE", &format!("/s/{handle}/session"), None).await.status, 204);
    check(&visitor, &format!("/s/{handle}/dicom-web/series"), "wrong_cookie", 3).await;
    assert_eq!(world.events("denied").await, 0);
}

#[tokio::test]
async fn a_head_counts_no_use() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let study = world.mr.uid.parse().unwrap();
    let expires = Timestamp::parse_rfc3339("2027-01-20T00:00:00Z").unwrap();
    let usual = NewLink::to(study, Recipient::named("Dr. A. Example"), expires);
    let new = NewLink { factors: Vec::new(), max_uses: 2, ..usual };
    let now = Timestamp::parse_rfc3339("2027-01-15T08:00:00Z").unwrap();
    let accounts = Arc::new(Accounts::new(Arc::clone(world.archive.catalog())));
    let shares = Shares::new(world.archive.clone(), accounts);
    let made = shares.create(&Ctx::system(now), &Principal::operator(), new).await.unwrap();
    let made = &made.links[0];
    let fragment = made.link.expose();
    let mut pieces = fragment.split('.').skip(1).map(ToOwned::to_owned);
    let link = Link {
        id: made.share.id.to_string(),
        share: pieces.next().unwrap(),
        secret: pieces.next().unwrap(),
        passcode: String::new(),
    };
    let (visitor, handle) = enter(&world, &link).await;
    accept(&visitor, &handle).await;
    let path = format!("/s/{handle}/dicom-web{}/frames/1", instance_path(&world.mr, 0, 1));
    let check = async |method: &str, uses: u32| {
        let reply = visitor.ask(method, &path, None).await;
        assert_eq!((reply.status.as_u16(), reply.bytes.is_empty()), (200, method == "HEAD"));
        let share = reader.get(&format!("/api/v1/shares/{}", link.id), "").await.json();
        assert_eq!(share["uses"], uses, "{method}");
    };
    check("HEAD", 0).await;
    check("GET", 1).await;
    check("GET", 1).await;
}
