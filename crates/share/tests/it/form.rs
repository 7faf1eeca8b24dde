//! Scans of signed forms, and the document with everything there is of a record.

use lightcase_model::{Authority, Role};
use lightcase_share::{AuthorisationFault as Fault, FormKind, MAX_FORM, NewLink, ShareError};

use crate::authority::{events, terms};
use crate::engine::engines;
use crate::study::hold;
use crate::{HOUR, at, create, ctx, link_to, shares, staff};

const PDF: &[u8] = b"%PDF-1.7\n%%EOF\n";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0....";

#[tokio::test]
async fn a_scan_is_kept_as_it_came_and_read_on_record() {
    for engine in engines().await {
        let (catalog, shares) = (&engine.catalog, shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let by = staff(Role::Technologist);
        let made = shares.record_authorisation(&ctx(), &by, &held.uid, terms()).await.unwrap();
        let id = made.id;
        let attach = async |kind, bytes: &[u8]| {
            shares.attach_form(&ctx(), &by, id, (kind, bytes.to_vec())).await
        };
        let refused = async |kind, bytes: &[u8], expected: Fault| match attach(kind, bytes).await {
            Err(ShareError::Authorisation(fault)) => assert_eq!(fault, expected),
            other => panic!("{other:?}"),
        };
        refused(FormKind::Png, PDF, Fault::FormMismatch("PNG")).await;
        refused(FormKind::Pdf, b"", Fault::FormMismatch("PDF")).await;
        refused(FormKind::Pdf, b"<svg onload=alert(1)>", Fault::FormMismatch("PDF")).await;
        let mut large = PDF.to_vec();
        large.resize(MAX_FORM + 1, 0);
        refused(FormKind::Pdf, &large, Fault::FormTooLarge).await;
        let none = shares.form(&ctx(), &by, id, None).await;
        assert!(matches!(none, Err(ShareError::NotFound)));

        large.truncate(MAX_FORM);
        attach(FormKind::Pdf, &large).await.unwrap();
        shares.change_authorisation(&ctx(), &by, id, (&held.uid, terms())).await.unwrap();
        let attached = attach(FormKind::Jpeg, JPEG).await.unwrap().form.unwrap();
        assert_eq!((attached.number, attached.version, attached.length), (2, 2, 8));
        let digest = data_encoding::HEXLOWER.encode(&attached.sha256);
        // printf '\xff\xd8\xff\xe0....' | sha256sum
        assert_eq!(digest, "8707b8f0d0699969f70516164cb4bbae5e476f0ea7d478fb076085fcf1c344e3");
        assert_eq!(events(catalog, "authorisation_form_attached").await, 2);
        assert_eq!(events(catalog, "authorisation_read").await, 0);

        let newest = shares.form(&ctx(), &by, id, None).await.unwrap();
        assert_eq!((newest.kind, newest.number), (FormKind::Jpeg, 2));
        assert_eq!(newest.bytes.expose(), JPEG);
        let first = shares.form(&ctx(), &by, id, Some(1)).await.unwrap();
        assert!(first.kind == FormKind::Pdf && *first.bytes.expose() == large);
        let third = shares.form(&ctx(), &by, id, Some(3)).await;
        assert!(matches!(third, Err(ShareError::NotFound)));
        let admin = shares.form(&ctx(), &staff(Role::Admin), id, None).await;
        assert!(matches!(admin, Err(ShareError::NotPermitted(_))));
        assert_eq!(events(catalog, "authorisation_read").await, 2);

        shares.revoke_authorisation(&ctx(), &by, id, "a mistake").await.unwrap();
        refused(FormKind::Pdf, PDF, Fault::Closed).await;
        assert!(shares.form(&ctx(), &by, id, Some(1)).await.is_ok(), "it is kept");
    }
}

#[tokio::test]
async fn the_export_has_all_there_is() {
    for engine in engines().await {
        let (catalog, shares) = (&engine.catalog, shares(&engine.catalog));
        let held = hold(&engine, 1, 1, 1).await;
        let by = staff(Role::Radiologist);
        let made = shares.record_authorisation(&ctx(), &by, &held.uid, terms()).await.unwrap();
        let id = made.id;
        let form = (FormKind::Pdf, PDF.to_vec());
        shares.attach_form(&ctx(), &by, id, form).await.unwrap();
        let mut second = terms();
        second.representative = Some("Guardian, by court order".to_owned());
        shares.change_authorisation(&at(HOUR), &by, id, (&held.uid, second)).await.unwrap();
        let authority = Authority::Authorisation(id);
        let link = create(&shares, NewLink { authority, ..link_to(&held.uid) }).await;
        shares.revoke_authorisation(&at(HOUR * 2), &by, id, "the patient wrote").await.unwrap();

        let exported = shares.export_authorisation(&at(HOUR * 3), &by, id).await.unwrap();
        let exported = serde_json::to_value(exported).unwrap();
        let check = |path: &str, expected: &str| {
            assert_eq!(exported.pointer(path).unwrap(), expected, "{path}: {exported:#}");
        };
        check("/format", "lightcase.authorisation.v1");
        check("/id", &id.to_string());
        check("/patientName", "Doe^Jane");
        check("/patientId", "P1");
        check("/studyInstanceUid", held.uid.as_str());
        check("/exportedAt", "2026-11-22T03:00:00Z");
        check("/state", "revoked");
        check("/revokedAt", "2026-11-22T02:00:00Z");
        check("/revokedBy", "Dr. Jane");
        check("/revokedReason", "the patient wrote");
        check("/versions/0/description", "All images of the head");
        check("/versions/0/expires", "2026-11-24");
        assert_eq!(exported["versions"][0]["representative"], serde_json::Value::Null);
        assert_eq!(exported["versions"][1]["version"], 2);
        check("/versions/1/recordedAt", "2026-11-22T01:00:00Z");
        check("/versions/1/representative", "Guardian, by court order");
        assert_eq!(exported["versions"][1]["statements"]["redisclosure"], true);
        assert_eq!(exported["forms"][0]["version"], 1);
        assert_eq!(exported["forms"][0]["sha256"].as_str().unwrap().len(), 64);
        check("/links/0/id", &link.id.to_string());
        check("/links/0/recipient", "Dr. A. Example");
        check("/links/0/createdAt", "2026-11-22T00:00:00Z");
        check("/links/0/expires", "2026-11-23T00:00:00Z");
        check("/links/0/state", "revoked");
        assert_eq!(events(catalog, "authorisation_read").await, 1);
        let admin = shares.export_authorisation(&ctx(), &staff(Role::Admin), id).await;
        assert!(matches!(admin, Err(ShareError::NotPermitted(_))));
    }
}
