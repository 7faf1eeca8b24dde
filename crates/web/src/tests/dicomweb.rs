//! DICOMweb round trips of a phantom: what went in comes out, byte for byte.

use lightcase_testkit::phantom::{PATIENT_NAME, Study};
use serde_json::Value;

use super::world::{Client, PLAIN, World, worker};

const SINGLE: &str = "application/octet-stream; transfer-syntax=*";

pub(crate) fn instance_path(study: &Study, series: usize, slice: u32) -> String {
    let series = &study.series[series];
    let instance = series.sop_instance(slice);
    format!("/studies/{}/series/{}/instances/{instance}", study.uid, series.uid)
}

/// The parts of a body: header and bytes.
fn parts(content_type: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let boundary = content_type.split_once("boundary=").unwrap().1;
    assert!(boundary.len() >= 20);
    let line = format!("--{boundary}\r\n");
    assert!(body.starts_with(line.as_bytes()), "the first line is the boundary");
    let end = format!("\r\n--{boundary}--\r\n");
    let body = body.strip_suffix(end.as_bytes()).expect("the closing boundary");
    let between = format!("\r\n{line}").into_bytes();
    let mut rest = &body[line.len()..];
    let mut parts = Vec::new();
    loop {
        let next = rest.windows(between.len()).position(|window| window == between);
        let part = &rest[..next.unwrap_or(rest.len())];
        let head = part.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let text = String::from_utf8(part[..head].to_vec()).unwrap();
        parts.push((text, part[head + 4..].to_vec()));
        match next {
            Some(next) => rest = &rest[next + between.len()..],
            None => return parts,
        }
    }
}

#[tokio::test]
async fn search_finds_what_was_sent() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |query: &str, expected: usize| {
        let found = reader.get(&format!("/dicom-web/{query}"), "").await;
        assert_eq!(found.status, 200, "{query}: {}", found.json());
        assert_eq!(found.json().as_array().unwrap().len(), expected, "{query}");
        found
    };
    check("studies", 2).await;
    check("studies?ModalitiesInStudy=CT", 1).await;
    check("studies?PatientName=phantom*", 2).await;
    check("studies?PatientName=love%20ada&fuzzymatching=true", 2).await;
    check("studies?PatientName=Nobody", 0).await;
    check(&format!("studies?StudyInstanceUID={},{}", world.ct.uid, world.mr.uid), 2).await;
    check("studies?StudyDate=19000101-19000102", 0).await;
    check("series?Modality=MR", 4).await;
    check(&format!("studies/{}/instances", world.ct.uid), 3).await;
    check("instances?limit=2&offset=1", 2).await;
    let limited = check("studies?limit=1&NoSuchKeyword=1", 1).await;
    let warnings: Vec<_> = limited.headers.get_all("warning").iter().collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");

    let series = &world.ct.series[0];
    let found =
        check(&format!("studies/{}/series/{}/instances", world.ct.uid, series.uid), 3).await;
    let first = &found.json()[0];
    assert_eq!(found.header("content-type"), "application/dicom+json");
    assert_eq!(first["00080018"]["Value"][0], series.sop_instance(1));
    assert_eq!(first["00083002"]["Value"][0], "1.2.840.10008.1.2.1");
    assert_eq!(first["00080056"]["Value"][0], "ONLINE");
    let url = format!("{PLAIN}/dicom-web{}", instance_path(&world.ct, 0, 1));
    assert_eq!(first["00081190"]["Value"][0], url);
    let study = check("studies?ModalitiesInStudy=MR", 1).await.json();
    assert_eq!(study[0]["00100010"]["Value"][0]["Alphabetic"], PATIENT_NAME);
    assert_eq!(study[0]["00201206"]["Value"][0], 4);
    assert_eq!(study[0]["00201208"]["Value"][0], 8);
    assert_eq!(reader.get("/dicom-web/studies", "text/html").await.status, 406);
    assert_eq!(reader.get("/dicom-web/studies/1.2.3/series", "").await.status, 404);
    assert_eq!(reader.get("/dicom-web/studies?StudyDate=yesterday", "").await.status, 400);
    assert_eq!(reader.ask("PUT", "/dicom-web/studies", None).await.status, 405);
}

#[tokio::test]
async fn frames_are_the_pixels_of_the_phantom() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    for (study, series) in [(&world.ct, 0), (&world.mr, 3)] {
        let path = format!("/dicom-web{}/frames/1", instance_path(study, series, 2));
        let pixels = study.series[series].pixels(2);
        let frame = reader.get(&path, SINGLE).await;
        assert_eq!(frame.bytes, pixels);
        assert_eq!(
            frame.header("content-type"),
            "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
        );
        assert_eq!(frame.header("content-length"), pixels.len().to_string());
        assert_eq!(frame.header("cache-control"), "private, no-cache");
        let known = [("accept", SINGLE), ("if-none-match", frame.header("etag"))];
        let again = reader.send("GET", &path, &known, "".into()).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
        let whole = reader.get(&path, "").await;
        let parts = parts(whole.header("content-type"), &whole.bytes);
        let head = "Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1";
        assert_eq!(parts, [(head.to_owned(), pixels)]);
    }
    let path = format!("/dicom-web{}/frames", instance_path(&world.ct, 0, 1));
    assert_eq!(reader.get(&format!("{path}/2"), SINGLE).await.status, 404);
    assert_eq!(reader.get(&format!("{path}/0"), SINGLE).await.status, 400);
    assert_eq!(reader.get(&format!("{path}/1"), "image/jphc").await.status, 406);
}

#[tokio::test]
async fn objects_come_back_as_they_were_sent() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let series = &world.ct.series[0];
    let sent = world.ct.instance(series, 1).data_set;
    let path = format!("/dicom-web{}", instance_path(&world.ct, 0, 1));
    let file = reader.get(&path, "application/dicom; transfer-syntax=*").await;
    assert_eq!(file.header("content-length"), file.bytes.len().to_string());
    assert_eq!(&file.bytes[128..132], b"DICM");
    assert!(file.bytes.ends_with(&sent), "the data set is unchanged");

    let study = reader.get(&format!("/dicom-web/studies/{}", world.ct.uid), "").await;
    let parts = parts(study.header("content-type"), &study.bytes);
    assert_eq!(parts.len(), 3);
    for ((head, file), slice) in parts.iter().zip(1..) {
        assert_eq!(head, "Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
        assert!(file.ends_with(&world.ct.instance(series, slice).data_set));
    }
    let other = "multipart/related; type=\"application/dicom\"; \
                 transfer-syntax=1.2.840.10008.1.2.4.90";
    assert_eq!(reader.get(&path, other).await.status, 406);
    assert_eq!(world.events("retrieve_begun").await, 2);
}

fn bulk_uri(value: &Value) -> Option<&str> {
    match value {
        Value::Object(map) => match map.get("BulkDataURI") {
            Some(uri) => uri.as_str(),
            None => map.values().find_map(bulk_uri),
        },
        Value::Array(list) => list.iter().find_map(bulk_uri),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[tokio::test]
async fn metadata_are_compressed_tagged_and_lead_to_bulk_data() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let series = &world.ct.series[0];
    let path = format!("/dicom-web/studies/{}/series/{}/metadata", world.ct.uid, series.uid);
    let plain = reader.get(&path, "application/dicom+json").await;
    let data_sets = plain.json();
    assert_eq!(data_sets.as_array().unwrap().len(), 3);
    assert_eq!(data_sets[1]["00080018"]["Value"][0], series.sop_instance(2));
    let squeezed = reader.send("GET", &path, &[("accept-encoding", "gzip")], "".into()).await;
    assert_eq!(squeezed.header("content-encoding"), "gzip");
    assert!(squeezed.bytes.len() * 4 < plain.bytes.len());
    let known = [("if-none-match", plain.header("etag"))];
    assert_eq!(reader.send("GET", &path, &known, "".into()).await.status, 304);

    let uri = bulk_uri(&data_sets[0]).expect("the pixel data are bulk data");
    let path = uri.strip_prefix(PLAIN).expect("an address under the name that was used");
    let single = reader.get(path, "").await;
    assert_eq!(single.bytes, series.pixels(1));
    assert_eq!(single.header("content-length"), single.bytes.len().to_string());
    let whole = reader.get(path, "multipart/related; type=\"application/octet-stream\"").await;
    assert_eq!(parts(whole.header("content-type"), &whole.bytes)[0].1, series.pixels(1));
    assert_eq!(whole.header("content-length"), whole.bytes.len().to_string());
}

#[tokio::test]
async fn pictures_are_drawn() {
    if worker().is_none() {
        println!("skipped: no codec worker beside this test, and LIGHTCASE_BIN is not set");
        return;
    }
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |client: &Client, path: &str, accept: &str, kind: &str, magic: &[u8]| {
        let picture = client.get(&format!("/dicom-web{path}"), accept).await;
        assert_eq!(picture.header("content-type"), kind, "{path}: {}", picture.json());
        assert!(picture.bytes.starts_with(magic), "{path}");
    };
    let (jpeg, png) = (&[0xFF, 0xD8, 0xFF][..], &b"\x89PNG"[..]);
    let path = instance_path(&world.ct, 0, 2);
    check(&reader, &format!("{path}/rendered"), "", "image/jpeg", jpeg).await;
    let windowed = format!("{path}/frames/1/rendered?window=40,400,linear&viewport=32,32");
    check(&reader, &windowed, "image/png", "image/png", png).await;
    let study = format!("/studies/{}/thumbnail", world.mr.uid);
    check(&reader, &study, "", "image/jpeg", jpeg).await;
    let unknown = reader.get(&format!("/dicom-web{path}/rendered"), "image/gif").await;
    assert_eq!(unknown.status, 406);
}
