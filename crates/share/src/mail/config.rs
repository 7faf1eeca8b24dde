//! How mail goes out, checked.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use zeroize::Zeroizing;

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// TLS before anything is said of who sends and to whom (RFC 3207); never without it.
    StartTls,
    /// None: for a mail server on the same machine.
    Clear,
}

/// What the mail server is shown. `Debug` prints neither.
#[derive(Clone)]
pub struct MailCredentials {
    /// Name.
    pub user: String,
    /// Password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for MailCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// How mail goes out.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Name or address of the mail server; with TLS its certificate must be for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// What it is shown.
    pub credentials: Option<MailCredentials>,
    /// Who the mails are from: `images@hospital.example`, or `Hospital <images@hospital.example>`.
    pub from: String,
    /// Certificates of authorities, PEM, that are believed beside those of the machine.
    pub authorities: Option<Vec<u8>>,
    /// The longest time for each step.
    pub timeout: Duration,
}

/// Mail cannot go out like that: the sentence says what to change.
#[derive(Debug, thiserror::Error)]
pub enum MailConfigError {
    /// The sender is no address.
    #[error(
        "mail.from is not an address such as images@hospital.example or Hospital \
         <images@hospital.example>"
    )]
    From,
    /// Mail would go through a network unprotected.
    #[error(
        "mail.tls = \"none\" is for a mail server on this machine: anybody on the way to {0} could \
         read links and codes. Set mail.tls to \"implicit\" or \"starttls\""
    )]
    Clear(String),
    /// The authorities cannot be read.
    #[error("mail.ca_file holds no certificate in PEM that can be used")]
    Authorities,
    /// The name of the server is none that a certificate can be for.
    #[error("mail.host = {0:?} is not the name or address of a mail server")]
    Host(String),
}

impl MailConfig {
    /// Whether the mail server is on this machine, for certain.
    pub(super) fn is_local(&self) -> bool {
        let ip = self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        ip || self.host.eq_ignore_ascii_case("localhost")
    }
}
