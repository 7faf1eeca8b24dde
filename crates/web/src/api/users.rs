//! Accounts.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lightcase_accounts::{AccountView, NewPerson};
use lightcase_model::{AccountId, Permission, Role};
use serde::{Deserialize, Serialize};

use super::instant::instant;
use crate::body::Json;
use crate::caller::Staff;
use crate::problem::{Answer, Problem};
use crate::route::{Access, Route, routes};
use crate::state::Web;

const MANAGE: Access = Access::Needs(Permission::ManageUsers);

pub(crate) const ROUTES: &[Route] = routes! {
    MANAGE, get "/users" => list;
    MANAGE, post "/users" => add;
    MANAGE, patch "/users/{id}" => change;
};

/// Accounts by name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Users {
    users: Vec<User>,
}

/// An account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    id: String,
    name: String,
    role: &'static str,
    disabled: bool,
    created_at: String,
    last_sign_in_at: Option<String>,
}

/// An account to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    name: String,
    /// `admin`, `radiologist`, `technologist`, `privacy`, `researcher` or `recipient`.
    role: String,
    password: String,
}

/// One of the two.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    disabled: Option<bool>,
    password: Option<String>,
}

/// Lists accounts.
#[utoipa::path(get, path = "/api/v1/users", tag = "Administration",
    responses((status = 200, body = Users)))]
pub(crate) async fn list(State(web): State<Web>, staff: Staff) -> Answer<Json<Users>> {
    let accounts = web.accounts.accounts(&staff.principal).await?;
    Ok(Json(Users { users: accounts.into_iter().map(user).collect() }))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/users", tag = "Administration", request_body = NewUser,
    responses((status = 201, body = User), (status = 400), (status = 409)))]
pub(crate) async fn add(State(web): State<Web>, staff: Staff, Json(new): Json<NewUser>) -> Answer {
    let role: Role = new.role.parse().map_err(|error: lightcase_model::UnknownName| {
        Problem::bad_request(format!("role: {error}."))
    })?;
    let person = NewPerson { name: &new.name, password: &new.password };
    let account = web.accounts.add_account(&staff.ctx, &staff.principal, person, role).await?;
    Ok((StatusCode::CREATED, Json(user(account))).into_response())
}

/// Disables or enables an account, or sets its password.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "Administration",
    request_body = UserChange, params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409)))]
pub(crate) async fn change(
    State(web): State<Web>,
    staff: Staff,
    path: Result<Path<String>, PathRejection>,
    Json(change): Json<UserChange>,
) -> Answer<StatusCode> {
    let Path(id) = path?;
    let id: AccountId =
        id.parse().map_err(|_error: lightcase_model::ParseIdError| Problem::not_found())?;
    let Staff { ctx, principal, .. } = &staff;
    match change {
        UserChange { disabled: Some(true), password: None } => {
            web.accounts.disable(ctx, principal, id).await?;
        }
        UserChange { disabled: Some(false), password: None } => {
            web.accounts.enable(ctx, principal, id).await?;
        }
        UserChange { disabled: None, password: Some(password) } => {
            web.accounts.reset_password(ctx, principal, id, &password).await?;
        }
        UserChange { disabled: None, password: None }
        | UserChange { disabled: Some(_), password: Some(_) } => {
            return Err(Problem::bad_request("Give either disabled or password."));
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

fn user(account: AccountView) -> User {
    User {
        id: account.id.to_string(),
        name: account.name,
        role: account.role.name(),
        disabled: account.disabled,
        created_at: instant(account.created_at),
        last_sign_in_at: account.last_sign_in_at.map(instant),
    }
}
