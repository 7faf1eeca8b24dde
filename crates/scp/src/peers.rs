//! Who may associate: peers and their rights, closed by default beyond loopback.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use lightcase_archive::Archive;
use lightcase_audit::Event;
use lightcase_catalog::{CatalogError, Peer, Right};
use lightcase_dimse::{
    Acceptor, AssociationInfo, Denial, Permitted, Proposal, Proposed, Rejection, Roles,
    VERIFICATION, is_storage,
};
use lightcase_model::{Actor, Ctx, Origin, Phi};
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::c_find::is_query;
use crate::models::{STORAGE_COMMITMENT, is_get, is_move};

/// The longest wait for the address of a peer that is configured by name.
const LOOKUP: Duration = Duration::from_secs(5);

/// Whether AEs nobody entered may echo and store from this machine.
///
/// Behind a proxy the whole world is loopback. So the configuration opens it only when no DICOM
/// TLS and no non-loopback public address is configured; and it is closed by the first peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenLoopback {
    /// As long as no peer is entered.
    UntilFirstPeer,
    /// Never.
    No,
}

/// The acceptor of all our listeners. Peers are looked up for each association, so that one that
/// was added or removed beside a running server counts at once.
#[derive(Debug, Clone)]
pub struct Peers {
    archive: Archive,
    open_loopback: OpenLoopback,
}

impl Peers {
    /// Peers of the archive's catalog.
    pub fn new(archive: Archive, open_loopback: OpenLoopback) -> Self {
        Self { archive, open_loopback }
    }

    async fn rights(&self, proposal: &Proposal) -> Result<Vec<Right>, Denial> {
        let catalog = self.archive.catalog();
        let address = proposal.address.ip().to_canonical();
        if let Some(peer) = catalog.peer(&proposal.calling).await.map_err(unavailable)? {
            let addresses = addresses(&peer.host).await;
            return known(peer, address, addresses.as_deref());
        }
        let any = !catalog.peers().await.map_err(unavailable)?.is_empty();
        unknown(proposal, address, self.open_loopback, any)
    }
}

/// An index that does not answer is no verdict on the peer: it may come again.
#[expect(clippy::needless_pass_by_value, reason = "it is the argument of map_err")]
fn unavailable(error: CatalogError) -> Denial {
    let error: &dyn Error = &error;
    tracing::error!(error, "peers could not be looked up");
    Denial::new(Rejection::Congestion, "the index does not answer")
}

/// The addresses a peer may call from; `None` is any.
async fn addresses(host: &str) -> Option<Vec<IpAddr>> {
    if host == "*" {
        return None;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(vec![address.to_canonical()]);
    }
    if let Ok(Ok(found)) = timeout(LOOKUP, lookup_host((host, 0))).await {
        return Some(found.map(|address| address.ip().to_canonical()).collect());
    }
    tracing::warn!(%host, "the host name of a peer cannot be resolved");
    Some(Vec::new())
}

fn known(peer: Peer, address: IpAddr, addresses: Option<&[IpAddr]>) -> Result<Vec<Right>, Denial> {
    let Peer { title, host, rights, .. } = peer;
    if addresses.is_some_and(|addresses| !addresses.contains(&address)) {
        let why = format!("{title} is a peer at {host}, but called from {address}");
        return Err(Denial::new(Rejection::UnknownCalling, why));
    }
    if rights.is_empty() {
        let why = format!("{title} is a peer without any right");
        return Err(Denial::new(Rejection::NotAllowed, why));
    }
    Ok(rights)
}

fn unknown(
    proposal: &Proposal,
    address: IpAddr,
    open_loopback: OpenLoopback,
    any_peer: bool,
) -> Result<Vec<Right>, Denial> {
    let calling = &proposal.calling;
    match open_loopback {
        OpenLoopback::UntilFirstPeer if address.is_loopback() && !any_peer => {
            Ok(vec![Right::Echo, Right::Store])
        }
        // The echo check of our own pages calls us under our own title. It may echo, nothing more.
        OpenLoopback::UntilFirstPeer | OpenLoopback::No
            if address.is_loopback() && *calling == proposal.called =>
        {
            Ok(vec![Right::Echo])
        }
        OpenLoopback::UntilFirstPeer | OpenLoopback::No => Err(Denial::new(
            Rejection::UnknownCalling,
            format!("{calling} is not a known peer; add it with `lightcase peer add`"),
        )),
    }
}

/// The contexts that these rights open, with the roles they allow.
fn permitted(rights: &[Right], contexts: &[Proposed]) -> Permitted {
    let open = |context: &Proposed| Some((context.id, roles(rights, context)?));
    contexts.iter().filter_map(open).collect()
}

/// Of the roles that a peer wants in a context, those it may have.
fn roles(rights: &[Right], context: &Proposed) -> Option<Roles> {
    let class = &context.abstract_syntax;
    let asks = |right: Right| (rights.contains(&right), false);
    let (scu, scp) = match class.as_str() {
        VERIFICATION => asks(Right::Echo),
        STORAGE_COMMITMENT => asks(Right::Commit),
        _ if is_query(class) => asks(Right::Find),
        _ if is_get(class) => asks(Right::Get),
        _ if is_move(class) => asks(Right::Move),
        // Who may get is sent what it asked for, as the SCP of storage.
        _ if is_storage(class) => (rights.contains(&Right::Store), rights.contains(&Right::Get)),
        _ => (false, false),
    };
    let roles = Roles { scu: scu && context.roles.scu, scp: scp && context.roles.scp };
    (roles.scu || roles.scp).then_some(roles)
}

impl Acceptor for Peers {
    fn decide<'a>(&'a self, proposal: &'a Proposal) -> BoxFuture<'a, Result<Permitted, Denial>> {
        async move {
            let rights = self.rights(proposal).await?;
            Ok(permitted(&rights, &proposal.contexts))
        }
        .boxed()
    }

    /// Nothing to note: what is stored is audited as it comes.
    fn accepted<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn rejected<'a>(&'a self, proposal: &'a Proposal, denial: &'a Denial) -> BoxFuture<'a, ()> {
        async move {
            let Proposal { calling, called, address, .. } = proposal;
            let address = address.ip().to_canonical();
            let origin =
                Origin::Dimse { calling: calling.clone(), called: called.clone(), address };
            // The title is a claim that was not granted: nobody proved who this was.
            let ctx = Ctx::new(Actor::Visitor, origin, self.archive.clock().now());
            let event = Event::AssociationRefused {
                calling: calling.to_string(),
                called: called.to_string(),
                reason: denial.rejection.words(),
                address: Some(Phi::new(address.to_string())),
            };
            if let Err(error) = self.archive.catalog().record(&ctx, event).await {
                let error: &dyn Error = &error;
                tracing::error!(error, "a refused association could not be recorded");
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcase_model::{AeTitle, Timestamp, Uid};

    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";

    fn proposal(address: &str) -> Proposal {
        let contexts = [VERIFICATION, CT, FIND, "1.2.276.0.1"];
        Proposal {
            calling: AeTitle::parse("CT1").unwrap(),
            called: AeTitle::parse("LIGHTCASE").unwrap(),
            address: (address.parse::<IpAddr>().unwrap(), 104).into(),
            certificate: None,
            contexts: (1..=7)
                .step_by(2)
                .zip(contexts)
                .map(|(id, uid)| Proposed {
                    id,
                    abstract_syntax: Uid::parse(uid).unwrap(),
                    roles: Roles::DEFAULT,
                })
                .collect(),
        }
    }

    fn peer(host: &str, rights: &[Right]) -> Peer {
        Peer {
            title: AeTitle::parse("CT1").unwrap(),
            host: host.to_owned(),
            port: None,
            rights: rights.to_vec(),
            created_at: Timestamp::default(),
        }
    }

    fn rejection<T>(verdict: Result<T, Denial>) -> Option<Rejection> {
        verdict.err().map(|denial| denial.rejection)
    }

    fn check_unknown(from: &str, open: OpenLoopback, any: bool, expected: Option<Rejection>) {
        let proposal = proposal(from);
        let address = proposal.address.ip();
        assert_eq!(rejection(unknown(&proposal, address, open, any)), expected, "{from}");
    }

    #[test]
    fn we_may_echo_ourselves() {
        let mut own = proposal("127.0.0.1");
        own.calling = own.called.clone();
        let address = own.address.ip();
        let rights = unknown(&own, address, OpenLoopback::No, true);
        assert_eq!(rights.ok(), Some(vec![Right::Echo]));
    }

    #[test]
    fn strangers_come_in_only_from_loopback_and_only_before_the_first_peer() {
        let closed = Some(Rejection::UnknownCalling);
        check_unknown("127.0.0.1", OpenLoopback::UntilFirstPeer, false, None);
        check_unknown("::1", OpenLoopback::UntilFirstPeer, false, None);
        check_unknown("127.0.0.1", OpenLoopback::UntilFirstPeer, true, closed);
        check_unknown("127.0.0.1", OpenLoopback::No, false, closed);
        check_unknown("10.0.0.5", OpenLoopback::UntilFirstPeer, false, closed);
    }

    async fn check_known(host: &str, rights: &[Right], from: &str, expected: Option<Rejection>) {
        let address = from.parse().unwrap();
        let verdict = known(peer(host, rights), address, addresses(host).await.as_deref());
        assert_eq!(rejection(verdict), expected, "{host} {from}");
    }

    #[tokio::test]
    async fn a_peer_calls_from_its_host_and_has_rights() {
        let store = &[Right::Store];
        check_known("10.0.0.5", store, "10.0.0.5", None).await;
        check_known("*", store, "10.0.0.6", None).await;
        check_known("localhost", store, "127.0.0.1", None).await;
        let elsewhere = Some(Rejection::UnknownCalling);
        check_known("10.0.0.5", store, "10.0.0.6", elsewhere).await;
        check_known("no such host", store, "10.0.0.5", elsewhere).await;
        check_known("10.0.0.5", &[], "10.0.0.5", Some(Rejection::NotAllowed)).await;
    }

    #[test]
    fn rights_open_their_own_contexts_and_no_others() {
        let check = |rights: &[Right], expected: &[u8]| {
            let ids = permitted(rights, &proposal("10.0.0.5").contexts);
            let ids: Vec<u8> = ids.into_keys().collect();
            assert_eq!(ids, expected, "{rights:?}");
        };
        check(&[Right::Echo], &[1]);
        check(&[Right::Store], &[3, 7]);
        check(&[Right::Find], &[5]);
        check(&Right::ALL, &[1, 3, 5, 7]);
        check(&[], &[]);
    }
}
