//! Two servers on one database and one store: what is ended at one has ended at the other.

use std::time::Duration;

use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::{Lightcase, Settings};
use reqwest::header::ACCEPT;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::caller::{Caller, JSON};
use crate::house::{Backend, House, PASSWORD, small_ct};
use crate::link::{Link, Visitor, wish};
use crate::multipart::OBJECTS;
use crate::wait::until;

/// So soon a new request is refused.
const NEW: Duration = Duration::from_secs(1);
/// So soon one under way is cut.
const RUNNING: Duration = Duration::from_secs(5);

/// Another server beside the one of a house on PostgreSQL, with the same root key.
pub(crate) fn second(house: &House, settings: Settings) -> Lightcase {
    let (database, bucket) = (house.database.as_ref().unwrap(), house.bucket.as_ref().unwrap());
    let root = house.server.data_dir().join("keys/root.key");
    settings
        .set("database.url", &database.url)
        .bucket(bucket)
        .set("keys.root", root.to_str().unwrap())
        .start()
        .unwrap()
}

/// The radiologist, signed in at the second server.
async fn signed_in(server: &Lightcase) -> Caller {
    let caller = Caller::new(server);
    let reply = caller.sign_in("radiologist", PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    caller
}

async fn is_out(visitor: &Visitor, path: &str) {
    let what = format!("{path} is refused");
    until(&what, NEW, async || visitor.get(path, "*/*").await.status == 403).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_requests_are_refused_within_a_second() {
    let Some(house) = House::start(Backend::Production) else { return };
    let second = second(&house, Settings::default());
    let study = small_ct(1);
    house.import(&study);
    let here = house.signed_in("radiologist").await;
    let there = signed_in(&second).await;
    let form = json!({
        "study": study.uid, "description": "All images", "discloser": "Example Hospital",
        "recipient": "Example Insurance", "purpose": "a claim", "expires": null,
        "expiryEvent": "the end of the claim", "signedBy": "Jane Doe", "signedOn": "2026-01-20",
        "representative": null,
        "statements": {"revocation": true, "conditioning": true, "redisclosure": true},
    });
    let recorded = here.post("/api/v1/authorisations", &form).await;
    assert_eq!(recorded.status, 201, "{}", recorded.text());
    let record = recorded.json()["id"].as_str().unwrap().to_owned();
    let mut under = wish(&study.uid);
    under["authority"] = "authorisation".into();
    under["authorisation"] = record.as_str().into();

    // What ends a link: its revocation, a recall, another secret, the end of its authorisation.
    let paths = ["share", "dicom-web/studies"];
    for (method, pattern, wish, body) in [
        (Method::DELETE, "/api/v1/shares/{id}", wish(&study.uid), Value::Null),
        (
            Method::POST,
            "/api/v1/shares/recall",
            wish(&study.uid),
            json!({"study": study.uid, "reason": "a mistake"}),
        ),
        (Method::POST, "/api/v1/shares/{id}/resend", wish(&study.uid), json!({"deliver": "copy"})),
        (
            Method::DELETE,
            "/api/v1/authorisations/{record}",
            under,
            json!({"reason": "the patient wrote"}),
        ),
    ] {
        let link = Link::create(&here, &wish).await;
        let visitor = link.open(&house).await;
        for path in paths {
            assert_eq!(visitor.get(path, "*/*").await.status, 200, "{pattern} {path}");
        }
        let path = pattern.replace("{id}", &link.id).replace("{record}", &record);
        let request = there.request(method, &path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let ended = request.send().await.unwrap();
        assert!(ended.status().is_success(), "{pattern}: {}", ended.status());
        for path in paths {
            is_out(&visitor, path).await;
        }
        let again = link.attempt(&house.stranger(), &link.passcode).await;
        assert_eq!(again.status, 403, "{pattern}");
    }
}

/// How many disclosures have an end on record.
fn ends(house: &House) -> usize {
    let database = house.database.as_ref().unwrap();
    let count = "SELECT count(*) FROM audit_event WHERE name = 'retrieve_ended'";
    database.execute(count).unwrap().trim().parse().unwrap()
}

/// Begins to read something large, and stops after its first bytes: the rest waits at the server.
async fn begun(visitor: &Visitor, path: &str, accept: &str) -> (Response, usize) {
    let request = visitor.browser.request(Method::GET, &visitor.path(path)).header(ACCEPT, accept);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let first = response.chunk().await.unwrap().unwrap();
    (response, first.len())
}

/// More than the sockets between a server and a visitor can hold: slices and columns.
const LARGE: (u32, u16) = (128, 512);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_is_left_alone_by_a_server_that_starts() {
    let Some(house) = House::start(Backend::Production) else { return };
    let study = Study::ct_of(7, LARGE.0, LARGE.1);
    house.import(&study);
    let here = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    asked["may"] = "download".into();
    let visitor = Link::create(&here, &asked).await.open(&house).await;
    let before = ends(&house);
    let (response, _) = begun(&visitor, "download", "*/*").await;
    let second = second(&house, Settings::default());
    assert_eq!(ends(&house), before, "its end is the first server's to record");
    drop(response);
    until("the download ends", RUNNING, async || ends(&house) > before).await;
    drop(second);
}

/// What was under way already arrives, and then it breaks off.
async fn is_cut(response: &mut Response, (read, total): (&mut usize, usize), path: &str) {
    let cut = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => *read += bytes.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(cut && *read < total, "{path}: {read} of {total} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_is_cut_within_five_seconds() {
    let Some(house) = House::start(Backend::Production) else { return };
    let second = second(&house, Settings::default());
    let (slices, columns) = LARGE;
    let study = Study::ct_of(7, slices, columns);
    let total = usize::try_from(slices).unwrap() * usize::from(columns).pow(2) * 2;
    house.import(&study);
    let here = house.signed_in("radiologist").await;
    let there = signed_in(&second).await;
    let mut asked = wish(&study.uid);
    asked["may"] = "download".into();
    for (path, accept) in
        [("download", "*/*"), (&*format!("dicom-web/studies/{}", study.uid), OBJECTS)]
    {
        let link = Link::create(&here, &asked).await;
        let visitor = link.open(&house).await;
        let before = ends(&house);
        let (mut response, mut read) = begun(&visitor, path, accept).await;
        let reply = there.delete(&format!("/api/v1/shares/{}", link.id)).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        let what = format!("{path} is cut");
        until(&what, RUNNING, async || ends(&house) > before).await;
        is_cut(&mut response, (&mut read, total), path).await;
        assert_eq!(visitor.get("share", JSON).await.status, 403);
    }
}

/// Columns of an image whose pixels alone are as much.
const WIDE: u16 = 5_792;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_under_way_is_cut_within_five_seconds() {
    let Some(house) = House::start(Backend::Production) else { return };
    let second = second(&house, Settings::default());
    let study = Study::ct_of(8, 1, WIDE);
    let total = usize::from(WIDE).pow(2) * 2;
    house.import(&study);
    let here = house.signed_in("radiologist").await;
    let there = signed_in(&second).await;
    let series = &study.series[0];
    let path = format!(
        "dicom-web/studies/{}/series/{}/instances/{}/bulkdata/7FE00010",
        study.uid,
        series.uid,
        series.sop_instance(1)
    );
    for accept in
        ["application/octet-stream", "multipart/related; type=\"application/octet-stream\""]
    {
        let link = Link::create(&here, &wish(&study.uid)).await;
        let visitor = link.open(&house).await;
        let (mut response, mut read) = begun(&visitor, &path, accept).await;
        // What is left of it.
        let told = usize::try_from(response.content_length().unwrap()).unwrap() + read;
        assert!(told >= total, "{accept}: {told}");
        let reply = there.delete(&format!("/api/v1/shares/{}", link.id)).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        // Nothing tells from outside when it is cut: so nothing is read for as long as that may take.
        tokio::time::sleep(RUNNING).await;
        is_cut(&mut response, (&mut read, total), &path).await;
    }
}
