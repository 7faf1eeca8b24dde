//! What is refused over DICOM is kept within limits.

use lightcase_audit::Event;
use lightcase_catalog::{Came, NewRefusal, RefusalRow};
use lightcase_model::{Ctx, Phi, RefusalId};
use lightcase_scp::OpenLoopback;

use crate::house::House;
use crate::store::{outgoing, send};

const NOISE: &[u8] = b"not a data set at all!";

/// Refusals of a sender on the day of the house's clock.
async fn refuse(house: &House, calling: &str, count: usize) {
    let ctx = Ctx::system(house.archive.clock().now());
    let came = Came { way: "dimse".to_owned(), calling: calling.to_owned(), ..Came::default() };
    let mut tx = house.archive.catalog().begin().await.unwrap();
    for _ in 0..count {
        let new = NewRefusal {
            id: RefusalId::random(),
            at: ctx.now,
            origin: String::new(),
            sender: Phi::new(String::new()),
            came: came.clone(),
            reason: "Malformed",
            sentence: String::new(),
            length: 0,
            data_set_sha256: None,
            kept: Err("the transfer broke off"),
        };
        tx.refuse(&new).await.unwrap();
    }
    tx.record(&ctx, Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

async fn newest(house: &House) -> RefusalRow {
    let rows = house.archive.catalog().refusals(false, 2_000, 0).await.unwrap();
    rows.into_iter().find(|row| !row.sentence.is_empty()).unwrap()
}

#[tokio::test]
async fn a_sender_has_a_thousand_objects_kept_in_a_day() {
    let house = House::open(OpenLoopback::UntilFirstPeer).await;
    refuse(&house, "CT1", 999).await;
    let noise = || vec![outgoing("1.9.1.1.5", NOISE.into())];
    assert_eq!(send(&house, "CT1", noise()).await, [0xC000]);
    let first = newest(&house).await;
    let kept = first.quarantined.as_ref().map(|place| place.plain_length);
    assert_eq!((kept, first.length), (Some(22), 22));
    assert_eq!(first.came.calling, "CT1");
    assert_eq!(first.came.transfer_syntax, "1.2.840.10008.1.2.1");

    // Beyond, the digest tells what it was, and the answer is the same.
    house.archive.discard_refused(&Ctx::system(first.at), first.id, "seen").await.unwrap();
    assert_eq!(send(&house, "CT1", noise()).await, [0xC000]);
    let second = newest(&house).await;
    assert!(second.quarantined.is_none());
    assert_eq!(second.not_kept, "this sender had 1,000 objects refused today");
    assert_eq!((second.length, second.data_set_sha256), (22, first.data_set_sha256));
    let ctx = Ctx::system(second.at);
    let again = Box::pin(house.archive.redrive(&ctx, second.id)).await;
    assert!(again.unwrap_err().to_string().contains("were not kept"));

    // Others are not held to account for it.
    assert_eq!(send(&house, "CT2", noise()).await, [0xC000]);
    let rows = house.archive.catalog().refusals(false, 2_000, 0).await.unwrap();
    let other = rows.iter().find(|row| row.came.calling == "CT2").unwrap();
    assert!(other.quarantined.is_some());
    house.close().await;
}
