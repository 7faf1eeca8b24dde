//! Storing over DICOMweb: what was taken is there, and what was not is named.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use lightcase_model::{Ctx, ProjectName, TokenScope};
use lightcase_testkit::phantom::{Instance, Study, part10};
use serde_json::{Value, json};

use super::world::{Client, PLAIN, Reply, World};

const BOUNDARY: &str = "a boundary, 'quoted'";
const DICOM: &str = "application/dicom";
const STUDIES: &str = "/dicom-web/studies";

/// A study that nobody has yet.
fn study() -> Study {
    Study::ct_of(7, 3, 32)
}

fn part(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let mut part = format!("\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n").into_bytes();
    part.extend_from_slice(bytes);
    part
}

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    let end = format!("\r\n--{BOUNDARY}--\r\n").into_bytes();
    parts.iter().cloned().chain([end]).flatten().collect()
}

fn files(instances: &[Instance]) -> Vec<Vec<u8>> {
    instances.iter().map(|instance| part(DICOM, &part10(instance))).collect()
}

fn kind() -> String {
    format!("multipart/related; type=\"{DICOM}\"; boundary=\"{BOUNDARY}\"")
}

async fn send(client: &Client, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
    client.send("POST", path, &[("content-type", kind)], body.into()).await
}

async fn store(client: &Client, path: &str, parts: &[Vec<u8>]) -> Reply {
    send(client, path, &kind(), body(parts)).await
}

/// Bytes as a network brings them.
fn pieces(bytes: &[u8]) -> Body {
    let pieces: Vec<_> =
        bytes.chunks(1_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    Body::from_stream(stream::iter(pieces))
}

/// Of each item of a sequence: the instance it names, and the code it gives under a tag.
fn items(reply: &Reply, sequence: &str, tag: &str) -> Vec<(String, u64)> {
    let module = reply.json();
    let none = Vec::new();
    let items = module[sequence]["Value"].as_array().unwrap_or(&none);
    let item = |item: &Value| {
        let instance = item["00081155"]["Value"][0].as_str().unwrap_or_default().to_owned();
        (instance, item[tag]["Value"][0].as_u64().unwrap_or_default())
    };
    items.iter().map(item).collect()
}

fn stored(reply: &Reply) -> Vec<(String, u64)> {
    items(reply, "00081199", "00081196")
}

fn failed(reply: &Reply) -> Vec<(String, u64)> {
    items(reply, "00081198", "00081197")
}

fn others(reply: &Reply) -> Vec<u64> {
    items(reply, "0008119A", "00081197").into_iter().map(|(_, code)| code).collect()
}

fn named(instances: &[Instance], code: u64) -> Vec<(String, u64)> {
    instances.iter().map(|each| (each.sop_instance.clone(), code)).collect()
}

#[tokio::test]
async fn what_is_stored_is_there_byte_for_byte() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let study = study();
    let instances: Vec<_> = study.instances().collect();
    let path = format!("{STUDIES}/{}", study.uid);
    for path in [STUDIES, &path] {
        let reply = store(&reader, path, &files(&instances)).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
        assert_eq!(reply.header("content-type"), "application/dicom+json");
        assert_eq!(stored(&reply), named(&instances, 0));
        let module = reply.json();
        let url = format!("{PLAIN}{STUDIES}/{}", study.uid);
        assert_eq!(module["00081190"], json!({"vr": "UR", "Value": [url]}));
        assert_eq!((&module["00081198"], &module["0008119A"]), (&Value::Null, &Value::Null));
        for item in module["00081199"]["Value"].as_array().unwrap() {
            let url = item["00081190"]["Value"][0].as_str().unwrap();
            let got = reader
                .get(url.strip_prefix(PLAIN).unwrap(), "application/dicom;transfer-syntax=*")
                .await;
            let sent =
                instances.iter().find(|each| item["00081155"]["Value"][0] == each.sop_instance);
            assert!(got.bytes.ends_with(&sent.unwrap().data_set), "{url}");
        }
    }
    // One alone needs no parts.
    let single = Study::ct_of(8, 1, 32).instances().next().unwrap();
    let reply = send(&reader, STUDIES, DICOM, part10(&single)).await;
    assert_eq!((reply.status.as_u16(), stored(&reply)), (200, named(&[single], 0)));
    // Every request accounts for what it took.
    assert_eq!(world.events("store_begun").await, world.events("store_ended").await);
}

#[tokio::test]
async fn what_is_refused_is_named_and_the_rest_is_taken() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let instances: Vec<_> = study().instances().collect();
    let other = Study::ct_of(8, 1, 32);
    let path = format!("{STUDIES}/{}", other.uid);
    // Every object of another study than the one of the path.
    let reply = store(&reader, &path, &files(&instances)).await;
    assert_eq!((reply.status.as_u16(), failed(&reply)), (409, named(&instances, 0xC000)));
    assert_eq!(reply.json()["00081190"], json!({"vr": "UR"}));

    let mut changed = instances[1].clone();
    let last = changed.data_set.len() - 1;
    changed.data_set[last] ^= 1;
    let junk = [part(DICOM, b"no DICOM"), part("text/plain", &vec![b'x'; 300_000])];
    let cut = part(DICOM, &part10(&instances[2])[..900]);
    let parts = [files(&instances[..2]), junk.to_vec(), vec![cut], files(&[changed])].concat();
    let reply = store(&reader, STUDIES, &parts).await;
    assert_eq!(reply.status, 202, "{}", reply.json());
    assert_eq!(stored(&reply), named(&instances[..2], 0));
    let expected = [named(&instances[2..], 0xC000), named(&instances[1..2], 0x0111)].concat();
    assert_eq!(failed(&reply), expected);
    assert_eq!(others(&reply), [0xC000, 0xC000]);
    let listed = reader.get("/api/v1/refusals", "").await.json();
    let listed: Vec<_> =
        listed["refusals"].as_array().unwrap().iter().map(|each| each["reason"].clone()).collect();
    assert_eq!(listed.len(), 6, "{listed:?}");
    let named = |each: &&Value| each["sopInstanceUid"].is_string();
    let listed = reader.get("/api/v1/refusals", "").await.json();
    let listed = listed["refusals"].as_array().unwrap();
    assert_eq!(listed.iter().filter(named).count(), 5, "{listed:?}");
    let unread = listed.iter().find(|each| !named(each)).unwrap();
    assert_eq!((&unread["kept"], &unread["bytes"]), (&json!(true), &json!(8)), "{unread}");
    let path = format!("/api/v1/refusals/{}/redrive", unread["id"].as_str().unwrap());
    assert_eq!(reader.ask("POST", &path, Some(&json!({}))).await.status, 400);

    // A DICOMDIR holds no object.
    let mut index = part10(&instances[0]);
    let class = b"1.2.840.10008.5.1.4.1.1.2\0";
    let at = index.windows(class.len()).position(|each| each == class).unwrap();
    index[at..at + class.len()].copy_from_slice(b"1.2.840.10008.1.3.10\0\0\0\0\0\0");
    let reply = store(&reader, STUDIES, &[part(DICOM, &index)]).await;
    assert_eq!((reply.status.as_u16(), others(&reply)), (409, vec![0x0122]));
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_before_it_is_read() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let begun = world.events("store_begun").await;
    let file = body(&files(&[study().instances().next().unwrap()]));
    let related = |rest: &str| format!("multipart/related{rest}");
    let long = related(&format!("; type=\"{DICOM}\"; boundary={}", "x".repeat(201)));
    for (kind, status) in [
        ("application/dicom+json", 415),
        ("application/dicom+xml", 415),
        ("application/json", 415),
        ("text/html", 415),
        ("nonsense", 415),
        (&related("; type=\"application/dicom+json\"; boundary=x"), 415),
        (&related("; type=\"application/dicom+xml\"; boundary=x"), 415),
        (&related("; type=\"application/dicom\""), 400),
        (&related("; type=\"application/dicom\"; boundary=\"\""), 400),
        (&long, 400),
    ] {
        let reply = send(&reader, STUDIES, kind, file.clone()).await;
        assert_eq!(reply.status, status, "{kind}: {}", reply.json());
    }
    assert_eq!(reader.send("POST", STUDIES, &[], file.clone().into()).await.status, 415);
    let headers = [("content-type", kind()), ("content-encoding", "gzip".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(reader.send("POST", STUDIES, &headers, file.clone().into()).await.status, 415);
    let odd = part("text/html;;", &part10(&study().instances().next().unwrap()));
    assert_eq!(others(&store(&reader, STUDIES, &[odd]).await), [0xC000]);
    let headers = [("content-type", kind()), ("accept", "application/dicom+xml".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(reader.send("POST", STUDIES, &headers, file.into()).await.status, 406);
    assert_eq!(store(&reader, STUDIES, &[]).await.status, 400);
    assert_eq!(store(&reader, &format!("{STUDIES}/no.uid"), &[]).await.status, 404);
    assert_eq!(world.events("store_begun").await, begun, "nothing was begun");
}

#[tokio::test]
async fn what_came_before_a_broken_end_is_held_and_told() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let instances: Vec<_> = study().instances().collect();
    let parts = files(&instances);
    let long = format!("x: {}\r\n", "y".repeat(200_000));
    let headers = [b"\r\n--".as_slice(), BOUNDARY.as_bytes(), b"\r\n", long.as_bytes()].concat();
    let broken = [b"\r\n--".as_slice(), BOUNDARY.as_bytes(), b"\r\n\0: z\r\n\r\n"].concat();
    let none = Vec::new();
    for (rest, failures, others) in [(&none, 1, 0), (&headers, 0, 0), (&broken, 0, 0)] {
        let sent = [parts[0].clone(), parts[1].clone(), rest.clone()].concat();
        let taken = if rest.is_empty() { 1 } else { 2 };
        let reply = send(&reader, STUDIES, &kind(), pieces(&sent)).await;
        assert_eq!(reply.status, 400, "{}", reply.json());
        assert_eq!(stored(&reply), named(&instances[..taken], 0));
        assert_eq!((failed(&reply).len(), self::others(&reply).len()), (failures, others));
        assert!(
            reply.header("warning").starts_with("299 lightcase \"The body cannot"),
            "{:?}",
            reply.headers
        );
    }
    // Without anything before it, it is the problem itself.
    for rest in [&b"no boundary"[..], &b""[..], &headers, &broken] {
        let reply = send(&reader, STUDIES, &kind(), rest.to_vec()).await;
        assert_eq!(reply.status, 400, "{}", reply.json());
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
}

/// Bytes without end in which no part begins are not gathered until one does.
#[tokio::test]
async fn what_belongs_to_no_part_is_read_up_to_a_limit() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let read = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&read);
    let endless = stream::repeat(Bytes::from(vec![b'-'; 16 << 10])).map(move |piece| {
        seen.fetch_add(1, Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece)
    });
    let reply = send(&reader, STUDIES, &kind(), Body::from_stream(endless)).await;
    assert_eq!(reply.status, 400, "{}", reply.json());
    assert!(reply.json()["detail"].as_str().unwrap().contains("within 64 KiB"), "{}", reply.json());
    assert!(read.load(Ordering::Relaxed) < 10, "{} pieces were read", read.load(Ordering::Relaxed));
    // Nor is a part that nobody wants: it passes.
    let first = part("text/plain", &[]);
    let pieces = stream::repeat_with(|| Bytes::from(vec![b'-'; 64 << 10])).take(1_000);
    let rest = body(&files(&[study().instances().next().unwrap()]));
    let all = stream::once(async { Bytes::from(first) }).chain(pieces);
    let all = all.chain(stream::once(async { Bytes::from(rest) })).map(Ok::<_, std::io::Error>);
    let reply = send(&reader, STUDIES, &kind(), Body::from_stream(all)).await;
    assert_eq!((reply.status.as_u16(), others(&reply)), (202, vec![0xC000]), "{}", reply.json());
}

#[tokio::test]
async fn a_request_has_so_many_parts_and_no_more() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let one = study().instances().next().unwrap();
    let many = part("a/b", b"").repeat(20_000);
    let sent = [files(std::slice::from_ref(&one)).concat(), many].concat();
    let reply = send(&reader, STUDIES, &kind(), sent).await;
    assert_eq!(reply.status, 413);
    assert_eq!((stored(&reply), others(&reply).len()), (named(&[one], 0), 19_999));
    assert!(reply.header("warning").contains("20,000 objects"), "{:?}", reply.headers);
    // What comes behind them is read up to a limit, too.
    let read = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&read);
    let many = part("a/b", b"").repeat(20_001);
    let header = format!("\r\n--{BOUNDARY}\r\nx: ").into_bytes();
    let endless = stream::repeat(vec![b'y'; 16 << 10]).inspect(move |_| {
        seen.fetch_add(1, Ordering::Relaxed);
    });
    let all = stream::iter([many, header]).chain(endless).map(Ok::<_, std::io::Error>);
    let reply = send(&reader, STUDIES, &kind(), Body::from_stream(all)).await;
    assert_eq!(reply.status, 413);
    assert!(read.load(Ordering::Relaxed) < 10, "{} pieces were read", read.load(Ordering::Relaxed));
}

#[tokio::test]
async fn only_whoever_may_import_stores_and_no_foreign_page_does() {
    let world = World::open(PLAIN).await;
    let file = body(&files(&[study().instances().next().unwrap()]));
    let (reader, admin) = (world.radiologist().await, world.admin().await);
    let kind = kind();
    assert_eq!(send(&world.anybody(), STUDIES, &kind, file.clone()).await.status, 401);
    assert_eq!(send(&admin, STUDIES, &kind, file.clone()).await.status, 403);
    let project = ProjectName::parse("lung").unwrap();
    let ctx = Ctx::system(world.archive.clock().now());
    world.archive.add_project(&ctx, project, lightcase_archive::BASIC.to_owned()).await.unwrap();
    for (path, status) in [
        ("/projects/lung/dicom-web/studies", 405),
        ("/projects/none/dicom-web/studies", 404),
        ("/review/lung/dicom-web/studies", 403),
    ] {
        assert_eq!(send(&reader, path, &kind, file.clone()).await.status, status, "{path}");
    }
    let (_, write) = world.token(TokenScope::DicomwebWrite).await;
    let (_, read) = world.reader_token().await;
    let bare = |token: &str, cookies: bool| {
        let mut request =
            reader.request("POST", STUDIES, &[("content-type", &kind)], file.clone().into());
        let headers = request.headers_mut();
        headers.remove("x-lightcase");
        headers.insert("origin", "https://evil.example".parse().unwrap());
        if !cookies {
            headers.remove("cookie");
        }
        if !token.is_empty() {
            headers.insert("authorization", token.parse().unwrap());
        }
        request
    };
    for (token, cookies, status) in [
        ("", true, 403),
        ("Bearer lc_none", true, 401),
        (read.as_str(), true, 403),
        (write.as_str(), false, 200),
        (write.as_str(), true, 200),
    ] {
        let request = bare(token, cookies);
        let response = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
        assert_eq!(response.status(), status, "{token} {cookies}");
    }
}
