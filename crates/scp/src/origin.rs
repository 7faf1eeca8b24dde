//! The context of a command that came over an association.

use lightcase_dimse::AssociationInfo;
use lightcase_model::{Actor, Ctx, Origin, Timestamp};

/// A context with a request id of its own, for one command.
pub(crate) fn context(association: &AssociationInfo, now: Timestamp) -> Ctx {
    let AssociationInfo { calling, called, address, .. } = association;
    let origin = Origin::Dimse {
        calling: calling.clone(),
        called: called.clone(),
        address: address.ip().to_canonical(),
    };
    Ctx::new(Actor::Peer(calling.clone()), origin, now)
}
