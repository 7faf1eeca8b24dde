//! API tokens.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lightcase_catalog::Token as Row;
use lightcase_model::{Permission, TokenId, TokenScope, UnknownName};
use serde::{Deserialize, Serialize};

use super::instant::{instant, read_instant};
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const MANAGE: Access = Access::Needs(Permission::ManageUsers);

pub(crate) const ROUTES: &[Route] = routes! {
    MANAGE, get "/tokens" => list;
    MANAGE, post "/tokens" => create;
    MANAGE, delete "/tokens/{id}" => revoke;
};

/// Tokens, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: String,
    expires: Option<String>,
    revoked_at: Option<String>,
}

/// A token to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    name: String,
    scopes: Vec<String>,
    /// RFC 3339 with a zone; null for a token without end.
    expires: Option<String>,
}

/// A token with its secret, told this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MadeToken {
    id: String,
    token: String,
    scopes: Vec<&'static str>,
    expires: Option<String>,
}

/// Lists tokens.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "Administration",
    responses((status = 200, body = Tokens)))]
pub(crate) async fn list(State(web): State<Web>, staff: Staff) -> Answer<Json<Tokens>> {
    let tokens = web.accounts.tokens(&staff.principal).await?;
    Ok(Json(Tokens { tokens: tokens.into_iter().map(shown).collect() }))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "Administration", request_body = NewToken,
    responses((status = 201, body = MadeToken), (status = 400)))]
pub(crate) async fn create(
    State(web): State<Web>,
    staff: Staff,
    Json(new): Json<NewToken>,
) -> Answer {
    let scopes = new.scopes.iter().map(|name| name.parse()).collect::<Result<Vec<TokenScope>, _>>();
    let scopes = scopes.map_err(|_error: UnknownName| {
        let known: Vec<&str> = TokenScope::ALL.iter().map(|scope| scope.name()).collect();
        Problem::bad_request(format!("scopes are {}.", known.join(", ")))
    })?;
    let expires = new.expires.map(|text| read_instant(&text, "expires")).transpose()?;
    let Staff { ctx, principal, .. } = &staff;
    let wanted = lightcase_accounts::NewToken { name: &new.name, scopes: &scopes, expires };
    let (token, secret) = web.accounts.create_token(ctx, principal, wanted).await?;
    let made = MadeToken {
        id: token.id.to_string(),
        token: (*secret.expose()).clone(),
        scopes: token.scopes.iter().map(|scope| scope.name()).collect(),
        expires: token.expires_at.map(instant),
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Ends a token.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "Administration",
    params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn revoke(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
) -> Answer<StatusCode> {
    let Path(id) = path?;
    let id: TokenId =
        id.parse().map_err(|_error: lightcase_model::ParseIdError| Problem::not_found())?;
    web.accounts.revoke_token(&staff.ctx, &staff.principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(token: Row) -> Token {
    Token {
        id: token.id.to_string(),
        name: token.name,
        scopes: token.scopes.iter().map(|scope| scope.name()).collect(),
        created_at: instant(token.created_at),
        expires: token.expires_at.map(instant),
        revoked_at: token.revoked_at.map(instant),
    }
}
