//! Opening a link: first which factor it asks for, then the factor.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use data_encoding::HEXLOWER;
use lightcase_accounts::Secret;
use lightcase_model::{Factor, Timestamp};
use lightcase_share::{Attempt, Opened, Progress, ShareError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::view::{Shown, shown};
use crate::api::instant::instant;
use crate::api::session::within_limit;
use crate::body::Json;
use crate::caller::Anybody;
use crate::cookie::{self, Cookie, Jar};
use crate::limit::Door;
use crate::problem::Answer;
use crate::state::Web;

/// The two parts of a link's fragment, with the visitor's click and what was proved so far.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Knock {
    share: String,
    secret: String,
    /// That somebody clicked: a mail scanner that only fetches does not open.
    #[serde(default)]
    accept: bool,
    passcode: Option<String>,
    /// The code that was mailed.
    code: Option<String>,
    account: Option<KnockAccount>,
    /// `YYYY-MM-DD`.
    birth_date: Option<String>,
}

/// An account of the recipient.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnockAccount {
    name: String,
    password: String,
}

impl Knock {
    const fn proves_something(&self) -> bool {
        self.passcode.is_some()
            || self.code.is_some()
            || self.account.is_some()
            || self.birth_date.is_some()
    }
}

/// The factor that is asked for: `passcode`, `email` (a code that was mailed), `account`,
/// `birthDate` or `none`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Asked {
    factor: &'static str,
}

/// A session that was begun.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Begun {
    /// Stands in the path: `/s/<handle>/`.
    handle: String,
    expires: String,
    /// What the session is shown first, as `GET /s/{handle}/share` says it.
    shown: Shown,
}

/// The factor that is asked for next, or a session.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum Answered {
    /// A factor is missing.
    Asked(Asked),
    /// Everything was proved.
    Begun(Box<Begun>),
}

/// Asks for the first factor, which costs nothing; or proves factors, all so far each time, and is
/// told the next one or has a session.
#[utoipa::path(post, path = "/s/session", tag = "Opening a share", request_body = Knock,
    responses((status = 200, body = Answered), (status = 403)))]
pub(crate) async fn open(
    State(web): State<Web>,
    anybody: Anybody,
    headers: HeaderMap,
    Json(knock): Json<Knock>,
) -> Answer {
    let opens = knock.accept || knock.proves_something();
    within_limit(&web, &anybody, if opens { Door::OpenShare } else { Door::AskFactor })?;
    let agent = anybody.agent.as_deref();
    if !knock.accept {
        let factor = web.shares.challenge(&anybody.ctx, &knock.share, &knock.secret, agent).await?;
        // Nobody clicked, so a program guesses: its visit is on record, and nothing is compared.
        if opens {
            return Err(ShareError::Refused.into());
        }
        let factor = factor.map_or("none", Factor::name);
        return Ok(Json(Answered::Asked(Asked { factor })).into_response());
    }
    let https = web.config.is_https();
    let name = device_name(&knock.share, https);
    let account = knock.account.as_ref();
    let attempt = Attempt {
        share: &knock.share,
        secret: &knock.secret,
        passcode: knock.passcode.as_deref(),
        code: knock.code.as_deref(),
        account: account.map(|each| (each.name.as_str(), each.password.as_str())),
        birth_date: knock.birth_date.as_deref(),
        device: cookie::read(&headers, &name),
        user_agent: agent,
    };
    let device = |name, device: &Secret, ends: Timestamp| {
        let max_age = Some(ends.since(anybody.ctx.now).as_secs());
        Cookie { name, value: Some(device), path: "/s/session".to_owned(), max_age }.header(https)
    };
    match web.shares.open(&anybody.ctx, attempt).await? {
        Progress::Next { factor, device: new, device_expires } => {
            let asked = Answered::Asked(Asked { factor: factor.name() });
            let mut response = Json(asked).into_response();
            if let Some(new) = &new {
                let cookie = device(name, new, device_expires)?;
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Progress::Opened(Opened { handle, cookie, device: new, expires, device_expires }) => {
            let id = handle.to_string();
            // A link that ended in between is refused like any other.
            let visit = web.shares.session(anybody.ctx.now, &id, &cookie.expose()).await?;
            let shown = shown(&web, &visit.ok_or(ShareError::Refused)?).await?;
            let begun = Begun { handle: id, expires: instant(expires), shown };
            let mut response = Json(Answered::Begun(Box::new(begun))).into_response();
            let session = Cookie {
                name: Jar::Share.name(https).to_owned(),
                value: Some(&cookie),
                path: format!("/s/{handle}/"),
                max_age: None,
            };
            response.headers_mut().append(header::SET_COOKIE, session.header(https)?);
            // One that the browser sent and that was known is set anew, to last from now on.
            let known = new.or_else(|| attempt.device.and_then(Secret::parse));
            if let Some(known) = &known {
                let cookie = device(name, known, device_expires)?;
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
    }
}

/// One browser may open several links, so each has a device cookie of its own.
fn device_name(share: &str, https: bool) -> String {
    let digest = Sha256::digest(share.as_bytes());
    let short = digest.get(..8).unwrap_or_default();
    format!("{}_{}", Jar::Device.name(https), HEXLOWER.encode(short))
}
