//! The checked configuration: every value parsed, everything unsafe refused with what to do.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use lightcase_deident::Policy;
use lightcase_model::AeTitle;
use lightcase_scp::FindLimits;
use lightcase_share::Mail;
use lightcase_web::TrustedProxies;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::raw::{self, Raw};
use super::{mail, tls};

/// The most matches that one query can be allowed: their row numbers are held in memory.
const MOST_MATCHES: u32 = 1_000_000;

/// What the program runs with.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) dicom: DicomConfig,
    pub(crate) http: HttpConfig,
    pub(crate) database: DatabaseChoice,
    pub(crate) storage: Option<String>,
    /// Share of a disk in use, above which no new objects are taken.
    pub(crate) full_at: f64,
    /// How old a blob without a row is before it is taken up.
    pub(crate) adopt_after: Duration,
    /// The most objects of one study.
    pub(crate) study_limit: i64,
    pub(crate) store_options: StoreOptions,
    pub(crate) root_key: PathBuf,
    pub(crate) policy: Policy,
    /// Where it is set up.
    pub(crate) mail: Option<Mail>,
    pub(crate) log_format: LogFormat,
    pub(crate) log_filter: String,
}

#[derive(Debug, Clone)]
pub(crate) struct DicomConfig {
    pub(crate) listen: SocketAddr,
    pub(crate) ae_title: AeTitle,
    pub(crate) insecure: bool,
    pub(crate) open_loopback: bool,
    pub(crate) find: FindLimits,
    pub(crate) tls: Option<(SocketAddr, Arc<rustls::ServerConfig>)>,
    /// Whether callers of the TLS port must show a certificate.
    pub(crate) asks_certificates: bool,
    /// How peers are called over TLS: by the same certificate, believing the same authorities.
    pub(crate) outward: Option<Arc<rustls::ClientConfig>>,
}

#[derive(Debug, Clone)]
pub(crate) struct HttpConfig {
    pub(crate) listen: SocketAddr,
    pub(crate) insecure: bool,
    /// As configured; else it follows the address that is bound.
    pub(crate) public_url: Option<Url>,
    /// Addresses or networks, checked.
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
}

/// Options of the object store's client; they hold secrets.
#[derive(Clone)]
pub(crate) struct StoreOptions(pub(crate) Vec<(String, String)>);

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} options", self.0.len())
    }
}

/// Where the catalog lives.
#[derive(Clone)]
pub(crate) enum DatabaseChoice {
    /// The encrypted file in the data directory.
    Embedded,
    /// A PostgreSQL server.
    Postgres {
        /// What the server runs with.
        url: String,
        /// The owner of the schema, for migrations.
        migrate_url: Option<String>,
    },
}

impl std::fmt::Debug for DatabaseChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Embedded => "Embedded",
            Self::Postgres { .. } => "Postgres",
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Checks everything; the first thing that is wrong is named with what to do.
pub(crate) fn check(raw: &Raw) -> anyhow::Result<Config> {
    let data_dir = raw.data_dir.clone().unwrap_or_else(|| PathBuf::from("lightcase-data"));
    Ok(Config {
        dicom: dicom(raw)?,
        http: http(raw)?,
        database: database(raw)?,
        storage: raw.storage.url.clone(),
        full_at: match raw.storage.full_at_percent {
            percent @ 0..=100 => f64::from(percent) / 100.0,
            more => bail!("storage.full_at_percent is {more}; it is at most 100"),
        },
        adopt_after: Duration::from_mins(raw.storage.adopt_after_minutes.into()),
        study_limit: match raw.storage.study_limit {
            0 => bail!("storage.study_limit is 0; it is at least 1"),
            limit => limit.into(),
        },
        store_options: StoreOptions(raw::store_options(raw.storage.url.as_deref())),
        root_key: raw.keys.root.clone().unwrap_or_else(|| data_dir.join("keys").join("root.key")),
        policy: policy(raw)?,
        mail: mail::check(&raw.mail)?,
        log_format: match raw.log.format.as_str() {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => bail!("log.format is {other:?}; it is \"text\" or \"json\""),
        },
        log_filter: filter(&raw.log.filter)?,
        data_dir,
    })
}

fn dicom(raw: &Raw) -> anyhow::Result<DicomConfig> {
    let listen = address("dicom.listen", &raw.dicom.listen)?;
    if !listen.ip().is_loopback() && !raw.dicom.insecure {
        bail!(
            "dicom.listen = {listen} is beyond loopback and that port has no TLS: everybody on that \
             network can read what is sent; leave dicom.listen on loopback and configure dicom.tls, \
             or set dicom.insecure = true if the network is trusted"
        );
    }
    let wanted = &raw.dicom.tls;
    let tls = match (&wanted.certificate, &wanted.key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => {
            let default = SocketAddr::new(listen.ip(), 2762);
            let listen = match &wanted.listen {
                Some(text) => address("dicom.tls.listen", text)?,
                None => default,
            };
            let config = tls::server(certificate, key, wanted.client_ca.as_deref(), &[])?;
            Some((listen, config))
        }
        (Some(_), None) => bail!("dicom.tls.certificate is set, dicom.tls.key is not"),
        (None, Some(_)) => bail!("dicom.tls.key is set, dicom.tls.certificate is not"),
    };
    let outward = match (&wanted.certificate, &wanted.key, &wanted.client_ca) {
        (Some(certificate), Some(key), Some(ca)) => {
            Some(tls::client(ca, Some((certificate, key)))?)
        }
        (Some(_) | None, Some(_) | None, Some(_) | None) => None,
    };
    let matches = raw.dicom.find_limit;
    if !(1..=MOST_MATCHES).contains(&matches) {
        bail!("dicom.find_limit = {matches} is not between 1 and {MOST_MATCHES}");
    }
    Ok(DicomConfig {
        listen,
        ae_title: AeTitle::parse(&raw.dicom.ae_title)
            .map_err(|error| anyhow!("dicom.ae_title: {error}"))?,
        insecure: raw.dicom.insecure,
        open_loopback: raw.dicom.open_loopback,
        find: FindLimits { matches, ..FindLimits::default() },
        asks_certificates: tls.is_some() && wanted.client_ca.is_some(),
        tls,
        outward,
    })
}

fn http(raw: &Raw) -> anyhow::Result<HttpConfig> {
    let listen = address("http.listen", &raw.http.listen)?;
    let tls = match (&raw.http.tls.certificate, &raw.http.tls.key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => {
            Some(tls::server(certificate, key, None, &[b"h2", b"http/1.1"])?)
        }
        (Some(_), None) => bail!("http.tls.certificate is set, http.tls.key is not"),
        (None, Some(_)) => bail!("http.tls.key is set, http.tls.certificate is not"),
    };
    if !listen.ip().is_loopback() && tls.is_none() && !raw.http.insecure {
        bail!(
            "http.listen = {listen} is beyond loopback without TLS: passwords and images could be \
             read on the way; configure http.tls, or set http.insecure = true if a proxy in front \
             does TLS"
        );
    }
    let public_url = raw.http.public_url.as_deref().map(public_url).transpose()?;
    let trusted_proxies = raw.http.trusted_proxies.clone();
    TrustedProxies::parse(trusted_proxies.iter().map(String::as_str))
        .context("http.trusted_proxies")?;
    Ok(HttpConfig { listen, insecure: raw.http.insecure, public_url, trusted_proxies, tls })
}

/// The address that people use: scheme and host, perhaps a port.
fn public_url(text: &str) -> anyhow::Result<Url> {
    let wrong = || {
        anyhow!("http.public_url = {text:?} is not an address such as https://images.example.org")
    };
    let url = Url::parse(text).map_err(|_error| wrong())?;
    let bare = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if bare { Ok(url) } else { Err(wrong()) }
}

fn database(raw: &Raw) -> anyhow::Result<DatabaseChoice> {
    let Some(url) = &raw.database.url else {
        if raw.database.migrate_url.is_some() {
            bail!("database.migrate_url is set without database.url");
        }
        return Ok(DatabaseChoice::Embedded);
    };
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        bail!("database.url must begin with postgres://; without it the embedded database is used");
    }
    let migrate_url = raw.database.migrate_url.clone();
    Ok(DatabaseChoice::Postgres { url: url.clone(), migrate_url })
}

fn policy(raw: &Raw) -> anyhow::Result<Policy> {
    raw.deident.policy.parse().context("deident.policy")
}

fn address(key: &str, text: &str) -> anyhow::Result<SocketAddr> {
    text.to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next())
        .ok_or_else(|| anyhow!("{key} = {text:?} is not host:port, such as 127.0.0.1:11112"))
}

fn filter(text: &str) -> anyhow::Result<String> {
    EnvFilter::try_new(text)
        .with_context(|| format!("log.filter = {text:?} is not a filter such as \"info\""))?;
    Ok(text.to_owned())
}
