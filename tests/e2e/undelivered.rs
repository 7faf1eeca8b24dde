//! Links that are to be mailed while the mail server is down, or does not want them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::house::{House, small_ct};
use crate::link::{Link, wish};
use crate::mailbox::{Mailbox, configure};
use crate::wait::until;

/// The server looks each second for what is to be sent.
const PATIENCE: Duration = Duration::from_secs(30);

on_both! {
    a_link_is_there_although_its_mail_waits,
    a_mail_that_is_refused_is_told_and_its_link_still_opens,
}

fn to(study: &str, address: &str) -> Value {
    let mut asked = wish(study);
    asked["recipients"] = json!([{"name": "Dr. Roe", "email": address}]);
    asked["deliver"] = "mail".into();
    asked
}

/// What became of the mail of a link, once it has become so.
async fn delivery(staff: &Caller, link: &Link, state: &str, tries: u64) -> Value {
    let path = format!("/api/v1/shares/{}", link.id);
    let told = async || staff.get_json(&path).await["delivery"].clone();
    until(&format!("the mail is {state}"), PATIENCE, async || {
        let found = told().await;
        found["state"] == state && found["tries"].as_u64().unwrap() >= tries
    })
    .await;
    told().await
}

async fn a_link_is_there_although_its_mail_waits(mut house: House) {
    configure(&mut house, Mailbox::nobody().await);
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let asked = to(&study.uid, "roe@practice.example");
    let preview = staff.post("/api/v1/shares/preview", &asked).await;
    assert_eq!(preview.status, 200, "{}", preview.text());
    assert!(preview.json()["mail"]["text"].as_str().unwrap().contains("/s#\u{2026}"));
    let link = Link::create(&staff, &asked).await;
    let waits = delivery(&staff, &link, "queued", 1).await;
    assert_eq!(waits["error"], "The mail server cannot be reached.");
    // Its maker can hand it over, and it opens.
    let visitor = link.open(&house).await;
    assert_eq!(visitor.get("dicom-web/studies", "*/*").await.status, 200);
    let shown = house.ask("share show", &[&link.id, "--json"]);
    assert_eq!((&shown["state"], &shown["delivery"]["state"]), (&"live".into(), &"queued".into()));

    // Another secret is another mail; the first one is not sent any more.
    let path = format!("/api/v1/shares/{}/resend", link.id);
    let again = staff.post(&path, &json!({"deliver": "mail"})).await;
    assert_eq!(again.status, 200, "{}", again.text());
    let renewed = Link::read(&json!({"shares": [again.json()]}));
    delivery(&staff, &renewed, "queued", 1).await;
    assert_eq!(link.attempt(&house.stranger(), &link.passcode).await.status, 403);
    renewed.open(&house).await;
    assert_eq!(staff.delete(&format!("/api/v1/shares/{}", link.id)).await.status, 204);
    delivery(&staff, &renewed, "cancelled", 0).await;
    let events = house.events();
    assert_eq!((events["mail_queued"], events.get("mail_sent")), (2, None));
}

async fn a_mail_that_is_refused_is_told_and_its_link_still_opens(mut house: House) {
    let mailbox = Mailbox::open().await;
    mailbox.serve(&mut house);
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let refused = Link::create(&staff, &to(&study.uid, "refused@practice.example")).await;
    let failed = delivery(&staff, &refused, "failed", 1).await;
    assert_eq!(failed["error"], "The mail server refused the mail (550).");
    let alerts = staff.get_json("/api/v1/alerts?unseen=true").await;
    assert_eq!(alerts["alerts"][0]["kind"], "deliveryFailed", "{alerts}");
    assert_eq!(alerts["alerts"][0]["share"], *refused.id);
    refused.open(&house).await;

    let taken = Link::create(&staff, &to(&study.uid, "roe@practice.example")).await;
    assert_eq!(delivery(&staff, &taken, "sent", 1).await["error"], Value::Null);
    let mail = mailbox.next(0).await;
    assert!(mail.contains(&taken.secret) && !mail.contains(&taken.passcode), "{mail}");
    assert_eq!(mailbox.mails().len(), 1);
}
