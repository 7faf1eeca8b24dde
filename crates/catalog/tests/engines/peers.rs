//! Peers and refusals.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{CatalogError, NewRefusal, Peer, Quarantined, Right};
use lightcase_model::{AeTitle, Ctx, Phi, RefusalId};
use lightcase_storage::ObjectId;

use crate::engine::engines;
use crate::study::{NOW, hold};

#[tokio::test]
async fn a_peer_is_added_once_and_removed_once() {
    for engine in engines().await {
        let title = AeTitle::parse("CT1").unwrap();
        let peer = Peer {
            title: title.clone(),
            host: "192.0.2.7".to_owned(),
            port: Some(104),
            rights: vec![Right::Echo, Right::Store],
            created_at: NOW,
        };
        let removed = Event::PeerRemoved { ae_title: title.clone() };
        let ctx = Ctx::system(NOW);
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.add_peer(&peer).await.unwrap();
        tx.record(&ctx, removed.clone()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = engine.catalog.begin().await.unwrap();
        assert!(
            matches!(tx.add_peer(&peer).await, Err(CatalogError::Taken(name)) if name == "CT1")
        );
        drop(tx);
        assert_eq!(engine.catalog.peer(&title).await.unwrap(), Some(peer.clone()));
        let answering = Peer { title: AeTitle::parse("A").unwrap(), port: None, ..peer };
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.add_peer(&answering).await.unwrap();
        tx.record(&ctx, removed.clone()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(engine.catalog.peers().await.unwrap()[0], answering);
        let mut tx = engine.catalog.begin().await.unwrap();
        assert!(tx.remove_peer(&title).await.unwrap());
        assert!(!tx.remove_peer(&title).await.unwrap());
        tx.record(&ctx, removed).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(engine.catalog.peer(&title).await.unwrap(), None);
    }
}

#[tokio::test]
async fn refusals_are_listed_newest_first() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let mut ids = Vec::new();
        for second in 0..3 {
            let new = NewRefusal {
                id: RefusalId::random(),
                at: NOW.plus(Duration::from_secs(second)),
                origin: "CT1 → LIGHTCASE".to_owned(),
                sender: Phi::new("192.0.2.7".to_owned()),
                reason: "UidMismatch",
                sentence: "The UIDs differ.".to_owned(),
                sop_uid: "1.2.3".to_owned(),
                quarantined: (second > 0).then(|| Quarantined {
                    object: ObjectId::random(),
                    subject_key: held.key,
                    sealed_length: 10,
                    plain_length: 5,
                }),
            };
            let event = Event::Refused {
                refusal: new.id,
                reason: new.reason,
                bytes: 5,
                study_uid: None,
                sop_instance_uid: None,
            };
            let mut tx = engine.catalog.begin().await.unwrap();
            tx.refuse(&new).await.unwrap();
            tx.record(&Ctx::system(NOW), event).await.unwrap();
            tx.commit().await.unwrap();
            ids.insert(0, (new.id, new.quarantined.is_some()));
        }
        assert_eq!(engine.catalog.count_refusals().await.unwrap(), 3);
        let listed = engine.catalog.refusals(2, 0).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|row| (row.id, row.kept)).collect();
        assert_eq!(listed, ids[..2]);
        let last = engine.catalog.refusals(2, 2).await.unwrap();
        assert_eq!((last.len(), last[0].id, last[0].kept), (1, ids[2].0, false));
    }
}
