//! Share links, as staff make, list, change and end them.

pub(crate) mod alerts;
pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod list;
mod words;

use lightcase_model::Permission;

use crate::route::{Access, Route, routes};

pub(crate) use words::may_name;

const SEE: Access = Access::Needs(Permission::SeeShares);
const SHARE: Access = Access::Needs(Permission::Share);

pub(crate) const ROUTES: &[Route] = routes! {
    SHARE, post "/shares" => create::create;
    SHARE, post "/shares/preview" => create::preview;
    SHARE, post "/shares/recall" => change::recall;
    SEE, get "/shares" => list::list;
    SEE, get "/shares/{id}" => list::one;
    SHARE, patch "/shares/{id}" => change::extend;
    SHARE, post "/shares/{id}/resend" => change::resend;
    SHARE, delete "/shares/{id}" => change::revoke;
    SEE, get "/alerts" => alerts::list;
    SEE, post "/alerts/seen" => alerts::seen;
    SEE, get "/alerts/address" => alerts::address;
    SEE, put "/alerts/address" => alerts::set_address;
};
