//! A requested association.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use dicom_ul::pdu::{
    AssociationAC, AssociationRQ, MAXIMUM_PDU_SIZE, Pdu, PresentationContextProposed,
    PresentationContextResultReason as Reason, read_pdu,
};
use lightcase_model::{RequestId, TransferSyntaxUid, Uid};
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{ScuError, Target};
use crate::association::{Association, Limits};
use crate::syntax::APPLICATION_CONTEXT;
use crate::wire::{PduKind, Phase, Wire};
use crate::{
    AssociationError, AssociationInfo, Context, Foreign, Rejection, Roles, TlsFault, Violation,
    negotiate,
};

/// The most contexts one association can propose: the odd numbers of a byte.
pub const MAX_CONTEXTS: usize = 128;

/// A presentation context to propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Abstract syntax.
    pub abstract_syntax: Uid,
    /// Transfer syntaxes, the one we like best first; the peer picks one.
    pub transfer_syntaxes: Vec<TransferSyntaxUid>,
    /// Our roles. All contexts of a SOP class have the same ones.
    pub roles: Roles,
}

/// An association this side requested.
pub struct Session {
    pub(super) association: Association,
    message_id: u16,
}

impl Session {
    /// Connects and associates, proposing each pair of abstract and transfer syntax as a context
    /// of its own, so that the peer cannot pick another syntax than that of the bytes at hand.
    /// Pairs beyond [`MAX_CONTEXTS`] are not proposed.
    pub async fn connect(
        target: &Target,
        contexts: &[(Uid, TransferSyntaxUid)],
    ) -> Result<Self, ScuError> {
        let offers: Vec<Offer> = contexts
            .iter()
            .map(|(abstract_syntax, transfer_syntax)| Offer {
                abstract_syntax: abstract_syntax.clone(),
                transfer_syntaxes: vec![transfer_syntax.clone()],
                roles: Roles::DEFAULT,
            })
            .collect();
        Self::offer(target, &offers).await
    }

    /// Connects and associates, proposing these contexts; those beyond [`MAX_CONTEXTS`] are not
    /// proposed.
    pub async fn offer(target: &Target, offers: &[Offer]) -> Result<Self, ScuError> {
        let (mut wire, address) = open(target).await?;
        let offers: Vec<(u8, &Offer)> = (1..=u8::MAX).step_by(2).zip(offers).collect();
        wire.send(&Pdu::AssociationRQ(request(target, &offers))).await?;
        let acceptance = await_answer(&mut wire, target).await?;
        let roles = negotiate::roles(&acceptance.user_variables);
        let accepted = |(id, offer): &(u8, &Offer)| {
            let result = acceptance
                .presentation_contexts
                .iter()
                .find(|result| result.id == *id && result.reason == Reason::Acceptance)?;
            let transfer_syntax = TransferSyntaxUid::parse(&result.transfer_syntax).ok()?;
            offer.transfer_syntaxes.contains(&transfer_syntax).then(|| Context {
                id: *id,
                abstract_syntax: offer.abstract_syntax.clone(),
                transfer_syntax,
                // A peer that says nothing of roles is taken to agree: many that do agree say
                // nothing, and one that does not refuses the message.
                roles: roles.get(&offer.abstract_syntax).copied().unwrap_or(offer.roles),
                extended: Vec::new(),
            })
        };
        let info = AssociationInfo {
            id: RequestId::random(),
            calling: target.calling.clone(),
            called: target.called.clone(),
            address,
            certificate: None,
            peer_version: negotiate::peer_version(&acceptance.user_variables),
            contexts: offers.iter().filter_map(accepted).collect(),
        };
        let limits = Limits {
            idle: target.idle,
            minimum_rate: 0,
            max_pdu: target.max_pdu.min(negotiate::peer_max_pdu(&acceptance.user_variables)),
        };
        let mut association = Association::new(wire, info, limits);
        if association.info().contexts.is_empty() {
            association.release().await?;
            return Err(ScuError::NoContext);
        }
        Ok(Self { association, message_id: 0 })
    }

    /// The accepted contexts.
    pub fn contexts(&self) -> &[Context] {
        &self.association.info().contexts
    }

    /// The accepted context for a pair of syntaxes.
    pub fn context(&self, abstract_syntax: &Uid, syntax: &TransferSyntaxUid) -> Option<u8> {
        let contexts = &self.association.info().contexts;
        let found = contexts.iter().find(|each| {
            each.abstract_syntax == *abstract_syntax && each.transfer_syntax == *syntax
        });
        found.map(|context| context.id)
    }

    /// Ends the association in order.
    pub async fn release(mut self) -> Result<(), ScuError> {
        Ok(self.association.release().await?)
    }

    /// Gives the association up.
    pub async fn abort(mut self) {
        self.association.abort().await;
    }

    pub(super) fn next_id(&mut self) -> u16 {
        self.message_id = self.message_id.wrapping_add(1);
        self.message_id
    }
}

async fn open(target: &Target) -> Result<(Wire, SocketAddr), ScuError> {
    let place = || target.place();
    let socket = timeout(target.connect, reach(target))
        .await
        .map_err(|_late: Elapsed| ScuError::Unanswered { place: place() })??;
    let unreachable = |source| ScuError::Unreachable { place: place(), source };
    socket.set_nodelay(true).map_err(unreachable)?;
    let address = socket.peer_addr().map_err(unreachable)?;
    let Some(tls) = &target.tls else {
        return Ok((Wire::new(Box::new(socket), target.max_pdu, target.idle), address));
    };
    let handshake = TlsConnector::from(Arc::clone(&tls.config)).connect(tls.name.clone(), socket);
    let late = |_late: Elapsed| ScuError::Silent { place: place(), awaited: "the TLS handshake" };
    let stream = timeout(target.connect, handshake)
        .await
        .map_err(late)?
        .map_err(|source| no_tls(target, source))?;
    if let Some(wanted) = &tls.certificate {
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let digest = shown.map(|certificate| Sha256::digest(certificate.as_ref()));
        if digest.is_none_or(|digest| digest.as_slice() != wanted) {
            let fault = TlsFault::OtherCertificate;
            let source = io::ErrorKind::PermissionDenied.into();
            return Err(ScuError::Tls { place: place(), fault, source });
        }
    }
    Ok((Wire::new(Box::new(stream), target.max_pdu, target.idle), address))
}

async fn reach(target: &Target) -> Result<TcpStream, ScuError> {
    let host = target.host.as_str();
    let unknown = |source| ScuError::UnknownHost { host: host.to_owned(), source };
    let addresses: Vec<SocketAddr> =
        lookup_host((host, target.port)).await.map_err(unknown)?.collect();
    TcpStream::connect(addresses.as_slice()).await.map_err(|source| {
        let (place, kind) = (target.place(), source.kind());
        if kind == io::ErrorKind::ConnectionRefused {
            ScuError::Refused { place }
        } else if kind == io::ErrorKind::TimedOut {
            ScuError::Unanswered { place }
        } else {
            ScuError::Unreachable { place, source }
        }
    })
}

fn no_tls(target: &Target, source: io::Error) -> ScuError {
    ScuError::Tls { place: target.place(), fault: TlsFault::of(&source), source }
}

fn request(target: &Target, offers: &[(u8, &Offer)]) -> AssociationRQ {
    let mut user_variables = negotiate::user_variables(target.max_pdu);
    let roles: BTreeMap<&Uid, Roles> = offers
        .iter()
        .filter(|(_, offer)| offer.roles != Roles::DEFAULT)
        .map(|(_, offer)| (&offer.abstract_syntax, offer.roles))
        .collect();
    user_variables.extend(roles.into_iter().map(|(class, roles)| negotiate::role(class, roles)));
    AssociationRQ {
        protocol_version: 1,
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        called_ae_title: target.called.to_string(),
        calling_ae_title: target.calling.to_string(),
        presentation_contexts: offers
            .iter()
            .map(|(id, offer)| PresentationContextProposed {
                id: *id,
                abstract_syntax: offer.abstract_syntax.to_string(),
                transfer_syntaxes: offer
                    .transfer_syntaxes
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            })
            .collect(),
        user_variables,
    }
}

async fn await_answer(wire: &mut Wire, target: &Target) -> Result<AssociationAC, ScuError> {
    let awaited = "the answer to the association request";
    let frame = match wire.receive(Phase::AwaitAnswer, target.connect, awaited).await {
        Ok(frame) => frame,
        Err(AssociationError::Timeout(awaited)) => {
            return Err(ScuError::Silent { place: target.place(), awaited });
        }
        // In TLS 1.3 the server may refuse our certificate after the handshake seemed done.
        Err(AssociationError::Io(source)) if target.tls.is_some() => {
            return Err(no_tls(target, source));
        }
        Err(AssociationError::Violation(Violation::UnrecognizedPdu(first))) => {
            let speaks = Foreign::of(first);
            return Err(ScuError::NotDicom { place: target.place(), speaks });
        }
        Err(
            AssociationError::Closed
            | AssociationError::Io(_)
            | AssociationError::Violation(Violation::PduTooLong { .. }),
        ) => {
            return Err(ScuError::NotDicom { place: target.place(), speaks: Foreign::Unknown });
        }
        Err(error) => return Err(error.into()),
    };
    if frame.kind == PduKind::Abort {
        return Err(ScuError::Aborted { place: target.place() });
    }
    match read_pdu(frame.whole, MAXIMUM_PDU_SIZE, true) {
        Ok(Some(Pdu::AssociationAC(acceptance))) => Ok(acceptance),
        Ok(Some(Pdu::AssociationRJ(rejection))) => Err(match Rejection::decode(&rejection) {
            Rejection::UnknownCalled => ScuError::UnknownCalled { called: target.called.clone() },
            Rejection::UnknownCalling => {
                ScuError::UnknownCalling { calling: target.calling.clone() }
            }
            Rejection::Congestion | Rejection::LimitExceeded => ScuError::Busy,
            other @ (Rejection::NotAllowed
            | Rejection::ApplicationContext
            | Rejection::ProtocolVersion
            | Rejection::Malformed) => ScuError::Rejected(other),
        }),
        Ok(_) | Err(_) => {
            let malformed = Violation::Malformed("the answer to the association request");
            Err(AssociationError::from(malformed).into())
        }
    }
}
