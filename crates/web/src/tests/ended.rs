//! What runs ends with the right to it: nothing more is handed out, and nothing more is taken.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures::{StreamExt, stream};
use lightcase_model::TokenScope;
use lightcase_testkit::phantom::{Study, part10};
use tower::ServiceExt;

use super::world::{Client, PLAIN, World};

const STUDIES: &str = "/dicom-web/studies";

async fn until(world: &World, event: &str, count: usize) {
    for _ in 0..2_000 {
        if world.events(event).await >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{event} did not come");
}

async fn revoke(admin: &Client, token: &str) {
    let revoked = admin.ask("DELETE", &format!("/api/v1/tokens/{token}"), None).await;
    assert_eq!(revoked.status, 204, "{}", revoked.json());
}

async fn begin(world: &World, request: Request<Body>) -> BodyDataStream {
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.unwrap().is_ok());
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_right_any_more_gets_no_more() {
    let world = World::open(PLAIN).await;
    let (admin, reader, spared) =
        (world.admin().await, world.radiologist().await, world.radiologist().await);
    let (token, bearer) = world.reader_token().await;
    // More than is read ahead.
    let study = Study::ct_of(7, 24, 256);
    for instance in study.instances() {
        let kind = [("content-type", "application/dicom")];
        let stored = reader.send("POST", STUDIES, &kind, part10(&instance).into()).await;
        assert_eq!(stored.status, 200, "{}", stored.json());
    }
    let path = format!("{STUDIES}/{}", study.uid);
    let program =
        world.anybody().request("GET", &path, &[("authorization", &bearer)], Body::empty());
    let mut by_token = begin(&world, program).await;
    let mut by_cookie = begin(&world, reader.request("GET", &path, &[], Body::empty())).await;
    let mut going_on = begin(&world, spared.request("GET", &path, &[], Body::empty())).await;
    revoke(&admin, &token).await;
    assert_eq!(reader.ask("DELETE", "/api/v1/session", None).await.status, 204);
    until(&world, "retrieve_ended", 2).await;
    for body in [&mut by_token, &mut by_cookie] {
        assert!(body.next().await.unwrap().is_err(), "the body broke off");
    }
    while let Some(bytes) = going_on.next().await {
        assert!(bytes.is_ok(), "the others go on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_right_any_more_stores_no_more() {
    let world = World::open(PLAIN).await;
    let admin = world.admin().await;
    let (token, bearer) = world.token(TokenScope::DicomwebWrite).await;
    let study = Study::ct_of(7, 2, 32);
    let files: Vec<_> = study.instances().map(|each| part10(&each)).collect();
    let head = b"\r\n--part\r\nContent-Type: application/dicom\r\n\r\n";
    // Before the pixel data: what came is whole by itself.
    let cut = files[1].windows(4).position(|each| each == b"\xE0\x7F\x10\0").unwrap();
    let begun = [head.as_slice(), &files[0], head, &files[1][..cut]].concat();
    let endless = stream::iter([Ok::<_, std::io::Error>(begun)]).chain(stream::pending());
    let kind = "multipart/related; type=\"application/dicom\"; boundary=part";
    let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
    let stored = world.events("store_begun").await;
    let anybody = world.anybody();
    let sent = anybody.send("POST", STUDIES, &headers, Body::from_stream(endless));
    let ended = async {
        until(&world, "store_begun", stored + 1).await;
        revoke(&admin, &token).await;
    };
    let (reply, ()) = tokio::join!(sent, ended);
    assert_eq!(reply.status, 401, "{}", reply.json());
    let module = reply.json();
    assert_eq!(module["00081199"]["Value"].as_array().unwrap().len(), 1, "{module}");
    assert_eq!(module["00081198"]["Value"].as_array().unwrap().len(), 1, "{module}");
    assert_eq!(world.events("store_begun").await, world.events("store_ended").await);
    let reader = world.radiologist().await;
    let found = reader.get(&format!("{STUDIES}/{}/instances", study.uid), "").await;
    assert_eq!(found.json().as_array().unwrap().len(), 1, "{}", found.json());

    // Nor by import.
    let (token, bearer) = world.token(TokenScope::DicomwebWrite).await;
    let begun = stream::iter([Ok::<_, std::io::Error>(files[1][..cut].to_vec())]);
    let headers = [("authorization", bearer.as_str())];
    let body = Body::from_stream(begun.chain(stream::pending()));
    let sent = anybody.send("POST", "/api/v1/imports", &headers, body);
    let (reply, ()) = tokio::join!(sent, revoke(&admin, &token));
    // It may not even have begun.
    assert!(matches!(reply.status.as_u16(), 400 | 401), "{}", reply.json());
}
