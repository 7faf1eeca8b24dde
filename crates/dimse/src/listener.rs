//! The listener: accepts connections, and drains on shutdown.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lightcase_model::AeTitle;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::rustls;
use tokio_util::sync::CancellationToken;

use crate::lobby::{Census, WaitingRoom};
use crate::{Acceptor, Services, connection};

/// After a failed accept (out of descriptors, most likely), the wait before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How a listener behaves.
#[derive(Debug, Clone)]
pub struct ListenerOptions {
    /// The title peers must call.
    pub ae_title: AeTitle,
    /// Associations in all.
    pub max_associations: usize,
    /// Associations of one network address.
    pub max_per_address: usize,
    /// Associations of one calling AE title.
    pub max_per_ae: usize,
    /// Connections that have not yet sent an association request.
    pub max_waiting: usize,
    /// The longest P-DATA PDU taken, in bytes; told to the peer.
    pub max_pdu: u32,
    /// ARTIM (PS3.8 section 9.1.5): the longest wait for an association request, and for a TLS
    /// handshake before it.
    pub artim: Duration,
    /// The longest wait for the next PDU of an association.
    pub idle: Duration,
    /// The longest wait for a peer to take what it is sent.
    pub write: Duration,
    /// The least data set bytes a second while they are waited for.
    pub minimum_rate: u32,
    /// The longest wait at shutdown for messages under way.
    pub drain: Duration,
    /// TLS, where the port has it.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

impl ListenerOptions {
    /// The defaults, without TLS.
    pub fn new(ae_title: AeTitle) -> Self {
        Self {
            ae_title,
            max_associations: 128,
            max_per_address: 64,
            max_per_ae: 32,
            max_waiting: 128,
            max_pdu: 131_072,
            artim: Duration::from_secs(30),
            idle: Duration::from_mins(1),
            write: Duration::from_mins(1),
            minimum_rate: 64,
            drain: Duration::from_secs(20),
            tls: None,
        }
    }
}

/// What all connections of a listener share.
pub(crate) struct Shared {
    pub(crate) options: ListenerOptions,
    pub(crate) services: Services,
    pub(crate) acceptor: Arc<dyn Acceptor>,
    pub(crate) waiting: WaitingRoom,
    pub(crate) census: Arc<Census>,
    pub(crate) shutdown: CancellationToken,
}

impl Shared {
    fn most_connections(&self) -> usize {
        self.options.max_associations.saturating_add(self.options.max_waiting).saturating_mul(2)
    }
}

/// A bound port that does not serve yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    options: ListenerOptions,
}

impl Listener {
    /// Binds a port; port 0 takes a free one.
    pub async fn bind(address: SocketAddr, options: ListenerOptions) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await?, options })
    }

    /// The address that was bound.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `shutdown` is cancelled; then takes no more connections, lets messages under
    /// way finish for as long as [`ListenerOptions::drain`], and aborts what is left.
    pub async fn run(
        self,
        services: Services,
        acceptor: Arc<dyn Acceptor>,
        shutdown: CancellationToken,
    ) {
        let drain = self.options.drain;
        let shared = Arc::new(Shared {
            waiting: WaitingRoom::new(self.options.max_waiting),
            census: Arc::default(),
            options: self.options,
            services,
            acceptor,
            shutdown,
        });
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                biased;
                () = shared.shutdown.cancelled() => break,
                Some(ended) = connections.join_next() => {
                    told(ended);
                    continue;
                }
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                // Requests being decided and refused peers that linger are in neither count; this
                // bounds them too. A peer closed here tries again.
                Ok((socket, _)) if connections.len() >= shared.most_connections() => drop(socket),
                Ok((socket, address)) => {
                    connections.spawn(connection::run(socket, address, Arc::clone(&shared)));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(self.socket);
        let draining = async {
            while let Some(ended) = connections.join_next().await {
                told(ended);
            }
        };
        if timeout(drain, draining).await.is_err() {
            tracing::warn!(left = connections.len(), "associations are cut off at shutdown");
            connections.shutdown().await;
        }
    }
}

/// A connection's task that panicked took only its own connection with it; that is still a defect.
fn told(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!("a connection's task panicked");
    }
}
