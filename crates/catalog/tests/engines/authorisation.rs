//! Authorisations: versions that stay, seals that hold, and links that rest on them.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{AuthorisationRevocation, NewAuthorisation, NewForm, NewTerms, Tx};
use lightcase_model::{
    Attribute, AuthorisationId, Authority, Ctx, Level, Matching, PatientId, Phi, Query, Scope,
    Timestamp,
};

use crate::audit::meddle;
use crate::engine::{Engine, engines};
use crate::study::{Held, NOW, hold};
use crate::worklist::share_under;

const HOUR: Duration = Duration::from_hours(1);

fn terms(text: &str, expires_at: Option<Timestamp>) -> NewTerms {
    let terms = Phi::new(text.as_bytes().to_vec());
    NewTerms { terms, expires_at, recorded_at: NOW, recorded_by: "jane".to_owned() }
}

async fn patient(engine: &Engine, held: &Held) -> PatientId {
    let query = Query::at(Level::Study, 1)
        .with(Attribute::StudyInstanceUID, Matching::Uids(vec![held.uid.as_uid().clone()]));
    engine.catalog.find(&Scope::archive(), &query).await.unwrap().items.first().unwrap().patient.id
}

async fn commit(mut tx: Tx) {
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

async fn add(engine: &Engine, held: &Held, text: &str) -> AuthorisationId {
    let (id, patient) = (AuthorisationId::random(), patient(engine, held).await);
    let new = NewAuthorisation { id, patient, study: held.id, terms: terms(text, None) };
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.add_authorisation(&new).await.unwrap();
    commit(tx).await;
    id
}

fn revocation() -> AuthorisationRevocation {
    let reason = Phi::new("the patient wrote".to_owned());
    AuthorisationRevocation { at: NOW.plus(HOUR), by: "jane".to_owned(), reason }
}

#[tokio::test]
async fn versions_stay_and_the_newest_is_in_force() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let (held, other) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let id = add(&engine, &held, "first").await;
        add(&engine, &other, "of somebody else").await;
        let mut tx = catalog.begin().await.unwrap();
        let changed = terms("second", Some(NOW.plus(HOUR)));
        assert_eq!(tx.change_authorisation(id, &changed).await.unwrap(), Some(2));
        let unknown = AuthorisationId::random();
        assert_eq!(tx.change_authorisation(unknown, &changed).await.unwrap(), None);
        commit(tx).await;

        let found = catalog.authorisation(id, NOW).await.unwrap().unwrap();
        assert_eq!((found.study, found.patient), (held.id, patient(&engine, &held).await));
        assert_eq!((found.patient_name.expose().as_str(), found.study_uid), ("Doe^Jane", held.uid));
        assert_eq!((found.current.number, found.current.expires_at), (2, Some(NOW.plus(HOUR))));
        assert_eq!(found.current.terms.expose(), b"second");
        let versions = catalog.authorisation_versions(id, NOW).await.unwrap();
        let texts: Vec<_> = versions.iter().map(|each| each.terms.expose().as_slice()).collect();
        assert_eq!(texts, [b"first".as_slice(), b"second"]);
        let of_patient = catalog.authorisations_of(found.patient, NOW).await.unwrap();
        assert_eq!(of_patient.iter().map(|each| each.id).collect::<Vec<_>>(), [id]);
        assert!(catalog.authorisation(unknown, NOW).await.unwrap().is_none());
        catalog.close().await;
    }
}

#[tokio::test]
async fn what_is_revoked_stays_as_it_is() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 1, 1).await;
        let id = add(&engine, &held, "first").await;
        let mut tx = catalog.begin().await.unwrap();
        let standing = tx.hold_authorisation(id).await.unwrap().unwrap();
        assert_eq!((standing.version, standing.expires_at, standing.revoked), (1, None, false));
        assert!(tx.revoke_authorisation(id, &revocation()).await.unwrap());
        assert!(!tx.revoke_authorisation(id, &revocation()).await.unwrap());
        assert!(tx.hold_authorisation(id).await.unwrap().unwrap().revoked);
        assert_eq!(tx.change_authorisation(id, &terms("x", None)).await.unwrap(), None);
        assert_eq!(tx.attach_form(id, &form(b"%PDF-1")).await.unwrap(), None);
        commit(tx).await;
        let found = catalog.authorisation(id, NOW).await.unwrap().unwrap().revoked.unwrap();
        assert_eq!((found.at, found.by.as_str()), (NOW.plus(HOUR), "jane"));
        assert_eq!(found.reason.expose(), "the patient wrote");

        // A change without an event is none, here as anywhere.
        let mut tx = catalog.begin().await.unwrap();
        let id = AuthorisationId::random();
        let patient = patient(&engine, &held).await;
        let new = NewAuthorisation { id, patient, study: held.id, terms: terms("x", None) };
        tx.add_authorisation(&new).await.unwrap();
        assert!(tx.commit().await.is_err());
        catalog.close().await;
    }
}

fn form(bytes: &[u8]) -> NewForm {
    let (bytes, by) = (Phi::new(bytes.to_vec()), "jane".to_owned());
    NewForm { media_type: "application/pdf", sha256: [3; 32], bytes, at: NOW, by }
}

#[tokio::test]
async fn scans_are_sealed_one_beside_the_other() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 1, 1).await;
        let id = add(&engine, &held, "first").await;
        // The most that is taken, so that neither engine has a lower limit.
        let large: Vec<u8> = (0_u8..=255).cycle().take(20 << 20).collect();
        let mut tx = catalog.begin().await.unwrap();
        assert_eq!(tx.attach_form(id, &form(b"%PDF-1")).await.unwrap(), Some(1));
        tx.change_authorisation(id, &terms("second", None)).await.unwrap();
        assert_eq!(tx.attach_form(id, &form(&large)).await.unwrap(), Some(2));
        commit(tx).await;
        let forms = catalog.authorisation_forms(id).await.unwrap();
        let known: Vec<_> =
            forms.iter().map(|each| (each.number, each.version, each.length)).collect();
        assert_eq!(known, [(1, 1, 6), (2, 2, 20 << 20)]);
        assert_eq!((forms[0].sha256, forms[0].media_type.as_str()), ([3; 32], "application/pdf"));
        let bytes = async |number| catalog.form_bytes(id, number, NOW).await.unwrap();
        assert_eq!(bytes(1).await.unwrap().expose(), b"%PDF-1");
        assert!(bytes(2).await.unwrap().expose() == &large);
        assert!(bytes(3).await.is_none());
        catalog.close().await;
    }
}

#[tokio::test]
async fn nobody_takes_a_record_out() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let id = add(&engine, &held, "first").await;
        let mut tx = engine.catalog.begin().await.unwrap();
        tx.attach_form(id, &form(b"%PDF-1")).await.unwrap();
        commit(tx).await;
        for sql in [
            "DELETE FROM authorisation",
            "DELETE FROM authorisation_version",
            "DELETE FROM authorisation_form",
            "UPDATE authorisation_version SET expires_at = 1",
            "UPDATE authorisation_form SET length = 1",
        ] {
            let refused = meddle(&engine.database, sql).await.unwrap_err();
            assert!(refused.contains("authorisations are kept"), "{sql}: {refused}");
        }
        engine.catalog.close().await;
    }
}

#[tokio::test]
async fn links_are_found_by_the_record_they_rest_on() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let held = hold(&engine, 1, 1, 1).await;
        let id = add(&engine, &held, "first").await;
        let under = share_under(&engine, &held, Authority::Authorisation(id)).await;
        let own = share_under(&engine, &held, Authority::OwnAccess).await;
        let authority = async |share| catalog.share(share).await.unwrap().unwrap().authority;
        assert_eq!(authority(under).await, Authority::Authorisation(id));
        assert_eq!(authority(own).await, Authority::OwnAccess);
        let found = catalog.shares_under(id).await.unwrap();
        assert_eq!(found.iter().map(|each| each.id).collect::<Vec<_>>(), [under]);

        let mut tx = catalog.begin().await.unwrap();
        let end = NOW.plus(HOUR);
        assert_eq!(tx.links_under(id, NOW).await.unwrap(), [(under, end)]);
        assert_eq!(tx.links_under(id, end).await.unwrap(), []);
        let earlier = NOW.plus(HOUR / 2);
        tx.set_share_expiry(under, earlier).await.unwrap();
        assert_eq!(tx.links_under(id, NOW).await.unwrap(), [(under, earlier)]);
        tx.revoke_share(under, NOW).await.unwrap();
        assert_eq!(tx.links_under(id, NOW).await.unwrap(), []);
        commit(tx).await;
        catalog.close().await;
    }
}

/// Whoever makes a link holds the record until the link is there; who revokes it waits, and finds
/// the link.
#[tokio::test(flavor = "multi_thread")]
async fn no_link_slips_past_a_revocation() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let id = add(&engine, &held, "first").await;
        let mut makers = tokio::task::JoinSet::new();
        for round in 0..16_u8 {
            let catalog = std::sync::Arc::clone(&engine.catalog);
            let (study, series) = (held.id, held.series_ids());
            makers.spawn(async move {
                let mut tx = catalog.begin().await.unwrap();
                if round == 8 {
                    tx.revoke_authorisation(id, &revocation()).await.unwrap();
                    for (share, _) in tx.links_under(id, NOW).await.unwrap() {
                        tx.revoke_share(share, NOW).await.unwrap();
                    }
                    return commit(tx).await;
                }
                if tx.hold_authorisation(id).await.unwrap().unwrap().revoked {
                    return;
                }
                let new = crate::worklist::new_share(Authority::Authorisation(id), (study, series));
                tx.add_share(&new).await.unwrap();
                commit(tx).await;
            });
        }
        makers.join_all().await;
        let links = engine.catalog.shares_under(id).await.unwrap();
        assert!(links.iter().all(|link| link.revoked_at.is_some()), "{links:?}");
        engine.catalog.close().await;
    }
}
