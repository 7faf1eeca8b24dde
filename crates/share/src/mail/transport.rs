//! The way to the mail server: one connection for each mail, protected or not at all.

use std::fmt;
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::careful::Careful;
use super::failure::{Failure, Step};
use super::{MailConfig, MailConfigError, MailTls};

/// A mail server reads a text and looks for what it does not like: that takes longer than the rest.
const HAND_OVER: u32 = 4;

/// How a certificate begins (RFC 7468 section 5).
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// How the connection is protected, ready for use.
#[derive(Clone)]
enum Protection {
    Implicit(TlsParameters),
    StartTls(TlsParameters),
    Clear,
}

/// The way to one mail server.
pub(super) struct Transport {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
}

impl Transport {
    pub(super) fn new(config: &MailConfig, from: &Mailbox) -> Result<Self, MailConfigError> {
        let protection = match config.tls {
            MailTls::Implicit => Protection::Implicit(parameters(config)?),
            MailTls::StartTls => Protection::StartTls(parameters(config)?),
            MailTls::Clear if config.is_local() => Protection::Clear,
            MailTls::Clear => return Err(MailConfigError::Clear(config.host.clone())),
        };
        let shown = config.credentials.as_ref();
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            protection,
            credentials: shown
                .map(|each| Credentials::new(each.user.clone(), each.password.to_string())),
            // The name of this machine is nobody's business.
            hello: ClientId::Domain(from.email.domain().to_owned()),
            timeout: config.timeout,
        })
    }

    /// The longest time one mail takes.
    pub(super) fn longest(&self) -> Duration {
        self.timeout * (HAND_OVER + 4)
    }

    /// Hands a mail over. `Ok`: the server took it and answers for it.
    pub(super) async fn deliver(&self, message: &Message) -> Result<(), Failure> {
        let connecting = timeout(self.timeout * 2, self.connect()).await;
        let mut connection = connecting.map_err(|_late| Failure::TimedOut(Step::Connect))??;
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signing_in = connection.auth(&mechanisms, credentials);
            within(self.timeout, Step::SignIn, signing_in).await?;
        }
        let bytes = message.formatted();
        let handing_over = connection.send(message.envelope(), &bytes);
        within(self.timeout * HAND_OVER, Step::HandOver, handing_over).await?;
        // The mail is the server's already, whatever it says to the parting.
        drop(timeout(self.timeout, connection.quit()).await);
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let to = (self.host.as_str(), self.port);
        let connected = match &self.protection {
            Protection::Implicit(tls) => {
                let (patience, tls) = (Some(self.timeout), Some(tls.clone()));
                AsyncSmtpConnection::connect_tokio1(to, patience, &self.hello, tls, None).await
            }
            Protection::Clear => {
                let patience = Some(self.timeout);
                AsyncSmtpConnection::connect_tokio1(to, patience, &self.hello, None, None).await
            }
            Protection::StartTls(tls) => {
                let stream = TcpStream::connect(to).await.map_err(|error| {
                    tracing::warn!("the mail server cannot be reached: {error}");
                    Failure::Unreachable
                })?;
                start_tls(stream, &self.hello, tls).await
            }
        };
        // What is wrong here is wrong with the server; nobody was named to it.
        connected.map_err(|error| {
            tracing::warn!("no connection to the mail server: {error}");
            Failure::of(Step::Connect, &error)
        })
    }
}

async fn start_tls(
    stream: TcpStream,
    hello: &ClientId,
    tls: &TlsParameters,
) -> Result<AsyncSmtpConnection, Error> {
    let stream = Box::new(Careful::new(stream));
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, hello).await?;
    connection.starttls(tls.clone(), hello).await?;
    Ok(connection)
}

async fn within<T>(
    patience: Duration,
    step: Step,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    match timeout(patience, doing).await {
        Ok(done) => done.map_err(|error| Failure::of(step, &error)),
        Err(_late) => Err(Failure::TimedOut(step)),
    }
}

/// TLS with the authorities of this machine and those of the configuration.
fn parameters(config: &MailConfig) -> Result<TlsParameters, MailConfigError> {
    let mut parameters = TlsParametersBuilder::new(config.host.clone());
    if let Some(pem) = &config.authorities {
        // A text without any is read as no certificates, and nobody would be told.
        if !pem.windows(BEGIN.len()).any(|part| part == BEGIN) {
            return Err(MailConfigError::Authorities);
        }
        // An error of lettre's says no more than this one.
        let authorities =
            Certificate::from_pem(pem).map_err(|_error: Error| MailConfigError::Authorities)?;
        parameters = parameters.add_root_certificate(authorities);
    }
    parameters.build_rustls().map_err(|_error: Error| MailConfigError::Authorities)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
