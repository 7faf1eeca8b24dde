//! The static pages and their headers.

use std::collections::BTreeMap;

use super::world::{PLAIN, World};
use crate::security::CONTENT_SECURITY_POLICY;

#[tokio::test]
async fn pages_carry_their_protection() {
    let (world, _) = World::bare(PLAIN).await;
    let client = world.anybody();
    let check = async |path: &str, cache: &str| {
        let page = client.get(path, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(page.header("content-security-policy"), CONTENT_SECURITY_POLICY);
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow, noarchive");
        assert_eq!(page.header("cache-control"), cache, "{path}");
        assert_eq!(page.header("strict-transport-security"), "");
        page
    };
    for path in ["/", "/study/1.2.3", "/shares", "/admin", "/setup"] {
        check(path, "no-cache").await;
    }
    let one = check("/s", "no-store").await;
    let other = check("/s/abcdefghijklmnopqrstuvwxyz/", "no-store").await;
    assert_eq!(one.bytes, other.bytes, "one page for all links");
    let missing = client.get("/assets/nothing.js", "").await;
    assert_eq!(missing.status, 404);
    assert_eq!(client.get("/nowhere", "").await.status, 404);
    let described = client.get("/api/openapi.json", "").await.json();
    assert_eq!(described["info"]["title"], "Lightcase");
}

/// The viewer's own list of what its addresses look like: a bookmark of any of them leads back.
#[tokio::test]
async fn every_page_of_the_viewer_can_be_loaded_again() {
    let text = include_str!("../../../../viewer/src/model/pages.json");
    let pages: BTreeMap<String, Vec<String>> = serde_json::from_str(text).unwrap();
    assert!(pages.len() > 10);
    let (world, _) = World::bare(PLAIN).await;
    let client = world.anybody();
    for pattern in pages.values().flatten() {
        let pieces = pattern.split('/').map(|piece| match piece {
            "{study}" => "1.2.840.1",
            _ if piece.starts_with('{') => "a1",
            _ => piece,
        });
        let path = pieces.collect::<Vec<_>>().join("/");
        let page = client.get(&path, "text/html").await;
        let answer = (page.status.as_u16(), page.header("cache-control"));
        assert_eq!(answer, (200, "no-cache"), "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_for_browsers_alone() {
    let (world, _) = World::bare(PLAIN).await;
    let client = world.anybody();
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let check = async |method: &str, path: &str, accept: &str, page: bool| {
        let reply = client.send(method, path, &[("accept", accept)], "".into()).await;
        let what = format!("{method} {path} {accept}");
        assert_eq!(reply.status, 404, "{what}");
        let kind = if page { "text/html; charset=utf-8" } else { "application/problem+json" };
        assert_eq!(reply.header("content-type"), kind, "{what}");
        assert_eq!(reply.header("content-security-policy"), CONTENT_SECURITY_POLICY);
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store", "{what}");
        if page {
            let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
            assert!(text.contains("There is no such page"), "{text}");
            assert!(text.contains("<a href=\"/\">"), "{text}");
        }
    };
    check("GET", "/nonsense", browser, true).await;
    check("GET", "/studies/1.2.3", browser, true).await;
    check("GET", "/s/x/nonsense", browser, true).await;
    check("GET", "/nonsense", "*/*", false).await;
    check("GET", "/nonsense", "application/json, text/html;q=0.5, */*;q=0.8", false).await;
    check("POST", "/nonsense", browser, false).await;
    for path in ["/api/v1/nonsense", "/api", "/dicom-web/nonsense", "/s/x/dicom-web/nonsense"] {
        check("GET", path, browser, false).await;
    }
    check("GET", "/assets/nothing.js", browser, false).await;
}
