//! The static viewer, inside the binary: two pages without any data, and their assets.

use axum::extract::Path;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::IntoResponse;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::conditional::Tag;
use crate::dicomweb::accept;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Public, get "/" => staff;
    Access::Public, get "/study/{*study}" => staff;
    Access::Public, get "/shares" => staff;
    Access::Public, get "/shares/{id}" => staff;
    Access::Public, get "/admin" => staff;
    Access::Public, get "/setup" => staff;
    Access::Public, get "/projects" => staff;
    Access::Public, get "/projects/{project}" => staff;
    Access::Public, get "/projects/{project}/certificate/{study}" => staff;
    Access::Public, get "/review" => staff;
    Access::Public, get "/review/{project}" => staff;
    Access::Public, get "/review/{project}/{id}" => staff;
    Access::Public, get "/s" => visitor;
    Access::Public, get "/s/{handle}/" => visitor;
    Access::Public, get "/assets/{*path}" => asset;
};

/// What `build.rs` found in `viewer/dist`, or the page that says how to build it.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/viewer"]
struct Viewer;

/// The page of staff, whatever the path: its script reads it.
pub(crate) async fn staff(headers: HeaderMap) -> Answer {
    file("index.html", &headers, "no-cache")
}

/// The page of share links; the same bytes for all of them.
pub(crate) async fn visitor(headers: HeaderMap) -> Answer {
    file("share.html", &headers, "no-store")
}

/// A file whose name has a hash of its content.
pub(crate) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Answer {
    file(&format!("assets/{path}"), &headers, "public, max-age=31536000, immutable")
}

/// What is shown in a browser for an address that leads nowhere.
const NOWHERE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <title>No such page – Lightcase</title><h1>There is no such page</h1>\
    <p>The address may be misspelt, or the page is gone.</p>\
    <p><a href=\"/\">Go to the first page</a></p></html>";

/// What is answered where no route is: a page for who reads pages, a problem for programs.
pub(crate) async fn nowhere(method: Method, uri: Uri, headers: HeaderMap) -> Answer {
    let reads = matches!(method, Method::GET | Method::HEAD)
        && !is_for_programs(uri.path())
        && accept::choose(&headers, &["application/problem+json", "text/html"])
            == Some("text/html");
    if !reads {
        return Err(Problem::not_found());
    }
    let about = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((StatusCode::NOT_FOUND, about, NOWHERE).into_response())
}

/// Whether a path lies below the API, a mount of DICOMweb or the assets.
fn is_for_programs(path: &str) -> bool {
    let mut pieces = path.split('/').skip(1);
    matches!(pieces.next(), Some("api" | "assets" | "dicom-web"))
        || pieces.any(|piece| piece == "dicom-web")
}

fn file(path: &str, headers: &HeaderMap, cache: &'static str) -> Answer {
    let EmbeddedFile { data, metadata } = Viewer::get(path).ok_or_else(Problem::not_found)?;
    let tag = Tag::of(&[&metadata.sha256_hash()]);
    let kind = metadata.mimetype().to_owned();
    let kind = if kind == "text/html" { "text/html; charset=utf-8".to_owned() } else { kind };
    let about = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())];
    tag.answer(headers, cache, (about, data.into_owned()).into_response())
}
