//! The guards of everything below `/s/<handle>/`: a handle and its cookie, looked at again for
//! every request, and each second while an answer is under way.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::{Method, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::IntoResponse;
use lightcase_accounts::Secret;
use lightcase_archive::Viewer;
use lightcase_audit::Event;
use lightcase_model::{Actor, Ctx, Origin, Permission, Phi, SessionId};
use lightcase_share::{ShareError, Visit};

use crate::caller::{Watch, agent, request_id, route_of};
use crate::cookie::{self, Cookie, Jar};
use crate::dicomweb::asker::Asker;
use crate::problem::{Answer, Problem};
use crate::route::Access;
use crate::security::base;
use crate::seldom::Refused;
use crate::state::Web;

/// Patient data in a share are kept nowhere.
const CACHE: &str = "no-store";

/// The visitor of a share, and the context of the request.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) ctx: Ctx,
    pub(crate) visit: Visit,
}

/// The handle and the cookie of a request.
#[derive(Debug, Clone)]
struct Ticket {
    handle: String,
    cookie: String,
}

impl Ticket {
    async fn of(web: &Web, parts: &mut Parts) -> Answer<Self> {
        let Path(mut named) =
            Path::<HashMap<String, String>>::from_request_parts(parts, web).await?;
        let handle = named.remove("handle").ok_or_else(Problem::not_found)?;
        let cookie = cookie::read(&parts.headers, Jar::Share.name(web.config.is_https()));
        let cookie = cookie.unwrap_or_default().to_owned();
        Ok(Self { handle, cookie })
    }

    async fn visit(&self, web: &Web) -> Answer<Option<Visit>> {
        Ok(web.shares.session(web.clock.now(), &self.handle, &self.cookie).await?)
    }
}

async fn admit(web: &Web, parts: &mut Parts) -> Answer<(Visitor, Ticket)> {
    let ticket = Ticket::of(web, parts).await?;
    let Some(visit) = ticket.visit(web).await? else {
        probed(web, parts, &ticket).await?;
        return Err(ShareError::Refused.into());
    };
    let address = web.config.trusted_proxies.client(parts);
    let origin = Origin::Share { share: visit.share, address };
    let ctx = web.ctx(visit.actor(), origin, request_id(parts));
    Ok((Visitor { ctx, visit }, ticket))
}

/// Records that somebody without its cookie came to a session that has not ended. A session that
/// ended, and a handle that nobody has, are no news.
async fn probed(web: &Web, parts: &Parts, ticket: &Ticket) -> Answer<()> {
    let Ok(session) = ticket.handle.parse::<SessionId>() else { return Ok(()) };
    let Some(live) = web.catalog().share_session(session).await? else { return Ok(()) };
    let cookie = Secret::parse(&ticket.cookie).map(|cookie| cookie.hash());
    let refused =
        Refused { session, proved: false, route: route_of(parts), status: StatusCode::FORBIDDEN };
    let now = web.clock.now();
    // The right cookie fails when the link shows nothing any more.
    if cookie == Some(live.cookie_hash) || !web.refusals.is_due(refused, now) {
        return Ok(());
    }
    let reason = if ticket.cookie.is_empty() { "no_cookie" } else { "wrong_cookie" };
    let user_agent = agent(parts).map(Phi::new);
    let address = web.config.trusted_proxies.client(parts);
    let ctx = web.ctx(Actor::Visitor, Origin::Http { address }, request_id(parts));
    let event = Event::ShareProbed { share: Some(live.share), reason, user_agent };
    web.catalog().record(&ctx, event).await?;
    Ok(())
}

/// Records what a visitor was refused, seldom.
async fn denied(
    web: &Web,
    ctx: &Ctx,
    refused: Refused,
    permission: Option<Permission>,
) -> Answer<()> {
    let route = refused.route.clone();
    if web.refusals.is_due(refused, ctx.now) {
        web.catalog().record(ctx, Event::Denied { permission, route }).await?;
    }
    Ok(())
}

/// Lets a visitor pass, before and after the notice was accepted.
pub(crate) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Answer {
    let (mut parts, body) = request.into_parts();
    let (visitor, _) = admit(&web, &mut parts).await?;
    parts.extensions.insert(visitor);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Turns a visitor who accepted the notice into an asker.
pub(crate) async fn asker(
    State((web, access)): State<(Web, Access)>,
    request: Request,
    next: Next,
) -> Answer {
    let (mut parts, body) = request.into_parts();
    let (Visitor { ctx, visit }, ticket) = admit(&web, &mut parts).await?;
    let route = route_of(&parts);
    let session = visit.session;
    let refused = |status| Refused { session, proved: true, route: route.clone(), status };
    if !visit.notice_accepted {
        denied(&web, &ctx, refused(StatusCode::FORBIDDEN), None).await?;
        return Err(Problem::forbidden(
            "NoticeNotAccepted",
            "Read the notice and accept it first.",
        ));
    }
    // The answer to HEAD has no byte of an image.
    let shows_images = access == Access::Needs(Permission::View)
        && !route.ends_with("/metadata")
        && parts.method != Method::HEAD;
    if shows_images {
        web.shares.first_image(&ctx, &visit).await?;
    }
    let base = base(&web.config, &parts.uri, &parts.headers);
    let root = format!("{base}/s/{}/dicom-web", ticket.handle);
    let (again, begun) = (web.clone(), Arc::new(visit.clone()));
    let watch = Watch::again(move || {
        let (web, ticket, begun) = (again.clone(), ticket.clone(), Arc::clone(&begun));
        async move {
            // A catalog that does not answer gives no right either, and what shows less than when the
            // request began is another one.
            let visit = ticket.visit(&web).await.ok().flatten();
            visit.is_some_and(|visit| visit.notice_accepted && visit.still_shows(&begun))
        }
    });
    let asker = Asker { ctx: ctx.clone(), scope: visit.scope(), root, cache: CACHE, watch };
    parts.extensions.insert(asker);
    parts.extensions.insert(Visitor { ctx: ctx.clone(), visit });
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
        let permission = response.extensions().get::<Problem>().and_then(|each| each.denied);
        denied(&web, &ctx, refused(status), permission).await?;
    }
    Ok(response)
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Answer<Self> {
        let found = Extension::<Self>::from_request_parts(parts, web).await;
        found.map(|Extension(visitor)| visitor).map_err(Problem::internal)
    }
}

/// Ends the visitor's session.
#[utoipa::path(delete, path = "/s/{handle}/session", tag = "Opening a share",
    params(("handle" = String, Path)), responses((status = 204), (status = 403)))]
pub(crate) async fn leave(State(web): State<Web>, visitor: Visitor) -> Answer {
    let Visitor { ctx, visit } = visitor;
    web.shares.leave(&ctx, &visit).await?;
    web.archive.end_views_of(&Viewer::of(&ctx), ctx.now).await?;
    let https = web.config.is_https();
    let name = Jar::Share.name(https).to_owned();
    let path = format!("/s/{}/", visit.session);
    let cookie = Cookie { name, value: None, path, max_age: None }.header(https)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
