//! Opening a link: first which factor it asks for, then the factor.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use data_encoding::HEXLOWER;
use lightcase_share::{Attempt, Factor, Opened, ShareError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::api::instant::instant;
use crate::api::session::within_limit;
use crate::body::Json;
use crate::caller::Anybody;
use crate::cookie::{self, Cookie, Jar};
use crate::limit::Door;
use crate::problem::Answer;
use crate::state::Web;

/// The two parts of a link's fragment, and the factor with the visitor's click.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Knock {
    share: String,
    secret: String,
    /// Absent when only the factor is asked for; empty for a link without one.
    passcode: Option<String>,
    /// That somebody clicked: a mail scanner that only fetches does not open.
    #[serde(default)]
    accept: bool,
}

/// The factor that a link asks for: `passcode` or `none`.
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
}

/// Asks for the factor, or opens the link.
#[utoipa::path(post, path = "/s/session", tag = "Opening a share", request_body = Knock,
    responses((status = 200, body = Begun), (status = 200, body = Asked), (status = 403)))]
pub(crate) async fn open(
    State(web): State<Web>,
    anybody: Anybody,
    headers: HeaderMap,
    Json(knock): Json<Knock>,
) -> Answer {
    let door = if knock.passcode.is_some() { Door::OpenShare } else { Door::AskFactor };
    within_limit(&web, &anybody, door)?;
    let agent = anybody.agent.as_deref();
    let Some(passcode) = &knock.passcode else {
        let factor = web.shares.challenge(&anybody.ctx, &knock.share, &knock.secret, agent).await?;
        let factor = match factor {
            Factor::Passcode => "passcode",
            Factor::None => "none",
        };
        return Ok(Json(Asked { factor }).into_response());
    };
    if !knock.accept {
        return Err(ShareError::Refused.into());
    }
    let https = web.config.is_https();
    let device_name = device_name(&knock.share, https);
    let attempt = Attempt {
        share: &knock.share,
        secret: &knock.secret,
        passcode,
        device: cookie::read(&headers, &device_name),
        user_agent: agent,
    };
    let opened = web.shares.open(&anybody.ctx, attempt).await?;
    let Opened { handle, cookie, device, expires, share_expires } = opened;
    let begun = Json(Begun { handle: handle.to_string(), expires: instant(expires) });
    let mut response = begun.into_response();
    let session = Cookie {
        name: Jar::Share.name(https).to_owned(),
        value: Some(&cookie),
        path: format!("/s/{handle}/"),
        max_age: None,
    };
    response.headers_mut().append(header::SET_COOKIE, session.header(https)?);
    if let Some(device) = &device {
        let lasts = share_expires.since(anybody.ctx.now).as_secs();
        let device = Cookie {
            name: device_name,
            value: Some(device),
            path: "/s/session".to_owned(),
            max_age: Some(lasts),
        };
        response.headers_mut().append(header::SET_COOKIE, device.header(https)?);
    }
    Ok(response)
}

/// One browser may open several links, so each has a device cookie of its own.
fn device_name(share: &str, https: bool) -> String {
    let digest = Sha256::digest(share.as_bytes());
    let short = digest.get(..8).unwrap_or_default();
    format!("{}_{}", Jar::Device.name(https), HEXLOWER.encode(short))
}
