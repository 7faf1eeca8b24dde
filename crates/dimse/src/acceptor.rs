//! The policy a listener asks: who may associate, and with which presentation contexts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

use dicom_ul::pdu::{
    AssociationRJ, AssociationRJResult as RjResult,
    AssociationRJServiceProviderASCEReason as AcseReason,
    AssociationRJServiceProviderPresentationReason as PresentationReason,
    AssociationRJServiceUserReason as UserReason, AssociationRJSource as RjSource,
};
use futures::future::BoxFuture;
use lightcase_model::{AeTitle, Uid};

use crate::{AssociationInfo, Roles};

/// One proposed presentation context whose UIDs are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Presentation context id, odd.
    pub id: u8,
    /// Abstract syntax.
    pub abstract_syntax: Uid,
    /// The roles the requestor wants in it.
    pub roles: Roles,
}

/// The contexts a peer may use, by id, and its roles in them.
pub type Permitted = BTreeMap<u8, Roles>;

/// What a peer asks for.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Calling AE title.
    pub calling: AeTitle,
    /// Called AE title.
    pub called: AeTitle,
    /// The peer's network address.
    pub address: SocketAddr,
    /// The peer's certificate (DER), where the connection is TLS and it showed one. It was
    /// verified by the TLS configuration already.
    pub certificate: Option<Vec<u8>>,
    /// The contexts proposed.
    pub contexts: Vec<Proposed>,
}

/// Why an association is refused (PS3.8 table 9-21).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Called AE title not recognized.
    UnknownCalled,
    /// Calling AE title not recognized.
    UnknownCalling,
    /// Known, but not allowed: no reason given.
    NotAllowed,
    /// Application context name not supported.
    ApplicationContext,
    /// Protocol version not supported.
    ProtocolVersion,
    /// The request breaks PS3.8: no reason given, by the service provider.
    Malformed,
    /// Temporary congestion: too many associations in all.
    Congestion,
    /// Local limit exceeded: too many associations of this peer.
    LimitExceeded,
}

/// A refused association: what the peer is told, and what our own log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// What the peer is told.
    pub rejection: Rejection,
    /// Why, and what to do about it, for whoever runs this side. Never holds patient data.
    pub why: Cow<'static, str>,
}

impl Denial {
    /// A denial with its reason in words.
    pub fn new(rejection: Rejection, why: impl Into<Cow<'static, str>>) -> Self {
        Self { rejection, why: why.into() }
    }
}

impl From<Rejection> for Denial {
    fn from(rejection: Rejection) -> Self {
        Self::new(rejection, rejection.words())
    }
}

/// Who may associate. A listener asks it once per association request.
pub trait Acceptor: Send + Sync + 'static {
    /// The contexts this peer may use, by id, with the roles it may have of those it wants; or why
    /// it may not associate. The called title was checked already. Contexts left out are answered
    /// with user-rejection. All contexts of a SOP class are given the same roles.
    fn decide<'a>(&'a self, proposal: &'a Proposal) -> BoxFuture<'a, Result<Permitted, Denial>>;

    /// An association was accepted.
    fn accepted<'a>(&'a self, association: &'a AssociationInfo) -> BoxFuture<'a, ()>;

    /// A request was refused, by [`Acceptor::decide`] or by the listener itself.
    fn rejected<'a>(&'a self, proposal: &'a Proposal, denial: &'a Denial) -> BoxFuture<'a, ()>;

    /// A TLS handshake failed, so that nobody asked for anything: no TLS at all, an old version,
    /// no certificate, or one that is expired or of an unknown authority.
    fn unsecured(&self, address: SocketAddr) -> BoxFuture<'_, ()>;
}

impl Rejection {
    pub(crate) fn encode(self) -> AssociationRJ {
        let user = |reason| (RjResult::Permanent, RjSource::ServiceUser(reason));
        let acse = |reason| (RjResult::Permanent, RjSource::ServiceProviderASCE(reason));
        let busy = |reason| (RjResult::Transient, RjSource::ServiceProviderPresentation(reason));
        let (result, source) = match self {
            Self::UnknownCalled => user(UserReason::CalledAETitleNotRecognized),
            Self::UnknownCalling => user(UserReason::CallingAETitleNotRecognized),
            Self::NotAllowed => user(UserReason::NoReasonGiven),
            Self::ApplicationContext => user(UserReason::ApplicationContextNameNotSupported),
            Self::ProtocolVersion => acse(AcseReason::ProtocolVersionNotSupported),
            Self::Malformed => acse(AcseReason::NoReasonGiven),
            Self::Congestion => busy(PresentationReason::TemporaryCongestion),
            Self::LimitExceeded => busy(PresentationReason::LocalLimitExceeded),
        };
        AssociationRJ { result, source }
    }

    /// Reads what another implementation answered; reserved reasons become the nearest known one.
    pub(crate) fn decode(rejection: &AssociationRJ) -> Self {
        match &rejection.source {
            RjSource::ServiceUser(UserReason::CalledAETitleNotRecognized) => Self::UnknownCalled,
            RjSource::ServiceUser(UserReason::CallingAETitleNotRecognized) => Self::UnknownCalling,
            RjSource::ServiceUser(UserReason::ApplicationContextNameNotSupported) => {
                Self::ApplicationContext
            }
            RjSource::ServiceUser(UserReason::NoReasonGiven | UserReason::Reserved(_)) => {
                Self::NotAllowed
            }
            RjSource::ServiceProviderASCE(AcseReason::ProtocolVersionNotSupported) => {
                Self::ProtocolVersion
            }
            RjSource::ServiceProviderASCE(AcseReason::NoReasonGiven) => Self::Malformed,
            RjSource::ServiceProviderPresentation(
                PresentationReason::TemporaryCongestion | PresentationReason::Reserved(_),
            ) => Self::Congestion,
            RjSource::ServiceProviderPresentation(PresentationReason::LocalLimitExceeded) => {
                Self::LimitExceeded
            }
        }
    }
}

impl Rejection {
    /// The reason as PS3.8 table 9-21 prints it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::UnknownCalled => "called AE title not recognized",
            Self::UnknownCalling => "calling AE title not recognized",
            Self::NotAllowed => "no reason given",
            Self::ApplicationContext => "application context name not supported",
            Self::ProtocolVersion => "protocol version not supported",
            Self::Malformed => "no reason given, by the service provider",
            Self::Congestion => "temporary congestion",
            Self::LimitExceeded => "local limit exceeded",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rejection_survives_the_wire() {
        for rejection in [
            Rejection::UnknownCalled,
            Rejection::UnknownCalling,
            Rejection::NotAllowed,
            Rejection::ApplicationContext,
            Rejection::ProtocolVersion,
            Rejection::Malformed,
            Rejection::Congestion,
            Rejection::LimitExceeded,
        ] {
            assert_eq!(Rejection::decode(&rejection.encode()), rejection);
        }
    }
}
