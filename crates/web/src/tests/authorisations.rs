//! Authorisations over HTTP: refusals by name, scans that are never shown, links that end.

use serde_json::{Value, json};

use super::sharing::{Link, accept, enter};
use super::world::{Client, PLAIN, Reply, World};

const PDF: &[u8] = b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF\n";

/// What a whole form says.
fn form(study: &str) -> Value {
    json!({
        "study": study, "description": "All images of the head", "discloser": "Example Hospital",
        "recipient": "Example Insurance", "purpose": "a claim", "expires": "2027-03-31",
        "expiryEvent": null, "signedBy": "Jane Doe", "signedOn": "2027-01-14",
        "representative": null,
        "statements": {"revocation": true, "conditioning": true, "redisclosure": true},
    })
}

async fn record(world: &World, reader: &Client) -> Value {
    let made = reader.ask("POST", "/api/v1/authorisations", Some(&form(&world.mr.uid))).await;
    assert_eq!(made.status, 201, "{}", made.json());
    made.json()
}

/// A link to the first series of the MR under a record.
async fn share(world: &World, reader: &Client, id: &str, expires: &str) -> Reply {
    let wanted = json!({
        "studies": [world.mr.uid], "series": [world.mr.series[0].uid],
        "recipients": [{"name": "Example Insurance"}], "may": "view", "expires": expires,
        "maxUses": 2, "factors": ["passcode"], "purpose": "a claim",
        "authority": "authorisation", "authorisation": id,
    });
    reader.ask("POST", "/api/v1/shares", Some(&wanted)).await
}

#[tokio::test]
async fn every_missing_element_is_refused_by_name() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |path: &str, value: Value, (status, reason): (u16, &str), word: &str| {
        let mut wanted = form(&world.mr.uid);
        if value == json!("absent") {
            wanted.as_object_mut().unwrap().remove(&path[1..]);
        } else {
            *wanted.pointer_mut(path).unwrap() = value;
        }
        let reply = reader.ask("POST", "/api/v1/authorisations", Some(&wanted)).await;
        let body = reply.json();
        assert_eq!((reply.status.as_u16(), &body["reason"]), (status, &json!(reason)), "{body}");
        assert!(body["detail"].as_str().unwrap().contains(word), "{path}: {body}");
    };
    let incomplete = (400, "Incomplete");
    for (path, word) in [
        ("/description", "description is missing"),
        ("/discloser", "discloser is missing"),
        ("/recipient", "recipient is missing"),
        ("/purpose", "purpose is missing"),
        ("/expires", "expiry is missing"),
        ("/signedBy", "signature is missing"),
        ("/signedOn", "date of the signature is missing"),
    ] {
        for value in [json!(""), Value::Null, json!("absent")] {
            check(path, value, incomplete, word).await;
        }
    }
    check("/representative", json!(""), incomplete, "representative's authority").await;
    for (path, word) in [
        ("/statements/revocation", "revocation is missing"),
        ("/statements/conditioning", "conditioning is missing"),
        ("/statements/redisclosure", "re-disclosure is missing"),
    ] {
        check(path, json!(false), incomplete, word).await;
    }
    check("/statements", json!("absent"), incomplete, "revocation is missing").await;
    let malformed = (400, "Malformed");
    check("/expires", json!("2027-02-29"), malformed, "not a day").await;
    check("/expires", json!("31.3.2027"), malformed, "not a day").await;
    check("/expires", json!("2027-01-14"), malformed, "has expired").await;
    check("/signedOn", json!("2027-01-17"), malformed, "has not come").await;
    check("/description", json!(7), malformed, "openapi").await;
    check("/statements", json!({"revocations": true}), malformed, "openapi").await;
    check("/study", json!("x"), malformed, "UID").await;
    check("/study", json!("1.2.3"), (404, "NotFound"), "not found").await;
    assert_eq!(world.events("authorisation_recorded").await, 0);
}

#[tokio::test]
async fn a_record_is_made_changed_and_listed() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let made = record(&world, &reader).await;
    let path = format!("/api/v1/authorisations/{}", made["id"].as_str().unwrap());
    assert_eq!((&made["version"], &made["state"]), (&json!(1), &json!("inForce")));
    assert_eq!((&made["form"], &made["recordedBy"]), (&Value::Null, &json!("roentgen")));
    let wanted = form(&world.mr.uid);
    for (name, value) in wanted.as_object().unwrap() {
        let name = if name == "study" { "studyInstanceUid" } else { name };
        assert_eq!(&made[name], value, "{name}");
    }
    let mut changed = wanted;
    changed["expires"] = Value::Null;
    changed["expiryEvent"] = "the end of the trial".into();
    let second = reader.ask("PUT", &path, Some(&changed)).await.json();
    assert_eq!((&second["version"], &second["expires"]), (&json!(2), &Value::Null));
    let listed = format!("/api/v1/authorisations?study={}", world.mr.uid);
    let listed = reader.get(&listed, "").await.json();
    assert_eq!(listed, json!({"authorisations": [second]}));
    assert_eq!(reader.get(&path, "").await.json(), second);
    assert_eq!(reader.get("/api/v1/authorisations", "").await.status, 400);
    let exported = reader.get(&format!("{path}/export"), "").await;
    assert!(exported.header("content-disposition").starts_with("attachment; filename="));
    assert_eq!(exported.header("content-type"), "application/json");
    assert_eq!(exported.json()["versions"].as_array().unwrap().len(), 2);
    assert_eq!(world.events("authorisation_read").await, 3);
}

#[tokio::test]
async fn a_scan_is_handed_out_for_saving_only() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let made = record(&world, &reader).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/authorisations/{id}/form");
    assert_eq!(reader.get(&path, "").await.status, 404);
    let attach = async |kind: &str, bytes: &[u8]| {
        reader.send("PUT", &path, &[("content-type", kind)], bytes.to_vec().into()).await
    };
    let check = async |kind: &str, bytes: &[u8], status: u16, reason: &str| {
        let reply = attach(kind, bytes).await;
        let found = reply.json()["reason"].clone();
        assert_eq!((reply.status.as_u16(), found), (status, json!(reason)), "{kind}");
    };
    check("text/html", PDF, 415, "Malformed").await;
    check("image/svg+xml", b"<svg/>", 415, "Malformed").await;
    check("image/png", PDF, 400, "Malformed").await;
    check("application/pdf", b"<html>", 400, "Malformed").await;
    check("application/pdf", b"", 400, "Malformed").await;
    let mut large = PDF.to_vec();
    large.resize((20 << 20) + 1, b' ');
    check("application/pdf", &large, 413, "LimitExceeded").await;
    assert_eq!(world.events("authorisation_form_attached").await, 0);

    large.pop();
    assert_eq!(attach("application/pdf", &large).await.status, 200);
    let attached = attach("application/pdf", PDF).await.json();
    let length = PDF.len();
    assert_eq!(
        (&attached["form"]["number"], &attached["form"]["bytes"]),
        (&json!(2), &json!(length))
    );
    let reply = reader.get(&path, "").await;
    assert_eq!((reply.status.as_u16(), &reply.bytes[..]), (200, PDF));
    assert_eq!(reply.header("content-type"), "application/pdf");
    let name = format!("attachment; filename=\"authorisation-{id}-2.pdf\"");
    assert_eq!(reply.header("content-disposition"), name);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.header("content-security-policy").contains("sandbox"));
    let first = reader.get(&format!("{path}?number=1"), "").await;
    assert!(first.bytes[..] == large[..]);
    assert_eq!(reader.get(&format!("{path}?number=9"), "").await.status, 404);
    assert_eq!(world.events("authorisation_read").await, 2);
}

#[tokio::test]
async fn whoever_came_in_under_a_record_is_out_when_it_is_revoked() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let made = record(&world, &reader).await;
    let id = made["id"].as_str().unwrap();
    let refused = async |id: &str, expires: &str, status: u16, word: &str| {
        let reply = share(&world, &reader, id, expires).await;
        assert_eq!(reply.status, status, "{}", reply.json());
        assert!(reply.json()["detail"].as_str().unwrap().contains(word), "{}", reply.json());
    };
    let soon = "2027-01-20T00:00:00Z";
    refused(&"a".repeat(26), soon, 409, "no such authorisation").await;
    refused("x", soon, 400, "authorisation: not an identifier").await;
    refused(id, "2027-04-01T00:00:01Z", 409, "last day is 2027-03-31").await;

    let reply = share(&world, &reader, id, soon).await;
    assert_eq!(reply.status, 201, "{}", reply.json());
    let made = &reply.json()["shares"][0];
    assert_eq!(made["share"]["authorisation"], id);
    assert_eq!(made["share"]["authority"], "authorisation");
    let link = Link::read(made);
    let (visitor, handle) = enter(&world, &link).await;
    accept(&visitor, &handle).await;
    let studies = format!("/s/{handle}/dicom-web/studies");
    assert_eq!(visitor.get(&studies, "").await.status, 200);

    let path = format!("/api/v1/authorisations/{id}");
    assert_eq!(reader.ask("DELETE", &path, Some(&json!({"reason": " "}))).await.status, 400);
    assert_eq!(visitor.get(&studies, "").await.status, 200);
    let why = json!({"reason": "the patient wrote"});
    let revoked = reader.ask("DELETE", &path, Some(&why)).await;
    assert_eq!((revoked.status.as_u16(), revoked.json()), (200, json!({"revoked": 1})));
    // The very next request: no second passes, as the tests' clock stands still.
    assert_eq!(visitor.get(&studies, "").await.status, 403);
    assert_eq!(visitor.get(&format!("/s/{handle}/share"), "").await.status, 403);
    let again =
        world.anybody().ask("POST", "/s/session", Some(&link.attempt(&link.passcode))).await;
    assert_eq!(again.status, 403);
    assert_eq!(reader.ask("DELETE", &path, Some(&why)).await.json(), json!({"revoked": 0}));
    refused(id, soon, 409, "revoked").await;
    let shown = reader.get(&path, "").await.json();
    assert_eq!((&shown["state"], &shown["revokedBy"]), (&json!("revoked"), &json!("roentgen")));
    assert_eq!(shown["revokedReason"], "the patient wrote");
    for (event, count) in
        [("authorisation_revoked", 1), ("share_revoked", 1), ("share_session_ended", 1)]
    {
        assert_eq!(world.events(event).await, count, "{event}");
    }
    let reply = reader.ask("PUT", &path, Some(&form(&world.mr.uid))).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["reason"]), (409, &json!("Conflict")));
}

#[tokio::test]
async fn a_request_names_its_authority_in_one_way() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let made = record(&world, &reader).await;
    let check = async |authority: &str, authorisation: Value, status: u16| {
        let wanted = json!({
            "studies": [world.mr.uid], "recipients": [{"name": "Example"}], "may": "view",
            "expires": "2027-01-20T00:00:00Z", "maxUses": 2, "factors": ["passcode"],
            "purpose": "a claim", "authority": authority, "authorisation": authorisation,
        });
        let reply = reader.ask("POST", "/api/v1/shares", Some(&wanted)).await;
        assert_eq!(reply.status, status, "{authority}: {}", reply.json());
    };
    check("ownAccess", Value::Null, 201).await;
    check("treatment", Value::Null, 201).await;
    check("authorisation", made["id"].clone(), 201).await;
    check("authorisation", Value::Null, 400).await;
    check("treatment", made["id"].clone(), 400).await;
    check("research", Value::Null, 400).await;
}
