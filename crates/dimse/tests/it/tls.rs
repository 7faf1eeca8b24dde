//! TLS on both sides, with and without trust.

use std::sync::Arc;

use lightcase_dimse::scu::{self, ClientTls, ScuError};
use rcgen::{CertificateParams, KeyPair};
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::raw::Raw;
use crate::scu::target;
use crate::station::{Station, options};

/// A self-signed certificate that is its own root.
struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Identity {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        Self { certificate: params.self_signed(&key).unwrap(), key }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        roots
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }
}

async fn mutual(server: &Identity, client: &Identity) -> Station {
    let verifier = WebPkiClientVerifier::builder(Arc::new(client.roots())).build().unwrap();
    let config = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.certificate.der().clone()], server.key())
        .unwrap();
    let mut options = options();
    options.tls = Some(Arc::new(config));
    Station::with(options).await
}

fn towards(server: &Identity, client: Option<&Identity>) -> ClientTls {
    let builder = ClientConfig::builder().with_root_certificates(server.roots());
    let config = match client {
        Some(client) => builder
            .with_client_auth_cert(vec![client.certificate.der().clone()], client.key())
            .unwrap(),
        None => builder.with_no_client_auth(),
    };
    ClientTls {
        config: Arc::new(config),
        name: ServerName::try_from("localhost").unwrap(),
        certificate: None,
    }
}

#[tokio::test]
async fn both_sides_must_trust_each_other() {
    let (server, client, other) = (Identity::new(), Identity::new(), Identity::new());
    let station = mutual(&server, &client).await;
    let echo = |tls| {
        let mut target = target(station.address, "LIGHTCASE", "ME");
        target.tls = tls;
        async move { scu::echo(&target).await }
    };
    echo(Some(towards(&server, Some(&client)))).await.unwrap();
    for distrusted in
        [towards(&server, None), towards(&server, Some(&other)), towards(&other, Some(&client))]
    {
        let error = echo(Some(distrusted)).await.unwrap_err();
        assert!(matches!(error, ScuError::Tls { .. }), "{error}");
    }
    assert!(echo(None).await.is_err());
}

#[tokio::test]
async fn a_certificate_that_is_known_has_to_be_that_one() {
    let (server, client) = (Identity::new(), Identity::new());
    let station = mutual(&server, &client).await;
    let known = |identity: &Identity| {
        let certificate = Some(Sha256::digest(identity.certificate.der()).into());
        ClientTls { certificate, ..towards(&server, Some(&client)) }
    };
    let mut target = target(station.address, "LIGHTCASE", "ME");
    target.tls = Some(known(&server));
    scu::echo(&target).await.unwrap();
    target.tls = Some(known(&client));
    let error = scu::echo(&target).await.unwrap_err();
    assert_eq!(error.name(), "TlsOtherCertificate");
}

#[tokio::test]
async fn garbage_on_the_tls_port_is_closed() {
    let (server, client) = (Identity::new(), Identity::new());
    let station = mutual(&server, &client).await;
    let mut raw = Raw::connect(station.address).await;
    raw.write(b"GET / HTTP/1.1\r\n\r\n").await;
    let mut target = target(station.address, "LIGHTCASE", "ME");
    target.tls = Some(towards(&server, Some(&client)));
    scu::echo(&target).await.unwrap();
}
