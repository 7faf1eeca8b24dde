//! Two hundred at once over HTTP, on one server and on two: neither the uses of a link nor the
//! tries at it pass their limit.

use std::time::Duration;

use lightcase_testkit::servers::{Lightcase, Settings};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue, ORIGIN};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::caller::{Caller, Reply};
use crate::house::{Backend, House, small_ct};
use crate::link::{Link, Visitor, wish};
use crate::pair::second;

const MANY: usize = 200;
const USES: usize = 7;

/// What a reverse proxy says of a client's address is believed, so that there are many clients.
pub(crate) fn behind_a_proxy() -> Settings {
    Settings::default().set("http.trusted_proxies", "[127.0.0.1]")
}

on_both! {
    super::behind_a_proxy;
    openings_at_once_never_pass_the_uses,
    guesses_at_once_never_pass_the_limit,
    first_images_at_once_never_pass_the_uses,
}

/// Somebody who keeps no cookie, so that each request is another browser's.
fn forgetful(server: &Lightcase) -> Caller {
    let mut headers = HeaderMap::new();
    headers.insert(ORIGIN, HeaderValue::from_str(&server.url()).unwrap());
    headers.insert("x-lightcase", HeaderValue::from_static("1"));
    let http = reqwest::Client::builder().default_headers(headers).timeout(Duration::from_mins(2));
    Caller::through(http.build().unwrap(), server.url())
}

/// Tries to open a link, all at once, each from an address of its own, at these servers in turn.
async fn rush(servers: &[&Lightcase], attempt: &Value) -> Vec<Reply> {
    let callers: Vec<Caller> = servers.iter().map(|server| forgetful(server)).collect();
    let mut tries = JoinSet::new();
    for (number, caller) in (0..MANY).zip(callers.iter().cycle()) {
        let address = format!("198.51.{}.{}", 100 + number / 250, number % 250);
        let request = caller.request(Method::POST, "/s/session").header("x-forwarded-for", address);
        tries.spawn(Reply::of(request.json(attempt)));
    }
    tries.join_all().await
}

/// Uses, wrong tries and state of a link, as its owner reads them.
async fn told(staff: &Caller, link: &Link) -> (u64, u64, String) {
    let share = staff.get_json(&format!("/api/v1/shares/{}", link.id)).await;
    let count = |member: &str| share[member].as_u64().unwrap();
    (count("uses"), count("failedAttempts"), share["state"].as_str().unwrap().to_owned())
}

fn attempt(link: &Link, passcode: &str) -> Value {
    json!({
        "share": link.share, "secret": link.secret, "passcode": passcode, "accept": true,
    })
}

async fn openings(house: &House, servers: &[&Lightcase]) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    asked["maxUses"] = USES.into();
    let link = Link::create(&staff, &asked).await;
    let mut handles = Vec::new();
    for reply in rush(servers, &attempt(&link, &link.passcode)).await {
        match reply.status {
            200 => handles.push(reply.json()["handle"].as_str().unwrap().to_owned()),
            403 => assert_eq!(reply.reason(), "Refused"),
            status => panic!("{status}: {}", reply.text()),
        }
    }
    handles.sort();
    handles.dedup();
    assert_eq!(handles.len(), USES);
    assert_eq!(told(&staff, &link).await, (7, 0, "exhausted".to_owned()));
    assert_eq!(house.events()["share_opened"], USES);
}

async fn guesses(house: &House, servers: &[&Lightcase]) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let link = Link::create(&staff, &wish(&study.uid)).await;
    for reply in rush(servers, &attempt(&link, "00000000")).await {
        assert_eq!((reply.status, reply.reason()), (403, "Refused".to_owned()));
    }
    assert_eq!(told(&staff, &link).await, (0, 5, "locked".to_owned()));
    for server in servers {
        let right = link.attempt(&Caller::new(server), &link.passcode).await;
        assert_eq!(right.status, 403, "locked for who knows it, too");
    }
    let events = house.events();
    assert_eq!((events["factor_failed"], events["share_locked"]), (5, 1));
    assert_eq!(events["share_probed"], MANY - 5 + servers.len());
}

async fn openings_at_once_never_pass_the_uses(house: House) {
    openings(&house, &[&house.server]).await;
}

async fn guesses_at_once_never_pass_the_limit(house: House) {
    guesses(&house, &[&house.server]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openings_at_two_servers_never_pass_the_uses() {
    let Some(house) = House::start_with(Backend::Production, behind_a_proxy()) else { return };
    let second = second(&house, behind_a_proxy());
    openings(&house, &[&house.server, &second]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_two_servers_never_pass_the_limit() {
    let Some(house) = House::start_with(Backend::Production, behind_a_proxy()) else { return };
    let second = second(&house, behind_a_proxy());
    guesses(&house, &[&house.server, &second]).await;
}

async fn first_images_at_once_never_pass_the_uses(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let mut words = vec!["--study", &*study.uid, "--recipient", "Dr. Recipient"];
    words.extend(["--uses", "3", "--no-passcode", "--json"]);
    let link = Link::read(&house.ask("share create", &words));
    let series = &study.series[0];
    let picture = format!(
        "dicom-web/studies/{}/series/{}/instances/{}/frames/1",
        study.uid,
        series.uid,
        series.sop_instance(1)
    );
    // All are in before the first one sees an image: from the third on nobody else gets in.
    let mut visitors: Vec<Visitor> = Vec::new();
    for _ in 0..20 {
        visitors.push(link.open(&house).await);
    }
    let mut images = JoinSet::new();
    for visitor in visitors {
        let picture = picture.clone();
        images.spawn(async move {
            let first = visitor.get(&picture, "*/*").await.status;
            (first, visitor.get(&picture, "*/*").await.status)
        });
    }
    let answers = images.join_all().await;
    assert_eq!(answers.iter().filter(|each| **each == (200, 200)).count(), 3, "{answers:?}");
    assert_eq!(answers.iter().filter(|each| **each == (403, 403)).count(), 17, "{answers:?}");
    let shown = house.ask("share show", &[&link.id, "--json"]);
    assert_eq!((&shown["uses"], &shown["state"]), (&3.into(), &"exhausted".into()));
}
