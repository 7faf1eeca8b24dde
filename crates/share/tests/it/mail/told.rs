//! Whom a mail tells what happened to a link.

use lightcase_accounts::{Accounts, NewPerson, Principal};
use lightcase_audit::Event;
use lightcase_model::{Actor, AlertKind, Phi, Role};

use super::scripted::Scripted;
use super::{CODE, TO, World, clear};
use crate::engine::engines;
use crate::study::{NOW, study_uid};
use crate::{MINUTE, ctx, link_to, recorded, staff};

#[tokio::test]
async fn whoever_may_not_sign_in_any_more_is_mailed_nothing() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(Scripted::nobody().await)).await;
        let accounts = Accounts::new(std::sync::Arc::clone(&engine.catalog));
        let person = NewPerson { name: "jane", password: "correct horse battery" };
        let by = Principal::operator();
        let jane = accounts.add_account(&ctx(), &by, person, Role::Radiologist).await.unwrap().id;
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.set_account_email(jane, &Phi::new("doe@hospital.example".to_owned())).await.unwrap();
        tx.record(&ctx(), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        let owner = Principal {
            actor: Actor::Account(jane),
            account: Some(jane),
            ..staff(Role::Radiologist)
        };
        let made = world.shares.create(&ctx(), &owner, link_to(&study_uid(1))).await.unwrap();
        let share = made.links[0].share.id;
        let check = async |mails: usize| {
            let mut tx = engine.catalog.begin().await.unwrap();
            tx.alert(share, AlertKind::Locked, NOW).await.unwrap();
            tx.record(&ctx(), Event::ServiceStopped {}).await.unwrap();
            tx.commit().await.unwrap();
            world.shares.mail_alerts().await.unwrap();
            assert_eq!(recorded(&engine.catalog, share, "mail_queued").await, mails);
        };
        check(1).await;
        accounts.disable(&ctx(), &by, jane).await.unwrap();
        check(1).await;
        // Two wait by then that are not old: the one that was withheld, and the next.
        accounts.enable(&ctx(), &by, jane).await.unwrap();
        check(3).await;
    }
}

#[tokio::test]
async fn codes_that_do_not_arrive_are_told_once_until_that_is_seen() {
    for engine in engines().await {
        let server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        let by = Principal::operator();
        let told = async || {
            let alerts = world.shares.alerts(&by, true).await.unwrap();
            let failed = alerts.iter().filter(|alert| {
                alert.share == world.share && alert.kind == AlertKind::DeliveryFailed
            });
            failed.map(|alert| alert.id).collect::<Vec<_>>()
        };
        let refused = async || {
            server.say("RCPT", "550 nobody here");
            world.queue_code(TO, CODE).await;
            assert!(world.send().await);
        };
        // One that takes the place of another fails nothing.
        world.queue_code(TO, CODE).await;
        assert!(told().await.is_empty());
        refused().await;
        assert_eq!(told().await.len(), 1);
        refused().await;
        assert_eq!((told().await.len(), world.recorded("mail_given_up").await), (1, 2));
        world.shares.see_alerts(&by, &told().await, NOW).await.unwrap();

        // One that the mail server never took is worth nothing after its time, and is told, too.
        world.queue_code(TO, CODE).await;
        server.say("RCPT", "451 later");
        assert!(world.send().await);
        assert!(told().await.is_empty());
        world.turn(MINUTE * 10);
        world.shares.sweep_mail().await.unwrap();
        assert_eq!((told().await.len(), world.recorded("mail_given_up").await), (1, 3));
    }
}
