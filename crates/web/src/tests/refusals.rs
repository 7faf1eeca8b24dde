//! Every route and every caller: who is refused, from the lists that the router is made of.

use lightcase_model::Role;

use super::sharing::share_of;
use super::world::{Client, PLAIN, Reply, World};
use crate::route::{Access, Route};
use crate::{api, dicomweb, health, openapi, page, share};

/// The path of a route with names that nobody has.
fn filled(path: &str, handle: &str) -> String {
    path.replace("{handle}", handle)
        .replace("{study}", "1.2.3")
        .replace("{*study}", "1.2.3")
        .replace("{series}", "1.2.3.4")
        .replace("{instance}", "1.2.3.4.5")
        .replace("{frames}", "1")
        .replace("{*path}", "7FE00010")
        .replace("{uid}", "1.2.3")
        .replace("{title}", "NOBODY")
        .replace("{project}", "nobody")
        .replace("{origin}", "import")
        .replace("{id}", &"a".repeat(26))
}

async fn ask(client: &Client, route: &Route, path: &str) -> Reply {
    let body = matches!(route.method, "post" | "put" | "patch").then(|| serde_json::json!({}));
    client.ask(&route.method.to_uppercase(), path, body.as_ref()).await
}

/// 401, 403, or whether it was let through.
fn check(reply: &Reply, expected: Option<u16>, what: &str) {
    let status = reply.status.as_u16();
    match expected {
        Some(expected) => assert_eq!(status, expected, "{what}: {}", reply.json()),
        None => assert!(!matches!(status, 401 | 403 | 405 | 500), "{what}: {status}"),
    }
    if status >= 400 {
        let body = reply.json();
        assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
        assert_eq!(body["request"], reply.header("x-request-id"), "{what}");
        assert!(body["detail"].as_str().is_some_and(|text| text.len() > 10), "{what}");
    }
}

#[tokio::test]
async fn every_route_refuses_whom_it_must() {
    let world = World::open(PLAIN).await;
    let (anybody, mut admin) = (world.anybody(), world.admin().await);
    let mut reader = world.radiologist().await;
    let (visitor, handle) = share_of(&world, &reader, "view").await;
    let mut denied = 0;
    let staff = api::LISTS.iter().flat_map(|list| list.iter()).map(|route| ("/api/v1", route));
    let images = dicomweb::ROUTES.iter().chain(dicomweb::stow::ROUTES);
    for (prefix, route) in staff.chain(images.map(|route| ("/dicom-web", route))) {
        let path = format!("{prefix}{}", filled(route.path, "x"));
        let what = format!("{} {path}", route.method);
        let guarded = (route.access != Access::Public).then_some(401);
        check(&ask(&anybody, route, &path).await, guarded, &what);
        check(&ask(&visitor, route, &path).await, guarded, &format!("{what} as visitor"));
        for (client, role) in [(&admin, Role::Admin), (&reader, Role::Radiologist)] {
            let refused = matches!(route.access, Access::Needs(each) if !role.may(each));
            denied += usize::from(refused);
            let expected = refused.then_some(403);
            check(&ask(client, route, &path).await, expected, &format!("{what} as {role}"));
        }
        if (route.method, route.path) == ("delete", "/session") {
            (admin, reader) = (world.admin().await, world.radiologist().await);
        }
    }
    for (mount, access) in dicomweb::PROJECTS {
        for route in dicomweb::ROUTES {
            let path = filled(&format!("{mount}{}", route.path), "x");
            check(&ask(&anybody, route, &path).await, Some(401), &path);
            check(&ask(&visitor, route, &path).await, Some(401), &path);
            for (client, role) in [(&admin, Role::Admin), (&reader, Role::Radiologist)] {
                let refused = matches!(access, Access::Needs(each) if !role.may(each));
                denied += usize::from(refused);
                let expected = if refused { 403 } else { 404 };
                check(&ask(client, route, &path).await, Some(expected), &path);
            }
        }
    }
    assert!(denied > 20);
    assert_eq!(world.events("denied").await, denied, "every missing right is recorded");

    for route in dicomweb::ROUTES {
        let path = format!("{}{}", share::DICOMWEB, route.path);
        let path = filled(&path, &handle);
        for client in [&anybody, &admin, &reader] {
            check(&ask(client, route, &path).await, Some(403), &path);
        }
        let expected = if route.path.contains('{') { 404 } else { 200 };
        check(&ask(&visitor, route, &path).await, Some(expected), &path);
    }
    for route in share::ROUTES {
        let path = filled(route.path, &handle);
        let guarded = (route.access != Access::Public).then_some(403);
        for client in [&anybody, &admin, &reader] {
            check(&ask(client, route, &path).await, guarded, &path);
        }
        // The link is for looking.
        let expected = path.ends_with("/download").then_some(403);
        check(&ask(&visitor, route, &path).await, expected, &path);
    }
    for list in [health::ROUTES, page::ROUTES, openapi::ROUTES] {
        for route in list {
            check(&ask(&anybody, route, &filled(route.path, "x")).await, None, route.path);
        }
    }
}

#[tokio::test]
async fn a_change_needs_the_header_and_our_own_origin() {
    let world = World::open(PLAIN).await;
    let reader = world.radiologist().await;
    let lists = api::LISTS.iter().flat_map(|list| list.iter()).map(|route| ("/api/v1", route));
    let lists = lists.chain(dicomweb::stow::ROUTES.iter().map(|route| ("/dicom-web", route)));
    for (prefix, route) in lists.chain(share::ROUTES.iter().map(|route| ("", route))) {
        if route.method == "get" {
            continue;
        }
        let path = format!("{prefix}{}", filled(route.path, "x"));
        let method = route.method.to_uppercase();
        let bare = reader.request(&method, &path, &[], "".into());
        for (name, value) in [
            ("x-lightcase", ""),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:9999"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let mut request = reader.request(&method, &path, &[], "".into());
            *request.headers_mut() = bare.headers().clone();
            request.headers_mut().insert(name, value.parse().unwrap());
            let response = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
            assert_eq!(response.status(), 403, "{method} {path} with {name}: {value}");
        }
    }
}
