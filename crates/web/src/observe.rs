//! The outermost layer: gives the request its id, writes problems, and logs once, by the matched
//! route and never by the address, which can hold a secret or an identifier.

use std::error::Error;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use lightcase_model::RequestId;

use crate::problem::Problem;

pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = RequestId::random();
    let begun = Instant::now();
    let method = known(request.method());
    let head = *request.method() == Method::HEAD;
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| {
        // An answer of the framework itself has no words; one of ours that has a body keeps it.
        let bare = !response.headers().contains_key(header::CONTENT_TYPE);
        (failed && bare).then(|| Problem::of_status(status))
    });
    if let Some(problem) = problem {
        let body = problem.render(id);
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        *response.body_mut() = if head { Body::empty() } else { Body::from(body) };
        log_problem(&problem, id);
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%id, method, route, status = status.as_u16(), milliseconds, "answered");
    response
}

fn log_problem(problem: &Problem, id: RequestId) {
    let error: Option<&(dyn Error + 'static)> = match &problem.source {
        Some(source) => Some(&**source),
        None => None,
    };
    if problem.status.is_server_error() {
        tracing::error!(%id, reason = problem.reason, error, "a request failed");
    } else {
        tracing::info!(%id, reason = problem.reason, error, "a request was refused");
    }
}

/// A method as a word of ours: a client may send any.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
