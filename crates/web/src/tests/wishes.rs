//! What cannot be granted is refused with a sentence, never granted in another way.

use std::collections::BTreeSet;

use lightcase_testkit::phantom::{Study, part10};
use serde_json::{Value, json};

use super::sharing::{Link, accept, enter, make};
use super::world::{Client, PLAIN, World};
use crate::api::{authorisations, shares};
use crate::route::Route;
use crate::share;

/// A wish that is granted; tests change members of it. The clock says 2027-01-15, 08:00 UTC.
fn wish(world: &World) -> Value {
    json!({
        "studies": [world.mr.uid], "series": null, "clean": false, "arrivals": "frozen",
        "may": "view", "recipients": [{"name": "Dr. A. Example", "email": null}],
        "starts": null, "expires": "2027-01-20T00:00:00Z", "maxUses": 2,
        "factors": ["passcode"], "purpose": "treatment", "authority": "treatment",
        "authorisation": null, "message": "", "language": "en", "deliver": "copy",
    })
}

/// What a whole form says.
fn form(world: &World) -> Value {
    json!({
        "study": world.mr.uid, "description": "All images", "discloser": "Example Hospital",
        "recipient": "Example Insurance", "purpose": "a claim", "expires": "2027-03-31",
        "expiryEvent": null, "signedBy": "Jane Doe", "signedOn": "2027-01-14",
        "representative": null,
        "statements": {"revocation": true, "conditioning": true, "redisclosure": true},
    })
}

/// Asks for links, and for their preview: both or neither are granted, for the same reason. A
/// status of 201 is a grant; else the sentence has a word in it.
async fn asked(reader: &Client, wish: &Value, (status, reason): (u16, &str), word: &str) {
    let preview = reader.ask("POST", "/api/v1/shares/preview", Some(wish)).await;
    let made = reader.ask("POST", "/api/v1/shares", Some(wish)).await;
    for (reply, granted) in [(preview, 200), (made, 201)] {
        let body = reply.json();
        let expected = if status == 201 { granted } else { status };
        assert_eq!(reply.status, expected, "{wish}: {body}");
        if status != 201 {
            assert_eq!(body["reason"], reason, "{wish}: {body}");
            assert!(body["detail"].as_str().unwrap().contains(word), "{wish}: {body}");
        }
    }
}

const GRANTED: (u16, &str) = (201, "");
const MALFORMED: (u16, &str) = (400, "Malformed");
const NOT_FOUND: (u16, &str) = (404, "NotFound");

#[tokio::test]
async fn ends_and_beginnings_are_instants_within_ninety_days() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |starts: Value, expires: Value, status: (u16, &str), word: &str| {
        let mut wish = wish(&world);
        wish["starts"] = starts;
        wish["expires"] = expires;
        asked(&reader, &wish, status, word).await;
    };
    for (expires, status, word) in [
        (json!("2027-01-15T08:00:01Z"), GRANTED, ""),
        (json!("2027-01-15T17:00:01+09:00"), GRANTED, ""),
        (json!("2027-01-15T00:00:01-08:00"), GRANTED, ""),
        (json!("2027-04-15T08:00:00Z"), GRANTED, ""),
        (json!("2027-01-15T08:00:00Z"), MALFORMED, "ended already"),
        (json!("2027-01-15T16:59:59+09:00"), MALFORMED, "ended already"),
        (json!("1970-01-01T00:00:00Z"), MALFORMED, "ended already"),
        (json!("2027-04-15T08:00:01Z"), MALFORMED, "90 days"),
        (json!("9999-01-01T00:00:00Z"), MALFORMED, "90 days"),
        (json!("2027-01-20T00:00:00"), MALFORMED, "expires: not an instant with a zone"),
        (json!("2027-01-20"), MALFORMED, "expires: not an instant with a zone"),
        (json!("2027-02-30T00:00:00Z"), MALFORMED, "expires: not an instant with a zone"),
        (json!("in a week"), MALFORMED, "expires: not an instant with a zone"),
        (json!(""), MALFORMED, "expires: not an instant with a zone"),
        (Value::Null, MALFORMED, "openapi"),
        (json!(1_800_000_000), MALFORMED, "openapi"),
    ] {
        check(Value::Null, expires, status, word).await;
    }
    let end = || json!("2027-01-20T00:00:00Z");
    for (starts, status, word) in [
        (json!("2027-01-15T07:00:00Z"), GRANTED, ""),
        (json!("2027-01-19T23:59:59Z"), GRANTED, ""),
        (json!("2027-01-20T00:00:00Z"), MALFORMED, "end before it begins"),
        (json!("2027-01-20T09:00:00+09:00"), MALFORMED, "end before it begins"),
        (json!("2027-01-19T23:59:59"), MALFORMED, "starts: not an instant with a zone"),
    ] {
        check(starts, end(), status, word).await;
    }
    assert_eq!(world.events("share_created").await, 6);
}

#[tokio::test]
async fn recipients_and_factors_are_what_can_be_kept() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |member: &str, value: Value, status: (u16, &str), word: &str| {
        let mut wish = wish(&world);
        wish[member] = value;
        asked(&reader, &wish, status, word).await;
    };
    let named = |name: &str| json!([{"name": name}]);
    for (recipients, word) in [
        (json!([]), "recipient is empty"),
        (named(" "), "recipient is empty"),
        (named("Dr. A.\r\nBcc: all@example.org"), "control character"),
        (named("Dr. A.\u{202e}elpmaxE"), "direction of writing"),
        (named(&"x".repeat(201)), "200 characters"),
        (json!(vec![json!({"name": "Dr. A."}); 21]), "20 recipients"),
        (json!([{"email": "roe@practice.example"}]), "openapi"),
        (json!("Dr. A."), "openapi"),
    ] {
        check("recipients", recipients, MALFORMED, word).await;
    }
    for address in [
        "roe",
        "roe@",
        "@practice.example",
        "Jane Roe <roe@practice.example>",
        "roe@practice.example, doe@practice.example",
        "roe@practice.example\r\nBcc: doe@practice.example",
        "roe@192.0.2.1",
        "roe@prac tice.example",
    ] {
        let recipients = json!([{"name": "Dr. A."}, {"name": "Dr. Roe", "email": address}]);
        check("recipients", recipients, MALFORMED, "not an address of mail").await;
    }
    for (factors, (status, reason), word) in [
        (json!([]), (403, "FactorNeeded"), "without a passcode"),
        (json!(["birthDate"]), MALFORMED, "alone"),
        (json!(["passcode", "passcode"]), MALFORMED, "twice"),
        (json!(["account"]), MALFORMED, "recipient's address"),
        (json!(["fingerprint"]), MALFORMED, "unknown"),
        (json!("passcode"), MALFORMED, "openapi"),
    ] {
        check("factors", factors, (status, reason), word).await;
    }
    for (member, value, word) in [
        ("may", json!("everything"), "view or download"),
        ("arrivals", json!("later"), "frozen or live"),
        ("language", json!("fr"), "language"),
        ("authority", json!("research"), "authority is unknown"),
        ("authorisation", json!("a".repeat(26)), "Leave one of them out"),
        ("deliver", json!("pigeon"), "copy or mail"),
        ("maxUses", json!(0), "at least one use"),
        ("maxUses", json!(1001), "1000 times"),
        ("maxUses", json!(-1), "openapi"),
        ("maxUses", json!(1.5), "openapi"),
        ("purpose", json!(" "), "what the link is for"),
        ("purpose", json!("x".repeat(201)), "what the link is for"),
        ("purpose", json!("a\u{202e}b"), "what the link is for"),
        ("message", json!("a\u{202e}b"), "no text"),
        ("message", json!("x".repeat(2001)), "2000 characters"),
    ] {
        check(member, value, MALFORMED, word).await;
    }
    // No mail is set up here.
    check("deliver", json!("mail"), MALFORMED, "Write one for each recipient").await;
    let mut mailed = wish(&world);
    mailed["recipients"] = json!([{"name": "Dr. Roe", "email": "roe@practice.example"}]);
    asked(&reader, &mailed, GRANTED, "").await;
    mailed["deliver"] = "mail".into();
    asked(&reader, &mailed, (409, "MailOff"), "Mail is not set up").await;
    mailed["deliver"] = "copy".into();
    mailed["factors"] = json!(["passcode", "email"]);
    asked(&reader, &mailed, (409, "MailOff"), "Mail is not set up").await;
    mailed["factors"] = json!(["account"]);
    asked(&reader, &mailed, MALFORMED, "no account under this address").await;
    assert_eq!(world.events("share_created").await, 1);
}

#[tokio::test]
async fn nothing_is_shared_that_its_maker_does_not_see() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (mr, ct) = (&world.mr, &world.ct);
    let other = Study::ct_of(2, 1, 64);
    let file = part10(&other.instances().next().unwrap());
    assert_eq!(reader.send("POST", "/api/v1/imports", &[], file.into()).await.status, 200);
    // Copies that were made for another link are nothing that staff can name.
    let mut clean = wish(&world);
    clean["studies"] = json!([ct.uid]);
    clean["clean"] = true.into();
    let made = reader.ask("POST", "/api/v1/shares", Some(&clean)).await.json();
    let (visitor, handle) = enter(&world, &Link::read(&made["shares"][0])).await;
    accept(&visitor, &handle).await;
    let found = visitor.get(&format!("/s/{handle}/dicom-web/series"), "").await.json();
    let copy = |tag: &str| found[0][tag]["Value"][0].as_str().unwrap().to_owned();
    let (copied_study, copied_series) = (copy("0020000D"), copy("0020000E"));

    let check = async |studies: Value, series: Value, status: (u16, &str), word: &str| {
        let mut wish = wish(&world);
        wish["studies"] = studies;
        wish["series"] = series;
        asked(&reader, &wish, status, word).await;
    };
    let (mr_series, ct_series) = (&mr.series[0].uid, &ct.series[0].uid);
    for (studies, series, status, word) in [
        (json!([mr.uid, ct.uid]), Value::Null, GRANTED, ""),
        (json!([mr.uid, ct.uid]), json!([mr_series, ct_series]), GRANTED, ""),
        (json!(["1.2.3"]), Value::Null, NOT_FOUND, "not found"),
        (json!([mr.uid, "1.2.3"]), Value::Null, NOT_FOUND, "not found"),
        (json!([copied_study]), Value::Null, NOT_FOUND, "not found"),
        (json!([mr.uid]), json!(["1.2.3"]), NOT_FOUND, "not found"),
        (json!([mr.uid]), json!([ct_series]), NOT_FOUND, "not found"),
        (json!([mr.uid]), json!([mr_series, ct_series]), NOT_FOUND, "not found"),
        (json!([mr.uid]), json!([copied_series]), NOT_FOUND, "not found"),
        (json!([mr.uid, ct.uid]), json!([mr_series]), NOT_FOUND, "not found"),
        (json!([]), Value::Null, MALFORMED, "No study is named"),
        (json!(["not a UID"]), Value::Null, MALFORMED, "UID cannot be read"),
        (json!([mr.uid]), json!([]), MALFORMED, "list of series is empty"),
        (json!([mr.uid]), json!(["x"]), MALFORMED, "UID cannot be read"),
        (json!([mr.uid, other.uid]), Value::Null, MALFORMED, "different patients"),
    ] {
        check(studies, series, status, word).await;
    }
    let mut both = wish(&world);
    both["clean"] = true.into();
    both["arrivals"] = "live".into();
    asked(&reader, &both, MALFORMED, "not to clean copies").await;
    both["arrivals"] = "frozen".into();
    both["factors"] = json!(["passcode", "birthDate"]);
    asked(&reader, &both, MALFORMED, "no date of birth").await;
    // Neither a study that was withdrawn, whoever asks.
    let path = format!("/api/v1/studies/{}/withdrawal", mr.uid);
    let reason = json!({"reason": "sent by mistake"});
    assert_eq!(reader.ask("POST", &path, Some(&reason)).await.status, 204);
    check(json!([mr.uid]), Value::Null, NOT_FOUND, "not found").await;
    let admin = world.admin().await.ask("POST", "/api/v1/shares", Some(&wish(&world))).await;
    assert_eq!((admin.status.as_u16(), &admin.json()["reason"]), (403, &json!("NotPermitted")));
    assert_eq!(world.events("share_created").await, 3);
}

/// The places of all objects in a document.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            for (name, each) in members {
                objects(each, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (each, place) in items.iter().zip(0..) {
                objects(each, &format!("{at}/{place}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The routes of sharing that take a document, beside those of another media type.
fn with_a_body() -> BTreeSet<(&'static str, String)> {
    let named = |prefix: &str, routes: &'static [Route]| -> Vec<(&'static str, String)> {
        let taking = routes.iter().filter(|route| {
            matches!(route.method, "post" | "put" | "patch") && !route.path.ends_with("/form")
        });
        taking.map(|route| (route.method, format!("{prefix}{}", route.path))).collect()
    };
    let staff = named("/api/v1", shares::ROUTES).into_iter();
    staff
        .chain(named("/api/v1", authorisations::ROUTES))
        .chain(named("", share::ROUTES))
        .chain([("delete", "/api/v1/authorisations/{id}".to_owned())])
        .collect()
}

#[tokio::test]
async fn a_control_that_is_not_known_is_refused_and_never_ignored() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let link = make(&world, &reader, "view").await;
    let (visitor, handle) = enter(&world, &link).await;
    let shown = visitor.get(&format!("/s/{handle}/share"), "").await.json();
    let made = reader.ask("POST", "/api/v1/authorisations", Some(&form(&world))).await;
    let record = made.json()["id"].as_str().unwrap().to_owned();
    let mut attempt = link.attempt(&link.passcode);
    attempt["account"] = json!({"name": "roe@practice.example", "password": "x"});
    attempt["code"] = Value::Null;
    attempt["birthDate"] = Value::Null;
    // In this order: what comes last ends what the others need.
    let bodies = [
        ("post", "/s/{handle}/notice", &visitor, json!({"hash": shown["notice"]["hash"]})),
        ("post", "/s/session", &visitor, attempt),
        ("post", "/api/v1/shares", &reader, wish(&world)),
        ("post", "/api/v1/shares/preview", &reader, wish(&world)),
        ("patch", "/api/v1/shares/{id}", &reader, json!({"expires": "2027-01-21T00:00:00Z"})),
        ("post", "/api/v1/shares/{id}/resend", &reader, json!({"deliver": "copy"})),
        ("post", "/api/v1/alerts/seen", &reader, json!({"ids": ["a".repeat(26)]})),
        ("put", "/api/v1/alerts/address", &reader, json!({"email": null})),
        ("post", "/api/v1/authorisations", &reader, form(&world)),
        ("put", "/api/v1/authorisations/{id}", &reader, form(&world)),
        ("delete", "/api/v1/authorisations/{id}", &reader, json!({"reason": "a mistake"})),
        (
            "post",
            "/api/v1/shares/recall",
            &reader,
            json!({"study": world.mr.uid, "reason": "a mistake"}),
        ),
    ];
    let covered: BTreeSet<(&str, String)> =
        bodies.iter().map(|(method, path, ..)| (*method, (*path).to_owned())).collect();
    assert_eq!(covered, with_a_body(), "each route that takes a document has one here");
    for (method, pattern, client, body) in bodies {
        let id = if pattern.contains("/authorisations/") { &record } else { &link.id };
        let path = pattern.replace("{handle}", &handle).replace("{id}", id);
        let mut places = Vec::new();
        objects(&body, "", &mut places);
        for place in places {
            for control in ["colour", "ipAddress", "watermark"] {
                let mut more = body.clone();
                more.pointer_mut(&place).unwrap()[control] = json!(true);
                let reply = client.ask(&method.to_uppercase(), &path, Some(&more)).await;
                let said = reply.json();
                assert_eq!(reply.status, 400, "{pattern} {place}: {said}");
                assert_eq!(said["reason"], "Malformed", "{pattern} {place}");
                assert!(said["detail"].as_str().unwrap().contains("openapi"), "{said}");
            }
        }
        let reply = client.ask(&method.to_uppercase(), &path, Some(&body)).await;
        assert!(reply.status.is_success(), "{method} {pattern}: {}", reply.json());
    }
    for query in ["shares?colour=green", "shares?status=live", "alerts?all=true"] {
        assert_eq!(reader.get(&format!("/api/v1/{query}"), "").await.status, 400, "{query}");
    }
    let records = format!("/api/v1/authorisations?study={}", world.mr.uid);
    assert_eq!(reader.get(&records, "").await.status, 200);
    assert_eq!(reader.get(&format!("{records}&state=revoked"), "").await.status, 400);
}

#[tokio::test]
async fn links_are_recalled_by_the_account_that_made_them_if_there_is_one() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let link = make(&world, &reader, "view").await;
    let told = reader.get(&format!("/api/v1/shares/{}", link.id), "").await.json();
    assert_eq!((&told["createdBy"], &told["byAccount"]), (&json!("roentgen"), &json!(true)));
    let recall = json!({"user": told["createdBy"], "reason": "a mistake"});
    let reply = reader.ask("POST", "/api/v1/shares/recall", Some(&recall)).await;
    assert_eq!(reply.json(), json!({"revoked": 1}));
    let recall = json!({"user": "nobody at all", "reason": "a mistake"});
    let reply = reader.ask("POST", "/api/v1/shares/recall", Some(&recall)).await;
    let said = reply.json();
    assert_eq!((reply.status.as_u16(), &said["reason"]), (404, &json!("NotFound")), "{said}");
    assert_eq!(said["detail"], "There is no account of that name.");
}
