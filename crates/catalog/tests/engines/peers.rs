//! Peers and refusals.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{Came, CatalogError, NewRefusal, Peer, Quarantined, Right};
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
            tls: true,
            certificate: Some([7; 32]),
            issuer: "Hospital A".to_owned(),
            rights: Right::ALL.to_vec(),
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
        let owners = engine.catalog.peers_by_certificate(&[7; 32]).await.unwrap();
        assert_eq!(owners, std::slice::from_ref(&peer));
        assert_eq!(engine.catalog.peers_by_certificate(&[8; 32]).await.unwrap(), []);
        let answering =
            Peer { title: AeTitle::parse("A").unwrap(), port: None, certificate: None, ..peer };
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
async fn newcomers_are_counted_and_the_oldest_forgotten() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let ctx = Ctx::system(NOW);
        let note = async |name: &str, certificate: Option<[u8; 32]>, second: u64| {
            let title = AeTitle::parse(name).unwrap();
            let at = NOW.plus(Duration::from_secs(second));
            let address = "192.0.2.7".parse().unwrap();
            let mut tx = catalog.begin().await.unwrap();
            tx.note_newcomer(&title, address, certificate.as_ref(), at).await.unwrap();
            tx.record(&ctx, Event::PeerRemoved { ae_title: title }).await.unwrap();
            tx.commit().await.unwrap();
        };
        for (second, certificate) in [(0, None), (1, Some([1; 32])), (2, None)] {
            note("CT1", certificate, second).await;
        }
        let seen = catalog.newcomers().await.unwrap();
        let seen: Vec<_> = seen.iter().map(|each| (each.times, each.certificate)).collect();
        assert_eq!(seen, [(2, None), (1, Some([1; 32]))]);
        for number in 0..120 {
            note(&format!("S{number}"), None, 10 + number).await;
        }
        let kept = catalog.newcomers().await.unwrap();
        assert_eq!((kept.len(), kept[0].title.as_str()), (100, "S119"));
        assert_eq!(kept[99].title.as_str(), "S20");
    }
}

#[tokio::test]
async fn refusals_are_listed_newest_first() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let mut ids = Vec::new();
        let came = Came {
            way: "dimse".to_owned(),
            calling: "CT1".to_owned(),
            called: "LIGHTCASE".to_owned(),
            address: "192.0.2.7".to_owned(),
            issuer: "Hospital A".to_owned(),
            sop_class: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
            sop_uid: "1.2.3".to_owned(),
            transfer_syntax: "1.2.840.10008.1.2.1".to_owned(),
        };
        for second in 0..3 {
            let new = NewRefusal {
                id: RefusalId::random(),
                at: NOW.plus(Duration::from_secs(second)),
                origin: "CT1 → LIGHTCASE".to_owned(),
                sender: Phi::new("192.0.2.7".to_owned()),
                reason: "UidMismatch",
                sentence: "The UIDs differ.".to_owned(),
                came: came.clone(),
                length: 5,
                data_set_sha256: Some([3; 32]),
                kept: match second {
                    0 => Err("there was no place for them"),
                    _ => Ok(Quarantined {
                        object: ObjectId::random(),
                        subject_key: held.key,
                        sealed_length: 10,
                        plain_length: 5,
                    }),
                },
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
            ids.insert(0, (new.id, new.kept.is_ok()));
        }
        let catalog = &engine.catalog;
        assert_eq!(catalog.count_refusals().await.unwrap(), 3);
        let listed = catalog.refusals(false, 2, 0).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|row| (row.id, row.quarantined.is_some())).collect();
        assert_eq!(listed, ids[..2]);
        let last = catalog.refusals(false, 2, 2).await.unwrap();
        assert_eq!((last.len(), last[0].id, last[0].quarantined.is_some()), (1, ids[2].0, false));
        assert_eq!(
            (&last[0].came, last[0].not_kept.as_str()),
            (&came, "there was no place for them")
        );
        assert_eq!((last[0].length, last[0].data_set_sha256), (5, Some([3; 32])));
        assert_eq!(catalog.quarantined_bytes().await.unwrap(), 20);
        let since = async |calling, second| {
            let since = NOW.plus(Duration::from_secs(second));
            catalog.refused_since("dimse", calling, since).await.unwrap()
        };
        assert_eq!((since("CT1", 1).await, since("CT2", 0).await), (2, 0));
    }
}

#[tokio::test]
async fn a_resolved_refusal_leaves_the_list_and_then_its_blob() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let catalog = &engine.catalog;
        let (id, ctx) = (RefusalId::random(), Ctx::system(NOW));
        let new = NewRefusal {
            id,
            at: NOW,
            origin: "import".to_owned(),
            sender: Phi::new("a.dcm".to_owned()),
            came: Came::default(),
            reason: "Conflict",
            sentence: "It differs.".to_owned(),
            length: 5,
            data_set_sha256: None,
            kept: Ok(Quarantined {
                object: ObjectId::random(),
                subject_key: held.key,
                sealed_length: 10,
                plain_length: 5,
            }),
        };
        let event = |outcome| Event::Redriven { refusal: id, received: NOW, outcome, reason: None };
        let mut tx = catalog.begin().await.unwrap();
        tx.refuse(&new).await.unwrap();
        tx.refuse_again(id, "Malformed", "It is cut off.", NOW).await.unwrap();
        tx.record(&ctx, event("refused")).await.unwrap();
        tx.commit().await.unwrap();
        let row = catalog.refusal(id).await.unwrap().unwrap();
        assert_eq!((row.reason.as_str(), row.sentence.as_str()), ("Malformed", "It is cut off."));
        assert_eq!((row.tried_at, row.resolved), (Some(NOW), None));

        // Not without an event, and not twice.
        let mut tx = catalog.begin().await.unwrap();
        assert!(tx.resolve_refusal(id, "stored", NOW).await.unwrap());
        assert!(matches!(tx.commit().await, Err(CatalogError::Unaudited)));
        let mut tx = catalog.begin().await.unwrap();
        assert!(tx.resolve_refusal(id, "stored", NOW).await.unwrap());
        assert!(!tx.resolve_refusal(id, "discarded", NOW).await.unwrap());
        tx.record(&ctx, event("stored")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(catalog.count_refusals().await.unwrap(), 0);
        assert!(catalog.refusals(false, 9, 0).await.unwrap().is_empty());
        let resolved = catalog.refusals(true, 9, 0).await.unwrap();
        assert_eq!(resolved[0].resolved, Some((NOW, "stored".to_owned())));
        let spent = catalog.spent_quarantine().await.unwrap();
        assert_eq!(spent[0].quarantined.as_ref(), new.kept.as_ref().ok());
        let mut tx = catalog.begin().await.unwrap();
        tx.forget_quarantined(id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(catalog.spent_quarantine().await.unwrap().is_empty());
        assert_eq!(catalog.quarantined_bytes().await.unwrap(), 0);
    }
}
