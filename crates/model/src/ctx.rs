//! Who asks, from where, when: the first parameter of everything that acts.

use std::net::IpAddr;

use crate::{AccountId, AeTitle, RequestId, SessionId, ShareId, Timestamp, TokenId};

/// Who acts. Every audit row has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Lightcase itself: start-up, sweeps, shutdown.
    System,
    /// Somebody at the machine's command line.
    Operator,
    /// A signed-in account.
    Account(AccountId),
    /// An API token.
    Token(TokenId),
    /// A DICOM peer, by its calling AE title.
    Peer(AeTitle),
    /// A proved visitor of a share.
    Recipient {
        /// The share that was opened.
        share: ShareId,
        /// The visitor's session.
        session: SessionId,
    },
    /// Nobody proved: a sign-in attempt, a probe of a share link.
    Visitor,
}

/// How a request or an object came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Over DIMSE.
    Dimse {
        /// Calling AE title of the association.
        calling: AeTitle,
        /// Called AE title of the association.
        called: AeTitle,
        /// Network address of the peer.
        address: IpAddr,
    },
    /// Over the staff's HTTP services.
    Http {
        /// Network address of the client, by the trusted-proxy rule.
        address: IpAddr,
    },
    /// Over STOW-RS.
    Stow {
        /// Network address of the client.
        address: IpAddr,
    },
    /// By `import`, from the page or the command line.
    Import,
    /// Through a share link.
    Share {
        /// The share.
        share: ShareId,
        /// Network address of the visitor.
        address: IpAddr,
    },
    /// From inside: start-up, sweeps, the command line.
    Local,
}

/// The context of one command or request; never of a whole association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// When, taken once at the edge. Nothing below asks a clock.
    pub now: Timestamp,
    /// The same in the reply, the log and the audit.
    pub request: RequestId,
}

impl Ctx {
    /// A context with a fresh request id.
    pub fn new(actor: Actor, origin: Origin, now: Timestamp) -> Self {
        Self { actor, origin, now, request: RequestId::random() }
    }

    /// Lightcase's own context, for start-up and sweeps.
    pub fn system(now: Timestamp) -> Self {
        Self::new(Actor::System, Origin::Local, now)
    }
}
