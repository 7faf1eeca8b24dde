//! What waits for a link that ends is not sent.

use lightcase_accounts::Principal;
use lightcase_catalog::MailState;
use lightcase_share::Deliver;

use super::scripted::Scripted;
use super::{TO, World, clear};
use crate::engine::engines;
use crate::study::NOW;
use crate::{HOUR, MINUTE, ctx};

#[tokio::test]
async fn a_revoked_link_is_not_mailed_and_its_owner_is_still_told() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        world.queue_link(TO).await;
        world.queue_code(TO, "01234567").await;
        world.queue_alert("doe@hospital.example").await;
        world.shares.revoke(&ctx(), &Principal::operator(), world.share).await.unwrap();
        assert_eq!(world.delivery().await.state, MailState::Cancelled);
        assert!(world.send().await && !world.send().await);
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        assert!(taken[0].contains("To: doe@hospital.example"), "{}", taken[0]);
    }
}

#[tokio::test]
async fn a_link_made_anew_to_be_copied_tells_of_no_mail() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(Scripted::nobody().await)).await;
        world.queue_link(TO).await;
        let by = Principal::operator();
        let before = world.shares.get(&by, world.share, NOW).await.unwrap();
        assert_eq!(before.delivery.unwrap().state, MailState::Queued);
        let renewed = world.shares.renew(&ctx(), &by, world.share, &Deliver::Copy).await.unwrap();
        assert!(renewed.share.delivery.is_none());
        assert_eq!(world.delivery().await.state, MailState::Cancelled);
    }
}

#[tokio::test]
async fn a_link_that_expired_while_it_waited_is_swept_out() {
    for engine in engines().await {
        let world = World::new(&engine, &clear(Scripted::nobody().await)).await;
        world.queue_link(TO).await;
        assert!(world.send().await);
        world.turn(HOUR * 24);
        assert!(!world.send().await);
        assert_eq!(world.delivery().await.state, MailState::Queued);
        for _ in 0..2 {
            world.shares.sweep_mail().await.unwrap();
            assert_eq!(world.delivery().await.state, MailState::Cancelled);
            assert_eq!(world.recorded("mail_given_up").await, 1);
        }
    }
}

#[tokio::test]
async fn only_the_last_code_is_mailed_and_only_while_it_is_worth_something() {
    for engine in engines().await {
        let mut server = Scripted::start().await;
        let world = World::new(&engine, &clear(server.port)).await;
        world.queue_code(TO, "11111111").await;
        world.queue_code(TO, "22222222").await;
        assert!(world.send().await && !world.send().await);
        let taken = server.taken();
        assert!(taken.len() == 1 && taken[0].contains("22222222"), "{taken:?}");

        world.queue_code(TO, "33333333").await;
        server.say("RCPT", "451 later");
        assert!(world.send().await && !world.send().await);
        world.turn(MINUTE * 10);
        assert!(!world.send().await);
        world.shares.sweep_mail().await.unwrap();
        assert_eq!((world.recorded("mail_given_up").await, server.taken().len()), (1, 0));
    }
}
