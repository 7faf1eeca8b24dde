//! Share links: made by staff, opened by somebody with a browser.

use std::time::Duration;

use lightcase_model::Timestamp;
use serde_json::{Value, json};

use crate::caller::{Caller, Reply};
use crate::house::House;

/// A link and its passcode, as they were shown once.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// As the API names it.
    pub(crate) id: String,
    /// As the fragment names it.
    pub(crate) share: String,
    pub(crate) secret: String,
    pub(crate) passcode: String,
}

/// A browser inside a share.
pub(crate) struct Visitor {
    pub(crate) browser: Caller,
    pub(crate) handle: String,
}

/// What is asked for to share a study; tests change members of it.
pub(crate) fn wish(study: &str) -> Value {
    json!({
        "studies": [study],
        "series": null,
        "recipients": [{"name": "Dr. Recipient"}],
        "may": "view",
        "expires": in_a_week(),
        "maxUses": 5,
        "factors": ["passcode"],
        "purpose": "treatment",
    })
}

/// This second, taken from the file system's clock.
pub(crate) fn now() -> Timestamp {
    let now = tempfile::tempfile().unwrap().metadata().unwrap().modified().unwrap();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_micros(i64::try_from(seconds * 1_000_000).unwrap())
}

/// An instant a week from now, in UTC.
fn in_a_week() -> String {
    now().plus(Duration::from_hours(7 * 24)).to_string()
}

impl Link {
    /// Shares a study through the API.
    pub(crate) async fn create(staff: &Caller, wish: &Value) -> Self {
        let reply = staff.post("/api/v1/shares", wish).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        Self::read(&reply.json())
    }

    /// Takes a link from the answer of the API or of the command line.
    pub(crate) fn read(answer: &Value) -> Self {
        let answer = &answer["shares"][0];
        let url = answer["url"].as_str().unwrap();
        let (page, fragment) = url.split_once("/s#").unwrap();
        assert!(page.starts_with("http"), "{url}");
        let words: Vec<&str> = fragment.split('.').collect();
        let ["v1", share, secret] = words[..] else { panic!("{url}") };
        let id = answer["share"]["id"].as_str().unwrap().to_owned();
        let passcode = answer["passcode"].as_str().unwrap_or_default().to_owned();
        Self { id, share: share.to_owned(), secret: secret.to_owned(), passcode }
    }

    /// One try with a passcode.
    pub(crate) async fn attempt(&self, browser: &Caller, passcode: &str) -> Reply {
        let body = json!({
            "share": self.share, "secret": self.secret, "passcode": passcode, "accept": true,
        });
        browser.post("/s/session", &body).await
    }

    /// Opens it; the notice is not accepted yet.
    pub(crate) async fn enter(&self, house: &House) -> Visitor {
        let browser = house.stranger();
        let reply = self.attempt(&browser, &self.passcode).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let handle = reply.json()["handle"].as_str().unwrap().to_owned();
        Visitor { browser, handle }
    }

    /// Opens it and accepts the notice.
    pub(crate) async fn open(&self, house: &House) -> Visitor {
        let visitor = self.enter(house).await;
        visitor.accept().await;
        visitor
    }
}

impl Visitor {
    /// A path below this session's own.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/s/{}/{rest}", self.handle)
    }

    pub(crate) async fn get(&self, rest: &str, accept: &str) -> Reply {
        self.browser.get(&self.path(rest), accept).await
    }

    /// Reads the notice and accepts it.
    pub(crate) async fn accept(&self) {
        let share = self.browser.get_json(&self.path("share")).await;
        let body = json!({"hash": share["notice"]["hash"]});
        let reply = self.browser.post(&self.path("notice"), &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
}
