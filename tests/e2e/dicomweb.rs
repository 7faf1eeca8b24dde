//! DICOMweb as a viewer asks for it: search, metadata, frames, pictures.

use lightcase_testkit::phantom::{Series, Study, grey, probes};
use serde_json::Value;

use crate::caller::{Caller, DICOM_JSON};
use crate::house::{House, small_ct};
use crate::multipart::{OBJECTS, parts, split};

on_both! {
    searches_find_what_is_held,
    objects_metadata_and_frames_come_back_as_they_were,
    pictures_show_the_phantom,
    the_service_answers_for_itself,
}

async fn searches_find_what_is_held(house: House) {
    let (ct, mr) = (small_ct(1), Study::mr_of(2, 2));
    house.import(&ct);
    house.import(&mr);
    let reader = house.program(&["dicomweb:read"]);
    let check = async |query: &str, expected: usize| {
        let found = reader.get_json(&format!("/dicom-web/{query}")).await;
        assert_eq!(found.as_array().unwrap().len(), expected, "{query}: {found}");
    };
    check("studies", 2).await;
    check("studies?limit=1", 1).await;
    check("studies?limit=1&offset=2", 0).await;
    check(&format!("studies?StudyInstanceUID={}", ct.uid), 1).await;
    check(&format!("studies?0020000D={}", mr.uid), 1).await;
    check("studies?PatientName=phantom*", 2).await;
    check("studies?PatientName=nobody*", 0).await;
    check(&format!("studies?PatientID={}", mr.patient_id()), 1).await;
    check("studies?ModalitiesInStudy=MR", 1).await;
    check("studies?StudyDate=19000101-19001231", 0).await;
    check("series", 5).await;
    check("series?Modality=MR", 4).await;
    check(&format!("studies/{}/series", mr.uid), 4).await;
    check(&format!("studies/{}/instances", mr.uid), 8).await;
    check(&format!("studies/{}/series/{}/instances", ct.uid, ct.series[0].uid), 4).await;
    check("instances", 12).await;
    let study = reader.get_json(&format!("/dicom-web/studies?StudyInstanceUID={}", ct.uid)).await;
    assert_eq!(study[0]["00201208"]["Value"][0], 4, "{study}");
    assert_eq!(study[0]["00100010"]["Value"][0]["Alphabetic"], "Phantom^Ada Lovelace^^Dr");
}

fn instance_path(study: &Study, series: &Series, slice: u32) -> String {
    let (study, uid) = (&study.uid, &series.uid);
    let instance = series.sop_instance(slice);
    format!("/dicom-web/studies/{study}/series/{uid}/instances/{instance}")
}

async fn objects_metadata_and_frames_come_back_as_they_were(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let reader = house.program(&["dicomweb:read"]);
    let series = &study.series[0];

    let reply = reader.get(&format!("/dicom-web/studies/{}", study.uid), OBJECTS).await;
    let mut held: Vec<_> = parts(&reply).iter().map(|file| split(file).1.to_vec()).collect();
    let mut sent: Vec<_> = study.instances().map(|instance| instance.data_set).collect();
    held.sort();
    sent.sort();
    assert!(held == sent);

    let metadata = reader.get_json(&format!("/dicom-web/studies/{}/metadata", study.uid)).await;
    assert_eq!(metadata.as_array().unwrap().len(), 4);
    let path = instance_path(&study, series, 2);
    let metadata = reader.get_json(&format!("{path}/metadata")).await;
    let value = |tag: &str| metadata[0][tag]["Value"][0].clone();
    assert_eq!(value("00080018"), series.sop_instance(2));
    assert_eq!((value("00280010"), value("00281052")), (64.into(), (-1024).into()));
    assert_eq!(value("00080080"), "Klinik für Phantome");
    assert_eq!(metadata[0].get("7FE00010").and_then(|pixels| pixels.get("InlineBinary")), None);

    frames(&reader, &path, &series.pixels(2)).await;
}

async fn frames(reader: &Caller, path: &str, pixels: &[u8]) {
    let whole = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";
    let reply = reader.get(&format!("{path}/frames/1"), whole).await;
    assert_eq!(parts(&reply), [pixels]);
    let single = "application/octet-stream; transfer-syntax=*";
    let reply = reader.get(&format!("{path}/frames/1"), single).await;
    assert!(reply.status == 200 && reply.body == pixels);
    assert_eq!(reply.header("content-length"), pixels.len().to_string());
    let tag = reply.header("etag").to_owned();
    let again = reader
        .request(reqwest::Method::GET, &format!("{path}/frames/1"))
        .header("accept", single)
        .header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    assert_eq!(reader.get(&format!("{path}/frames/2"), single).await.status, 404);
    assert_eq!(reader.get(&format!("{path}/frames/0"), single).await.status, 400);
}

async fn pictures_show_the_phantom(house: House) {
    let study = Study::ct_of(1, 9, 128);
    house.import(&study);
    let reader = house.program(&["dicomweb:read"]);
    let series = &study.series[0];
    let probes = probes(series);
    assert!(!probes.is_empty());
    for probe in probes {
        let path = instance_path(&study, series, probe.slice);
        let reply = reader.get(&format!("{path}/rendered?window=40,400,linear"), "image/png").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "image/png"));
        let picture = image::load_from_memory(&reply.body).unwrap().to_luma8();
        assert_eq!(picture.dimensions(), (128, 128));
        let drawn = i32::from(picture.get_pixel(probe.x, probe.y).0[0]);
        let expected = grey(probe.value, (40, 400));
        assert!((drawn - expected).abs() <= 1, "{probe:?}: {drawn} instead of {expected}");
    }
    for place in ["/studies/{s}/thumbnail", "/studies/{s}/series/{e}/thumbnail"] {
        let path = place.replace("{s}", &study.uid).replace("{e}", &series.uid);
        let reply = reader.get(&format!("/dicom-web{path}"), "image/jpeg").await;
        assert_eq!((reply.status, &reply.body[..2]), (200, &[0xff, 0xd8][..]), "{path}");
    }
}

async fn the_service_answers_for_itself(house: House) {
    let stranger = house.stranger();
    let reply = stranger.get("/healthz", "*/*").await;
    assert_eq!((reply.status, reply.text().trim()), (200, "ok"));
    let reply = stranger.get("/readyz", "*/*").await;
    let ready = Value::from_iter(["database", "storage", "keys"].map(|part| (part, "ok")));
    assert_eq!((reply.status, reply.json()), (200, ready));
    assert_eq!(stranger.get("/api/openapi.json", "*/*").await.status, 200);
    assert_eq!(stranger.get("/dicom-web/studies", DICOM_JSON).await.status, 401);
    for page in ["/", "/s"] {
        let reply = stranger.get(page, "text/html").await;
        assert_eq!(reply.status, 200, "{page}");
        assert!(reply.header("content-type").starts_with("text/html"), "{page}");
        assert!(!reply.header("content-security-policy").is_empty(), "{page}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{page}");
    }
    let staff = house.signed_in("radiologist").await;
    let system = staff.get_json("/api/v1/system").await;
    assert_eq!(system["aeTitle"], "LIGHTCASE");
    assert_eq!(system["dicomPort"], house.server.dicom().port());
    let echo = staff.post("/api/v1/system/echo", &Value::Null).await;
    assert_eq!((echo.status, &echo.json()["ok"]), (200, &true.into()), "{}", echo.text());
    let reply = staff.delete("/dicom-web/studies").await;
    assert_eq!(reply.status, 405);
}
