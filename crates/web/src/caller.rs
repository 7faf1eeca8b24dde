//! Who asks: guards that turn a cookie or token into a caller, and hand it to the handlers.

use std::sync::Arc;
use std::time::Duration;

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

/// How often a running answer looks whether the right to it still stands.
const LOOK: Duration = Duration::from_secs(1);

/// A member of staff or a token, and the context of the request.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(crate) ctx: Ctx,
    pub(crate) principal: Principal,
    right: Right,
}

/// By what somebody proved who they are, and what they need for the route.
#[derive(Debug, Clone)]
struct Right {
    proof: Proof,
    access: Access,
}

/// By what somebody proves who they are.
#[derive(Clone)]
enum Proof {
    Bearer(String),
    Cookie(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<secret>")
    }
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

impl Proof {
    /// `Authorization: Bearer lc_…` or, without that header, the session cookie; nothing else.
    fn of(web: &Web, parts: &Parts) -> Option<Self> {
        if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
            let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
            let is_bearer = scheme.eq_ignore_ascii_case("bearer");
            return is_bearer.then(|| Self::Bearer(token.trim().to_owned()));
        }
        let cookie = cookie::read(&parts.headers, Jar::Session.name(web.config.is_https()))?;
        Some(Self::Cookie(cookie.to_owned()))
    }

    /// Who is there, as of now.
    async fn principal(&self, web: &Web) -> Answer<Option<Principal>> {
        let now = web.clock.now();
        Ok(match self {
            Self::Bearer(token) => web.accounts.token(now, token).await?,
            Self::Cookie(cookie) => web.accounts.session(now, cookie).await?,
        })
    }
}

impl Staff {
    /// The right by which the route is used, looked at again as long as the request lasts.
    pub(crate) fn watch(&self, web: &Web) -> Watch {
        let (web, right) = (web.clone(), self.right.clone());
        Watch::again(move || {
            let (web, Right { proof, access }) = (web.clone(), right.clone());
            async move {
                // A catalog that does not answer gives no right either.
                let principal = proof.principal(&web).await.ok().flatten();
                principal.is_some_and(|principal| missing(&principal, access).is_none())
            }
        })
    }
}

/// The permission that somebody would need for a route and has not.
fn missing(principal: &Principal, access: Access) -> Option<Permission> {
    match access {
        Access::Needs(permission) => Some(permission).filter(|each| !principal.may(*each)),
        Access::Public | Access::SignedIn | Access::Visitor => None,
    }
}

/// Lets staff with the route's access pass; a missing right is recorded by the pattern.
pub(crate) async fn guard(
    State((web, access)): State<(Web, Access)>,
    request: Request,
    next: Next,
) -> Answer {
    let (mut parts, body) = request.into_parts();
    let proof = Proof::of(&web, &parts).ok_or_else(Problem::signed_out)?;
    let principal = proof.principal(&web).await?.ok_or_else(Problem::signed_out)?;
    // A share's routes are never mounted behind this guard.
    if access == Access::Visitor {
        return Err(Problem::not_found());
    }
    let address = web.config.trusted_proxies.client(&parts);
    let ctx = web.ctx(principal.actor.clone(), Origin::Http { address }, request_id(&parts));
    let denied = missing(&principal, access);
    let route = route_of(&parts);
    if let Some(permission) = denied {
        return refuse(&web, &ctx, permission, route).await;
    }
    let right = Right { proof, access };
    parts.extensions.insert(Staff { ctx: ctx.clone(), principal, right });
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
    /// A right that is looked at again each second: whether it `stands`.
    pub(crate) fn again<F>(stands: impl Fn() -> F + Send + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let (ended, done) = (CancellationToken::new(), CancellationToken::new());
        tokio::spawn(look_again(stands, ended.clone(), done.clone()));
        Self { ended, _done: Some(Arc::new(done.drop_guard())) }
    }
}

/// Cancels `ended` when the right does not stand any more; ends with the request.
async fn look_again<F>(stands: impl Fn() -> F, ended: CancellationToken, done: CancellationToken)
where
    F: Future<Output = bool>,
{
    loop {
        tokio::select! {
            () = done.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if !stands().await {
            ended.cancel();
            return;
        }
    }
}
