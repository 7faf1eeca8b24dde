//! From a connection to an association: A-ASSOCIATE-RQ in, A-ASSOCIATE-AC or -RJ out.

use std::net::SocketAddr;

use dicom_ul::pdu::{AssociationRQ, MAXIMUM_PDU_SIZE, Pdu, read_pdu};
use lightcase_model::{AeTitle, RequestId};

use crate::association::{Association, Limits};
use crate::listener::Shared;
use crate::lobby::Place;
use crate::wire::{Frame, PduKind, Phase, Wire};
use crate::{
    AssociationError, AssociationInfo, Denial, Permitted, Proposal, Rejection, Violation, negotiate,
};

/// The longest User Information item taken: room for a SAML assertion.
const USER_INFORMATION_LIMIT: usize = 32 * 1024;

/// Who connected, as far as the transport tells.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    pub(crate) certificate: Option<Vec<u8>>,
}

/// Waits for the peer's request.
pub(crate) async fn request(
    wire: &mut Wire,
    shared: &Shared,
) -> Result<AssociationRQ, AssociationError> {
    let frame =
        wire.receive(Phase::AwaitRequest, shared.options.artim, "an association request").await?;
    match frame.kind {
        PduKind::AssociateRq => Ok(read(frame)?),
        PduKind::Abort => Err(AssociationError::Aborted),
        PduKind::AssociateAc
        | PduKind::AssociateRj
        | PduKind::Data
        | PduKind::ReleaseRq
        | PduKind::ReleaseRp => Err(Violation::Malformed("no association request").into()),
    }
}

/// An A-ASSOCIATE-RQ.
pub(crate) fn read(frame: Frame) -> Result<AssociationRQ, Violation> {
    bound_user_information(&frame.payload())?;
    match read_pdu(frame.whole, MAXIMUM_PDU_SIZE, true) {
        Ok(Some(Pdu::AssociationRQ(request))) => Ok(request),
        Ok(_) => Err(Violation::Malformed("the association request is cut off")),
        Err(error) => {
            tracing::debug!(%error, "unreadable association request");
            Err(Violation::Malformed("the association request cannot be read"))
        }
    }
}

/// Walks over the request's items (PS3.8 table 9-11), and over those of its user information (table
/// 9-16), before anything is made of them.
fn bound_user_information(payload: &[u8]) -> Result<(), Violation> {
    let mut items = payload.get(68..).unwrap_or_default();
    while let Some((kind, item, rest)) = split_item(items)? {
        if kind == 0x50 {
            if item.len() > USER_INFORMATION_LIMIT {
                return Err(Violation::Malformed("the user information is too long"));
            }
            let mut inner = item;
            while let Some((_, _, rest)) = split_item(inner)? {
                inner = rest;
            }
        }
        items = rest;
    }
    Ok(())
}

/// Kind and content of an item, and what follows it.
type Item<'a> = (u8, &'a [u8], &'a [u8]);

/// The first item.
fn split_item(items: &[u8]) -> Result<Option<Item<'_>>, Violation> {
    let Some((&[kind, _, high, low], rest)) = items.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (item, rest) = rest
        .split_at_checked(length)
        .ok_or(Violation::Malformed("an item is longer than what holds it"))?;
    Ok(Some((kind, item, rest)))
}

/// Decides on a request and answers it. `None` when it was refused.
pub(crate) async fn answer(
    mut wire: Wire,
    request: &AssociationRQ,
    caller: Caller,
    shared: &Shared,
) -> Result<Option<(Association, Place)>, AssociationError> {
    let judged = judge(request, caller, shared).await;
    let (proposal, place, permitted) = match judged {
        Ok(judged) => judged,
        Err(why) => {
            wire.send(&Pdu::AssociationRJ(why.encode())).await?;
            wire.close().await;
            return Ok(None);
        }
    };
    let (results, contexts) = negotiate::contexts(request, &permitted, &shared.services);
    let info = AssociationInfo {
        id: RequestId::random(),
        calling: proposal.calling,
        called: proposal.called,
        address: proposal.address,
        certificate: proposal.certificate,
        peer_version: negotiate::peer_version(&request.user_variables),
        contexts,
    };
    shared.acceptor.accepted(&info).await;
    let max_pdu = shared.options.max_pdu;
    let acceptance = negotiate::acceptance(request, results, &info.contexts, max_pdu);
    wire.send(&Pdu::AssociationAC(acceptance)).await?;
    let limits = Limits {
        idle: shared.options.idle,
        minimum_rate: shared.options.minimum_rate,
        max_pdu: max_pdu.min(negotiate::peer_max_pdu(&request.user_variables)),
    };
    Ok(Some((Association::new(wire, info, limits), place)))
}

type Judged = (Proposal, Place, Permitted);

async fn judge(
    request: &AssociationRQ,
    caller: Caller,
    shared: &Shared,
) -> Result<Judged, Rejection> {
    let (Caller { address, certificate }, ours) = (caller, &shared.options.ae_title);
    let title = |text: &str, why| {
        AeTitle::parse(text).map_err(|error| {
            tracing::warn!(%address, "refused an association: {error}");
            why
        })
    };
    let called = title(&request.called_ae_title, Rejection::UnknownCalled)?;
    let calling = title(&request.calling_ae_title, Rejection::UnknownCalling)?;
    let mut proposal = Proposal { calling, called, address, certificate, contexts: Vec::new() };
    match admit(request, &mut proposal, shared).await {
        Ok((place, permitted)) => Ok((proposal, place, permitted)),
        Err(denial) => {
            let (calling, called) = (&proposal.calling, &proposal.called);
            tracing::warn!(%calling, %called, %address, ours = %ours,
                "refused an association: {}", denial.why);
            shared.acceptor.rejected(&proposal, &denial).await;
            Err(denial.rejection)
        }
    }
}

async fn admit(
    request: &AssociationRQ,
    proposal: &mut Proposal,
    shared: &Shared,
) -> Result<(Place, Permitted), Denial> {
    let options = &shared.options;
    proposal.contexts = negotiate::proposed(request)?;
    let Proposal { called, calling, .. } = &*proposal;
    if *called != options.ae_title {
        let ours = &options.ae_title;
        let why = format!("{calling} calls {called}, but this is {ours}; correct it there");
        return Err(Denial::new(Rejection::UnknownCalled, why));
    }
    let permitted = shared.acceptor.decide(proposal).await?;
    let place = shared.census.admit(proposal.address.ip(), calling, options)?;
    Ok((place, permitted))
}
