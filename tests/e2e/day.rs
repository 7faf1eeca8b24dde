//! A day in the life of an archive: everything happens once.

use lightcase_dimse::scu::ScuError;
use lightcase_testkit::phantom::Study;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::caller::{Caller, DICOM_JSON, Reply};
use crate::house::{House, PASSWORD, first_file, small_ct};
use crate::link::{Link, Visitor, wish};
use crate::multipart::OBJECTS;
use crate::scu::{phantom, send, send_as};

/// What nobody may find at rest or in the log, by what it is.
pub(crate) type Secrets = Vec<(&'static str, String)>;

/// Lives through the day; the server still runs at its end.
pub(crate) async fn live(house: &House) -> Secrets {
    let mut secrets = vec![("password", PASSWORD.to_owned())];
    let file = house.server.data_dir().join("setup-link");
    let link = std::fs::read_to_string(file).unwrap();
    let token = link.trim().split_once("/setup#").unwrap().1;
    let person = |name: &str| json!({"name": name, "password": PASSWORD});
    let body =
        json!({"token": token, "administrator": person("ada"), "radiologist": person("rita")});
    assert_eq!(house.stranger().post("/api/v1/setup", &body).await.status, 201);

    let studies = [small_ct(1), Study::mr_of(1, 2)];
    for instance in studies.iter().flat_map(Study::instances) {
        assert_eq!(send(&house.server, phantom(&instance)).await, 0);
    }
    refusals(house, &studies[0]).await;
    house.import(&small_ct(3));
    secrets.extend(staff_at_work(house, &studies).await);
    secrets
}

async fn refusals(house: &House, study: &Study) {
    let mut changed = study.instances().next().unwrap();
    *changed.data_set.last_mut().unwrap() ^= 1;
    assert_eq!(send(&house.server, phantom(&changed)).await, 0x0111);
    let half = changed.data_set.len() / 2;
    changed.data_set.truncate(half);
    assert_eq!(send(&house.server, phantom(&changed)).await, 0xC000);
    house.server.run("peer add", &["CT1", "10.0.0.5"], "").unwrap();
    let stranger = send_as(&house.server, "STRANGER", phantom(&changed)).await;
    assert!(matches!(stranger, Err(ScuError::UnknownCalling { .. })), "{stranger:?}");
}

async fn staff_at_work(house: &House, studies: &[Study]) -> Secrets {
    let staff = house.stranger();
    assert_eq!(staff.sign_in("rita", "a wrong password").await.status, 401);
    let session = staff.sign_in("rita", PASSWORD).await.cookie("lc_session").unwrap().1;
    let reader = house.server.create_token("reader", &["dicomweb:read"]).unwrap();
    let mut secrets = vec![("session", session), ("token", reader)];
    assert_eq!(staff.import(first_file(&small_ct(2))).await.status, 200);
    assert_eq!(staff.import(b"no picture".to_vec()).await.status, 400);
    staff.get_json("/api/v1/worklist?q=lovelace").await;
    staff.get_json("/dicom-web/studies?PatientName=Phantom*").await;
    for study in studies {
        let (base, series) = (format!("/dicom-web/studies/{}", study.uid), &study.series[0]);
        let instance = format!("{base}/series/{}/instances/{}", series.uid, series.sop_instance(1));
        for (path, accept) in [
            (format!("{base}/metadata"), DICOM_JSON),
            (format!("{base}/thumbnail"), "image/jpeg"),
            (format!("{instance}/frames/1"), "application/octet-stream; transfer-syntax=*"),
            (format!("{instance}/rendered"), "image/png"),
            (base, OBJECTS),
        ] {
            assert_eq!(staff.get(&path, accept).await.status, 200, "{path}");
        }
    }
    let admin = house.stranger();
    admin.sign_in("ada", PASSWORD).await;
    assert_eq!(admin.get("/dicom-web/studies", DICOM_JSON).await.status, 403);

    secrets.extend(sharing(house, &staff, &studies[0]).await);
    let withdrawal = format!("/api/v1/studies/{}/withdrawal", studies[1].uid);
    let reply = staff.post(&withdrawal, &json!({"reason": "not Ada Lovelace"})).await;
    assert_eq!(reply.status, 204);
    assert_eq!(staff.delete(&withdrawal).await.status, 204);
    assert_eq!(staff.delete("/api/v1/session").await.status, 204);
    secrets
}

/// A link is guessed at, opened, sent again, downloaded and ended; another one stands on a record.
async fn sharing(house: &House, staff: &Caller, study: &Study) -> Secrets {
    let mut secrets = Secrets::new();
    let mut asked = wish(&study.uid);
    asked["may"] = "download".into();
    let link = Link::create(staff, &asked).await;
    assert_eq!(link.attempt(&house.stranger(), "00000000").await.status, 403);
    let unknown = Link { share: "A".repeat(link.share.len()), ..link.clone() };
    unknown.attempt(&house.stranger(), "00000000").await;
    let visitor = opened(house, &link, &mut secrets).await;
    let (series, instance) = (&study.series[0].uid, study.series[0].sop_instance(2));
    let path = format!("dicom-web/studies/{}/series/{series}/instances/{instance}", study.uid);
    assert_eq!(visitor.get(&format!("{path}/rendered"), "image/jpeg").await.status, 200);

    let resend = format!("/api/v1/shares/{}/resend", link.id);
    let again = staff.post(&resend, &json!({"deliver": "copy"})).await;
    assert_eq!(again.status, 200, "{}", again.text());
    let again = Link::read(&json!({"shares": [again.json()]}));
    assert_eq!(link.attempt(&house.stranger(), &link.passcode).await.status, 403);
    let visitor = opened(house, &again, &mut secrets).await;
    assert_eq!(visitor.get("download", "*/*").await.status, 200);
    assert_eq!(staff.delete(&format!("/api/v1/shares/{}", link.id)).await.status, 204);
    for link in [link, again] {
        secrets.extend([("passcode", link.passcode), ("link secret", link.secret)]);
    }
    secrets.extend(authorised(staff, study).await);
    secrets
}

async fn opened(house: &House, link: &Link, secrets: &mut Secrets) -> Visitor {
    let browser = house.stranger();
    let reply = link.attempt(&browser, &link.passcode).await;
    let cookies = reply.cookies();
    assert_eq!((reply.status, cookies.len()), (200, 2), "{}", reply.text());
    secrets.extend(cookies.into_iter().map(|value| ("cookie of a recipient", value)));
    let handle = reply.json()["handle"].as_str().unwrap().to_owned();
    let visitor = Visitor { browser, handle };
    visitor.accept().await;
    visitor
}

/// A record with its scan; what both say is kept sealed, and so is why it is revoked.
async fn authorised(staff: &Caller, study: &Study) -> Secrets {
    let (signed, why) = ("Annabella Milbanke", "Mrs. Milbanke wrote a letter");
    let form = json!({
        "study": study.uid, "description": "All pictures of the head",
        "discloser": "Hospital of the Analytical Engine", "recipient": "Quorum Mutual Assurance",
        "purpose": "the claim after the accident in March", "expires": null,
        "expiryEvent": "the court has decided", "signedBy": signed, "signedOn": "2020-01-20",
        "representative": "her guardian by order of chancery",
        "statements": {"revocation": true, "conditioning": true, "redisclosure": true},
    });
    let made = staff.post("/api/v1/authorisations", &form).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("/api/v1/authorisations/{}", made.json()["id"].as_str().unwrap());
    let scan = "%PDF-1.7\n% signed by the hand of a guardian\n%%EOF\n";
    let request = staff.request(Method::PUT, &format!("{path}/form"));
    let attached = Reply::of(request.header(CONTENT_TYPE, "application/pdf").body(scan)).await;
    assert_eq!(attached.status, 200, "{}", attached.text());
    let mut asked = wish(&study.uid);
    asked["authority"] = "authorisation".into();
    asked["authorisation"] = made.json()["id"].clone();
    let link = Link::create(staff, &asked).await;
    let request = staff.request(Method::DELETE, &path).json(&json!({"reason": why}));
    assert_eq!(Reply::of(request).await.json(), json!({"revoked": 1}));
    let mut secrets = vec![("passcode", link.passcode), ("link secret", link.secret)];
    let sealed = ["Quorum Mutual Assurance", "hand of a guardian", signed, why];
    secrets.extend(sealed.map(|text| ("sealed text", text.to_owned())));
    secrets
}
