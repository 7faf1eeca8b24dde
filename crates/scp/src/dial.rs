//! How a configured peer is called.

use std::sync::Arc;

use lightcase_catalog::Peer;
use lightcase_dimse::scu::{ClientTls, Target};
use lightcase_model::AeTitle;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;

/// Why a peer cannot be called.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoWay {
    #[error("it is not a peer with a host and a port to call")]
    Address,
    #[error(
        "it is called over TLS, and this node has no certificate or authorities for that; set \
         dicom.tls.certificate, dicom.tls.key and dicom.tls.client_ca"
    )]
    Tls,
    #[error("its host is no name that a certificate can have")]
    Name,
}

/// Calls peers, over TLS where they are entered so.
#[derive(Debug, Clone)]
pub struct Dialer {
    tls: Option<Arc<ClientConfig>>,
}

impl Dialer {
    /// With the authorities that peers are believed by, and the certificate that is shown to them.
    pub const fn new(tls: Option<Arc<ClientConfig>>) -> Self {
        Self { tls }
    }

    /// The peer as somebody to call under one of our titles.
    pub(crate) fn target(&self, peer: &Peer, calling: &AeTitle) -> Result<Target, NoWay> {
        let port = peer.port.filter(|_| peer.host != "*").ok_or(NoWay::Address)?;
        let called = peer.title.clone();
        let mut target = Target::new(peer.host.clone(), port, called, calling.clone());
        if peer.tls {
            let config = Arc::clone(self.tls.as_ref().ok_or(NoWay::Tls)?);
            let name = ServerName::try_from(peer.host.clone()).map_err(|_error| NoWay::Name)?;
            // A peer that is known by its certificate is so in both directions.
            target.tls = Some(ClientTls { config, name, certificate: peer.certificate });
        }
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use lightcase_model::Timestamp;

    use super::*;

    fn peer(host: &str, port: Option<u16>, tls: bool) -> Peer {
        Peer {
            title: AeTitle::parse("CT2").unwrap(),
            host: host.to_owned(),
            port,
            tls,
            certificate: Some([7; 32]),
            issuer: String::new(),
            rights: Vec::new(),
            created_at: Timestamp::from_micros(0),
        }
    }

    fn dialer() -> Dialer {
        let nobody = rustls::RootCertStore::empty();
        let config = ClientConfig::builder().with_root_certificates(nobody).with_no_client_auth();
        Dialer::new(Some(Arc::new(config)))
    }

    /// What an attempt comes to: the pinned certificate of a call over TLS, none of a plain one.
    fn check(dialer: &Dialer, peer: &Peer, expected: Result<Option<[u8; 32]>, &str>) {
        let target = dialer.target(peer, &AeTitle::parse("LIGHTCASE").unwrap());
        let found = target
            .map(|target| target.tls.and_then(|tls| tls.certificate))
            .map_err(|error| error.to_string());
        match (found, expected) {
            (Err(sentence), Err(part)) => assert!(sentence.contains(part), "{sentence}"),
            (found, expected) => assert_eq!(found, expected.map_err(str::to_owned)),
        }
    }

    #[test]
    fn a_peer_is_called_as_it_is_entered() {
        let plain = Dialer::new(None);
        check(&plain, &peer("10.0.0.5", Some(104), false), Ok(None));
        check(&plain, &peer("*", Some(104), false), Err("a host and a port"));
        check(&plain, &peer("10.0.0.5", None, false), Err("a host and a port"));
        check(&plain, &peer("10.0.0.5", Some(2762), true), Err("dicom.tls.client_ca"));
        check(&dialer(), &peer("10.0.0.5", Some(2762), true), Ok(Some([7; 32])));
        check(&dialer(), &peer("10.0.0.5", Some(104), false), Ok(None));
        check(&dialer(), &peer("ct_2", Some(2762), true), Ok(Some([7; 32])));
    }
}
