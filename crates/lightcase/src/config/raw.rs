//! The configuration as it is written: file, environment, defaults. Nothing is checked here.

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use lightcase_archive::STUDY_LIMIT;
use lightcase_scp::FindLimits;
use serde::{Deserialize, Serialize};

/// Everything that can be configured, by section. An unknown key is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Raw {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) dicom: Dicom,
    pub(crate) http: Http,
    pub(crate) database: Database,
    pub(crate) storage: Storage,
    pub(crate) keys: Keys,
    pub(crate) deident: Deident,
    pub(crate) mail: Mail,
    pub(crate) log: Log,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dicom {
    pub(crate) listen: String,
    pub(crate) ae_title: String,
    pub(crate) insecure: bool,
    pub(crate) open_loopback: bool,
    pub(crate) find_limit: u32,
    pub(crate) tls: DicomTls,
}

impl Default for Dicom {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:11112".to_owned(),
            ae_title: "LIGHTCASE".to_owned(),
            insecure: false,
            open_loopback: true,
            find_limit: FindLimits::default().matches,
            tls: DicomTls::default(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DicomTls {
    pub(crate) listen: Option<String>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) client_ca: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    pub(crate) listen: String,
    pub(crate) public_url: Option<String>,
    pub(crate) insecure: bool,
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) tls: HttpTls,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            insecure: false,
            trusted_proxies: Vec::new(),
            tls: HttpTls::default(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpTls {
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    pub(crate) url: Option<String>,
    pub(crate) migrate_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Storage {
    pub(crate) url: Option<String>,
    pub(crate) full_at_percent: u8,
    pub(crate) adopt_after_minutes: u32,
    pub(crate) study_limit: u32,
}

impl Default for Storage {
    fn default() -> Self {
        let study_limit = u32::try_from(STUDY_LIMIT).unwrap_or(u32::MAX);
        Self { url: None, full_at_percent: 95, adopt_after_minutes: 15, study_limit }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keys {
    pub(crate) root: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Deident {
    pub(crate) policy: String,
}

impl Default for Deident {
    fn default() -> Self {
        Self { policy: "keep".to_owned() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) tls: String,
    pub(crate) user: Option<String>,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) from: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) timeout_seconds: u32,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            tls: "implicit".to_owned(),
            user: None,
            password_file: None,
            from: None,
            ca_file: None,
            timeout_seconds: 30,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    pub(crate) format: String,
    pub(crate) filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: "text".to_owned(), filter: "info".to_owned() }
    }
}

/// Reads defaults, then the file, then the environment (`LIGHTCASE__SECTION__KEY`); later ones win.
pub(crate) fn read(file: Option<&Path>) -> Result<Raw, Box<figment::Error>> {
    let mut figment = Figment::from(Serialized::defaults(Raw::default()));
    if let Some(file) = file {
        figment = figment.merge(Toml::file_exact(file));
    }
    figment.merge(Env::prefixed("LIGHTCASE__").split("__")).extract().map_err(Box::new)
}

/// What the object stores' clients read from the environment, by the scheme of the URL. Only these:
/// a machine's environment has others of the same prefix that mean other programs.
const STORE_VARIABLES: [(&str, &[&str]); 3] = [
    (
        "s3://",
        &[
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT",
            "AWS_ENDPOINT_URL",
            "AWS_ALLOW_HTTP",
            "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
        ],
    ),
    ("gs://", &["GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY"]),
    (
        "az://",
        &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_KEY"],
    ),
];

/// The options of the object store at `url`.
pub(crate) fn store_options(url: Option<&str>) -> Vec<(String, String)> {
    let known = STORE_VARIABLES
        .iter()
        .find(|(scheme, _)| url.is_some_and(|url| url.starts_with(scheme)))
        .map_or(&[][..], |(_, names)| names);
    std::env::vars().filter(|(name, _)| known.contains(&name.as_str())).collect()
}
