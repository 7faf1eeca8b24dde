//! How a configured peer is called.

use lightcase_catalog::Peer;
use lightcase_dimse::scu::Target;
use lightcase_model::AeTitle;

/// The peer as somebody to call under one of our titles; `None` where nobody said how.
pub(crate) fn target(peer: &Peer, calling: &AeTitle) -> Option<Target> {
    let port = peer.port?;
    if peer.host == "*" {
        return None;
    }
    Some(Target::new(peer.host.clone(), port, peer.title.clone(), calling.clone()))
}
