//! Liveness and readiness.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lightcase_model::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::body::Json;
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Public, get "/healthz" => alive;
    Access::Public, get "/readyz" => ready;
};

/// An answer is good for so long, so that asking costs nothing.
const FRESH: std::time::Duration = std::time::Duration::from_secs(1);

/// The last answer.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Timestamp, Ready)>>);

/// What is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Ready {
    /// `ok` or `down`.
    database: &'static str,
    /// `ok` or `down`.
    storage: &'static str,
    /// `ok` or `down`.
    keys: &'static str,
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = String)))]
pub(crate) async fn alive() -> &'static str {
    "ok"
}

/// Database, object store and keys answer.
#[utoipa::path(get, path = "/readyz",
    responses((status = 200, body = Ready), (status = 503, body = Ready)))]
pub(crate) async fn ready(State(web): State<Web>) -> Response {
    let now = web.clock.now();
    let mut last = web.readiness.0.lock().await;
    let (at, ready) = match *last {
        Some((at, ready)) if now.since(at) < FRESH => (at, ready),
        Some(_) | None => {
            let (database, storage, keys) = tokio::join!(
                web.catalog().probe(),
                web.archive.vault().probe(),
                web.keys.generate()
            );
            let word = |ok| if ok { "ok" } else { "down" };
            let ready = Ready {
                database: word(database.is_ok()),
                storage: word(storage.is_ok()),
                keys: word(keys.is_ok()),
            };
            (now, ready)
        }
    };
    *last = Some((at, ready));
    let all = [ready.database, ready.storage, ready.keys].iter().all(|word| *word == "ok");
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}
