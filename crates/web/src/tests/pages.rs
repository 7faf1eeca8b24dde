//! The static pages and their headers.

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
