//! The list of services.

use std::sync::Arc;

use lightcase_archive::Archive;
use lightcase_dimse::Services;

use crate::c_echo::CEcho;
use crate::c_find::{CFind, FindLimits};
use crate::c_get::CGet;
use crate::c_move::CMove;
use crate::c_store::CStore;
use crate::commitment::{Commitments, NAction};
use crate::dial::Dialer;

/// All services of this node, in the order they are asked. Storage takes every abstract syntax
/// that the standard does not define as something else, so it comes last.
pub fn services(
    archive: &Archive,
    find: FindLimits,
    dialer: &Dialer,
    commitments: &Commitments,
) -> Services {
    Services::new(vec![
        Arc::new(CEcho),
        Arc::new(CFind::new(archive.clone(), find)),
        Arc::new(CGet(archive.clone())),
        Arc::new(CMove::new(archive.clone(), dialer.clone())),
        Arc::new(NAction(commitments.clone())),
        Arc::new(CStore::new(archive.clone())),
    ])
}
