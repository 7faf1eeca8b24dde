//! Time in a house whose clock hangs in Tokyo, nine hours ahead: server and command line.

use std::time::Duration;

use lightcase_model::Timestamp;
use lightcase_testkit::servers::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, Reply};
use crate::house::{House, small_ct};
use crate::link::{Link, now, wish};
use crate::mailbox::Mailbox;
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const MICROSECOND: Duration = Duration::from_micros(1);

fn tokyo() -> Settings {
    Settings::default().variable("TZ", "Asia/Tokyo")
}

on_both! {
    super::tokyo;
    a_link_is_made_and_extended_by_instants,
    a_link_begins_and_ends_when_it_says,
    a_mailed_code_and_a_date_of_birth_open,
    the_days_of_an_authorisation_are_those_of_utc,
}

/// An instant as somebody in Tokyo writes it.
fn written_there(at: Timestamp) -> String {
    let there = at.plus(HOUR * 9).to_string();
    format!("{}+09:00", there.strip_suffix('Z').unwrap())
}

fn read(instant: &Value) -> Timestamp {
    let text = instant.as_str().unwrap();
    assert!(text.ends_with('Z'), "{text}");
    Timestamp::parse_rfc3339(text).unwrap()
}

/// An instant as recipients read it.
fn in_words(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{}, {} UTC", &text[..10], &text[11..16])
}

/// Whether an instant is about the one that is expected.
fn about(found: Timestamp, expected: Timestamp) {
    let apart = found.since(expected).max(expected.since(found));
    assert!(apart < MINUTE, "{found} is not about {expected}");
}

async fn extend(staff: &Caller, link: &Link, expires: &str) -> Reply {
    let request = staff.request(Method::PATCH, &format!("/api/v1/shares/{}", link.id));
    Reply::of(request.json(&json!({"expires": expires}))).await
}

async fn a_link_is_made_and_extended_by_instants(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    let expires = now().plus(DAY * 2);
    asked["expires"] = written_there(expires).into();
    let link = Link::create(&staff, &asked).await;
    let share = staff.get_json(&format!("/api/v1/shares/{}", link.id)).await;
    assert_eq!(read(&share["expires"]), expires);
    about(read(&share["createdAt"]), now());
    let visitor = link.enter(&house).await;
    let notice = visitor.browser.get_json(&visitor.path("share")).await["notice"]["text"].clone();
    assert!(notice[1].as_str().unwrap().contains(&in_words(expires)), "{notice}");

    // Ninety days from its making are ninety days, to the microsecond.
    let last = read(&share["createdAt"]).plus(DAY * 90);
    let reply = extend(&staff, &link, &written_there(last)).await;
    assert_eq!((reply.status, read(&reply.json()["expires"])), (200, last));
    for refused in [
        written_there(last.plus(MICROSECOND)),
        written_there(now().minus(SECOND)),
        last.to_string().trim_end_matches('Z').to_owned(),
    ] {
        let reply = extend(&staff, &link, &refused).await;
        assert_eq!(reply.status, 400, "{refused}: {}", reply.text());
    }
    for (words, expected) in
        [("3d", now().plus(DAY * 3)), (written_there(expires).as_str(), expires)]
    {
        let arguments = [link.id.as_str(), "--expires", words, "--json"];
        about(read(&house.ask("share extend", &arguments)["expires"]), expected);
    }
    let tomorrow = now().plus(DAY).to_string();
    let local = tomorrow.trim_end_matches('Z');
    for (expires, granted) in [(local, false), (tomorrow.as_str(), true)] {
        let arguments = ["--study", &study.uid, "--recipient", "Dr. R.", "--expires", expires];
        let made = house.server.run("share create", &arguments, "");
        assert_eq!(made.is_ok(), granted, "{expires}: {made:?}");
    }
    let mut arguments = vec!["--study", &*study.uid, "--recipient", "Dr. R."];
    arguments.extend(["--starts", "1h", "--expires", "2d", "--json"]);
    let made = house.ask("share create", &arguments)["shares"][0]["share"].clone();
    let created = read(&made["createdAt"]);
    about(created, now());
    assert_eq!(read(&made["expires"]), created.plus(DAY * 2));
    assert_eq!((read(&made["starts"]), &made["state"]), (created.plus(HOUR), &"notYet".into()));
}

async fn a_link_begins_and_ends_when_it_says(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    // Soon, and long before what a clock nine hours off would take for it.
    let soon = now().plus(SECOND * 10);
    let (mut short, mut later) = (wish(&study.uid), wish(&study.uid));
    short["expires"] = written_there(soon).into();
    later["starts"] = written_there(soon).into();
    let (short, later) = (Link::create(&staff, &short).await, Link::create(&staff, &later).await);
    let state = async |link: &Link| {
        let share = staff.get_json(&format!("/api/v1/shares/{}", link.id)).await;
        share["state"].as_str().unwrap().to_owned()
    };
    let visitor = short.open(&house).await;
    assert_eq!((state(&short).await, state(&later).await), ("live".into(), "notYet".into()));
    assert_eq!(later.attempt(&house.stranger(), &later.passcode).await.status, 403);
    until("the one begins", MINUTE, async || state(&later).await == "live").await;
    until("the other ends", MINUTE, async || state(&short).await == "expired").await;
    assert!(now() >= soon);
    later.open(&house).await;
    assert_eq!(short.attempt(&house.stranger(), &short.passcode).await.status, 403);
    assert_eq!(visitor.get("share", "*/*").await.status, 403);
    let shown = house.ask("share show", &[&short.id, "--json"]);
    assert_eq!((&shown["state"], read(&shown["expires"])), (&"expired".into(), soon));
}

/// The eight digits that stand in a mail.
fn code(mail: &str) -> String {
    let digits = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
    mail.lines().find(digits).unwrap_or_else(|| panic!("no code: {mail}")).to_owned()
}

async fn a_mailed_code_and_a_date_of_birth_open(mut house: House) {
    let mailbox = Mailbox::open().await;
    mailbox.serve(&mut house);
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    let expires = read(&asked["expires"]);
    asked["expires"] = written_there(expires).into();
    asked["recipients"] = json!([{"name": "Dr. Roe", "email": "roe@practice.example"}]);
    asked["factors"] = json!(["passcode", "email", "birthDate"]);
    asked["deliver"] = "mail".into();
    let link = Link::create(&staff, &asked).await;
    let mail = mailbox.next(0).await;
    assert!(mail.contains(&in_words(expires)), "{expires}: {mail}");
    let date = mail.lines().find(|line| line.starts_with("Date: ")).unwrap();
    assert!(date.ends_with("+0000"), "{date}");

    let browser = house.stranger();
    let show = async |more: &Value| {
        let mut attempt = json!({
            "share": link.share, "secret": link.secret, "passcode": link.passcode, "accept": true,
        });
        attempt.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        browser.post("/s/session", &attempt).await
    };
    assert_eq!(show(&json!({})).await.json(), json!({"factor": "email"}));
    let first = code(&mailbox.next(1).await);
    assert_eq!(show(&json!({"code": first})).await.json(), json!({"factor": "birthDate"}));
    for (date, status) in [("1951-12-09", 403), ("1951-12-11", 403), ("1951-12-10", 200)] {
        let reply = show(&json!({"code": first, "birthDate": date})).await;
        assert_eq!(reply.status, status, "{date}: {}", reply.text());
    }
    // Ten minutes later the next one is worth nothing.
    let Some(database) = &house.database else { return };
    let passed = |minutes: u64| {
        let micros = minutes * 60_000_000;
        let sql = format!(
            "UPDATE share_code SET sent_at = sent_at - {micros}, expires_at = expires_at - {micros}"
        );
        database.execute(&sql).unwrap();
    };
    assert_eq!(show(&json!({})).await.json(), json!({"factor": "email"}));
    let second = code(&mailbox.next(2).await);
    passed(8);
    assert_eq!(show(&json!({"code": second})).await.json(), json!({"factor": "birthDate"}));
    passed(2);
    assert_eq!(show(&json!({"code": second})).await.status, 403);
}

/// The day in UTC, once it is not about to end.
async fn today() -> String {
    let day = |at: Timestamp| at.to_string()[..10].to_owned();
    let lasts = || day(now()) == day(now().plus(MINUTE * 2));
    until("a day begins", MINUTE * 3, async || lasts()).await;
    day(now())
}

async fn the_days_of_an_authorisation_are_those_of_utc(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let today = today().await;
    let midnight = Timestamp::parse_rfc3339(&format!("{today}T00:00:00Z")).unwrap();
    let day = |days: u32| midnight.plus(DAY * days).to_string()[..10].to_owned();
    let yesterday = midnight.minus(DAY).to_string()[..10].to_owned();
    let form = |signed: &str, expires: &str| {
        json!({
            "study": study.uid, "description": "All images", "discloser": "Example Hospital",
            "recipient": "Example Insurance", "purpose": "a claim", "expires": expires,
            "expiryEvent": null, "signedBy": "Jane Doe", "signedOn": signed,
            "representative": null,
            "statements": {"revocation": true, "conditioning": true, "redisclosure": true},
        })
    };
    for (signed, expires, word) in [
        (&today, &yesterday, "has expired"),
        (&day(2), &day(3), "has not come"),
        (&yesterday, &today, ""),
        (&today, &today, ""),
    ] {
        let reply = staff.post("/api/v1/authorisations", &form(signed, expires)).await;
        let status = if word.is_empty() { 201 } else { 400 };
        assert_eq!(reply.status, status, "{signed} {expires}: {}", reply.text());
        assert!(reply.text().contains(word), "{}", reply.text());
        let options = [
            ["--study", &study.uid, "--description", "All images"],
            ["--discloser", "Example Hospital", "--recipient", "Example Insurance"],
            ["--purpose", "a claim", "--signed-by", "Jane Doe"],
            ["--signed-on", signed, "--expires", expires],
        ];
        let mut words = options.concat();
        words.extend(["--statement", "revocation,conditioning,redisclosure", "--json"]);
        let typed = house.server.run("authorisation add", &words, "");
        assert_eq!(typed.is_ok(), word.is_empty(), "{typed:?}");
    }
    // The whole of the last day counts, and nothing of the next one.
    let made = staff.post("/api/v1/authorisations", &form(&today, &today)).await.json();
    let record = made["id"].as_str().unwrap();
    let end = midnight.plus(DAY);
    let mut asked = wish(&study.uid);
    asked["authority"] = "authorisation".into();
    asked["authorisation"] = record.into();
    for (expires, status) in [(end.plus(MICROSECOND), 409), (end, 201)] {
        asked["expires"] = written_there(expires).into();
        let reply = staff.post("/api/v1/shares", &asked).await;
        assert_eq!(reply.status, status, "{expires}: {}", reply.text());
        let typed = written_there(expires);
        let words = ["--study", &study.uid, "--recipient", "Example", "--authorisation", record];
        let words = [&words[..], &["--expires", &typed, "--json"][..]].concat();
        let made = house.server.run("share create", &words, "");
        assert_eq!(made.is_ok(), status == 201, "{made:?}");
    }
}
