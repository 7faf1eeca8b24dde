//! Certificates and keys from PEM files.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A server's TLS configuration. With `client_ca`, clients must show a certificate signed by it
/// (PS3.15 section B.12, mutual authentication).
pub(crate) fn server(
    certificate: &Path,
    key: &Path,
    client_ca: Option<&Path>,
    alpn: &[&[u8]],
) -> anyhow::Result<Arc<rustls::ServerConfig>> {
    let (chain, key) = identity(certificate, key)?;
    let builder = rustls::ServerConfig::builder();
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let verifier = WebPkiClientVerifier::builder(Arc::new(authorities(path)?))
                .build()
                .context("the client CA is not usable")?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .context("certificate and private key do not belong together")?;
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Ok(Arc::new(config))
}

/// A client's TLS configuration: which authorities it believes, and the certificate and key it
/// shows when it is asked.
pub(crate) fn client(
    ca: &Path,
    own: Option<(&Path, &Path)>,
) -> anyhow::Result<Arc<rustls::ClientConfig>> {
    let builder = rustls::ClientConfig::builder().with_root_certificates(authorities(ca)?);
    Ok(Arc::new(match own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let (chain, key) = identity(certificate, key)?;
            builder
                .with_client_auth_cert(chain, key)
                .context("certificate and private key do not belong together")?
        }
    }))
}

fn authorities(path: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots
            .add(certificate)
            .with_context(|| format!("a certificate in {} is not usable", path.display()))?;
    }
    Ok(roots)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(certificate: &Path, key: &Path) -> anyhow::Result<Identity> {
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("no private key can be read from {}", key.display()))?;
    Ok((certificates(certificate)?, key))
}

fn certificates(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(path)
        .with_context(|| format!("{} cannot be read", path.display()))?
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} holds no PEM certificates", path.display()))?;
    if chain.is_empty() {
        bail!("{} holds no PEM certificates", path.display());
    }
    Ok(chain)
}
