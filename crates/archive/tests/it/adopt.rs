//! Adoption: what lies in a store and is named by no row, in each of its kinds.

use std::time::Duration;

use bytes::Bytes;
use lightcase_archive::Swept;
use lightcase_model::TransferSyntaxUid;
use lightcase_storage::{KeyRing, ObjectKind};

use crate::house::{House, SYNTAX, slices};

#[tokio::test]
async fn images_are_found_again_without_being_sealed_anew() {
    let mut house = House::open().await;
    for instance in slices(3) {
        house.take(&instance).await;
    }
    let before = house.blobs();
    assert_eq!(house.adopt().await, Swept { objects: 3, ..Swept::default() });
    house.lose_rows().await;
    assert_eq!(house.found().await, 0);
    assert_eq!(house.adopt().await, Swept { objects: 3, adopted: 3, ..Swept::default() });
    assert_eq!(house.found().await, 3);
    assert_eq!(house.blobs(), before);
    // Once is enough, and what comes now goes on in the same study.
    assert_eq!(house.adopt().await, Swept { objects: 3, ..Swept::default() });
    house.take(&slices(4)[3]).await;
    assert_eq!(house.found().await, 4);
}

#[tokio::test]
async fn what_is_young_or_anothers_turn_is_left_alone() {
    let mut house = House::open().await;
    house.take(&slices(1)[0]).await;
    house.lose_rows().await;
    let early = house.archive.clock().now().minus(Duration::from_hours(1));
    assert_eq!(house.adopt_before(early).await, Swept { objects: 1, ..Swept::default() });
    let now = house.archive.clock().now();
    let (other, until) = (house.ctx().request, now.plus(Duration::from_mins(1)));
    let catalog = house.archive.catalog();
    assert!(catalog.take_lease("adopt", other, now, until).await.unwrap());
    let ctx = house.ctx();
    assert_eq!(Box::pin(house.archive.adopt(&ctx, now, &|| false)).await.unwrap(), None);
    assert_eq!(house.found().await, 0);
    catalog.give_lease_back("adopt", other).await.unwrap();
    assert_eq!(house.adopt().await.adopted, 1);
}

#[tokio::test]
async fn the_same_image_in_another_blob_is_surplus() {
    let mut house = House::open().await;
    house.take(&slices(1)[0]).await;
    house.lose_rows().await;
    house.take(&slices(1)[0]).await;
    assert_eq!(house.blobs().len(), 2);
    assert_eq!(house.adopt().await, Swept { objects: 2, surplus: 1, ..Swept::default() });
    assert_eq!((house.blobs().len(), house.found().await), (1, 1));
}

#[tokio::test]
async fn an_image_that_contradicts_goes_to_quarantine_and_is_listed_again_if_that_is_lost() {
    let mut house = House::open().await;
    let instance = slices(1).remove(0);
    house.take(&instance).await;
    house.lose_rows().await;
    let mut changed = instance.clone();
    *changed.data_set.last_mut().unwrap() ^= 1;
    house.take(&changed).await;
    assert_eq!(house.adopt().await, Swept { objects: 2, quarantined: 1, ..Swept::default() });
    assert_eq!(house.refused().await, ["Conflict"]);
    assert_eq!((house.blobs().len(), house.found().await), (2, 1));
    house.lose_rows().await;
    let swept = Swept { objects: 2, adopted: 1, listed: 1, ..Swept::default() };
    assert_eq!(house.adopt().await, swept);
    assert_eq!(house.refused().await, ["Unknown"]);
    assert_eq!(house.adopt().await, Swept { objects: 2, ..Swept::default() });
}

#[tokio::test]
async fn what_does_not_authenticate_is_removed_after_a_day() {
    // A chunk, the wrapped key, and the version: that one may be of a later program.
    for (at, removed) in [(8_000, 1), (50, 1), (5, 0)] {
        let mut house = House::open().await;
        house.take(&slices(1)[0]).await;
        house.lose_rows().await;
        house.flip(at);
        assert_eq!(house.adopt().await, Swept { objects: 1, left: 1, ..Swept::default() });
        house.later(Duration::from_hours(25));
        let swept = Swept { objects: 1, damaged: removed, left: 1 - removed, ..Swept::default() };
        assert_eq!(house.adopt().await, swept, "byte {at}");
        assert_eq!(house.blobs().len(), usize::from(removed == 0), "byte {at}");
        assert_eq!(house.found().await, 0);
        house.close().await;
    }
}

#[tokio::test]
async fn what_has_no_key_stays() {
    let mut house = House::open().await;
    house.take(&slices(1)[0]).await;
    house.lose_rows().await;
    let keys = house.folder.path().join("store/keys");
    let away = house.folder.path().join("away");
    std::fs::rename(&keys, &away).unwrap();
    std::fs::create_dir(&keys).unwrap();
    house.later(Duration::from_hours(25));
    assert_eq!(house.adopt().await, Swept { objects: 1, left: 1, ..Swept::default() });
    std::fs::remove_dir(&keys).unwrap();
    std::fs::rename(away, keys).unwrap();
    assert_eq!(house.adopt().await.adopted, 1);
    house.close().await;
}

/// A crash while a cut-off object was on its way into quarantine leaves a blob that ends early.
#[tokio::test]
async fn half_an_object_is_never_found() {
    let house = House::open().await;
    let instance = slices(1).remove(0);
    let record = serde_json::json!({
        "version": 1, "collection": 1, "disposition": "identified", "origin": "dimse",
        "calling": "CT1", "called": "LIGHTCASE", "received": 1, "transfer_syntax": SYNTAX,
        "policy": "keep",
    });
    let record = record.to_string();
    let meta = lightcase_dataset::write_file_meta(
        &instance.sop_class.parse().unwrap(),
        &instance.sop_instance.parse().unwrap(),
        &TransferSyntaxUid::parse(SYNTAX).unwrap(),
    );
    let ring = KeyRing::open_or_create(&house.folder.path().join("root.key"), None).unwrap();
    let (key, wrapped) = ring.generate().await.unwrap();
    let vault = house.archive.vault();
    vault.put_key_record(key.id(), &wrapped).await.unwrap();
    let mut sealing = vault.seal(ObjectKind::Image, &key).await.unwrap();
    let length = u32::try_from(record.len()).unwrap().to_be_bytes();
    let half = &instance.data_set[..instance.data_set.len() - 1_000];
    for part in [&length[..], record.as_bytes(), &meta, half] {
        sealing.write(Bytes::copy_from_slice(part)).await.unwrap();
    }
    sealing.finish().await.unwrap();
    assert_eq!(house.adopt().await, Swept { objects: 1, quarantined: 1, ..Swept::default() });
    assert_eq!((house.found().await, house.refused().await.len()), (0, 1));
}
