//! One TCP connection, from accept to its end.

use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use dicom_ul::pdu::AssociationRQ;
use futures::FutureExt;
use futures::future::join;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tracing::Instrument;

use crate::AssociationError;
use crate::accept::{Caller, answer, request};
use crate::association::{Association, end};
use crate::handshake::TlsFault;
use crate::listener::Shared;
use crate::serve::serve;
use crate::wire::Wire;

/// Carries a connection through its life; how it ended is logged here and nowhere else.
pub(crate) async fn run(socket: TcpStream, address: SocketAddr, shared: Arc<Shared>) {
    let seat = shared.waiting.enter();
    let opened = tokio::select! {
        biased;
        () = shared.shutdown.cancelled() => return,
        () = seat.cancelled() => {
            tracing::debug!(%address, "closed a silent connection to make room");
            return;
        }
        opened = open(socket, address, &shared) => opened,
    };
    seat.cancel();
    let Some(Opened { mut wire, caller, request }) = opened else { return };
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            tracing::warn!(%address, "no association: {error}");
            end(&mut wire, &error).await;
            return;
        }
    };
    match answer(wire, &request, caller, &shared).await {
        Ok(Some((association, _place))) => associated(association, &shared).await,
        Ok(None) => {}
        Err(error) => tracing::warn!(%address, "no association: {error}"),
    }
}

/// A connection that has said what it wants, or has failed to.
struct Opened {
    wire: Wire,
    caller: Caller,
    request: Result<AssociationRQ, AssociationError>,
}

async fn open(socket: TcpStream, address: SocketAddr, shared: &Shared) -> Option<Opened> {
    let options = &shared.options;
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%address, %error, "TCP_NODELAY could not be set");
    }
    let (mut wire, certificate) = match &options.tls {
        None => (Wire::new(Box::new(socket), options.max_pdu, options.write), None),
        Some(config) => {
            let handshake = TlsAcceptor::from(Arc::clone(config)).accept(socket);
            let stream = match timeout(options.artim, handshake).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    let why = TlsFault::of(&error).of_caller();
                    tracing::warn!(%address, %error, "TLS handshake failed: {why}");
                    // One that connects and leaves, as health checks do, has asked for nothing.
                    if error.kind() == io::ErrorKind::InvalidData {
                        shared.acceptor.unsecured(address).await;
                    }
                    return None;
                }
                Err(_) => {
                    tracing::warn!(%address, "TLS handshake took too long");
                    return None;
                }
            };
            let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
            let certificate = shown.map(|certificate| certificate.as_ref().to_vec());
            (Wire::new(Box::new(stream), options.max_pdu, options.write), certificate)
        }
    };
    let request = request(&mut wire, shared).await;
    Some(Opened { wire, caller: Caller { address, certificate }, request })
}

async fn associated(mut association: Association, shared: &Shared) {
    let info = Arc::clone(association.info());
    let span = tracing::info_span!(
        "association",
        id = %info.id, calling = %info.calling, called = %info.called, address = %info.address,
    );
    let served = async {
        tracing::info!(contexts = info.contexts.len(), peer = info.peer_version, "accepted");
        // A defect in a service ends its association; the services still learn of the end.
        let serving = serve(&mut association, &shared.services, &shared.shutdown);
        let result = AssertUnwindSafe(serving).catch_unwind().await;
        let telling = async {
            match result {
                Err(_panic) => {
                    tracing::error!("a service panicked");
                    association.abort().await;
                }
                Ok(Ok(())) => {
                    tracing::info!("released");
                    association.close().await;
                }
                Ok(Err(error)) => {
                    tracing::warn!("ended: {error}");
                    association.end(&error).await;
                }
            }
        };
        // The services need not wait for the peer to hang up.
        join(telling, shared.services.ended(&info)).await;
    };
    served.instrument(span).await;
}
