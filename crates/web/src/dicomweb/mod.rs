//! DICOMweb (PS3.18), one router for staff and for share visitors: only who asks, and so what is
//! in sight, differs.

pub(crate) mod accept;
pub(crate) mod asker;
pub(crate) mod bulkdata;
mod dicom_json;
pub(crate) mod frames;
pub(crate) mod metadata;
mod multipart;
mod parameters;
pub(crate) mod qido;
pub(crate) mod rendered;
pub(crate) mod retrieve;
mod selected;
pub(crate) mod stow;
pub(crate) mod thumbnail;

use lightcase_model::Permission;

use crate::route::{Access, Route, routes};

const SEARCH: Access = Access::Needs(Permission::Search);
const VIEW: Access = Access::Needs(Permission::View);

/// Mounts for the collections of a de-identification project, and who may use them: its clean
/// copies, and what is held of it.
pub(crate) const PROJECTS: [(&str, Access); 2] = [
    ("/projects/{project}/dicom-web", Access::Needs(Permission::ReadClean)),
    ("/review/{project}/dicom-web", Access::Needs(Permission::Review)),
];

/// Paths below the root of each mount.
pub(crate) const ROUTES: &[Route] = routes! {
    SEARCH, get "/studies" => qido::studies;
    SEARCH, get "/series" => qido::series;
    SEARCH, get "/instances" => qido::instances;
    SEARCH, get "/studies/{study}/series" => qido::series;
    SEARCH, get "/studies/{study}/instances" => qido::instances;
    SEARCH, get "/studies/{study}/series/{series}/instances" => qido::instances;
    VIEW, get "/studies/{study}/metadata" => metadata::metadata;
    VIEW, get "/studies/{study}/series/{series}/metadata" => metadata::metadata;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}/metadata" => metadata::metadata;
    VIEW, get "/studies/{study}" => retrieve::retrieve;
    VIEW, get "/studies/{study}/series/{series}" => retrieve::retrieve;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}" => retrieve::retrieve;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}/frames/{frames}"
        => frames::frames;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}/rendered"
        => rendered::rendered;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered"
        => rendered::rendered;
    VIEW, get "/studies/{study}/thumbnail" => thumbnail::thumbnail;
    VIEW, get "/studies/{study}/series/{series}/thumbnail" => thumbnail::thumbnail;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}/thumbnail"
        => thumbnail::thumbnail;
    VIEW, get "/studies/{study}/series/{series}/instances/{instance}/bulkdata/{*path}"
        => bulkdata::bulkdata;
};
