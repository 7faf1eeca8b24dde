//! A requested association.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use dicom_ul::pdu::{
    AssociationAC, AssociationRQ, MAXIMUM_PDU_SIZE, Pdu, PresentationContextProposed,
    PresentationContextResultReason as Reason, read_pdu,
};
use lightcase_model::{RequestId, TransferSyntaxUid, Uid};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{ScuError, Target};
use crate::association::{Association, Limits};
use crate::syntax::APPLICATION_CONTEXT;
use crate::wire::{PduKind, Phase, Wire};
use crate::{
    AssociationError, AssociationInfo, Context, Foreign, Rejection, TlsFault, Violation, negotiate,
};

/// The most contexts one association can propose: the odd numbers of a byte.
pub const MAX_CONTEXTS: usize = 128;

/// An association this side requested.
pub struct Session {
    pub(super) association: Association,
    pub(super) target: Target,
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
        let (mut wire, address) = open(target).await?;
        let proposed: Vec<Context> = (1..=u8::MAX)
            .step_by(2)
            .zip(contexts)
            .map(|(id, (abstract_syntax, transfer_syntax))| Context {
                id,
                abstract_syntax: abstract_syntax.clone(),
                transfer_syntax: transfer_syntax.clone(),
            })
            .collect();
        wire.send(&Pdu::AssociationRQ(request(target, &proposed))).await?;
        let acceptance = await_answer(&mut wire, target).await?;
        let accepted = |context: &Context| {
            acceptance.presentation_contexts.iter().any(|result| {
                result.id == context.id
                    && result.reason == Reason::Acceptance
                    && TransferSyntaxUid::parse(&result.transfer_syntax).as_ref()
                        == Ok(&context.transfer_syntax)
            })
        };
        let info = AssociationInfo {
            id: RequestId::random(),
            calling: target.calling.clone(),
            called: target.called.clone(),
            address,
            certificate: None,
            peer_version: negotiate::peer_version(&acceptance.user_variables),
            contexts: proposed.into_iter().filter(accepted).collect(),
        };
        let limits = Limits {
            idle: target.idle,
            minimum_rate: 0,
            peer_max_pdu: negotiate::peer_max_pdu(&acceptance.user_variables),
        };
        let mut association = Association::new(wire, info, limits);
        if association.info().contexts.is_empty() {
            association.release().await?;
            return Err(ScuError::NoContext);
        }
        Ok(Self { association, target: target.clone(), message_id: 0 })
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

fn request(target: &Target, contexts: &[Context]) -> AssociationRQ {
    AssociationRQ {
        protocol_version: 1,
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        called_ae_title: target.called.to_string(),
        calling_ae_title: target.calling.to_string(),
        presentation_contexts: contexts
            .iter()
            .map(|context| PresentationContextProposed {
                id: context.id,
                abstract_syntax: context.abstract_syntax.to_string(),
                transfer_syntaxes: vec![context.transfer_syntax.to_string()],
            })
            .collect(),
        user_variables: negotiate::user_variables(target.max_pdu),
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
        Err(AssociationError::Closed | AssociationError::Io(_)) => {
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
