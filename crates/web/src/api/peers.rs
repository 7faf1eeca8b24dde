//! DICOM peers, and unknown callers that may be let in.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lightcase_archive::{fingerprint, parse_fingerprint};
use lightcase_audit::Event;
use lightcase_catalog::{Peer as Row, Right};
use lightcase_model::{AeTitle, AeTitleError, ParseIdError, Permission};
use serde::{Deserialize, Serialize};

use super::instant::instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const MANAGE: Access = Access::Needs(Permission::ManagePeers);

pub(crate) const ROUTES: &[Route] = routes! {
    MANAGE, get "/peers" => list;
    MANAGE, post "/peers" => add;
    MANAGE, delete "/peers/{title}" => remove;
    MANAGE, get "/newcomers" => newcomers;
    MANAGE, post "/newcomers/{id}/allow" => allow;
};

/// Peers by title.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Peers {
    peers: Vec<Peer>,
}

/// A peer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Peer {
    title: String,
    host: String,
    port: Option<u16>,
    /// Whether it is called over TLS.
    tls: bool,
    /// SHA-256 of the certificate that it must show, in hexadecimal.
    certificate: Option<String>,
    /// Issuer of Patient ID for objects that name none.
    issuer: String,
    rights: Vec<&'static str>,
    created_at: String,
}

/// A peer to be entered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPeer {
    title: String,
    /// Host name or address; `*` is any.
    host: String,
    /// Null when it only calls.
    port: Option<u16>,
    /// Whether it is called over TLS.
    #[serde(default)]
    tls: bool,
    /// SHA-256 of the certificate that it must show, in hexadecimal. Null: any connection will do.
    certificate: Option<String>,
    /// Issuer of Patient ID for objects that name none.
    issuer: Option<String>,
    /// `echo`, `store`, `find`, `move`, `get`, `commit`.
    rights: Vec<String>,
}

/// Unknown callers that were refused, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Newcomers {
    newcomers: Vec<Newcomer>,
}

/// An unknown caller that was refused.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Newcomer {
    id: String,
    title: String,
    address: String,
    /// SHA-256 of the certificate that it showed, in hexadecimal.
    certificate: Option<String>,
    first_at: String,
    last_at: String,
    times: i64,
}

/// Lists peers.
#[utoipa::path(get, path = "/api/v1/peers", tag = "Administration",
    responses((status = 200, body = Peers)))]
pub(crate) async fn list(State(web): State<Web>) -> Answer<Json<Peers>> {
    let peers = web.catalog().peers().await?;
    Ok(Json(Peers { peers: peers.into_iter().map(shown).collect() }))
}

/// Enters a peer.
#[utoipa::path(post, path = "/api/v1/peers", tag = "Administration", request_body = NewPeer,
    responses((status = 201, body = Peer), (status = 400), (status = 409)))]
pub(crate) async fn add(State(web): State<Web>, staff: Staff, Json(new): Json<NewPeer>) -> Answer {
    let peer = read(&new, staff.ctx.now)?;
    web.archive.add_peer(&staff.ctx, &peer).await?;
    Ok((StatusCode::CREATED, Json(shown(peer))).into_response())
}

/// Lists unknown callers that were refused.
#[utoipa::path(get, path = "/api/v1/newcomers", tag = "Administration",
    responses((status = 200, body = Newcomers)))]
pub(crate) async fn newcomers(State(web): State<Web>) -> Answer<Json<Newcomers>> {
    let newcomers = web.catalog().newcomers().await?.into_iter();
    let newcomers = newcomers.map(|newcomer| Newcomer {
        id: newcomer.id.to_string(),
        title: newcomer.title.to_string(),
        address: newcomer.address.to_string(),
        certificate: newcomer.certificate.as_ref().map(fingerprint),
        first_at: instant(newcomer.first_at),
        last_at: instant(newcomer.last_at),
        times: newcomer.times,
    });
    Ok(Json(Newcomers { newcomers: newcomers.collect() }))
}

/// Lets one in, to echo and store, from the address and with the certificate it called with.
#[utoipa::path(post, path = "/api/v1/newcomers/{id}/allow", tag = "Administration",
    params(("id" = String, Path)),
    responses((status = 201, body = Peer), (status = 404), (status = 409)))]
pub(crate) async fn allow(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(id) = path?;
    let id = id.parse().map_err(|_error: ParseIdError| Problem::not_found())?;
    let peer = web.archive.allow(&staff.ctx, id).await?;
    Ok((StatusCode::CREATED, Json(shown(peer))).into_response())
}

/// Takes a peer out.
#[utoipa::path(delete, path = "/api/v1/peers/{title}", tag = "Administration",
    params(("title" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn remove(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<StatusCode> {
    let Path(title) = path?;
    let title = AeTitle::parse(&title).map_err(|_error: AeTitleError| Problem::not_found())?;
    let mut tx = web.catalog().begin().await?;
    if !tx.remove_peer(&title).await? {
        return Err(Problem::not_found());
    }
    tx.record(&staff.ctx, Event::PeerRemoved { ae_title: title }).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(new: &NewPeer, now: lightcase_model::Timestamp) -> Answer<Row> {
    let title = AeTitle::parse(&new.title)
        .map_err(|error: AeTitleError| Problem::bad_request(format!("title: {error}.")))?;
    let host = new.host.trim().to_owned();
    if !Row::is_host(&host) {
        return Err(Problem::bad_request("host is a host name, an address, or * for any."));
    }
    if new.port == Some(0) {
        return Err(Problem::bad_request("port is 1 to 65535, or null."));
    }
    let mut rights = Vec::new();
    for name in &new.rights {
        let right = Right::by_name(name);
        rights.push(right.ok_or_else(|| {
            Problem::bad_request("rights are echo, store, find, move, get and commit.")
        })?);
    }
    rights.sort_unstable();
    rights.dedup();
    if rights.is_empty() {
        return Err(Problem::bad_request("A peer needs at least one right."));
    }
    let issuer = new.issuer.as_deref().unwrap_or_default().trim().to_owned();
    if !Row::is_issuer(&issuer) {
        return Err(Problem::bad_request("issuer has at most 64 characters and no backslash."));
    }
    let certificate = new.certificate.as_deref().filter(|text| !text.trim().is_empty());
    let certificate = certificate.map(|text| {
        let wrong = "certificate is a SHA-256 fingerprint: 64 hexadecimal digits.";
        parse_fingerprint(text).ok_or_else(|| Problem::bad_request(wrong))
    });
    Ok(Row {
        title,
        host,
        port: new.port,
        tls: new.tls,
        certificate: certificate.transpose()?,
        issuer,
        rights,
        created_at: now,
    })
}

fn shown(peer: Row) -> Peer {
    Peer {
        title: peer.title.to_string(),
        host: peer.host,
        port: peer.port,
        tls: peer.tls,
        certificate: peer.certificate.as_ref().map(fingerprint),
        issuer: peer.issuer,
        rights: peer.rights.iter().map(|right| right.name()).collect(),
        created_at: instant(peer.created_at),
    }
}
