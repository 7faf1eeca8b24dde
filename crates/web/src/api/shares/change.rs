//! Changing links: their end, their secret, and ending them.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use lightcase_model::{Phi, StudyUid};
use lightcase_share::{Recall, Renewed};
use serde::{Deserialize, Serialize};

use super::create::{MadeShare, deliver};
use super::list::{id, no_uid};
use super::words::Share;
use crate::api::instant::read_instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// Another end.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extension {
    /// RFC 3339 with a zone, at most 90 days after the link was made.
    expires: String,
}

/// How a link goes out again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resending {
    /// `copy`, or `mail`.
    deliver: String,
}

/// A link that went out again.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resent {
    #[serde(flatten)]
    made: MadeShare,
    /// Whether the mail leaves out the message, since it may say whose images they are or what they show.
    message_withheld: bool,
}

/// Whose links are recalled: exactly one of the four.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Recalled {
    /// Study Instance UID.
    study: Option<String>,
    /// (0010,0020).
    patient_id: Option<String>,
    /// A recipient's name or address, without case.
    recipient: Option<String>,
    /// The name of an account.
    user: Option<String>,
    reason: String,
}

/// How many links were ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Count {
    pub(crate) revoked: u64,
}

/// Moves the end of a link.
#[utoipa::path(patch, path = "/api/v1/shares/{id}", tag = "Sharing", request_body = Extension,
    params(("id" = String, Path)),
    responses((status = 200, body = Share), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn extend(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(wanted): Json<Extension>,
) -> Answer<Json<Share>> {
    let expires = read_instant(&wanted.expires, "expires")?;
    let share = web.shares.extend(&staff.ctx, &staff.principal, id(path)?, expires).await?;
    Ok(Json(share.into()))
}

/// Gives a link another secret and passcode, told this once; the old ones open nothing any more.
#[utoipa::path(post, path = "/api/v1/shares/{id}/resend", tag = "Sharing",
    request_body = Resending, params(("id" = String, Path)),
    responses((status = 200, body = Resent), (status = 404), (status = 409)))]
pub(crate) async fn resend(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    (uri, headers): (Uri, HeaderMap),
    Json(wanted): Json<Resending>,
) -> Answer<Json<Resent>> {
    let base = crate::security::base(&web.config, &uri, &headers);
    let deliver = deliver(&wanted.deliver, &base)?;
    let Renewed { share, link, passcode, message_withheld } =
        web.shares.renew(&staff.ctx, &staff.principal, id(path)?, &deliver).await?;
    let made = MadeShare {
        share: share.into(),
        url: format!("{base}/s#{}", *link.expose()),
        passcode: passcode.map(|passcode| passcode.expose().to_owned()),
    };
    Ok(Json(Resent { made, message_withheld }))
}

/// Ends a link and its sessions.
#[utoipa::path(delete, path = "/api/v1/shares/{id}", tag = "Sharing",
    params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn revoke(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<StatusCode> {
    web.shares.revoke(&staff.ctx, &staff.principal, id(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all links of a study, patient, recipient or user, all or none.
#[utoipa::path(post, path = "/api/v1/shares/recall", tag = "Sharing", request_body = Recalled,
    responses((status = 200, body = Count), (status = 400), (status = 404)))]
pub(crate) async fn recall(
    State(web): State<Web>,
    staff: Staff,
    Json(wanted): Json<Recalled>,
) -> Answer<Json<Count>> {
    let of = match (wanted.study, wanted.patient_id, wanted.recipient, wanted.user) {
        (Some(study), None, None, None) => Recall::Study(StudyUid::parse(&study).map_err(no_uid)?),
        (None, Some(patient), None, None) => Recall::Patient(Phi::new(patient)),
        (None, None, Some(recipient), None) => Recall::Recipient(Phi::new(recipient)),
        (None, None, None, Some(user)) => {
            let account = web.catalog().account_by_name(user.trim()).await?;
            Recall::User(account.ok_or_else(no_account)?.id)
        }
        _ => {
            return Err(Problem::bad_request(
                "Name exactly one of study, patientId, recipient and user.",
            ));
        }
    };
    let reason = Phi::new(wanted.reason);
    let revoked = web.shares.recall(&staff.ctx, &staff.principal, &of, &reason).await?;
    Ok(Json(Count { revoked }))
}

fn no_account() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "NotFound", "There is no account of that name.")
}
