//! The public side of share links. No staff cookie is ever read here.

pub(crate) mod download;
pub(crate) mod notice;
pub(crate) mod open;
pub(crate) mod session;
pub(crate) mod view;

use lightcase_model::Permission;

use crate::route::{Access, Route, routes};

/// Where DICOMweb is mounted for one share session.
pub(crate) const DICOMWEB: &str = "/s/{handle}/dicom-web";

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Public, post "/s/session" => open::open;
    Access::Visitor, get "/s/{handle}/share" => view::view;
    Access::Visitor, post "/s/{handle}/notice" => notice::accept;
    Access::Needs(Permission::View), get "/s/{handle}/download" => download::download;
    Access::Visitor, delete "/s/{handle}/session" => session::leave;
};
