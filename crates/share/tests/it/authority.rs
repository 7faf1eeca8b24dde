//! Records of authorisations, and links that rest on them.

use std::time::Duration;

use lightcase_accounts::Principal;
use lightcase_catalog::Catalog;
use lightcase_model::{AuthorisationId, Authority, Ctx, Day, Permission, Role, StudyUid};
use lightcase_share::{
    Authorisation, AuthorisationFault as Fault, AuthorisationState, NewLink, Recipient, Result,
    ShareError, ShareState, Shares, Statements, Terms, Warning, WarningKind,
};

use crate::engine::engines;
use crate::study::{NOW, hold};
use crate::{DAY, HOUR, accept, at, create, ctx, link_to, recorded, shares, staff, visit};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// What a whole form says; its last day is the day after tomorrow.
pub(crate) fn terms() -> Terms {
    Terms {
        description: "All images of the head".to_owned(),
        discloser: "Example Hospital".to_owned(),
        recipient: "Example Insurance".to_owned(),
        purpose: "a claim".to_owned(),
        expires: Some(day("2026-11-24")),
        expiry_event: None,
        signed_by: "Jane Doe".to_owned(),
        signed_on: Some(day("2026-11-20")),
        representative: None,
        statements: Statements { revocation: true, conditioning: true, redisclosure: true },
    }
}

fn by() -> Principal {
    staff(Role::Radiologist)
}

async fn record(shares: &Shares, study: &StudyUid, terms: Terms) -> Authorisation {
    shares.record_authorisation(&ctx(), &by(), study, terms).await.unwrap()
}

fn under(study: &StudyUid, record: AuthorisationId) -> NewLink {
    NewLink { authority: Authority::Authorisation(record), ..link_to(study) }
}

fn fault<T>(result: Result<T>) -> Fault {
    match result {
        Err(ShareError::Authorisation(fault)) => fault,
        Err(other) => panic!("another error: {other:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}

/// How many events of a kind there are, whatever they are about.
pub(crate) async fn events(catalog: &Catalog, name: &str) -> usize {
    let event = Some(name.to_owned());
    let filter = lightcase_catalog::AuditFilter { event, limit: 5000, ..Default::default() };
    catalog.audit(&filter).await.unwrap().len()
}

#[tokio::test]
async fn an_incomplete_form_is_not_recorded() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let refused = async |by: &Principal, study: &StudyUid, terms: Terms| {
            shares.record_authorisation(&ctx(), by, study, terms).await.map(|each| each.id)
        };
        let without = Terms { signed_by: " ".to_owned(), ..terms() };
        assert_eq!(fault(refused(&by(), &held.uid, without).await), Fault::NoSignature);
        let nothing = refused(&by(), &held.uid, Terms::default()).await;
        assert_eq!(fault(nothing), Fault::NoDescription);
        let unknown = StudyUid::parse("1.2.3.99").unwrap();
        let nowhere = refused(&by(), &unknown, terms()).await;
        assert!(matches!(nowhere, Err(ShareError::NotFound)));
        let admin = refused(&staff(Role::Admin), &held.uid, terms()).await;
        assert!(matches!(admin, Err(ShareError::NotPermitted(Permission::Share))));
        assert_eq!(events(&engine.catalog, "authorisation_recorded").await, 0);
        let listed = shares.authorisations(&ctx(), &by(), &held.uid).await.unwrap();
        assert!(listed.is_empty());
        assert_eq!(events(&engine.catalog, "authorisation_read").await, 0);
    }
}

#[tokio::test]
async fn a_record_is_shown_as_it_was_recorded_and_who_reads_it_is_on_record() {
    for engine in engines().await {
        let (catalog, shares) = (&engine.catalog, shares(&engine.catalog));
        let (held, other) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let spaced = Terms { discloser: "  Example Hospital\n".to_owned(), ..terms() };
        let made = record(&shares, &held.uid, spaced).await;
        record(&shares, &other.uid, terms()).await;
        assert_eq!((&made.terms, made.version), (&terms(), 1));
        assert_eq!(
            (made.state, made.recorded_by.as_str()),
            (AuthorisationState::InForce, "Dr. Jane")
        );
        assert_eq!(events(catalog, "authorisation_read").await, 0);

        let listed = shares.authorisations(&ctx(), &by(), &held.uid).await.unwrap();
        assert_eq!(listed.iter().map(|each| each.id).collect::<Vec<_>>(), [made.id]);
        let last = at(DAY * 3 - Duration::from_micros(1));
        let shown = shares.authorisation(&last, &by(), made.id).await.unwrap();
        assert_eq!(shown.state, AuthorisationState::InForce, "the whole day counts");
        let shown = shares.authorisation(&at(DAY * 3), &by(), made.id).await.unwrap();
        assert_eq!((shown.terms, shown.state), (terms(), AuthorisationState::Expired));
        assert_eq!(events(catalog, "authorisation_read").await, 3);
        assert_eq!(events(catalog, "authorisation_recorded").await, 2);
        let unknown = AuthorisationId::random();
        let none = shares.authorisation(&ctx(), &by(), unknown).await;
        assert!(matches!(none, Err(ShareError::NotFound)));
        let admin = staff(Role::Admin);
        let listed = shares.authorisations(&ctx(), &admin, &held.uid).await;
        assert!(matches!(listed, Err(ShareError::NotPermitted(_))));
        let shown = shares.authorisation(&ctx(), &admin, made.id).await;
        assert!(matches!(shown, Err(ShareError::NotPermitted(_))));
        let printed = format!("{made:?}");
        for personal in ["Doe", "Insurance", "head", "claim"] {
            assert!(!printed.contains(personal), "{printed}");
        }
    }
}

#[tokio::test]
async fn a_link_needs_a_record_that_carries_it() {
    for engine in engines().await {
        let (catalog, shares) = (&engine.catalog, shares(&engine.catalog));
        let (held, other) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let good = record(&shares, &held.uid, terms()).await.id;
        let foreign = record(&shares, &other.uid, terms()).await.id;
        let revoked = record(&shares, &held.uid, terms()).await.id;
        shares.revoke_authorisation(&ctx(), &by(), revoked, "a mistake").await.unwrap();
        let event = Some("the end of the trial".to_owned());
        let open = Terms { expires: None, expiry_event: event, ..terms() };
        let open = record(&shares, &held.uid, open).await.id;

        let make = async |ctx: &Ctx, new: NewLink| shares.create(ctx, &by(), new).await;
        let refused = async |id, expected: Fault| {
            let new = NewLink { purpose: "a claim".to_owned(), ..under(&held.uid, id) };
            assert_eq!(fault(make(&ctx(), new).await), expected);
        };
        refused(AuthorisationId::random(), Fault::Unknown).await;
        refused(foreign, Fault::AnotherPatient).await;
        refused(revoked, Fault::Revoked).await;
        let expired = NewLink { expires: NOW.plus(DAY * 4), ..under(&held.uid, good) };
        assert_eq!(fault(make(&at(DAY * 3), expired).await), Fault::Expired);
        let end = NOW.plus(DAY * 3);
        let late = end.plus(Duration::from_micros(1));
        let outliving = NewLink { expires: late, ..under(&held.uid, good) };
        assert_eq!(fault(make(&ctx(), outliving).await), Fault::Outlived(day("2026-11-24")));
        assert_eq!(events(catalog, "share_created").await, 0);

        let made = make(&ctx(), NewLink { expires: end, ..under(&held.uid, good) }).await.unwrap();
        assert_eq!(made.links[0].share.authority, Authority::Authorisation(good));
        let long = NewLink { expires: NOW.plus(DAY * 90), ..under(&held.uid, open) };
        make(&ctx(), long).await.unwrap();
        for authority in [Authority::Treatment, Authority::OwnAccess] {
            let made = make(&ctx(), NewLink { authority, ..link_to(&held.uid) }).await.unwrap();
            assert_eq!(made.links[0].share.authority, authority);
        }
        assert_eq!(recorded(catalog, made.links[0].share.id, "share_authorised").await, 1);
        assert_eq!(events(catalog, "share_authorised").await, 4);
    }
}

#[tokio::test]
async fn a_recipient_whom_the_record_does_not_name_is_warned_of() {
    for engine in engines().await {
        let shares = shares(&engine.catalog);
        let held = hold(&engine, 1, 1, 1).await;
        let id = record(&shares, &held.uid, terms()).await.id;
        let check = async |authority: Authority, expected: &[&str]| {
            let recipients = ["Dr. Roe", "The example insurance"].map(Recipient::named);
            let new = NewLink { authority, recipients: recipients.to_vec(), ..link_to(&held.uid) };
            let seen = shares.preview(&ctx(), &by(), &new).await.unwrap().warnings;
            let made = shares.create(&ctx(), &by(), new).await.unwrap().warnings;
            for warnings in [seen, made] {
                let of = |each: &Warning| each.kind == WarningKind::NotInRecord;
                let named: Vec<String> = warnings
                    .iter()
                    .filter(|each| of(each))
                    .map(|each| each.recipient.clone().unwrap().into_exposed())
                    .collect();
                assert_eq!(named, expected);
            }
        };
        check(Authority::Authorisation(id), &["Dr. Roe"]).await;
        check(Authority::Treatment, &[]).await;
    }
}

#[tokio::test]
async fn what_revokes_a_record_ends_its_links_and_their_sessions() {
    for engine in engines().await {
        let (catalog, shares) = (&engine.catalog, shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let id = record(&shares, &held.uid, terms()).await.id;
        let key = create(&shares, under(&held.uid, id)).await;
        let unopened = create(&shares, under(&held.uid, id)).await;
        let short = NewLink { expires: NOW.plus(HOUR), ..under(&held.uid, id) };
        let over = create(&shares, short).await;
        let apart = create(&shares, link_to(&held.uid)).await;
        let opened = key.open(&shares, Duration::ZERO).await.unwrap();
        accept(&shares, &opened).await;
        let other = apart.open(&shares, Duration::ZERO).await.unwrap();

        let revoke = async |by: &Principal, reason: &str| {
            shares.revoke_authorisation(&at(HOUR), by, id, reason).await
        };
        let admin = revoke(&staff(Role::Admin), "why").await;
        assert!(matches!(admin, Err(ShareError::NotPermitted(Permission::Share))));
        for reason in ["", " ", "a\u{7}", &"x".repeat(501)] {
            assert!(matches!(revoke(&by(), reason).await, Err(ShareError::Malformed(_))));
        }
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_some());
        assert_eq!(revoke(&by(), " the patient wrote ").await.unwrap(), 2);
        assert_eq!(revoke(&by(), "again").await.unwrap(), 0);

        assert!(visit(&shares, &opened, Duration::ZERO).await.is_none());
        assert!(visit(&shares, &other, Duration::ZERO).await.is_some());
        assert!(key.open(&shares, Duration::ZERO).await.is_err());
        for (link, revoked, sessions) in
            [(&key, 1, 1), (&unopened, 1, 0), (&over, 0, 0), (&apart, 0, 0)]
        {
            assert_eq!(recorded(catalog, link.id, "share_revoked").await, revoked);
            assert_eq!(recorded(catalog, link.id, "share_session_ended").await, sessions);
        }
        assert_eq!(events(catalog, "authorisation_revoked").await, 1);
        let shown = shares.authorisation(&ctx(), &by(), id).await.unwrap();
        assert_eq!(shown.state, AuthorisationState::Revoked);
        assert_eq!(shown.revoked.unwrap().reason.expose(), "the patient wrote");
        let changed = shares.change_authorisation(&ctx(), &by(), id, (&held.uid, terms())).await;
        assert_eq!(fault(changed), Fault::Closed);
    }
}

#[tokio::test]
async fn a_version_that_ends_earlier_shortens_its_links_on_record() {
    for engine in engines().await {
        let (catalog, shares) = (&engine.catalog, shares(&engine.catalog));
        let (held, other) = (hold(&engine, 1, 1, 1).await, hold(&engine, 2, 1, 1).await);
        let id = record(&shares, &held.uid, terms()).await.id;
        let long = NewLink { expires: NOW.plus(DAY * 3), ..under(&held.uid, id) };
        let (long, short) =
            (create(&shares, long).await, create(&shares, under(&held.uid, id)).await);
        let opened = long.open(&shares, Duration::ZERO).await.unwrap();
        let change = async |study: &StudyUid, terms: Terms| {
            shares.change_authorisation(&ctx(), &by(), id, (study, terms)).await
        };
        assert_eq!(fault(change(&other.uid, terms()).await), Fault::StudyOfAnotherPatient);
        let without = Terms { purpose: String::new(), ..terms() };
        assert_eq!(fault(change(&held.uid, without).await), Fault::NoPurpose);
        let yesterday = Terms { expires: Some(day("2026-11-21")), ..terms() };
        assert_eq!(fault(change(&held.uid, yesterday).await), Fault::Over(day("2026-11-21")));

        let today = Terms { expires: Some(day("2026-11-22")), ..terms() };
        let changed = change(&held.uid, today.clone()).await.unwrap();
        assert_eq!((changed.version, changed.terms), (2, today));
        for (link, shortened) in [(&long, 1), (&short, 0)] {
            let view = shares.get(&by(), link.id, NOW).await.unwrap();
            assert_eq!((view.expires, view.state), (NOW.plus(DAY), ShareState::Live));
            assert_eq!(recorded(catalog, link.id, "share_shortened").await, shortened);
        }
        assert!(visit(&shares, &opened, Duration::ZERO).await.is_some());
        let over = shares.get(&by(), long.id, NOW.plus(DAY)).await.unwrap();
        assert_eq!(over.state, ShareState::Expired);

        // Nor is it longer than the record by another way.
        let extend = async |expires| shares.extend(&ctx(), &by(), long.id, expires).await;
        let late = NOW.plus(DAY + Duration::from_micros(1));
        assert_eq!(fault(extend(late).await), Fault::Outlived(day("2026-11-22")));
        assert_eq!(extend(NOW.plus(DAY)).await.unwrap().expires, NOW.plus(DAY));

        // An event instead of a day leaves them as they are.
        let event = Some("the end of the trial".to_owned());
        let open = Terms { expires: None, expiry_event: event, ..terms() };
        assert_eq!(change(&held.uid, open).await.unwrap().version, 3);
        assert_eq!(shares.get(&by(), long.id, NOW).await.unwrap().expires, NOW.plus(DAY));
        assert_eq!(events(catalog, "authorisation_changed").await, 2);
    }
}
