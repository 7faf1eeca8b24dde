//! Instants and pages as the API writes and reads them.

use axum::extract::rejection::{PathRejection, QueryRejection};
use lightcase_model::Timestamp;
use serde::Deserialize;

use crate::problem::{Answer, Problem};

/// RFC 3339 in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.to_string()
}

/// An RFC 3339 instant with a zone.
pub(crate) fn read_instant(text: &str, name: &str) -> Answer<Timestamp> {
    Timestamp::parse_rfc3339(text).map_err(|error: lightcase_model::ParseTimestampError| {
        Problem::bad_request(format!("{name}: {error}."))
    })
}

/// `limit` and `offset`.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Span {
    #[serde(default = "fifty")]
    limit: u32,
    #[serde(default)]
    pub(crate) offset: u32,
}

const fn fifty() -> u32 {
    50
}

impl Span {
    /// At most 500 rows.
    pub(crate) fn limit(self) -> u32 {
        self.limit.clamp(1, 500)
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Self::bad_request("A parameter is not what is described at /api/openapi.json.")
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::not_found()
    }
}
