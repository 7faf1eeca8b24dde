//! What the edge is told of its surroundings.

use lightcase_dimse::scu::Target;
use lightcase_model::AeTitle;
use url::Url;

use crate::address::TrustedProxies;

/// What the edge is told of its surroundings, checked by the binary.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// The address that browsers use, without path: `https://images.example.org`. Its scheme
    /// decides about cookie prefixes and HSTS; its host is the one that `Host` may name.
    pub public_url: Url,
    /// Who may say in `Forwarded` or `X-Forwarded-For` whom a request came from.
    pub trusted_proxies: TrustedProxies,
    /// What is told to whoever is signed in.
    pub system: SystemInfo,
    /// Our own DICOM listener, for the echo check.
    pub echo: Target,
}

impl WebConfig {
    /// Whether browsers come over HTTPS.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// What is told to whoever is signed in.
#[derive(Debug, Clone)]
pub struct SystemInfo {
    /// Version of the program.
    pub version: String,
    /// Our AE title.
    pub ae_title: AeTitle,
    /// Host that modalities send to.
    pub dicom_host: String,
    /// Port of DICOM without TLS.
    pub dicom_port: u16,
    /// Port of DICOM over TLS.
    pub dicom_tls_port: Option<u16>,
    /// Whether unknown titles on this machine may send.
    pub open_loopback: bool,
}
