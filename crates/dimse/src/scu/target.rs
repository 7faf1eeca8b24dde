//! Whom to call.

use std::sync::Arc;
use std::time::Duration;

use lightcase_model::AeTitle;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// TLS towards a peer.
#[derive(Debug, Clone)]
pub struct ClientTls {
    /// Roots, own certificate, versions.
    pub config: Arc<ClientConfig>,
    /// The name the peer's certificate must have.
    pub name: ServerName<'static>,
    /// SHA-256 of the certificate (DER) that it has to be, beyond all that.
    pub certificate: Option<[u8; 32]>,
}

/// A remote application entity, and how to speak with it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The peer's AE title.
    pub called: AeTitle,
    /// Our AE title.
    pub calling: AeTitle,
    /// TLS, where the peer's port has it.
    pub tls: Option<ClientTls>,
    /// The longest wait for the connection, the handshake and the association's acceptance, each.
    pub connect: Duration,
    /// The longest wait for an answer or for the peer to take data.
    pub idle: Duration,
    /// The longest P-DATA PDU taken and sent, in bytes.
    pub max_pdu: u32,
}

impl Target {
    /// A peer without TLS, with the default limits.
    pub fn new(host: impl Into<String>, port: u16, called: AeTitle, calling: AeTitle) -> Self {
        Self {
            host: host.into(),
            port,
            called,
            calling,
            tls: None,
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            max_pdu: 131_072,
        }
    }

    /// `AE@host:port`, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{}@{}:{}", self.called, self.host, self.port)
    }
}
