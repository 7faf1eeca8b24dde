//! Signing in and out, and who is signed in.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use lightcase_accounts::{AccountsError, Principal};
use lightcase_archive::Viewer;
use lightcase_model::{Origin, Permission};
use serde::{Deserialize, Serialize};

use super::instant::instant;
use crate::body::Json;
use crate::caller::{Anybody, Staff};
use crate::cookie::{Cookie, Jar};
use crate::limit::Door;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::SignedIn, get "/session" => current;
    Access::Public, post "/session" => sign_in;
    Access::SignedIn, delete "/session" => sign_out;
    Access::SignedIn, put "/session/password" => change_password;
};

/// Who is signed in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Session {
    account: Account,
    /// When the session ends whatever happens; null for a token without end.
    expires: Option<String>,
}

/// An account and what it may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `admin`, `radiologist`, `technologist`, `privacy`, `researcher`, `recipient`; `token` for a
    /// token.
    pub(crate) role: String,
    pub(crate) permissions: Vec<&'static str>,
}

/// Name and password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// A password and the one that follows it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    current: String,
    new: String,
}

/// The name of a permission in the API.
pub(crate) const fn permission_name(permission: Permission) -> &'static str {
    match permission {
        Permission::Search => "search",
        Permission::View => "view",
        Permission::Import => "import",
        Permission::Share => "share",
        Permission::SeeShares => "seeShares",
        Permission::ShareWithoutFactor => "shareWithoutFactor",
        Permission::Withdraw => "withdraw",
        Permission::SeeRefusals => "seeRefusals",
        Permission::HandleRefusals => "handleRefusals",
        Permission::ReadClean => "readClean",
        Permission::Review => "review",
        Permission::ReIdentify => "reIdentify",
        Permission::ManageProjects => "manageProjects",
        Permission::ManageUsers => "manageUsers",
        Permission::ManagePeers => "managePeers",
        Permission::ManageConfiguration => "manageConfiguration",
        Permission::ReadAudit => "readAudit",
        Permission::ReadMetrics => "readMetrics",
    }
}

impl Session {
    fn of(principal: &Principal) -> Self {
        Self {
            account: Account {
                id: principal.account.map_or_else(String::new, |id| id.to_string()),
                name: principal.name.clone(),
                role: principal.role.map_or("token", |role| role.name()).to_owned(),
                permissions: principal
                    .permissions
                    .iter()
                    .map(|permission| permission_name(*permission))
                    .collect(),
            },
            expires: principal.expires.map(instant),
        }
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "Session",
    responses((status = 200, body = Session), (status = 401)))]
pub(crate) async fn current(staff: Staff) -> Json<Session> {
    Json(Session::of(&staff.principal))
}

/// Signs in. One sentence for every cause of failure.
#[utoipa::path(post, path = "/api/v1/session", tag = "Session", request_body = Credentials,
    responses((status = 200, body = Session), (status = 401), (status = 429)))]
pub(crate) async fn sign_in(
    State(web): State<Web>,
    anybody: Anybody,
    Json(credentials): Json<Credentials>,
) -> Answer {
    within_limit(&web, &anybody, Door::SignIn)?;
    let Credentials { name, password } = credentials;
    let agent = anybody.agent.as_deref();
    let signed = web.accounts.sign_in(&anybody.ctx, &name, &password, agent).await?;
    let cookie = session_cookie(&web, Some(&signed.cookie))?;
    Ok(([(header::SET_COOKIE, cookie)], Json(Session::of(&signed.principal))).into_response())
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "Session", responses((status = 204)))]
pub(crate) async fn sign_out(State(web): State<Web>, staff: Staff) -> Answer {
    web.accounts.sign_out(&staff.ctx, &staff.principal).await?;
    web.archive.end_views_of(&Viewer::of(&staff.ctx), staff.ctx.now).await?;
    let cookie = session_cookie(&web, None)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Changes one's own password and ends one's other sessions.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "Session", request_body = PasswordChange,
    responses((status = 204), (status = 403), (status = 429)))]
pub(crate) async fn change_password(
    State(web): State<Web>,
    staff: Staff,
    Json(change): Json<PasswordChange>,
) -> Answer<StatusCode> {
    let PasswordChange { current, new } = change;
    let changed = web.accounts.change_password(&staff.ctx, &staff.principal, &current, &new).await;
    match changed {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        // The session stands; 401 would say that it does not.
        Err(AccountsError::WrongCredentials) => {
            Err(Problem::forbidden("WrongCredentials", "The current password is not right."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses an address that tries too often at a door.
pub(crate) fn within_limit(web: &Web, anybody: &Anybody, door: Door) -> Answer<()> {
    let Origin::Http { address } = anybody.ctx.origin else { return Ok(()) };
    web.limit.take(door, address, anybody.ctx.now).map_err(|seconds| Problem {
        retry_after: Some(seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Busy",
            "Too many tries from this address. Wait a moment and try again.",
        )
    })
}

fn session_cookie(web: &Web, value: Option<&lightcase_accounts::Secret>) -> Answer<HeaderValue> {
    let https = web.config.is_https();
    let name = Jar::Session.name(https).to_owned();
    Cookie { name, value, path: "/".to_owned(), max_age: None }.header(https)
}

/// The text of a header, for what is only shown back.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
