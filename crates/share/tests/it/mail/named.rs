//! A mail says nothing of whose images they are, also where its sender would.

use lightcase_model::{Factor, Phi, Role};
use lightcase_share::{Deliver, EmailAddress, NewLink, Recipient};

use super::{TO, World, clear};
use crate::engine::engines;
use crate::study::study_uid;
use crate::{ctx, link_to, staff};

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
        let mail = || Deliver::Mail { base: "https://images.example".to_owned() };
        check("Please look at the head", mail(), false).await;
        check("Images of Mrs. DOE", mail(), true).await;
        check("jane's images", mail(), true).await;
        check("Images of Mrs. Doe", Deliver::Copy, false).await;
    }
}
