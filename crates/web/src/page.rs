//! The static viewer, inside the binary: two pages without any data, and their assets.

use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::conditional::Tag;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Public, get "/" => staff;
    Access::Public, get "/study/{*study}" => staff;
    Access::Public, get "/shares" => staff;
    Access::Public, get "/admin" => staff;
    Access::Public, get "/setup" => staff;
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

fn file(path: &str, headers: &HeaderMap, cache: &'static str) -> Answer {
    let EmbeddedFile { data, metadata } = Viewer::get(path).ok_or_else(Problem::not_found)?;
    let tag = Tag::of(&[&metadata.sha256_hash()]);
    let kind = metadata.mimetype().to_owned();
    let kind = if kind == "text/html" { "text/html; charset=utf-8".to_owned() } else { kind };
    let about = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())];
    tag.answer(headers, cache, (about, data.into_owned()).into_response())
}
