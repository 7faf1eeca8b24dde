//! Who asks: guards that turn a cookie or token into a caller, and hand it to the handlers.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{header, request::Parts};
use axum::middleware::Next;
use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_model::{Actor, Ctx, Origin, Permission, RequestId};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::cookie::{self, Jar};
use crate::problem::{Answer, Problem};
use crate::route::Access;
use crate::state::Web;

/// A member of staff or a token, and the context of the request.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(crate) ctx: Ctx,
    pub(crate) principal: Principal,
}

/// Somebody who proved nothing yet.
#[derive(Debug, Clone)]
pub(crate) struct Anybody {
    pub(crate) ctx: Ctx,
    /// What the browser calls itself.
    pub(crate) agent: Option<String>,
}

/// The request's identifier, as the outer layer gave it.
pub(crate) fn request_id(parts: &Parts) -> RequestId {
    parts.extensions.get::<RequestId>().copied().unwrap_or_else(RequestId::random)
}

/// The route's pattern.
pub(crate) fn route_of(parts: &Parts) -> String {
    parts
        .extensions
        .get::<MatchedPath>()
        .map_or_else(String::new, |matched| matched.as_str().to_owned())
}

/// What the browser calls itself.
pub(crate) fn agent(parts: &Parts) -> Option<String> {
    let agent = parts.headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(256).collect())
}

impl FromRequestParts<Web> for Anybody {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Answer<Self> {
        let address = web.config.trusted_proxies.client(parts);
        let ctx = web.ctx(Actor::Visitor, Origin::Http { address }, request_id(parts));
        Ok(Self { ctx, agent: agent(parts) })
    }
}

/// Proves who is there by `Authorization: Bearer lc_…` or, without that header, by the session
/// cookie; nothing else.
async fn principal(web: &Web, parts: &Parts) -> Answer<Option<Principal>> {
    let now = web.clock.now();
    if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
        let bearer = authorization.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        return match bearer {
            Some(token) => Ok(web.accounts.token(now, token).await?),
            None => Ok(None),
        };
    }
    match cookie::read(&parts.headers, Jar::Session.name(web.config.is_https())) {
        Some(cookie) => Ok(web.accounts.session(now, cookie).await?),
        None => Ok(None),
    }
}

/// Lets staff with the route's access pass; a missing right is recorded by the pattern.
pub(crate) async fn guard(
    State((web, access)): State<(Web, Access)>,
    request: Request,
    next: Next,
) -> Answer {
    let (mut parts, body) = request.into_parts();
    let principal = principal(&web, &parts).await?.ok_or_else(Problem::signed_out)?;
    let address = web.config.trusted_proxies.client(&parts);
    let ctx = web.ctx(principal.actor.clone(), Origin::Http { address }, request_id(&parts));
    let denied = match access {
        Access::Public | Access::SignedIn => None,
        Access::Needs(permission) if principal.may(permission) => None,
        Access::Needs(permission) => Some(permission),
        // A share's routes are never mounted behind this guard.
        Access::Visitor => return Err(Problem::not_found()),
    };
    let route = route_of(&parts);
    if let Some(permission) = denied {
        return refuse(&web, &ctx, permission, route).await;
    }
    parts.extensions.insert(Staff { ctx: ctx.clone(), principal });
    let response = next.run(Request::from_parts(parts, body)).await;
    // A rule below may refuse too, and leaves the record of it to the edge, which knows the route.
    if let Some(permission) = response.extensions().get::<Problem>().and_then(|each| each.denied) {
        return refuse(&web, &ctx, permission, route).await.or(Ok(response));
    }
    Ok(response)
}

async fn refuse(web: &Web, ctx: &Ctx, permission: Permission, route: String) -> Answer {
    web.catalog().record(ctx, Event::Denied { permission: Some(permission), route }).await?;
    Err(Problem::not_permitted(permission))
}

/// Extracts what a guard left behind.
impl FromRequestParts<Web> for Staff {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Answer<Self> {
        let found = Extension::<Self>::from_request_parts(parts, web).await;
        found.map(|Extension(staff)| staff).map_err(Problem::internal)
    }
}

/// Ends with whatever it was given to: a request and its streams. While it lives, somebody looks
/// whether the caller's right still stands.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    /// Cancelled when the right has ended.
    pub(crate) ended: CancellationToken,
    _done: Option<Arc<DropGuard>>,
}

impl Watch {
    /// A right that lasts as long as the request.
    pub(crate) fn none() -> Self {
        Self { ended: CancellationToken::new(), _done: None }
    }

    /// A right that is looked at again by `watcher`, which gets the token to cancel and the token
    /// that tells that nobody needs it any more.
    pub(crate) fn by<F>(watcher: impl FnOnce(CancellationToken, CancellationToken) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (ended, done) = (CancellationToken::new(), CancellationToken::new());
        tokio::spawn(watcher(ended.clone(), done.clone()));
        Self { ended, _done: Some(Arc::new(done.drop_guard())) }
    }
}
