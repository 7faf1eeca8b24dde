//! Signing in and out, tokens, and the names we answer under.

use axum::body::Body;
use lightcase_model::Role;
use serde_json::json;

use super::world::{PLAIN, SECURE, World};
use crate::api::session::permission_name;

#[tokio::test]
async fn a_session_begins_and_ends_with_its_cookie() {
    let world = World::open(PLAIN).await;
    let wrong = json!({"name": "roentgen", "password": "wrong"});
    let refused = world.anybody().ask("POST", "/api/v1/session", Some(&wrong)).await;
    let unknown = json!({"name": "nobody", "password": "wrong"});
    let nobody = world.anybody().ask("POST", "/api/v1/session", Some(&unknown)).await;
    assert_eq!(refused.without_request(), nobody.without_request());
    assert_eq!(refused.status, 401);

    let reader = world.radiologist().await;
    let session = reader.get("/api/v1/session", "").await;
    assert_eq!(session.json()["account"]["name"], "roentgen");
    let permissions: Vec<_> =
        Role::Radiologist.permissions().iter().map(|each| permission_name(*each)).collect();
    let permissions = json!(permissions);
    assert_eq!(session.json()["account"]["permissions"], permissions);
    assert_eq!(session.header("cache-control"), "no-store");
    let left = reader.ask("DELETE", "/api/v1/session", None).await;
    assert_eq!(left.status, 204);
    assert_eq!(
        left.header("set-cookie"),
        "lc_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    );
    assert_eq!(reader.get("/api/v1/session", "").await.status, 401);
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host() {
    let (world, token) = World::bare(SECURE).await;
    let password = "seven quiet lanterns over the harbour";
    let administrator = json!({"name": "ada", "password": password});
    let wanted = json!({"token": token, "administrator": administrator, "radiologist": null});
    let client = world.anybody();
    assert_eq!(client.ask("POST", "/api/v1/setup", Some(&wanted)).await.status, 201);
    assert_eq!(client.ask("POST", "/api/v1/setup", Some(&wanted)).await.status, 403);
    let reply = client.ask("POST", "/api/v1/session", Some(&administrator)).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-lc_session="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let world = World::open(PLAIN).await;
    let admin = world.admin().await;
    let wanted = json!({"name": "reader", "scopes": ["dicomweb:read"], "expires": null});
    // An administrator sees no study, and no token made by one does.
    assert_eq!(admin.ask("POST", "/api/v1/tokens", Some(&wanted)).await.status, 400);
    let (id, bearer) = world.reader_token().await;
    let ask = async |path: &str, cookies: bool| {
        let client = if cookies { admin.clone() } else { world.anybody() };
        let headers = [("authorization", bearer.as_str())];
        client.send("GET", path, &headers, Body::empty()).await.status.as_u16()
    };
    assert_eq!(ask("/dicom-web/studies", false).await, 200);
    assert_eq!(ask("/api/v1/users", false).await, 403);
    // The header decides, whatever cookie comes with it.
    assert_eq!(ask("/api/v1/users", true).await, 403);
    let revoked = admin.ask("DELETE", &format!("/api/v1/tokens/{id}"), None).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(ask("/dicom-web/studies", false).await, 401);
}

#[tokio::test]
async fn other_names_than_ours_are_not_answered() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |path: &str, host: &str, expected: u16| {
        let mut request = reader.request("GET", path, &[], Body::empty());
        request.headers_mut().insert("host", host.parse().unwrap());
        let reply = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
        assert_eq!(reply.status(), expected, "{path} {host}");
    };
    check("/api/v1/session", "127.0.0.1:8080", 200).await;
    check("/api/v1/session", "localhost:8080", 200).await;
    check("/api/v1/session", "evil.example", 421).await;
    check("/s", "evil.example", 421).await;
    check("/healthz", "10.0.0.7:8080", 200).await;
}

#[tokio::test]
async fn administration_and_the_worklist_answer() {
    let world = World::open(PLAIN).await;
    let (admin, reader) = (world.admin().await, world.radiologist().await);
    let new = json!({"title": "CT1", "host": "10.0.0.5", "port": 104, "rights": ["store", "echo"]});
    assert_eq!(admin.ask("POST", "/api/v1/peers", Some(&new)).await.status, 201);
    assert_eq!(admin.ask("POST", "/api/v1/peers", Some(&new)).await.status, 409);
    let peers = admin.get("/api/v1/peers", "").await.json();
    assert_eq!(peers["peers"][0]["rights"], json!(["echo", "store"]));
    assert_eq!(admin.ask("DELETE", "/api/v1/peers/CT1", None).await.status, 204);
    let echo = admin.ask("POST", "/api/v1/system/echo", None).await.json();
    assert_eq!(echo["ok"], false);
    assert_eq!(admin.get("/readyz", "").await.json()["keys"], "ok");

    let list = reader.get("/api/v1/worklist?q=ada%20phantom&modality=CT", "").await.json();
    assert_eq!(list["studies"][0]["studyInstanceUid"], world.ct.uid);
    assert_eq!(list["studies"].as_array().unwrap().len(), 1);
    assert_eq!(list["studies"][0]["instances"], 3);
    let path = format!("/api/v1/studies/{}/withdrawal", world.ct.uid);
    let reason = json!({"reason": "sent by mistake"});
    assert_eq!(reader.ask("POST", &path, Some(&reason)).await.status, 204);
    let hidden = reader.get("/api/v1/worklist?withdrawn=true", "").await.json();
    assert_eq!(hidden["studies"][0]["withdrawn"]["by"], "roentgen");
    let gone = format!("/dicom-web/studies/{}/metadata", world.ct.uid);
    assert_eq!(reader.get(&gone, "").await.status, 404);
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
    assert_eq!(reader.get(&gone, "").await.status, 200);

    let refused = reader.send("POST", "/api/v1/imports", &[], "not DICOM".into()).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["reason"]), (400, &json!("Malformed")));
}
