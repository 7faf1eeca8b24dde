//! Records of patients' authorisations, as staff make, change, read and revoke them.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lightcase_model::{
    AuthorisationId, Authority, Day, ParseDayError, ParseIdError, Permission, StudyUid, UidError,
};
use lightcase_share::{Authorisation as Record, Statements as Stated, Terms};
use serde::{Deserialize, Serialize};

use super::authorisation_form::{self as form, AuthorisationScan};
use super::instant::instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const SHARE: Access = Access::Needs(Permission::Share);

pub(crate) const ROUTES: &[Route] = routes! {
    SHARE, get "/authorisations" => list;
    SHARE, post "/authorisations" => record;
    SHARE, get "/authorisations/{id}" => one;
    SHARE, put "/authorisations/{id}" => change;
    SHARE, delete "/authorisations/{id}" => revoke;
    SHARE, put "/authorisations/{id}/form" => form::attach;
    SHARE, get "/authorisations/{id}/form" => form::bytes;
    SHARE, get "/authorisations/{id}/export" => export;
};

/// What a signed form says. Whatever the law asks for and is left out is refused by name.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct SignedForm {
    /// Study Instance UID of any study of the patient.
    study: String,
    /// What may be disclosed.
    description: Option<String>,
    /// Who may disclose it.
    discloser: Option<String>,
    /// To whom.
    recipient: Option<String>,
    /// What for.
    purpose: Option<String>,
    /// Its last day, `YYYY-MM-DD`. This, `expiryEvent`, or both.
    expires: Option<String>,
    /// The event that ends it.
    expiry_event: Option<String>,
    /// Who signed.
    signed_by: Option<String>,
    /// On which day, `YYYY-MM-DD`.
    signed_on: Option<String>,
    /// By what right somebody signed for the patient; null when the patient signed.
    representative: Option<String>,
    statements: Statements,
}

/// Which statements the form has.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Statements {
    /// That the patient may revoke it, and how.
    revocation: bool,
    /// Whether anything depends on signing it.
    conditioning: bool,
    /// That the recipient may pass on what was disclosed.
    redisclosure: bool,
}

/// A record, with the version in force.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorisation {
    id: String,
    /// The study by which the patient was named.
    study_instance_uid: String,
    /// From 1; a change makes the next one.
    version: u32,
    /// `inForce`, `expired` or `revoked`.
    state: &'static str,
    description: String,
    discloser: String,
    recipient: String,
    purpose: String,
    /// Its last day, until midnight UTC.
    expires: Option<String>,
    expiry_event: Option<String>,
    signed_by: String,
    signed_on: Option<String>,
    representative: Option<String>,
    statements: Statements,
    created_at: String,
    /// When this version was recorded, and by whom.
    recorded_at: String,
    recorded_by: String,
    revoked_at: Option<String>,
    revoked_by: Option<String>,
    revoked_reason: Option<String>,
    /// The scan that was attached last.
    form: Option<AuthorisationScan>,
}

/// Records, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Authorisations {
    authorisations: Vec<Authorisation>,
}

/// Whose records.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Of {
    /// Study Instance UID of any study of the patient.
    study: String,
}

/// Why a record is revoked.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorisationRevoking {
    reason: String,
}

/// How many links ended with a record.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AuthorisationRevoked {
    revoked: u64,
}

/// The records of a patient.
#[utoipa::path(get, path = "/api/v1/authorisations", tag = "Sharing", params(Of),
    responses((status = 200, body = Authorisations), (status = 400), (status = 404)))]
pub(crate) async fn list(
    State(web): State<Web>,
    staff: Staff,
    query: Result<Query<Of>, QueryRejection>,
) -> Answer<Json<Authorisations>> {
    let Query(of) = query?;
    let records =
        web.shares.authorisations(&staff.ctx, &staff.principal, &study(&of.study)?).await?;
    let authorisations = records.into_iter().map(Authorisation::from).collect();
    Ok(Json(Authorisations { authorisations }))
}

/// Records what a signed form says.
#[utoipa::path(post, path = "/api/v1/authorisations", tag = "Sharing", request_body = SignedForm,
    responses((status = 201, body = Authorisation), (status = 400), (status = 404)))]
pub(crate) async fn record(
    State(web): State<Web>,
    staff: Staff,
    Json(wanted): Json<SignedForm>,
) -> Answer {
    let (study, terms) = wanted.read()?;
    let recorded =
        web.shares.record_authorisation(&staff.ctx, &staff.principal, &study, terms).await?;
    Ok((StatusCode::CREATED, Json(Authorisation::from(recorded))).into_response())
}

/// One record.
#[utoipa::path(get, path = "/api/v1/authorisations/{id}", tag = "Sharing",
    params(("id" = String, Path)), responses((status = 200, body = Authorisation), (status = 404)))]
pub(crate) async fn one(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Json<Authorisation>> {
    let record = web.shares.authorisation(&staff.ctx, &staff.principal, id(path)?).await?;
    Ok(Json(record.into()))
}

/// Records a new version; the old ones stay. Links that would outlive it end with its last day.
#[utoipa::path(put, path = "/api/v1/authorisations/{id}", tag = "Sharing", request_body = SignedForm,
    params(("id" = String, Path)),
    responses((status = 200, body = Authorisation), (status = 400), (status = 404),
        (status = 409)))]
pub(crate) async fn change(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(wanted): Json<SignedForm>,
) -> Answer<Json<Authorisation>> {
    let (study, terms) = wanted.read()?;
    let new = (&study, terms);
    let changed =
        web.shares.change_authorisation(&staff.ctx, &staff.principal, id(path)?, new).await?;
    Ok(Json(changed.into()))
}

/// Revokes a record, and ends every link that was made under it.
#[utoipa::path(delete, path = "/api/v1/authorisations/{id}", tag = "Sharing",
    request_body = AuthorisationRevoking, params(("id" = String, Path)),
    responses((status = 200, body = AuthorisationRevoked), (status = 400), (status = 404)))]
pub(crate) async fn revoke(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(wanted): Json<AuthorisationRevoking>,
) -> Answer<Json<AuthorisationRevoked>> {
    let id = id(path)?;
    let (ctx, by) = (&staff.ctx, &staff.principal);
    let revoked = web.shares.revoke_authorisation(ctx, by, id, &wanted.reason).await?;
    Ok(Json(AuthorisationRevoked { revoked }))
}

/// Everything there is of a record: all versions, the digests of its scans, and the links that
/// were made under it.
#[utoipa::path(get, path = "/api/v1/authorisations/{id}/export", tag = "Sharing",
    params(("id" = String, Path)),
    responses((status = 200, body = serde_json::Value), (status = 404)))]
pub(crate) async fn export(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<Response> {
    let id = id(path)?;
    let exported = web.shares.export_authorisation(&staff.ctx, &staff.principal, id).await?;
    let name = format!("attachment; filename=\"authorisation-{id}.json\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(exported)).into_response())
}

/// By what right a link is made, from the two members of a request.
pub(crate) fn authority(word: &str, record: Option<&str>) -> Answer<Authority> {
    let record = record.map(str::parse::<AuthorisationId>).transpose();
    let record = record
        .map_err(|error: ParseIdError| Problem::bad_request(format!("authorisation: {error}.")))?;
    Authority::of(word, record)
        .map_err(|error: lightcase_model::AuthorityError| Problem::bad_request(error.to_string()))
}

pub(super) fn id(path: Result<Path<String>, PathRejection>) -> Answer<AuthorisationId> {
    let Path(id) = path?;
    id.parse().map_err(|_error: ParseIdError| Problem::not_found())
}

fn study(uid: &str) -> Answer<StudyUid> {
    StudyUid::parse(uid).map_err(|error: UidError| {
        Problem::bad_request(format!("The UID of the study cannot be read: {error}."))
    })
}

/// A day, unless none was given.
fn day(text: Option<String>, name: &str) -> Answer<Option<Day>> {
    let text = text.filter(|text| !text.trim().is_empty());
    let day = text.map(|text| text.trim().parse::<Day>()).transpose();
    day.map_err(|error: ParseDayError| Problem::bad_request(format!("{name}: {error}.")))
}

impl SignedForm {
    fn read(self) -> Answer<(StudyUid, Terms)> {
        let Statements { revocation, conditioning, redisclosure } = self.statements;
        let terms = Terms {
            description: self.description.unwrap_or_default(),
            discloser: self.discloser.unwrap_or_default(),
            recipient: self.recipient.unwrap_or_default(),
            purpose: self.purpose.unwrap_or_default(),
            expires: day(self.expires, "expires")?,
            expiry_event: self.expiry_event,
            signed_by: self.signed_by.unwrap_or_default(),
            signed_on: day(self.signed_on, "signedOn")?,
            representative: self.representative,
            statements: Stated { revocation, conditioning, redisclosure },
        };
        Ok((study(&self.study)?, terms))
    }
}

impl From<Record> for Authorisation {
    fn from(record: Record) -> Self {
        let (terms, revoked) = (record.terms, record.revoked);
        let Stated { revocation, conditioning, redisclosure } = terms.statements;
        Self {
            id: record.id.to_string(),
            study_instance_uid: record.study.to_string(),
            version: record.version,
            state: record.state.name(),
            description: terms.description,
            discloser: terms.discloser,
            recipient: terms.recipient,
            purpose: terms.purpose,
            expires: terms.expires.map(String::from),
            expiry_event: terms.expiry_event,
            signed_by: terms.signed_by,
            signed_on: terms.signed_on.map(String::from),
            representative: terms.representative,
            statements: Statements { revocation, conditioning, redisclosure },
            created_at: instant(record.created_at),
            recorded_at: instant(record.recorded_at),
            recorded_by: record.recorded_by,
            revoked_at: revoked.as_ref().map(|each| instant(each.at)),
            revoked_by: revoked.as_ref().map(|each| each.by.clone()),
            revoked_reason: revoked.map(|each| each.reason.into_exposed()),
            form: record.form.map(AuthorisationScan::from),
        }
    }
}
