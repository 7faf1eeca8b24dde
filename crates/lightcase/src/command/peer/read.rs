//! A peer's entry, as it is typed.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use lightcase_archive::{certificate_digest, parse_fingerprint};
use lightcase_catalog::{Peer, Right};
use lightcase_model::{AeTitle, Timestamp};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::cli;

pub(super) fn new(new: &cli::NewPeer, now: Timestamp) -> anyhow::Result<Peer> {
    Ok(Peer {
        title: AeTitle::parse(&new.title)?,
        host: host(&new.host)?,
        port: new.port,
        tls: new.tls,
        certificate: certificate(new.certificate.as_deref(), new.fingerprint.as_deref())?,
        issuer: issuer(&new.issuer)?,
        rights: rights(&new.rights)?,
        created_at: now,
    })
}

pub(super) fn rights(names: &[String]) -> anyhow::Result<Vec<Right>> {
    let mut rights = Vec::new();
    for name in names {
        rights.push(Right::by_name(name).ok_or_else(|| {
            let known = Right::ALL.map(Right::name).join(", ");
            anyhow!("{name:?} is not a right; known are: {known}")
        })?);
    }
    rights.sort_unstable();
    rights.dedup();
    Ok(rights)
}

pub(super) fn host(text: &str) -> anyhow::Result<String> {
    if !Peer::is_host(text) {
        bail!("{text:?} is no host; give a name, an address, or * for any");
    }
    Ok(text.to_owned())
}

/// An issuer of patient IDs; empty for none.
pub(crate) fn issuer(text: &str) -> anyhow::Result<String> {
    let issuer = text.trim();
    if !Peer::is_issuer(issuer) {
        bail!("an issuer has at most 64 characters, none of them a backslash");
    }
    Ok(issuer.to_owned())
}

/// The SHA-256 of the certificate to show, of a file or as it is written.
pub(super) fn certificate(
    file: Option<&Path>,
    fingerprint: Option<&str>,
) -> anyhow::Result<Option<[u8; 32]>> {
    match (file, fingerprint) {
        (Some(file), _) => Ok(Some(digest_of(file)?)),
        (None, Some(text)) => Ok(Some(parse_fingerprint(text).ok_or_else(|| {
            anyhow!("{text:?} is not a SHA-256 fingerprint: 64 hexadecimal digits are expected")
        })?)),
        (None, None) => Ok(None),
    }
}

/// The peer's own certificate comes first in a chain.
fn digest_of(file: &Path) -> anyhow::Result<[u8; 32]> {
    let certificate = CertificateDer::from_pem_file(file)
        .with_context(|| format!("{} holds no PEM certificate", file.display()))?;
    Ok(certificate_digest(&certificate))
}
