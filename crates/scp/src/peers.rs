//! Who may associate: peers and their rights, closed by default beyond loopback.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use lightcase_archive::{Archive, certificate_digest};
use lightcase_audit::Event;
use lightcase_catalog::{CatalogError, Peer, Right};
use lightcase_dimse::{
    Acceptor, AssociationInfo, Denial, Permitted, Proposal, Proposed, Rejection, Roles,
    VERIFICATION, is_storage,
};
use lightcase_model::{Actor, AeTitle, Ctx, Origin, Phi, Uid};
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
        let shown = proposal.certificate.as_deref().map(certificate_digest);
        if let Some(digest) = &shown {
            let owners = catalog.peers_by_certificate(digest).await.map_err(unavailable)?;
            owned(&owners, &proposal.calling)?;
        }
        if let Some(peer) = catalog.peer(&proposal.calling).await.map_err(unavailable)? {
            let addresses = addresses(&peer.host).await;
            return known(peer, address, addresses.as_deref(), shown.as_ref());
        }
        let any = !catalog.peers().await.map_err(unavailable)?.is_empty();
        unknown(proposal, address, self.open_loopback, any)
    }

    /// The refusal on record, and in the list of newcomers if nobody knows the title or the
    /// certificate.
    async fn record(&self, proposal: &Proposal, denial: &Denial) -> Result<(), CatalogError> {
        let Proposal { calling, called, address, certificate, .. } = proposal;
        let catalog = self.archive.catalog();
        let address = address.ip().to_canonical();
        let digest = certificate.as_deref().map(certificate_digest);
        let owned = match &digest {
            Some(digest) => !catalog.peers_by_certificate(digest).await?.is_empty(),
            None => false,
        };
        let newcomer = denial.rejection == Rejection::UnknownCalling
            && !owned
            && catalog.peer(calling).await?.is_none();
        let origin = Origin::Dimse { calling: calling.clone(), called: called.clone(), address };
        // The title is a claim that was not granted: nobody proved who this was.
        let ctx = Ctx::new(Actor::Visitor, origin, self.archive.clock().now());
        let event = Event::AssociationRefused {
            calling: calling.to_string(),
            called: called.to_string(),
            reason: denial.rejection.words(),
            address: Some(Phi::new(address.to_string())),
        };
        let mut tx = catalog.begin().await?;
        if newcomer {
            tx.note_newcomer(calling, address, digest.as_ref(), ctx.now).await?;
        }
        tx.record(&ctx, event).await?;
        tx.commit().await
    }
}

/// A certificate that is pinned to some peers speaks for those only.
fn owned(owners: &[Peer], calling: &AeTitle) -> Result<(), Denial> {
    match owners {
        [owner, ..] if !owners.iter().any(|peer| peer.title == *calling) => {
            let why = format!("{calling} showed the certificate of {}", owner.title);
            Err(Denial::new(Rejection::UnknownCalling, why))
        }
        [] | [_, ..] => Ok(()),
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

fn known(
    peer: Peer,
    address: IpAddr,
    addresses: Option<&[IpAddr]>,
    shown: Option<&[u8; 32]>,
) -> Result<Vec<Right>, Denial> {
    let Peer { title, host, certificate, rights, .. } = peer;
    if addresses.is_some_and(|addresses| !addresses.contains(&address)) {
        let why = format!("{title} is a peer at {host}, but called from {address}");
        return Err(Denial::new(Rejection::UnknownCalling, why));
    }
    if let Some(pin) = &certificate
        && shown != Some(pin)
    {
        let what = if shown.is_some() { "another certificate" } else { "no certificate" };
        let why = format!(
            "{title} showed {what}, and is entered with one; it must call the TLS port with that one, \
             or its entry be changed with `lightcase peer change`"
        );
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
            format!(
                "{calling} is not a known peer; let it in with `lightcase peer allow`, or add it \
                 with `lightcase peer add`"
            ),
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
    let right = needed(class)?;
    let scu = rights.contains(&right);
    // Who may get is sent what it asked for, as the SCP of storage.
    let scp = right == Right::Store && rights.contains(&Right::Get);
    let roles = Roles { scu: scu && context.roles.scu, scp: scp && context.roles.scp };
    (roles.scu || roles.scp).then_some(roles)
}

/// The right that would open a SOP class; none where it is not served at all.
fn needed(class: &Uid) -> Option<Right> {
    match class.as_str() {
        VERIFICATION => Some(Right::Echo),
        STORAGE_COMMITMENT => Some(Right::Commit),
        _ if is_query(class) => Some(Right::Find),
        _ if is_get(class) => Some(Right::Get),
        _ if is_move(class) => Some(Right::Move),
        _ if is_storage(class) => Some(Right::Store),
        _ => None,
    }
}

/// What a peer asked for and has no right to, in words for whoever runs this side; none where it
/// may all that it asked for.
fn wanting(calling: &AeTitle, rights: &[Right], proposal: &Proposal) -> Option<String> {
    let mut missing: Vec<Right> =
        proposal.contexts.iter().filter_map(|context| needed(&context.abstract_syntax)).collect();
    missing.retain(|right| !rights.contains(right));
    // Who may get is sent objects, in storage contexts of its own.
    missing.retain(|right| *right != Right::Store || !rights.contains(&Right::Get));
    missing.sort_unstable();
    missing.dedup();
    let names = |rights: &[Right]| rights.iter().map(|right| right.name()).collect::<Vec<_>>();
    (!missing.is_empty()).then(|| {
        let (has, lacks) = (names(rights).join(", "), names(&missing).join(", "));
        format!(
            "{calling} may {has}, and asked for {lacks}; if it may, give it these rights \
             (`lightcase peer change … --rights`)"
        )
    })
}

impl Acceptor for Peers {
    fn decide<'a>(&'a self, proposal: &'a Proposal) -> BoxFuture<'a, Result<Permitted, Denial>> {
        async move {
            let rights = self.rights(proposal).await?;
            let permitted = permitted(&rights, &proposal.contexts);
            if let Some(why) = wanting(&proposal.calling, &rights, proposal) {
                tracing::warn!(address = %proposal.address.ip(), "{why}");
                // The peer is told by context, so that what it may do still works. Where nothing
                // is left of what it asked for, that was a refusal.
                if permitted.is_empty() {
                    self.rejected(proposal, &Denial::new(Rejection::NotAllowed, why)).await;
                }
            }
            Ok(permitted)
        }
        .boxed()
    }

    /// Nothing to note: what is stored is audited as it comes.
    fn accepted<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn rejected<'a>(&'a self, proposal: &'a Proposal, denial: &'a Denial) -> BoxFuture<'a, ()> {
        async move {
            if let Err(error) = self.record(proposal, denial).await {
                let error: &dyn Error = &error;
                tracing::error!(error, "a refused association could not be recorded");
            }
        }
        .boxed()
    }

    fn unsecured(&self, address: SocketAddr) -> BoxFuture<'_, ()> {
        async move {
            // No title was said, so there is no association to be the origin.
            let ctx = Ctx::new(Actor::Visitor, Origin::Local, self.archive.clock().now());
            let event = Event::AssociationRefused {
                calling: String::new(),
                called: String::new(),
                reason: "tls",
                address: Some(Phi::new(address.ip().to_canonical().to_string())),
            };
            if let Err(error) = self.archive.catalog().record(&ctx, event).await {
                let error: &dyn Error = &error;
                tracing::error!(error, "a failed TLS handshake could not be recorded");
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcase_model::Timestamp;

    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
    const MOVE: &str = "1.2.840.10008.5.1.4.1.2.1.2";
    const GET: &str = "1.2.840.10008.5.1.4.1.2.2.3";
    const COMMIT: &str = "1.2.840.10008.1.20.1";
    const WORKLIST: &str = "1.2.840.10008.5.1.4.31";

    fn proposal(address: &str) -> Proposal {
        let contexts = [VERIFICATION, CT, FIND, "1.2.276.0.1", MOVE, GET, COMMIT, WORKLIST];
        Proposal {
            calling: AeTitle::parse("CT1").unwrap(),
            called: AeTitle::parse("LIGHTCASE").unwrap(),
            address: (address.parse::<IpAddr>().unwrap(), 104).into(),
            certificate: None,
            contexts: (1..=15)
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
            tls: false,
            certificate: None,
            issuer: String::new(),
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
        let verdict = known(peer(host, rights), address, addresses(host).await.as_deref(), None);
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
    fn a_pin_asks_for_its_certificate_and_speaks_for_its_peer_alone() {
        let pinned = Peer { certificate: Some([1; 32]), ..peer("*", &[Right::Store]) };
        let address = "10.0.0.5".parse().unwrap();
        let check = |shown: Option<[u8; 32]>, expected| {
            let verdict = known(pinned.clone(), address, None, shown.as_ref());
            assert_eq!(rejection(verdict), expected, "{shown:?}");
        };
        check(Some([1; 32]), None);
        check(Some([2; 32]), Some(Rejection::UnknownCalling));
        check(None, Some(Rejection::UnknownCalling));

        let other = AeTitle::parse("CT2").unwrap();
        let owners = [pinned.clone()];
        assert_eq!(owned(&owners, &pinned.title), Ok(()));
        assert_eq!(rejection(owned(&owners, &other)), Some(Rejection::UnknownCalling));
        assert_eq!(owned(&[], &other), Ok(()));
        let both = [pinned, Peer { title: other.clone(), ..owners[0].clone() }];
        assert_eq!(owned(&both, &other), Ok(()));
    }

    #[test]
    fn what_a_peer_has_no_right_to_is_told_by_name() {
        let check = |rights: &[Right], expected: Option<&str>| {
            let proposal = proposal("10.0.0.5");
            let told = wanting(&proposal.calling, rights, &proposal);
            match (&told, expected) {
                (Some(told), Some(expected)) => assert!(told.contains(expected), "{told}"),
                (told, expected) => assert_eq!(told.is_none(), expected.is_none(), "{told:?}"),
            }
        };
        check(&Right::ALL, None);
        check(
            &[Right::Echo, Right::Store, Right::Find, Right::Move, Right::Get],
            Some("CT1 may echo, store, find, move, get, and asked for commit;"),
        );
        check(&[Right::Echo], Some("asked for store, find, move, get, commit;"));
        check(&[Right::Get], Some("asked for echo, find, move, commit;"));
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
        check(&[Right::Move], &[9]);
        check(&[Right::Get], &[11]);
        check(&[Right::Commit], &[13]);
        check(&Right::ALL, &[1, 3, 5, 7, 9, 11, 13]);
        check(&[], &[]);
    }
}
