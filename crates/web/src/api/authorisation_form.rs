//! Scans of signed forms: taken in whole, and handed out for saving.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use lightcase_catalog::AuthorisationForm;
use lightcase_share::{AuthorisationFault, FormKind, MAX_FORM, ShareError};
use serde::{Deserialize, Serialize};

use super::authorisations::{Authorisation, id};
use super::instant::instant;
use super::session::header_text;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::security::DATA_POLICY;
use crate::state::Web;

/// The longest time for all of a form.
const PATIENCE: Duration = Duration::from_mins(5);

/// A scan, without its bytes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorisationScan {
    /// From 1; a later scan gets the next one.
    number: u32,
    /// The version of the record that was in force when it was attached.
    version: u32,
    media_type: String,
    bytes: u64,
    /// In hexadecimal.
    sha256: String,
    attached_at: String,
    attached_by: String,
}

/// Which scan.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Its number; without it, the one attached last.
    number: Option<u32>,
}

/// Attaches a scan of the signed form: the bytes of a PDF, PNG or JPEG, at most 20 MiB, as
/// Content-Type says. Scans that were attached before stay.
#[utoipa::path(put, path = "/api/v1/authorisations/{id}/form", tag = "Sharing",
    request_body(content((Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"),
        (Vec<u8> = "image/jpeg"))),
    params(("id" = String, Path)),
    responses((status = 200, body = Authorisation), (status = 400), (status = 404),
        (status = 409), (status = 413), (status = 415)))]
pub(crate) async fn attach(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer<Json<Authorisation>> {
    let id = id(path)?;
    let (parts, body) = request.into_parts();
    let declared = header_text(&parts.headers, "content-type").and_then(FormKind::declared);
    let declared = declared.ok_or(ShareError::from(AuthorisationFault::FormKind))?;
    let bytes = whole(body).await?;
    let (ctx, by) = (&staff.ctx, &staff.principal);
    let attached = web.shares.attach_form(ctx, by, id, (declared, bytes)).await?;
    Ok(Json(attached.into()))
}

/// The bytes of a scan, for saving.
#[utoipa::path(get, path = "/api/v1/authorisations/{id}/form", tag = "Sharing",
    params(("id" = String, Path), Which),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 404)))]
pub(crate) async fn bytes(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Which>, QueryRejection>,
) -> Answer<Response> {
    let (id, Query(which)) = (id(path)?, query?);
    let form = web.shares.form(&staff.ctx, &staff.principal, id, which.number).await?;
    let (number, extension) = (form.number, form.kind.extension());
    let name = format!("attachment; filename=\"authorisation-{id}-{number}.{extension}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(form.kind.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Problem::internal)?),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DATA_POLICY)),
    ];
    Ok((headers, form.bytes.into_exposed()).into_response())
}

async fn whole(body: Body) -> Answer<Vec<u8>> {
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, MAX_FORM)).await;
    let read = read.map_err(|_error: tokio::time::error::Elapsed| {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "Malformed", "The form came too slowly.")
    })?;
    let bytes = read.map_err(|_error: axum::Error| {
        let sentence = "The form was cut off, or is larger than 20 MiB.";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "LimitExceeded", sentence)
    })?;
    Ok(bytes.into())
}

impl From<AuthorisationForm> for AuthorisationScan {
    fn from(form: AuthorisationForm) -> Self {
        Self {
            number: form.number,
            version: form.version,
            media_type: form.media_type,
            bytes: form.length,
            sha256: HEXLOWER.encode(&form.sha256),
            attached_at: instant(form.at),
            attached_by: form.by,
        }
    }
}
