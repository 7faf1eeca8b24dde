//! A day in the life of an archive: everything happens once.

use lightcase_dimse::scu::ScuError;
use lightcase_testkit::phantom::Study;
use serde_json::json;

use crate::caller::DICOM_JSON;
use crate::house::{House, PASSWORD, first_file, small_ct};
use crate::link::{Link, wish};
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

    let link = Link::create(&staff, &wish(&studies[0].uid)).await;
    assert_eq!(link.attempt(&house.stranger(), "00000000").await.status, 403);
    let unknown = Link { share: "A".repeat(link.share.len()), ..link.clone() };
    unknown.attempt(&house.stranger(), "00000000").await;
    let visitor = link.open(house).await;
    let series = &studies[0].series[0];
    let picture = format!(
        "dicom-web/studies/{}/series/{}/instances/{}/rendered",
        studies[0].uid,
        series.uid,
        series.sop_instance(2)
    );
    assert_eq!(visitor.get(&picture, "image/jpeg").await.status, 200);
    assert_eq!(staff.delete(&format!("/api/v1/shares/{}", link.id)).await.status, 204);
    secrets.extend([("passcode", link.passcode), ("link secret", link.secret)]);

    let withdrawal = format!("/api/v1/studies/{}/withdrawal", studies[1].uid);
    let reply = staff.post(&withdrawal, &json!({"reason": "not Ada Lovelace"})).await;
    assert_eq!(reply.status, 204);
    assert_eq!(staff.delete(&withdrawal).await.status, 204);
    assert_eq!(staff.delete("/api/v1/session").await.status, 204);
    secrets
}
