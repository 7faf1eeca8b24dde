//! Share links from the doctor's click to the visitor's last byte.

use axum::body::Body;
use futures::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::dicomweb::instance_path;
use super::world::{Client, PLAIN, SECURE, World};
use crate::security::{CONTENT_SECURITY_POLICY, DATA_POLICY};

/// A link as its maker was told it.
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) share: String,
    pub(crate) secret: String,
    pub(crate) passcode: String,
}

/// A link to the first series of the MR.
pub(crate) async fn make(world: &World, reader: &Client, may: &str) -> Link {
    let wanted = json!({
        "studies": [world.mr.uid], "series": [world.mr.series[0].uid],
        "recipients": [{"name": "Dr. A. Example"}], "may": may, "expires": "2027-01-20T00:00:00Z",
        "maxUses": 2, "factors": ["passcode"], "purpose": "treatment",
    });
    let made = reader.ask("POST", "/api/v1/shares", Some(&wanted)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    Link::read(&made.json()["shares"][0])
}

impl Link {
    /// From what its maker was told.
    pub(crate) fn read(made: &Value) -> Self {
        let url = made["url"].as_str().unwrap();
        let mut pieces = url.split_once("/s#v1.").unwrap().1.split('.').map(ToOwned::to_owned);
        Self {
            id: made["share"]["id"].as_str().unwrap().to_owned(),
            share: pieces.next().unwrap(),
            secret: pieces.next().unwrap(),
            passcode: made["passcode"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn attempt(&self, passcode: &str) -> Value {
        json!({"share": self.share, "secret": self.secret, "passcode": passcode, "accept": true})
    }
}

/// Opens a link without accepting its notice: the visitor and the handle. The answer shows what is
/// shown of it.
pub(crate) async fn enter(world: &World, link: &Link) -> (Client, String) {
    let mut visitor = world.anybody();
    let reply = visitor.ask("POST", "/s/session", Some(&link.attempt(&link.passcode))).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    visitor.keep(&reply);
    let handle = reply.json()["handle"].as_str().unwrap().to_owned();
    let shown = visitor.get(&format!("/s/{handle}/share"), "").await.json();
    assert_eq!(reply.json()["shown"], shown);
    assert!(shown["patient"].is_null(), "{shown}");
    (visitor, handle)
}

/// A visitor who accepted the notice.
pub(crate) async fn share_of(world: &World, reader: &Client, may: &str) -> (Client, String) {
    let link = make(world, reader, may).await;
    let (visitor, handle) = enter(world, &link).await;
    accept(&visitor, &handle).await;
    (visitor, handle)
}

/// Accepts the notice; the answer shows what is shown from then on.
pub(crate) async fn accept(visitor: &Client, handle: &str) {
    let view = format!("/s/{handle}/share");
    let shown = visitor.get(&view, "").await.json();
    let hash = json!({"hash": shown["notice"]["hash"]});
    let path = format!("/s/{handle}/notice");
    let reply = visitor.ask("POST", &path, Some(&hash)).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    assert_eq!(reply.json(), visitor.get(&view, "").await.json());
    assert_eq!(reply.json()["noticeAccepted"], true);
}

#[tokio::test]
async fn a_visitor_who_may_not_come_in_learns_nothing() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (link, revoked) =
        (make(&world, &reader, "view").await, make(&world, &reader, "view").await);
    let path = format!("/api/v1/shares/{}", revoked.id);
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
    let client = world.anybody();
    let strange = |share: &str, secret: &str| Link {
        id: String::new(),
        share: share.to_owned(),
        secret: secret.to_owned(),
        passcode: "ABCDEFGH".to_owned(),
    };
    let unknown = strange(&"A".repeat(22), &link.secret);
    let mismatched = strange(&link.share, &revoked.secret);
    let nonsense = strange("nonsense", "");
    let mut unclicked = link.attempt(&link.passcode);
    unclicked["accept"] = json!(false);
    let attempts = [
        link.attempt("WRONG234"),
        link.attempt(""),
        revoked.attempt(&revoked.passcode),
        unknown.attempt("ABCDEFGH"),
        mismatched.attempt(&link.passcode),
        nonsense.attempt("ABCDEFGH"),
        unclicked,
    ];
    let mut replies = Vec::new();
    for attempt in &attempts {
        let reply = client.ask("POST", "/s/session", Some(attempt)).await;
        assert_eq!(reply.status, 403, "{attempt}");
        assert_eq!(reply.header("set-cookie"), "");
        replies.push(reply.without_request());
    }
    assert!(replies.windows(2).all(|pair| pair[0] == pair[1]), "{replies:?}");
    let sentence = replies[0].1["detail"].as_str().unwrap();
    assert!(sentence.starts_with("The passcode is not right, or this link has ended."));
    for link in [&link, &revoked, &unknown] {
        let knock = json!({"share": link.share, "secret": link.secret});
        let asked = client.ask("POST", "/s/session", Some(&knock)).await;
        assert_eq!(asked.json(), json!({"factor": "passcode"}));
    }
    // The guess that nobody clicked for, and the question.
    let path = format!("/api/v1/shares/{}", link.id);
    let detail = reader.get(&path, "").await.json();
    assert_eq!((&detail["probes"], &detail["uses"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn a_visitor_sees_what_was_granted_and_nothing_else() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let link = make(&world, &reader, "view").await;
    let (visitor, handle) = enter(&world, &link).await;
    let root = format!("/s/{handle}/dicom-web");

    let before = visitor.get(&format!("/s/{handle}/share"), "").await.json();
    assert_eq!((&before["patient"], &before["studies"]), (&Value::Null, &json!([])));
    assert_eq!(visitor.get(&format!("{root}/studies"), "").await.status, 403);
    accept(&visitor, &handle).await;
    let after = visitor.get(&format!("/s/{handle}/share"), "").await;
    assert_eq!(after.json()["patient"]["birthDate"], "19511210");
    assert_eq!(after.json()["studies"][0]["series"].as_array().unwrap().len(), 1);

    let studies = visitor.get(&format!("{root}/studies"), "").await;
    assert_eq!(studies.json().as_array().unwrap().len(), 1);
    assert_eq!(studies.json()[0]["00201206"]["Value"][0], 1, "counts are of what is in sight");
    assert_eq!(
        visitor.get(&format!("{root}/series"), "").await.json().as_array().unwrap().len(),
        1
    );
    assert_eq!(studies.header("cache-control"), "no-store");
    assert_eq!(studies.header("referrer-policy"), "no-referrer");
    assert_eq!(studies.header("x-robots-tag"), "noindex, nofollow, noarchive");
    assert_eq!(after.header("content-security-policy"), CONTENT_SECURITY_POLICY);
    assert_eq!(studies.header("content-security-policy"), DATA_POLICY);

    let single = "application/octet-stream; transfer-syntax=*";
    let granted = format!("{root}{}", instance_path(&world.mr, 0, 1));
    let frame = visitor.get(&format!("{granted}/frames/1"), single).await;
    assert_eq!(frame.bytes, world.mr.series[0].pixels(1));
    let metadata = visitor.get(&format!("{granted}/metadata"), "").await;
    assert!(String::from_utf8_lossy(&metadata.bytes).contains(&format!("{PLAIN}{root}/studies/")));
    assert_eq!(visitor.get(&granted, "").await.status, 403, "looking is not downloading");

    let nowhere = visitor.get(&format!("{root}/studies/1.2.3/metadata"), "").await;
    assert_eq!(nowhere.status, 404);
    for hidden in [instance_path(&world.mr, 1, 1), instance_path(&world.ct, 0, 1)] {
        for below in ["", "/metadata", "/frames/1", "/rendered", "/thumbnail", "/bulkdata/7FE00010"]
        {
            let reply = visitor.get(&format!("{root}{hidden}{below}"), "").await;
            assert_eq!(reply.without_request(), nowhere.without_request(), "{hidden}{below}");
        }
    }
    let series = format!("{root}/studies/{}/series/{}", world.mr.uid, world.mr.series[1].uid);
    assert_eq!(visitor.get(&format!("{series}/instances"), "").await.status, 404);

    let shares = reader.get("/api/v1/shares?state=live", "").await.json();
    assert_eq!(shares["shares"][0]["uses"], 1);
    let path = format!("/api/v1/shares/{}", link.id);
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
    assert_eq!(visitor.get(&format!("{root}/studies"), "").await.status, 403);
    assert_eq!(visitor.get(&format!("/s/{handle}/share"), "").await.status, 403);
}

#[tokio::test]
async fn a_browser_that_proved_itself_counts_once() {
    let world = World::open(SECURE).await;
    let reader = world.radiologist().await;
    let link = make(&world, &reader, "view").await;
    let attempt = link.attempt(&link.passcode);
    let mut browser = world.anybody();
    let first = browser.ask("POST", "/s/session", Some(&attempt)).await;
    let cookies: Vec<&str> =
        first.headers.get_all("set-cookie").iter().map(|each| each.to_str().unwrap()).collect();
    let handle = first.json()["handle"].as_str().unwrap().to_owned();
    assert!(cookies[0].starts_with("__Secure-lc_share="), "{cookies:?}");
    let attributes = format!("; Path=/s/{handle}/; HttpOnly; SameSite=Strict; Secure");
    assert!(cookies[0].ends_with(&attributes), "{cookies:?}");
    assert!(cookies[1].starts_with("__Secure-lc_device_"), "{cookies:?}");
    assert!(cookies[1].contains("; Path=/s/session; HttpOnly; SameSite=Strict; Secure; Max-Age="));
    browser.keep(&first);
    let again = browser.ask("POST", "/s/session", Some(&attempt)).await;
    let anew: Vec<&str> =
        again.headers.get_all("set-cookie").iter().map(|each| each.to_str().unwrap()).collect();
    assert!(!anew[0].contains(&handle), "another session");
    assert_eq!(anew[1..], cookies[1..], "the same browser, known as long as the link can live");
    assert!(cookies[1].ends_with("; Max-Age=7776000"), "{cookies:?}");
    let path = format!("/api/v1/shares/{}", link.id);
    assert_eq!(reader.get(&path, "").await.json()["uses"], 1);
    enter(&world, &link).await;
    let third = world.anybody().ask("POST", "/s/session", Some(&attempt)).await;
    assert_eq!(third.status, 403, "two browsers, and no third");

    let left = browser.ask("DELETE", &format!("/s/{handle}/session"), None).await;
    assert_eq!(left.status, 204);
    assert!(left.header("set-cookie").contains("; Max-Age=0"));
    assert_eq!(browser.get(&format!("/s/{handle}/share"), "").await.status, 403);
}

#[tokio::test]
async fn a_running_download_ends_with_its_link() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let large = lightcase_testkit::phantom::Study::ct_of(7, 24, 512);
    for instance in large.instances() {
        let file = lightcase_testkit::phantom::part10(&instance);
        let stored = reader.send("POST", "/api/v1/imports", &[], file.into()).await;
        assert_eq!(stored.status, 200);
    }
    let wanted = json!({
        "studies": [large.uid], "series": null, "recipients": [{"name": "Dr. A. Example"}], "may": "download",
        "expires": "2027-01-20T00:00:00Z", "maxUses": 1, "factors": ["passcode"], "purpose": "treatment",
    });
    let made = reader.ask("POST", "/api/v1/shares", Some(&wanted)).await.json();
    let made = &made["shares"][0];
    let fragment = made["url"].as_str().unwrap().split_once("/s#v1.").unwrap().1.to_owned();
    let (share, secret) = fragment.split_once('.').unwrap();
    let link = Link {
        id: made["share"]["id"].as_str().unwrap().to_owned(),
        share: share.to_owned(),
        secret: secret.to_owned(),
        passcode: made["passcode"].as_str().unwrap().to_owned(),
    };
    let (visitor, handle) = enter(&world, &link).await;
    accept(&visitor, &handle).await;
    let path = format!("/s/{handle}/dicom-web/studies/{}", large.uid);
    let request = visitor.request("GET", &path, &[], Body::empty());
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    let revoke = format!("/api/v1/shares/{}", link.id);
    assert_eq!(reader.ask("DELETE", &revoke, None).await.status, 204);
    // A slow receiver: without the look at the link it would get everything in the end.
    let cut = loop {
        match body.next().await {
            Some(Ok(_)) => tokio::time::sleep(std::time::Duration::from_millis(30)).await,
            Some(Err(_)) => break true,
            None => break false,
        }
    };
    assert!(cut, "the body broke off");
}
