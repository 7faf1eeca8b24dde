//! The download of a link: to whom, which bytes of it, and what its owner learns.

use std::time::Duration;

use axum::body::Body;
use futures::StreamExt;
use lightcase_model::ShareId;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::sharing::{Link, accept, enter, make, share_of};
use super::world::{Client, PLAIN, Reply, World};
use crate::security::DATA_POLICY;

async fn get(visitor: &Client, handle: &str, headers: &[(&str, &str)]) -> Reply {
    visitor.send("GET", &format!("/s/{handle}/download"), headers, Body::empty()).await
}

/// Waits for events, which are recorded behind the last byte.
async fn events(world: &World, name: &str, count: usize) {
    for _ in 0..2_000 {
        if world.events(name).await >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.events(name).await, count, "{name}");
}

async fn shown(visitor: &Client, handle: &str) -> Value {
    visitor.get(&format!("/s/{handle}/share"), "").await.json()
}

/// A visitor of a link that may be downloaded, and what it is told of the whole.
async fn downloading(world: &World) -> (Link, Client, String, Reply) {
    let reader = world.radiologist().await;
    let link = make(world, &reader, "download").await;
    let (visitor, handle) = enter(world, &link).await;
    accept(&visitor, &handle).await;
    let path = format!("/s/{handle}/download");
    let head = visitor.send("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(head.status, 200);
    (link, visitor, handle, head)
}

#[tokio::test]
async fn it_is_for_those_who_may_take_the_images_along() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let (visitor, handle) = share_of(&world, &reader, "view").await;
    let refused = get(&visitor, &handle, &[]).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["reason"].as_str()),
        (403, Some("NotPermitted"))
    );
    assert_eq!(shown(&visitor, &handle).await["download"], Value::Null);

    let link = make(&world, &reader, "download").await;
    let (visitor, handle) = enter(&world, &link).await;
    let early = get(&visitor, &handle, &[]).await;
    assert_eq!(early.json()["reason"], "NoticeNotAccepted");
    assert_eq!(shown(&visitor, &handle).await["download"], Value::Null);
    accept(&visitor, &handle).await;
    let whole = get(&visitor, &handle, &[]).await;
    assert_eq!(whole.status, 200);
    let offered = &shown(&visitor, &handle).await["download"];
    assert_eq!(offered["bytes"], whole.bytes.len());
    assert_eq!(offered["files"], 2, "the granted series has two slices");
    for client in [&world.anybody(), &reader] {
        assert_eq!(get(client, &handle, &[]).await.status, 403);
    }
    let path = format!("/api/v1/shares/{}", link.id);
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
    assert_eq!(get(&visitor, &handle, &[]).await.status, 403);
}

#[tokio::test]
async fn it_says_what_it_is_before_anything_is_sent() {
    let world = World::open(PLAIN).await;
    let (_, visitor, handle, head) = downloading(&world).await;
    let whole = get(&visitor, &handle, &[]).await;
    for (name, expected) in [
        ("content-type", "application/zip"),
        ("content-disposition", "attachment; filename=\"images.zip\""),
        ("accept-ranges", "bytes"),
        ("cache-control", "no-store"),
        ("content-security-policy", DATA_POLICY),
        ("referrer-policy", "no-referrer"),
        ("content-encoding", ""),
        ("content-length", &whole.bytes.len().to_string()),
        ("etag", head.header("etag")),
    ] {
        assert_eq!(head.header(name), expected, "HEAD {name}");
        assert_eq!(whole.header(name), expected, "GET {name}");
    }
    assert!(head.bytes.is_empty() && head.header("etag").starts_with('"'));
    assert_eq!(&whole.bytes[..4], b"PK\x03\x04");
    events(&world, "retrieve_begun", 1).await;
    // Nobody is named where names are listed, or in the text for people.
    let text = String::from_utf8_lossy(&whole.bytes);
    assert!(text.contains("README.TXT") && text.contains("MEDICAL IMAGES"));
}

#[tokio::test]
async fn it_goes_on_at_the_same_address_after_its_session_is_over() {
    let world = World::open(PLAIN).await;
    let (link, mut visitor, handle, head) = downloading(&world).await;
    let whole = get(&visitor, &handle, &[]).await;
    let half = whole.bytes.len() / 2;
    let range = format!("bytes={half}-");
    let rest = [("range", range.as_str()), ("if-range", head.header("etag"))];
    world.turn(Duration::from_hours(1));
    assert_eq!(get(&visitor, &handle, &rest).await.status, 403);
    let attempt = link.attempt(&link.passcode);
    let again = visitor.ask("POST", "/s/session", Some(&attempt)).await;
    assert_eq!(again.json()["handle"], *handle);
    // What the browser had before opens nothing; what it has now asks for the notice again.
    assert_eq!(get(&visitor, &handle, &rest).await.status, 403);
    visitor.keep(&again);
    assert_eq!(get(&visitor, &handle, &rest).await.json()["reason"], "NoticeNotAccepted");
    accept(&visitor, &handle).await;
    let taken_up = get(&visitor, &handle, &rest).await;
    assert_eq!(taken_up.status, 206);
    assert_eq!(taken_up.bytes[..], whole.bytes[half..]);
}

#[tokio::test]
async fn its_text_is_in_the_language_of_the_link() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let check = async |language: &str, word: &str, other: &str| {
        let wish = json!({
            "studies": [world.mr.uid], "recipients": [{"name": "Dr. A. Example"}],
            "may": "download", "expires": "2027-01-20T00:00:00Z", "maxUses": 2,
            "factors": ["passcode"], "purpose": "treatment", "language": language,
        });
        let made = reader.ask("POST", "/api/v1/shares", Some(&wish)).await.json();
        let (visitor, handle) = enter(&world, &Link::read(&made["shares"][0])).await;
        accept(&visitor, &handle).await;
        let whole = get(&visitor, &handle, &[]).await;
        let text = String::from_utf8_lossy(&whole.bytes);
        assert!(text.contains(word) && !text.contains(other), "{language}");
        assert_eq!(shown(&visitor, &handle).await["download"]["bytes"], whole.bytes.len());
    };
    check("en", "MEDICAL IMAGES", "MEDIZINISCHE BILDER").await;
    check("de", "MEDIZINISCHE BILDER", "MEDICAL IMAGES").await;
}

#[tokio::test]
async fn any_range_of_it_can_be_asked_for() {
    let world = World::open(PLAIN).await;
    let (_, visitor, handle, head) = downloading(&world).await;
    let (whole, tag) = (get(&visitor, &handle, &[]).await.bytes, head.header("etag").to_owned());
    let length = whole.len();
    let check = async |headers: &[(&str, &str)], status: u16, place: &str, bytes: &[u8]| {
        let reply = get(&visitor, &handle, headers).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-range")),
            (status, place),
            "{headers:?}"
        );
        if status < 300 {
            assert!(reply.bytes == bytes, "{headers:?}");
            assert_eq!(reply.header("content-length"), bytes.len().to_string());
        }
        if status != 416 {
            assert_eq!(reply.header("etag"), tag);
        }
    };
    let part = format!("bytes 1000-40000/{length}");
    let some = ("range", "bytes=1000-40000");
    check(&[some], 206, &part, &whole[1_000..=40_000]).await;
    check(&[some, ("if-range", &tag)], 206, &part, &whole[1_000..=40_000]).await;
    check(&[some, ("if-range", "\"other\"")], 200, "", &whole).await;
    check(&[some, ("if-match", &tag)], 206, &part, &whole[1_000..=40_000]).await;
    let last = format!("bytes {}-{}/{length}", length - 22, length - 1);
    check(&[("range", "bytes=-22")], 206, &last, &whole[length - 22..]).await;
    check(&[("range", "bytes=0-1,5-6")], 200, "", &whole).await;
    check(&[("if-none-match", &tag)], 304, "", &[]).await;
    check(&[("range", &format!("bytes={length}-"))], 416, &format!("bytes */{length}"), &[]).await;
    let gone = get(&visitor, &handle, &[some, ("if-match", "\"other\"")]).await;
    assert_eq!((gone.status.as_u16(), gone.json()["reason"].as_str()), (412, Some("Changed")));
    let head = visitor.send("HEAD", &format!("/s/{handle}/download"), &[some], Body::empty()).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, &*length.to_string()));
}

#[tokio::test]
async fn its_owner_learns_when_all_of_it_was_handed_over() {
    let world = World::open(PLAIN).await;
    let (link, visitor, handle, head) = downloading(&world).await;
    let length: u64 = head.header("content-length").parse().unwrap();
    let share: ShareId = link.id.parse().unwrap();
    let so_far = async || {
        let found = world.archive.catalog().share_download(share).await.unwrap();
        found.map(|found| (found.bytes, found.total, found.completed_at.is_some()))
    };
    assert_eq!(so_far().await, None);
    let range = format!("bytes=70000-{}", length - 101);
    assert_eq!(get(&visitor, &handle, &[("range", &range)]).await.status, 206);
    events(&world, "retrieve_ended", 1).await;
    assert_eq!(so_far().await, Some((length - 70_100, length, false)));

    // Another session, by another browser: the link is what counts.
    let (other, second) = enter(&world, &link).await;
    accept(&other, &second).await;
    assert_eq!(get(&other, &second, &[("range", "bytes=-100")]).await.status, 206);
    events(&world, "retrieve_ended", 2).await;
    assert_eq!(world.events("share_downloaded").await, 0);
    assert_eq!(get(&other, &second, &[("range", "bytes=0-69999")]).await.status, 206);
    events(&world, "share_downloaded", 1).await;
    assert_eq!(so_far().await, Some((length, length, true)));
    get(&visitor, &handle, &[]).await;
    events(&world, "retrieve_ended", 4).await;
    assert_eq!(world.events("share_downloaded").await, 1, "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_with_its_link() {
    let world = World::open(PLAIN).await;
    let (link, visitor, handle, _) = downloading(&world).await;
    let request = visitor.request("GET", &format!("/s/{handle}/download"), &[], Body::empty());
    let response = world.router.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    let reader = world.radiologist().await;
    let path = format!("/api/v1/shares/{}", link.id);
    assert_eq!(reader.ask("DELETE", &path, None).await.status, 204);
    // The end is recorded when the right ends, whether or not anybody reads on.
    events(&world, "retrieve_ended", 1).await;
    assert!(body.next().await.unwrap().is_err(), "the body broke off");
    assert_eq!(world.events("share_downloaded").await, 0);
}

#[tokio::test]
async fn a_session_has_so_many_at_once_and_no_more() {
    let world = World::open(PLAIN).await;
    let (_, visitor, handle, _) = downloading(&world).await;
    let path = format!("/s/{handle}/download");
    let ask = async || {
        let request = visitor.request("GET", &path, &[], Body::empty());
        visitor.router.clone().oneshot(request).await.unwrap()
    };
    let mut running = Vec::new();
    for _ in 0..8 {
        running.push(ask().await);
    }
    assert!(running.iter().all(|response| response.status() == 200));
    let refused = get(&visitor, &handle, &[]).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "1"));
    // Whoever wants to know how much it is takes nothing.
    assert_eq!(visitor.send("HEAD", &path, &[], Body::empty()).await.status, 200);
    running.pop();
    assert_eq!(get(&visitor, &handle, &[]).await.status, 200);
}
