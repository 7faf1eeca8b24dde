//! Bodies of the JSON API: bounded in size and time, of the declared type, without unknown fields.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::{Answer, Problem};
use crate::state::Web;

/// The most bytes of a body.
const LIMIT: usize = 256 << 10;
/// The longest time for all of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body, in or out.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Web> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &Web) -> Answer<Self> {
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"));
        if !json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Malformed",
                "Send the body as application/json.",
            ));
        }
        let slow = |_error: tokio::time::error::Elapsed| {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "Malformed", "The body came too slowly.")
        };
        let bytes = tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), LIMIT))
            .await
            .map_err(slow)?
            .map_err(|_error: axum::Error| {
                Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "LimitExceeded",
                    "The body was cut off, or is larger than 256 KiB.",
                )
            })?;
        // The parser's own words can repeat the value, which may be a password or a name.
        let value = serde_json::from_slice(&bytes).map_err(|error: serde_json::Error| {
            Problem::bad_request(format!(
                "The body is not what is described at /api/openapi.json: line {}, column {}.",
                error.line(),
                error.column()
            ))
        })?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}
