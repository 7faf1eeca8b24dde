//! A mail says nothing of whose images they are, nor what they show, also where its sender would.

use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{NewInstance, NewStudy, StudyOpening};
use lightcase_model::{Ctx, Factor, Phi, Role, SeriesUid, StudyUid};
use lightcase_share::{Deliver, EmailAddress, NewLink, Recipient};

use super::scripted::Scripted;
use super::{TO, World, clear};
use crate::engine::{Engine, engines};
use crate::study::{NOW, hold_as, new_instance, new_study, open, study_uid};
use crate::{ctx, link_to, staff};

fn mail() -> Deliver {
    Deliver::Mail { base: "https://images.example".to_owned() }
}

#[tokio::test]
async fn a_message_that_names_the_patient_is_not_mailed() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(25)).await;
        let check = async |message: &str, deliver: Deliver, refused: bool| {
            let email = Some(EmailAddress::parse(TO).unwrap());
            let new = NewLink {
                recipients: vec![Recipient { email, ..Recipient::named("Dr. Roe") }],
                message: Phi::new(message.to_owned()),
                factors: vec![Factor::Passcode],
                deliver,
                ..link_to(&study_uid(1))
            };
            let by = staff(Role::Radiologist);
            let seen = world.shares.preview(&ctx(), &by, &new).await.map(drop);
            let made = world.shares.create(&ctx(), &by, new).await.map(drop);
            for answer in [seen, made] {
                let said = answer.err().map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(said.contains("must name no patient"), refused, "{message}: {said}");
            }
        };
        check("Please look at slice 80", mail(), false).await;
        check("Images of Mrs. DOE", mail(), true).await;
        check("jane's images", mail(), true).await;
        check("Frau Janes Aufnahmen", mail(), true).await;
        check("Images of Mrs. Doe", Deliver::Copy, false).await;
    }
}

#[tokio::test]
async fn sent_again_a_message_that_says_whose_images_they_are_is_left_out_and_that_is_told() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        let known = NewStudy {
            patient_id: Phi::new("PAT-4711".to_owned()),
            accession_number: Phi::new("20261234".to_owned()),
            ..new_study(2)
        };
        let held = hold_as(&engine, known, (2, 1, 1)).await;
        let by = staff(Role::Radiologist);
        for (message, withheld) in [
            ("Please look at slice 80", false),
            ("Please look at the brain", true),
            ("", false),
            ("Frau Janes Bilder", true),
            ("The number is 20261234", true),
            ("Of pat-4711, as we said", true),
        ] {
            let email = Some(EmailAddress::parse(TO).unwrap());
            let new = NewLink {
                recipients: vec![Recipient { email, ..Recipient::named("Dr. Roe") }],
                message: Phi::new(message.to_owned()),
                ..link_to(&held.uid)
            };
            let id = world.shares.create(&ctx(), &by, new).await.unwrap().links.remove(0).share.id;
            let copied = world.shares.renew(&ctx(), &by, id, &Deliver::Copy).await.unwrap();
            assert!(!copied.message_withheld, "nothing is mailed");
            let mailed = world.shares.renew(&ctx(), &by, id, &mail()).await.unwrap();
            assert_eq!(mailed.message_withheld, withheld, "{message}");
            assert_eq!(mailed.share.message.expose(), message);
            assert!(world.send().await);
            let taken = server.taken();
            assert_eq!(taken.len(), 1, "{message}");
            let brought = !withheld && !message.is_empty();
            assert_eq!(taken[0].contains("writes:"), brought, "{message}: {}", taken[0]);
        }
    }
}

/// A study with a series of each of these values of Body Part Examined (0018,0015).
async fn hold_parts(engine: &Engine, new: NewStudy, number: u32, parts: &[&str]) -> StudyUid {
    let mut tx = engine.catalog.begin().await.unwrap();
    let StudyOpening::Open { study, subject_key, .. } = open(engine, &mut tx, &new).await else {
        panic!("the study is held with another patient")
    };
    for (series, part) in (1..).zip(parts) {
        let instance = new_instance((study, subject_key), AccessId::random(), (number, series, 1));
        tx.index(&NewInstance { body_part: (*part).to_owned(), ..instance }).await.unwrap();
    }
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
    new.study_uid
}

#[tokio::test]
async fn a_message_that_names_a_part_of_the_body_that_is_shown_is_not_mailed() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(25)).await;
        let described = NewStudy { description: "MRT Knie".to_owned(), ..new_study(2) };
        let study = hold_parts(&engine, described, 2, &["HAND", ""]).await;
        let by = staff(Role::Radiologist);
        let check = async |series: Option<u32>, message: &str, named: bool| {
            let uid = |series: u32| SeriesUid::parse(&format!("1.2.3.2.{series}")).unwrap();
            let email = Some(EmailAddress::parse(TO).unwrap());
            let copied = NewLink {
                recipients: vec![Recipient { email, ..Recipient::named("Dr. Roe") }],
                series: series.map(|series| vec![uid(series)]),
                message: Phi::new(message.to_owned()),
                ..link_to(&study)
            };
            let mailed = NewLink { deliver: mail(), ..copied.clone() };
            let seen = world.shares.preview(&ctx(), &by, &mailed).await.map(drop);
            let made = world.shares.create(&ctx(), &by, mailed).await.map(drop);
            for answer in [seen, made] {
                let said = answer.err().map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(said.contains("a mail must name none"), named, "{message}: {said}");
                assert_eq!(said.is_empty(), !named, "{message}: {said}");
            }
            let made = world.shares.create(&ctx(), &by, copied).await.unwrap();
            let id = made.links[0].share.id;
            let again = world.shares.renew(&ctx(), &by, id, &mail()).await.unwrap();
            assert_eq!(again.message_withheld, named, "{message}");
        };
        check(None, "Please compare with the images of May", false).await;
        check(None, "Der Kopf ist nicht dabei", false).await;
        check(None, "Ihre Meinung zum rechten Kniegelenk?", true).await;
        check(None, "On the other hand, it is old", true).await;
        check(Some(1), "On the other hand, it is old", true).await;
        check(Some(1), "What do you think of the knee?", false).await;
        check(Some(2), "On the other hand, it is old", false).await;
        check(Some(2), "Knie-MRT wie besprochen", true).await;
    }
}

#[tokio::test]
async fn beside_clean_copies_nothing_names_the_patient_however_the_link_goes_out() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(25)).await;
        let by = staff(Role::Radiologist);
        let check = async |(message, purpose, recipient): (&str, &str, &str), clean, word: &str| {
            let new = NewLink {
                recipients: vec![Recipient::named(recipient)],
                message: Phi::new(message.to_owned()),
                purpose: purpose.to_owned(),
                clean,
                ..link_to(&study_uid(1))
            };
            let seen = world.shares.preview(&ctx(), &by, &new).await.map(drop);
            let said = seen.err().map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(said.is_empty(), word.is_empty(), "{new:?}: {said}");
            assert!(said.contains(word), "{new:?}: {said}");
        };
        check(("A case", "teaching", "Dr. Jane Roe"), true, "").await;
        check(("Of Mrs. Doe", "teaching", "Dr. Roe"), true, "message or the purpose").await;
        check(("", "Janes Befund", "Dr. Roe"), true, "message or the purpose").await;
        check(("", "see A_1", "Dr. Roe"), true, "message or the purpose").await;
        check(("", "teaching", "Jane Doe"), true, "Write who they are without it").await;
        check(("Of Mrs. Doe", "see A_1", "Jane Doe"), false, "").await;
    }
}
