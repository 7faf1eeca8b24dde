//! A store by its address.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};
use url::Url;

use super::Store;
use crate::StorageError;

/// Options as the caller gave them, name and value.
type Options<'a> = &'a [(String, String)];

pub(super) fn open(text: &str, options: Options<'_>) -> Result<Store, StorageError> {
    let url = Url::parse(text).map_err(|e| StorageError::setting("not an address", e))?;
    let store: Arc<dyn ObjectStore> = match url.scheme() {
        "file" => {
            let path = url.to_file_path().map_err(|()| StorageError::Setting {
                why: "a file address names a folder of this machine, as in file:///var/lib/x",
                source: None,
            })?;
            return Store::folder(&path);
        }
        "memory" => return Ok(Store::memory()),
        "s3" => s3(&url, options)?,
        "gs" => gcs(&url, options)?,
        "az" => azure(&url, options)?,
        _ => {
            let why = "the address begins with s3:, gs:, az:, file: or memory:";
            return Err(StorageError::Setting { why, source: None });
        }
    };
    let prefix = Path::from_url_path(url.path())
        .map_err(|e| StorageError::setting("the prefix in the address", e))?;
    if prefix.as_ref().is_empty() {
        return Ok(Store::remote(store));
    }
    Ok(Store::remote(Arc::new(PrefixStore::new(store, prefix))))
}

fn s3(url: &Url, options: Options<'_>) -> Result<Arc<dyn ObjectStore>, StorageError> {
    let with = AmazonS3Builder::with_config;
    let builder = AmazonS3Builder::new().with_url(bare(url)).with_retry(retry());
    let builder = limits(builder, with, AmazonS3ConfigKey::Client);
    let mut builder = configure(options, builder, with);
    if builder.get_config_value(&AmazonS3ConfigKey::Endpoint).is_some_and(|e| is_loopback(&e)) {
        builder = builder.with_allow_http(true);
    }
    Ok(Arc::new(builder.build().map_err(refused)?))
}

fn gcs(url: &Url, options: Options<'_>) -> Result<Arc<dyn ObjectStore>, StorageError> {
    let with = GoogleCloudStorageBuilder::with_config;
    let builder = GoogleCloudStorageBuilder::new().with_url(bare(url)).with_retry(retry());
    let builder = limits(builder, with, GoogleConfigKey::Client);
    Ok(Arc::new(configure(options, builder, with).build().map_err(refused)?))
}

fn azure(url: &Url, options: Options<'_>) -> Result<Arc<dyn ObjectStore>, StorageError> {
    let with = MicrosoftAzureBuilder::with_config;
    let builder = MicrosoftAzureBuilder::new().with_url(bare(url)).with_retry(retry());
    let builder = limits(builder, with, AzureConfigKey::Client);
    Ok(Arc::new(configure(options, builder, with).build().map_err(refused)?))
}

/// Sets each option. Names are shared with other programs of the machine (`AWS_CA_BUNDLE`,
/// `AWS_PROFILE`), so one that this store does not know is left out, and said so: it may be
/// mistyped.
fn configure<B, K: FromStr<Err = object_store::Error>>(
    options: Options<'_>,
    builder: B,
    with: impl Fn(B, K, String) -> B,
) -> B {
    options.iter().fold(builder, |builder, (name, value)| {
        if let Ok(key) = K::from_str(&name.to_ascii_lowercase()) {
            return with(builder, key, value.clone());
        }
        tracing::warn!(option = %name, "the object store does not know this option");
        builder
    })
}

/// Time limits of the connection and of each single request, unless an option sets others.
fn limits<B, K>(
    builder: B,
    with: impl Fn(B, K, String) -> B,
    client: impl Fn(ClientConfigKey) -> K,
) -> B {
    [(ClientConfigKey::ConnectTimeout, "5s"), (ClientConfigKey::Timeout, "60s")]
        .into_iter()
        .fold(builder, |b, (key, value)| with(b, client(key), value.to_owned()))
}

fn retry() -> RetryConfig {
    RetryConfig { max_retries: 4, retry_timeout: Duration::from_mins(1), ..RetryConfig::default() }
}

fn refused(error: object_store::Error) -> StorageError {
    StorageError::setting("the options do not make a store", error)
}

/// The address without its path: the prefix is ours to put before names.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_path("");
    url.to_string()
}

fn is_loopback(endpoint: &str) -> bool {
    Url::parse(endpoint).is_ok_and(|url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    })
}
