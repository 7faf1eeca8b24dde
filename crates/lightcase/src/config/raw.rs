//! The configuration as it is written: file, environment, defaults. Nothing is checked here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
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
    pub(crate) log: Log,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dicom {
    pub(crate) listen: String,
    pub(crate) ae_title: String,
    pub(crate) insecure: bool,
    pub(crate) open_loopback: bool,
    pub(crate) tls: DicomTls,
}

impl Default for Dicom {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:11112".to_owned(),
            ae_title: "LIGHTCASE".to_owned(),
            insecure: false,
            open_loopback: true,
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

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Storage {
    pub(crate) url: Option<String>,
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
pub(crate) fn read(file: Option<&Path>) -> Result<Raw, figment::Error> {
    let mut figment = Figment::from(Serialized::defaults(Raw::default()));
    if let Some(file) = file {
        figment = figment.merge(Toml::file_exact(file));
    }
    figment.merge(Env::prefixed("LIGHTCASE__").split("__")).extract()
}

/// What the object store's own client reads from the environment (`AWS_…`, `GOOGLE_…`, `AZURE_…`).
pub(crate) fn store_options() -> Vec<(String, String)> {
    let all: BTreeMap<String, String> = std::env::vars().collect();
    all.into_iter()
        .filter(|(name, _)| {
            ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| name.starts_with(prefix))
        })
        .collect()
}
