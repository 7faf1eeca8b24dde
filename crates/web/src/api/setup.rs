//! The first set-up.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lightcase_accounts::{AccountView, NewPerson};
use serde::{Deserialize, Serialize};

use super::session::{Account, Credentials, permission_name, within_limit};
use crate::body::Json;
use crate::caller::Anybody;
use crate::limit::Door;
use crate::problem::Answer;
use crate::route::{Access, Route, routes};
use crate::state::Web;

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Public, post "/setup" => set_up;
};

/// The first accounts.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// The token of the set-up link.
    token: String,
    administrator: Credentials,
    /// An administrator sees no studies.
    radiologist: Option<Credentials>,
}

/// The accounts that were made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SetUpDone {
    administrator: Account,
    radiologist: Option<Account>,
}

/// Makes the first accounts, once.
#[utoipa::path(post, path = "/api/v1/setup", tag = "Session", request_body = SetUp,
    responses((status = 201, body = SetUpDone), (status = 403)))]
pub(crate) async fn set_up(
    State(web): State<Web>,
    anybody: Anybody,
    Json(wanted): Json<SetUp>,
) -> Answer {
    within_limit(&web, &anybody, Door::SignIn)?;
    let administrator = person(&wanted.administrator);
    let radiologist = wanted.radiologist.as_ref().map(person);
    let made = web.accounts.set_up(&anybody.ctx, &wanted.token, administrator, radiologist).await?;
    let made = SetUpDone {
        administrator: account(made.administrator),
        radiologist: made.radiologist.map(account),
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

fn person(credentials: &Credentials) -> NewPerson<'_> {
    NewPerson { name: &credentials.name, password: &credentials.password }
}

fn account(view: AccountView) -> Account {
    Account {
        id: view.id.to_string(),
        name: view.name,
        role: view.role.name().to_owned(),
        permissions: view.role.permissions().iter().map(|each| permission_name(*each)).collect(),
    }
}
