//! What the mail server says decides what becomes of a mail.

use std::time::Duration;

use lightcase_accounts::Principal;
use lightcase_catalog::MailState;
use lightcase_model::{AlertKind, Language};
use lightcase_share::{CodeMail, EmailAddress, MailConfig, MailCredentials, MailTls, ShareError};
use tokio_util::sync::CancellationToken;

use super::scripted::{SILENCE, Scripted};
use super::{CODE, TO, URL, World, clear};
use crate::engine::engines;
use crate::study::hold;
use crate::{HOUR, MINUTE, ctx, shares};

#[tokio::test]
async fn without_a_mail_server_nothing_is_queued() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let share = crate::create(&shares, crate::link_to(&held.uid)).await.id;
        let to = EmailAddress::parse(TO).unwrap();
        let mail = CodeMail { to: &to, code: CODE, sender: "Dr. X", language: Language::English };
        let mut tx = engine.catalog.begin().await.unwrap();
        let refused = shares.queue_code(&mut tx, &ctx(), share, &mail).await.unwrap_err();
        assert!(matches!(refused, ShareError::MailOff));
        assert!(refused.to_string().starts_with("Mail is not set up."));
        assert!(matches!(shares.mail(), Err(ShareError::MailOff)));
    }
}

#[tokio::test]
async fn a_mail_is_sent_once_and_then_it_is_gone() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        assert!(!world.send().await);
        let id = world.queue_link(TO).await;
        assert!(world.send().await && !world.send().await);
        let mail = server.taken().remove(0);
        for line in [
            "To: roe@practice.example".to_owned(),
            "Auto-Submitted: auto-generated".to_owned(),
            "Date: Sun, 22 Nov 2026 00:00:00 +0000".to_owned(),
            format!("Message-ID: <{id}@hospital.example>"),
        ] {
            assert!(mail.lines().any(|each| each == line), "{line}: {mail}");
        }
        // Quoted-printable, for the umlauts.
        let text = mail.replace("=\r\n", "").replace("=3D", "=");
        assert!(text.contains(URL), "{text}");
        let found = world.delivery().await;
        assert_eq!((found.state, found.tries, found.error.as_str()), (MailState::Sent, 1, ""));
        assert_eq!(
            (world.recorded("mail_queued").await, world.recorded("mail_sent").await),
            (1, 1)
        );
        let dump = engine.dump("outbox") + &engine.dump("audit_event");
        assert!(!dump.contains("practice") && !dump.contains("v1."), "{dump}");

        // It was told neither this machine's name nor more than it has to know.
        let commands = server.commands();
        assert_eq!(commands, ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]);
    }
}

#[tokio::test]
async fn a_server_that_comes_back_gets_it_once() {
    for engine in engines().await {
        let port = Scripted::nobody().await;
        let world = World::new(&engine, &clear(port)).await;
        world.queue_link(TO).await;
        assert!(world.send().await);
        let found = world.delivery().await;
        assert_eq!((found.state, found.tries), (MailState::Queued, 1));
        assert_eq!(found.error, "The mail server cannot be reached.");

        let mut server = Scripted::start_at(port).await;
        assert!(!world.send().await);
        world.turn(MINUTE);
        assert!(world.send().await && !world.send().await);
        assert_eq!(server.taken().len(), 1);
        let found = world.delivery().await;
        assert_eq!((found.state, found.tries, found.error.as_str()), (MailState::Sent, 2, ""));
    }
}

#[tokio::test]
async fn what_is_refused_for_good_fails_and_what_is_not_is_tried_again() {
    for engine in engines().await {
        let mut number = 0;
        let mut check = async |command, answer, state, words: &str| {
            number += 1;
            let mut server = Scripted::start().await;
            let world = World::at(&engine, &clear(server.port), number).await;
            world.queue_link(TO).await;
            server.say(command, answer);
            assert!(world.send().await);
            let found = world.delivery().await;
            assert_eq!((found.state, found.error.as_str()), (state, words), "{answer}");
            let given_up = usize::from(state == MailState::Failed);
            assert_eq!(world.recorded("mail_given_up").await, given_up);
            let alerts = world.shares.alerts(&Principal::operator(), true).await.unwrap();
            let mut told = alerts.iter().filter(|alert| alert.share == world.share);
            let failed = (state == MailState::Failed).then_some(AlertKind::DeliveryFailed);
            assert_eq!(told.next().map(|alert| alert.kind), failed, "{answer}");
            world.turn(MINUTE);
            assert_eq!(world.send().await, state == MailState::Queued, "{answer}");
            assert_eq!(server.taken().len(), 1 - given_up);
        };
        let (failed, queued) = (MailState::Failed, MailState::Queued);
        let refused = "The mail server refused the mail (550).";
        check("MAIL", "550 who are you", failed, refused).await;
        check("RCPT", "550 no <roe@practice.example> here", failed, refused).await;
        check(".", "550 spam", failed, refused).await;
        let deferred = "The mail server did not take the mail (451).";
        check("MAIL", "451 later", queued, deferred).await;
        check("RCPT", "451 <roe@practice.example> later", queued, deferred).await;
        check(".", "451 later", queued, deferred).await;
        check("", "421 busy", queued, "The mail server takes no mail (421).").await;
        check("EHLO", "554 not you", queued, "The mail server takes no mail (554).").await;
        check("", "hello?", queued, "The mail server takes no mail.").await;
        check("DATA", "gibberish", queued, "The mail server did not take the mail.").await;
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_alone() {
    for (number, engine) in engines().await.iter().enumerate() {
        let mut server = Scripted::start().await;
        let config = MailConfig { timeout: Duration::from_millis(50), ..clear(server.port) };
        let world = World::at(engine, &config, u32::try_from(number).unwrap() + 1).await;
        world.queue_link(TO).await;
        server.say("", SILENCE);
        assert!(world.send().await);
        assert_eq!(world.delivery().await.error, "The mail server did not answer in time.");
        server.say(".", SILENCE);
        world.turn(MINUTE);
        assert!(world.send().await);
        assert_eq!(world.delivery().await.error, "Handing the mail over took too long.");
        world.turn(MINUTE * 6);
        assert!(world.send().await);
        assert_eq!((world.delivery().await.state, server.taken().len()), (MailState::Sent, 1));
    }
}

#[tokio::test]
async fn the_password_is_shown_before_anything_else_and_a_wrong_one_can_be_put_right() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let password = "geheim".to_owned().into();
        let credentials = Some(MailCredentials { user: "lightcase".to_owned(), password });
        let world = World::new(&engine, &MailConfig { credentials, ..clear(server.port) }).await;
        world.queue_link(TO).await;
        assert!(world.send().await);
        assert_eq!(world.delivery().await.error, "The mail server does not let us sign in.");
        for (answer, later) in [("535 wrong", MINUTE), ("235 welcome", MINUTE * 6)] {
            server.say("EHLO", "250-mail.example\r\n250 AUTH PLAIN");
            server.say("AUTH", answer);
            world.turn(later);
            assert!(world.send().await);
        }
        assert_eq!((world.delivery().await.state, server.taken().len()), (MailState::Sent, 1));
        assert_eq!(server.commands().iter().filter(|command| *command == "MAIL").count(), 1);
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let config = MailConfig { tls: MailTls::StartTls, ..clear(server.port) };
        let world = World::new(&engine, &config).await;
        world.queue_link(TO).await;
        assert!(world.send().await);
        assert!(world.delivery().await.error.contains("does not offer TLS"));

        // It offers TLS, and somebody on the way puts answers of his own behind the server's.
        server.say("EHLO", "250-mail.example\r\n250 STARTTLS");
        server.say("STARTTLS", "220 go on\r\n250 a\r\n250 b\r\n250 c\r\n354 d\r\n250 e\r\n250 f");
        world.turn(MINUTE);
        assert!(world.send().await);
        let found = world.delivery().await;
        assert_eq!(found.state, MailState::Queued);
        assert!(found.error.starts_with("No protected connection"), "{}", found.error);
        let commands = server.commands();
        assert!(!commands.iter().any(|each| each == "MAIL" || each == "RCPT"), "{commands:?}");
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn two_programs_on_one_database_send_it_once() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        for _ in 0..4 {
            world.queue_alert("doe@hospital.example").await;
        }
        let sends: Vec<_> = (0..8).map(|_| world.send()).collect();
        let sent = futures(sends).await;
        assert_eq!(sent.into_iter().filter(|sent| *sent).count(), 4);
        let mut ids: Vec<String> = server
            .taken()
            .iter()
            .map(|mail| {
                mail.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned()
            })
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }
}

/// All of them at once.
async fn futures(sends: Vec<impl Future<Output = bool>>) -> Vec<bool> {
    let mut sends: Vec<_> = sends.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<bool>> = vec![None; sends.len()];
    std::future::poll_fn(move |cx| {
        for (send, done) in sends.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(sent) = send.as_mut().poll(cx)
            {
                *done = Some(sent);
            }
        }
        match done.iter().copied().collect::<Option<Vec<bool>>>() {
            Some(all) => std::task::Poll::Ready(all),
            None => std::task::Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn the_job_sends_what_is_queued_and_stops_when_told() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        let stop = CancellationToken::new();
        let job = tokio::spawn(std::sync::Arc::clone(&world.shares).send_mail(stop.clone()));
        world.queue_link(TO).await;
        assert!(server.next().await.contains(TO));
        world.queue_code(TO, CODE).await;
        assert!(server.next().await.contains(CODE));
        stop.cancel();
        job.await.unwrap();
        assert_eq!(world.delivery().await.state, MailState::Sent);
        assert_eq!(world.recorded("mail_sent").await, 2);
    }
}

#[tokio::test]
async fn it_is_tried_for_two_days_and_then_given_up() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(Scripted::nobody().await)).await;
        world.queue_alert("doe@hospital.example").await;
        let mut tried_at = vec![];
        for minutes in 0..49 * 60 {
            world.turn(MINUTE * minutes);
            if world.send().await {
                tried_at.push(minutes);
            }
        }
        assert_eq!(&tried_at[..6], [0, 1, 6, 21, 81, 141]);
        assert_eq!(tried_at.len(), 51);
        assert!(tried_at.last().is_some_and(|last| MINUTE * *last < HOUR * 48));
        assert_eq!(world.recorded("mail_given_up").await, 1);
    }
}
