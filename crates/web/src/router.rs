//! The router: the lists of routes, each behind its guard, inside the layers that every answer
//! passes.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::Predicate;

use crate::caller::guard;
use crate::dicomweb::asker;
use crate::route::{Access, Route};
use crate::state::{Web, WebParts};
use crate::{api, dicomweb, health, observe, openapi, page, security, share};

/// The whole HTTP surface.
pub fn router(parts: WebParts) -> Router {
    let web = Web::new(parts);
    let state = || web.clone();
    let changes = from_fn_with_state(state(), security::same_origin);
    let mut api_routes = Router::new();
    for list in api::LISTS {
        api_routes = with(api_routes, "/api/v1", list, |router, access| match access {
            Access::Public => router,
            Access::SignedIn | Access::Needs(_) | Access::Visitor => {
                router.route_layer(from_fn_with_state((web.clone(), access), guard))
            }
        });
    }
    let staff = with(Router::new(), "/dicom-web", dicomweb::ROUTES, |router, access| {
        router
            .route_layer(from_fn_with_state(web.clone(), asker::staff))
            .route_layer(from_fn_with_state((web.clone(), access), guard))
    });
    // In the same collection, but a change: no foreign page may lead a browser to it.
    let stored = with(Router::new(), "/dicom-web", dicomweb::stow::ROUTES, |router, access| {
        router
            .route_layer(from_fn_with_state(web.clone(), asker::staff))
            .route_layer(from_fn_with_state((web.clone(), access), guard))
            .route_layer(from_fn_with_state(web.clone(), security::own_or_token))
    });
    let mut projects = Router::new();
    for (mount, access) in dicomweb::PROJECTS {
        projects = with(projects, mount, dicomweb::ROUTES, |router, _| {
            router
                .route_layer(from_fn_with_state(web.clone(), asker::project))
                .route_layer(from_fn_with_state((web.clone(), access), guard))
        });
    }
    let visitors = with(Router::new(), share::DICOMWEB, dicomweb::ROUTES, |router, access| {
        router.route_layer(from_fn_with_state((web.clone(), access), share::session::asker))
    });
    let doors = with(Router::new(), "", share::ROUTES, |router, access| match access {
        Access::Visitor => {
            router.route_layer(from_fn_with_state(web.clone(), share::session::guard))
        }
        // Images: what a visitor is shown only after the notice was accepted.
        Access::Needs(_) => {
            router.route_layer(from_fn_with_state((web.clone(), access), share::session::asker))
        }
        Access::Public | Access::SignedIn => router,
    });
    let public = with(Router::new(), "", health::ROUTES, |router, _| router);
    let public = with(public, "", page::ROUTES, |router, _| router);
    let public = with(public, "", openapi::ROUTES, |router, _| router);
    let compression =
        CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(Compressible);
    Router::new()
        .merge(api_routes.route_layer(changes.clone()))
        .merge(doors.route_layer(changes))
        .merge(staff.merge(stored).route_layer(from_fn(security::data)))
        .merge(projects.route_layer(from_fn(security::data)))
        .merge(visitors.route_layer(from_fn(security::data)))
        .merge(public)
        .fallback(page::nowhere)
        .layer(compression)
        .layer(from_fn_with_state(state(), security::host))
        .layer(from_fn_with_state(state(), security::headers))
        .layer(from_fn(observe::observe))
        .with_state(web)
}

/// Adds a list of routes below a prefix, each in what `wrap` puts around it.
fn with(
    mut router: Router<Web>,
    prefix: &str,
    list: &[Route],
    wrap: impl Fn(Router<Web>, Access) -> Router<Web>,
) -> Router<Web> {
    for route in list {
        let path = format!("{prefix}{}", route.path);
        let one = Router::new().route(&path, (route.handler)());
        router = router.merge(wrap(one, route.access));
    }
    router
}

/// What is worth compressing: text and WebAssembly. Frames and pictures are not, and a body with
/// a secret in it never is.
#[derive(Debug, Clone, Copy)]
struct Compressible;

impl Predicate for Compressible {
    fn should_compress<B>(&self, response: &Response<B>) -> bool
    where
        B: axum::body::HttpBody,
    {
        let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let worth = kind.is_some_and(|kind| {
            kind.starts_with("text/")
                || [
                    "application/dicom+json",
                    "application/javascript",
                    "application/wasm",
                    "application/openapi+json",
                    "image/svg+xml",
                ]
                .iter()
                .any(|each| kind.starts_with(each))
        });
        worth && response.body().size_hint().exact().is_none_or(|length| length > 512)
    }
}
