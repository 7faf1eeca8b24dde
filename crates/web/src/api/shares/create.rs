//! Making links, and looking beforehand at what their recipients will see.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use lightcase_model::{Factor, May, Phi, SeriesUid, StudyUid};
use lightcase_share::{Created, Deliver, EmailAddress, EmailAddressError, NewLink, Recipient};
use serde::{Deserialize, Serialize};

use super::list::no_uid;
use super::words::{PreviewStudy, Share, Warning};
use crate::api::authorisations::authority;
use crate::api::instant::read_instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// Links as they are asked for: the same to each recipient.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Wanted {
    studies: Vec<String>,
    /// Only these series; null shares whole studies.
    series: Option<Vec<String>>,
    /// Whether clean copies are lent out instead of what the archive holds.
    #[serde(default)]
    clean: bool,
    /// `frozen`, or `live`: series that arrive later belong to it.
    #[serde(default = "frozen")]
    arrivals: String,
    /// `view` or `download`.
    may: String,
    recipients: Vec<WantedRecipient>,
    /// RFC 3339 with a zone.
    starts: Option<String>,
    /// RFC 3339 with a zone, at most 90 days ahead.
    expires: String,
    /// How many browsers may open it.
    max_uses: u32,
    /// `passcode`, `email`, `account` and `birthDate`, in the order they are asked for.
    factors: Vec<String>,
    /// What it is for, in the recipient's notice.
    purpose: String,
    /// By what right: `treatment`, `ownAccess` or `authorisation`.
    #[serde(default = "treatment")]
    authority: String,
    /// The record they are made under, when that is `authorisation`.
    authorisation: Option<String>,
    /// What the sender writes.
    #[serde(default)]
    message: String,
    /// `en` or `de`: the language of notice and mail.
    #[serde(default = "english")]
    language: String,
    /// `copy`, or `mail`: sent to the recipients' addresses.
    #[serde(default = "copy")]
    deliver: String,
}

/// Who a link is for.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedRecipient {
    name: String,
    email: Option<String>,
}

fn frozen() -> String {
    "frozen".to_owned()
}

fn treatment() -> String {
    "treatment".to_owned()
}

fn english() -> String {
    "en".to_owned()
}

fn copy() -> String {
    "copy".to_owned()
}

/// Links that were made, with what is told this once.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Made {
    /// In the order of the recipients.
    shares: Vec<MadeShare>,
    /// Objects left out of clean copies: they wait for review, or cannot be cleaned.
    left_out: u64,
    warnings: Vec<Warning>,
}

/// A link with its secret, told this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MadeShare {
    pub(super) share: Share,
    pub(super) url: String,
    pub(super) passcode: Option<String>,
}

/// What a recipient will see.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preview {
    /// Null for clean copies.
    patient_name: Option<String>,
    studies: Vec<PreviewStudy>,
    images: u64,
    bytes: u64,
    /// The sentences of the notice.
    notice: Vec<String>,
    /// The mail that brings the link, when it is mailed.
    mail: Option<PreviewMail>,
    warnings: Vec<Warning>,
}

/// A mail.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PreviewMail {
    subject: String,
    text: String,
}

/// Makes links, one for each recipient, all or none.
#[utoipa::path(post, path = "/api/v1/shares", tag = "Sharing", request_body = Wanted,
    responses((status = 201, body = Made), (status = 400), (status = 403), (status = 404)))]
pub(crate) async fn create(
    State(web): State<Web>,
    staff: Staff,
    uri: Uri,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Answer {
    // Under a loopback name the link works where it was made; else the public name is the one used.
    let base = crate::security::base(&web.config, &uri, &headers);
    let new = new_link(wanted, &base)?;
    let shares = web.clone();
    // Whoever goes away while copies are made leaves no half of it.
    let made =
        tokio::spawn(async move { shares.shares.create(&staff.ctx, &staff.principal, new).await });
    let made = made.await.map_err(Problem::internal)??;
    let share = |Created { share, link, passcode }: Created| MadeShare {
        share: share.into(),
        url: format!("{base}/s#{}", *link.expose()),
        passcode: passcode.map(|passcode| passcode.expose().to_owned()),
    };
    let made = Made {
        shares: made.links.into_iter().map(share).collect(),
        left_out: made.left_out,
        warnings: made.warnings.into_iter().map(Warning::from).collect(),
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// What recipients of such links will see; makes nothing.
#[utoipa::path(post, path = "/api/v1/shares/preview", tag = "Sharing", request_body = Wanted,
    responses((status = 200, body = Preview), (status = 400), (status = 403), (status = 404)))]
pub(crate) async fn preview(
    State(web): State<Web>,
    staff: Staff,
    uri: Uri,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Answer<Json<Preview>> {
    let base = crate::security::base(&web.config, &uri, &headers);
    let new = new_link(wanted, &base)?;
    let preview = web.shares.preview(&staff.ctx, &staff.principal, &new).await?;
    Ok(Json(Preview {
        patient_name: preview.patient_name.map(Phi::into_exposed),
        studies: preview.studies.into_iter().map(PreviewStudy::from).collect(),
        images: preview.images,
        bytes: preview.bytes,
        notice: preview.notice,
        mail: preview.mail.map(|mail| PreviewMail { subject: mail.subject, text: mail.text }),
        warnings: preview.warnings.into_iter().map(Warning::from).collect(),
    }))
}

fn new_link(wanted: Wanted, base: &str) -> Answer<NewLink> {
    let studies = wanted.studies.iter().map(|uid| StudyUid::parse(uid)).collect::<Result<_, _>>();
    let series = wanted.series.map(|series| {
        series.iter().map(|uid| SeriesUid::parse(uid)).collect::<Result<Vec<_>, _>>()
    });
    let recipient = |each: WantedRecipient| {
        let email = each.email.filter(|email| !email.trim().is_empty());
        let email = email.map(|email| EmailAddress::parse(&email)).transpose()?;
        Ok(Recipient { name: Phi::new(each.name), email })
    };
    let recipients = wanted.recipients.into_iter().map(recipient);
    let recipients = recipients.collect::<Result<Vec<_>, EmailAddressError>>();
    let factors = wanted.factors.iter().map(|name| name.parse::<Factor>());
    Ok(NewLink {
        studies: studies.map_err(no_uid)?,
        series: series.transpose().map_err(no_uid)?,
        recipients: recipients
            .map_err(|error| Problem::bad_request(format!("A recipient's address is {error}.")))?,
        purpose: wanted.purpose,
        authority: authority(&wanted.authority, wanted.authorisation.as_deref())?,
        message: Phi::new(wanted.message),
        may: match wanted.may.as_str() {
            "view" => May::View,
            "download" => May::Download,
            _ => return Err(Problem::bad_request("may is view or download.")),
        },
        starts: wanted.starts.map(|starts| read_instant(&starts, "starts")).transpose()?,
        expires: read_instant(&wanted.expires, "expires")?,
        max_uses: wanted.max_uses,
        factors: factors
            .collect::<Result<_, _>>()
            .map_err(|error| Problem::bad_request(format!("factors: {error}.")))?,
        clean: wanted.clean,
        live: match wanted.arrivals.as_str() {
            "frozen" => false,
            "live" => true,
            _ => return Err(Problem::bad_request("arrivals is frozen or live.")),
        },
        language: wanted
            .language
            .parse()
            .map_err(|error| Problem::bad_request(format!("language: {error}.")))?,
        deliver: deliver(&wanted.deliver, base)?,
    })
}

/// `copy`, or `mail`: links that begin with `base`.
pub(super) fn deliver(wanted: &str, base: &str) -> Answer<Deliver> {
    match wanted {
        "copy" => Ok(Deliver::Copy),
        "mail" => Ok(Deliver::Mail { base: base.to_owned() }),
        _ => Err(Problem::bad_request("deliver is copy or mail.")),
    }
}
