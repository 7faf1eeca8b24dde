//! A study that is withdrawn after it was shared.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use futures::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::sharing::{Link, accept, enter};
use super::world::{Client, PLAIN, World};

async fn withdraw(reader: &Client, study: &str) {
    let reason = json!({"reason": "the wrong patient"});
    let path = format!("/api/v1/studies/{study}/withdrawal");
    assert_eq!(reader.ask("POST", &path, Some(&reason)).await.status, 204);
}

async fn bring_back(reader: &Client, study: &str) {
    let path = format!("/api/v1/studies/{study}/withdrawal");
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
}

#[tokio::test]
async fn it_is_gone_from_its_link_until_it_comes_back() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (mr, ct) = (world.mr.uid.as_str(), world.ct.uid.as_str());
    let wish = json!({
        "studies": [mr, ct], "recipients": [{"name": "Dr. A. Example"}], "may": "download",
        "expires": "2027-01-20T00:00:00Z", "maxUses": 2, "factors": ["passcode"],
        "purpose": "treatment",
    });
    let made = reader.ask("POST", "/api/v1/shares", Some(&wish)).await.json();
    let link = Link::read(&made["shares"][0]);
    let (visitor, handle) = enter(&world, &link).await;
    accept(&visitor, &handle).await;
    let lent = |below: &str| format!("/s/{handle}/{below}");
    let tag = async || {
        let reply = visitor.send("HEAD", &lent("download"), &[], "".into()).await;
        assert_eq!(reply.status, 200);
        reply.header("etag").to_owned()
    };
    // The studies that are found, what each answers, and the state that the owner reads.
    let check = async |found: &[&str], (mr_status, ct_status): (u16, u16), state: &str| {
        let listed = visitor.get(&lent("dicom-web/studies"), "").await.json();
        let uid = |study: &Value| study["0020000D"]["Value"][0].clone();
        let uids: Vec<Value> = listed.as_array().unwrap().iter().map(uid).collect();
        assert_eq!(uids.len(), found.len(), "{uids:?}");
        assert!(found.iter().all(|uid| uids.contains(&json!(uid))), "{uids:?}");
        for (study, status) in [(mr, mr_status), (ct, ct_status)] {
            let path = lent(&format!("dicom-web/studies/{study}/metadata"));
            assert_eq!(visitor.get(&path, "").await.status, status, "{study}");
        }
        let shown = visitor.get(&lent("share"), "").await.json();
        assert_eq!(shown["studies"].as_array().unwrap().len(), found.len());
        let told = reader.get(&format!("/api/v1/shares/{}", link.id), "").await.json();
        assert_eq!(told["state"], state, "{told}");
    };
    check(&[mr, ct], (200, 200), "live").await;
    let whole = tag().await;
    withdraw(&reader, ct).await;
    check(&[mr], (200, 404), "live").await;
    let part = tag().await;
    assert_ne!(whole, part, "the download is another one, so no range of the old one goes on");
    let range = [("range", "bytes=100-"), ("if-range", whole.as_str())];
    let again = visitor.send("GET", &lent("download"), &range, "".into()).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, part.as_str()));

    withdraw(&reader, mr).await;
    for below in ["share", "download", "dicom-web/studies"] {
        assert_eq!(visitor.get(&lent(below), "").await.status, 403, "{below}");
    }
    let attempt = link.attempt(&link.passcode);
    assert_eq!(visitor.ask("POST", "/s/session", Some(&attempt)).await.status, 403);
    let path = format!("/api/v1/shares/{}", link.id);
    let told = reader.get(&path, "").await.json();
    assert_eq!((&told["state"], &told["uses"]), (&json!("withdrawn"), &json!(1)));
    // Its owner goes on deciding about it.
    let later = json!({"expires": "2027-01-21T00:00:00Z"});
    assert_eq!(reader.ask("PATCH", &path, Some(&later)).await.json()["state"], "withdrawn");

    bring_back(&reader, mr).await;
    check(&[mr], (200, 404), "live").await;
    bring_back(&reader, ct).await;
    check(&[mr, ct], (200, 200), "live").await;
    assert_eq!(tag().await, whole);
    withdraw(&reader, mr).await;
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
    bring_back(&reader, mr).await;
    assert_eq!(visitor.get(&lent("share"), "").await.status, 403, "revoked meanwhile");
}

/// Its copies are other rows: what is said of one original holds for the link all the same.
#[tokio::test]
async fn a_link_to_clean_copies_is_closed_by_any_original() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (mr, ct) = (world.mr.uid.as_str(), world.ct.uid.as_str());
    let wish = json!({
        "studies": [mr, ct], "recipients": [{"name": "Dr. A. Example"}], "may": "view",
        "clean": true, "expires": "2027-01-20T00:00:00Z", "maxUses": 9, "factors": ["passcode"],
        "purpose": "teaching",
    });
    let made = reader.ask("POST", "/api/v1/shares", Some(&wish)).await.json();
    let link = Link::read(&made["shares"][0]);
    let (visitor, handle) = enter(&world, &link).await;
    accept(&visitor, &handle).await;
    let path = format!("/s/{handle}/dicom-web/studies");
    let attempt = link.attempt(&link.passcode);
    let check = async |(shows, opens): (u16, u16), state: &str| {
        assert_eq!(visitor.get(&path, "").await.status, shows, "{state}");
        let opened = world.anybody().ask("POST", "/s/session", Some(&attempt)).await;
        assert_eq!(opened.status, opens, "{state}");
        let listed = reader.get(&format!("/api/v1/shares?study={ct}"), "").await.json();
        let found = listed["shares"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{state}");
        assert_eq!((&found[0]["id"], &found[0]["state"]), (&json!(link.id), &json!(state)));
        let of = |studies: &str| -> BTreeSet<String> {
            let studies = found[0][studies].as_array().unwrap();
            let uid = |study: &Value| study["studyInstanceUid"].as_str().unwrap().to_owned();
            studies.iter().map(uid).collect()
        };
        // Its owner reads whose the copies are, which the copies do not tell.
        assert_eq!(of("sources"), BTreeSet::from([mr.to_owned(), ct.to_owned()]));
        assert!(of("studies").is_empty(), "{state}: that would be the way to the copies");
    };
    check((200, 200), "live").await;
    let worklist = reader.get("/api/v1/worklist", "").await.json();
    let studies = worklist["studies"].as_array().unwrap();
    let row = studies.iter().find(|row| row["studyInstanceUid"] == ct).unwrap();
    assert_eq!(row["shares"], 1);

    for study in [mr, ct] {
        withdraw(&reader, study).await;
        check((403, 403), "withdrawn").await;
        bring_back(&reader, study).await;
        check((200, 200), "live").await;
    }
    withdraw(&reader, mr).await;
    withdraw(&reader, ct).await;
    bring_back(&reader, ct).await;
    check((403, 403), "withdrawn").await;
    bring_back(&reader, mr).await;
    check((200, 200), "live").await;
    let recall = json!({"study": ct, "reason": "sent to the wrong group"});
    let recalled = reader.ask("POST", "/api/v1/shares/recall", Some(&recall)).await;
    assert_eq!(recalled.json(), json!({"revoked": 1}));
    check((403, 403), "revoked").await;
}

/// A link to the studies that may be downloaded, entered: the visitor and the address of the
/// download.
async fn downloading(world: &World, reader: &Client, studies: &[&str]) -> (Client, String) {
    let wish = json!({
        "studies": studies, "recipients": [{"name": "Dr. A. Example"}], "may": "download",
        "expires": "2027-01-20T00:00:00Z", "maxUses": 2, "factors": ["passcode"],
        "purpose": "treatment",
    });
    let made = reader.ask("POST", "/api/v1/shares", Some(&wish)).await.json();
    let (visitor, handle) = enter(world, &Link::read(&made["shares"][0])).await;
    accept(&visitor, &handle).await;
    (visitor, format!("/s/{handle}/download"))
}

/// The link lives on with its other study, and what was begun carries both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_several_breaks_off_what_carries_it_and_nothing_else() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (mr, ct) = (world.mr.uid.as_str(), world.ct.uid.as_str());
    let both = downloading(&world, &reader, &[mr, ct]).await;
    let other = downloading(&world, &reader, &[mr]).await;
    let begin = async |(visitor, path): &(Client, String)| {
        let request = visitor.request("GET", path, &[], Body::empty());
        let response = world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let length: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();
        let mut body = response.into_body().into_data_stream();
        let first = body.next().await.unwrap().unwrap().len();
        (body, first, length)
    };
    let (mut spared, mut got, length) = begin(&other).await;
    let (mut broken, _, _) = begin(&both).await;
    withdraw(&reader, ct).await;
    for _ in 0..2_000 {
        if world.events("retrieve_ended").await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(broken.next().await.unwrap().is_err(), "the body broke off");
    // As long as it takes until the other one was looked at again, too.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    while let Some(bytes) = spared.next().await {
        got += bytes.unwrap().len();
    }
    assert_eq!(got, length);
    let (visitor, path) = both;
    let rest = visitor.send("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(rest.status, 200, "what is left can be asked for");
}
