//! The JSON API of staff, one file per noun.

pub(crate) mod authorisation_form;
pub(crate) mod authorisations;
pub(crate) mod completeness;
pub(crate) mod imports;
pub(crate) mod instant;
pub(crate) mod peers;
pub(crate) mod policies;
pub(crate) mod projects;
pub(crate) mod refusals;
pub(crate) mod reviews;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod shares;
pub(crate) mod system;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod withdrawal;
pub(crate) mod worklist;

use crate::route::Route;

/// Every list of routes below `/api/v1`.
pub(crate) const LISTS: &[&[Route]] = &[
    session::ROUTES,
    setup::ROUTES,
    system::ROUTES,
    worklist::ROUTES,
    withdrawal::ROUTES,
    completeness::ROUTES,
    refusals::ROUTES,
    imports::ROUTES,
    shares::ROUTES,
    authorisations::ROUTES,
    users::ROUTES,
    peers::ROUTES,
    projects::ROUTES,
    policies::ROUTES,
    reviews::ROUTES,
    tokens::ROUTES,
];
