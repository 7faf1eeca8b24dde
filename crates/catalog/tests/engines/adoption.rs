//! What adoption asks: which blobs are named, which keys are held, whose turn it is.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{Came, NewKey, NewRefusal, Quarantined, Selection};
use lightcase_model::{Ctx, Phi, RefusalId, RequestId, Scope};
use lightcase_storage::ObjectId;

use crate::engine::engines;
use crate::study::{NOW, hold};

#[tokio::test]
async fn blobs_of_instances_and_refusals_are_named() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 1, 1).await;
        let selection = Selection { study: held.uid.clone(), series: None, instance: None };
        let rows = catalog.held(&Scope::archive(), &selection).await.unwrap();
        let (image, refused, nobodys) =
            (rows[0].location.object, ObjectId::random(), ObjectId::random());
        let quarantined = Quarantined {
            object: refused,
            subject_key: held.key,
            sealed_length: 200,
            plain_length: 20,
        };
        let new = NewRefusal {
            id: RefusalId::random(),
            at: NOW,
            origin: String::new(),
            sender: Phi::new(String::new()),
            reason: "Malformed",
            sentence: String::new(),
            came: Came::default(),
            length: 20,
            data_set_sha256: None,
            kept: Ok(quarantined),
        };
        let mut tx = catalog.begin().await.unwrap();
        assert!(!tx.is_listed(refused).await.unwrap());
        tx.refuse(&new).await.unwrap();
        assert!(tx.is_listed(refused).await.unwrap());
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        let named = catalog.named(&[image, refused, nobodys]).await.unwrap();
        assert_eq!(named, [image, refused].into());
        assert!(catalog.named(&[]).await.unwrap().is_empty());
        // As many as a sweep asks about at once.
        let many: Vec<_> = (0..1_000).map(|_| ObjectId::random()).collect();
        assert!(catalog.named(&many).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_key_found_beside_the_blobs_is_held_from_then_on() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let (key, wrapped) = engine.ring.generate().await.unwrap();
        let new = NewKey { id: key.id(), wrapped };
        assert_eq!(catalog.wrapped_key(new.id).await.unwrap(), None);
        for _ in 0..2 {
            catalog.keep_key(&new, "study", NOW).await.unwrap();
            assert_eq!(catalog.wrapped_key(new.id).await.unwrap().as_ref(), Some(&new.wrapped));
        }
        assert_eq!(catalog.subject_key(new.id, NOW).await.unwrap().id(), new.id);
    }
}

#[tokio::test]
async fn a_lease_has_one_holder_at_a_time() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let (one, other) = (RequestId::random(), RequestId::random());
        let minute = Duration::from_mins(1);
        let take = async |holder, now: lightcase_model::Timestamp| {
            catalog.take_lease("adopt", holder, now, now.plus(minute)).await.unwrap()
        };
        assert!(take(one, NOW).await);
        assert!(!take(other, NOW).await);
        // Its holder extends it; run out or given back, another takes it.
        assert!(take(one, NOW.plus(minute / 2)).await);
        assert!(!take(other, NOW.plus(minute)).await);
        assert!(take(other, NOW.plus(minute * 2)).await);
        catalog.give_lease_back("adopt", one).await.unwrap();
        assert!(!take(one, NOW.plus(minute * 2)).await);
        catalog.give_lease_back("adopt", other).await.unwrap();
        assert!(take(one, NOW.plus(minute * 2)).await);
        catalog.end_lease("adopt").await.unwrap();
        assert!(take(other, NOW.plus(minute * 2)).await);
    }
}
