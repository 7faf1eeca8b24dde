//! DICOM peers.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lightcase_audit::Event;
use lightcase_catalog::{Peer as Row, Right};
use lightcase_model::{AeTitle, AeTitleError, Permission};
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
    /// `echo`, `store`.
    rights: Vec<String>,
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
    let mut tx = web.catalog().begin().await?;
    tx.add_peer(&peer).await?;
    let event = Event::PeerAdded {
        ae_title: peer.title.clone(),
        host: peer.host.clone(),
        port: peer.port.unwrap_or(0),
        tls: false,
        rights: peer.rights.iter().map(|right| right.name()).collect(),
    };
    tx.record(&staff.ctx, event).await?;
    tx.commit().await?;
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
        rights.push(right.ok_or_else(|| Problem::bad_request("rights are echo and store."))?);
    }
    rights.sort_unstable();
    rights.dedup();
    if rights.is_empty() {
        return Err(Problem::bad_request("A peer needs at least one right."));
    }
    Ok(Row { title, host, port: new.port, rights, created_at: now })
}

fn shown(peer: Row) -> Peer {
    Peer {
        title: peer.title.to_string(),
        host: peer.host,
        port: peer.port,
        rights: peer.rights.iter().map(|right| right.name()).collect(),
        created_at: instant(peer.created_at),
    }
}
