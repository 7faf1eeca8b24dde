//! Wiring of the HTTP edge.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lightcase_dimse::scu::Target;
use lightcase_web::{SystemInfo, TrustedProxies, WebConfig, WebParts};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::address;
use crate::config::Config;
use crate::house::House;
use crate::logging::cause;

/// How long running requests may take to finish at the end.
const GRACE: Duration = Duration::from_secs(20);

/// What was bound, and how it is reached.
pub(crate) struct Surroundings {
    pub(crate) public_url: Url,
    pub(crate) dicom: SocketAddr,
    pub(crate) dicom_tls: Option<SocketAddr>,
    pub(crate) open_loopback: bool,
}

/// Serves HTTP, or HTTPS where a certificate is configured, until `stop`.
pub(crate) fn spawn(
    config: &Config,
    house: &House,
    around: &Surroundings,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<JoinHandle<()>> {
    let title = config.dicom.ae_title.clone();
    let here = address::from_here(around.dicom);
    let echo = Target::new(here, around.dicom.port(), title.clone(), title.clone());
    let proxies = config.http.trusted_proxies.iter().map(String::as_str);
    let router = lightcase_web::router(WebParts {
        archive: house.archive.clone(),
        accounts: Arc::clone(&house.accounts),
        shares: Arc::clone(&house.shares),
        keys: Arc::clone(&house.ring),
        clock: house.clock.clone(),
        config: WebConfig {
            public_url: around.public_url.clone(),
            trusted_proxies: TrustedProxies::parse(proxies).context("http.trusted_proxies")?,
            system: SystemInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                ae_title: title,
                dicom_host: address::from_elsewhere(around.dicom, &around.public_url),
                dicom_port: around.dicom.port(),
                dicom_tls_port: around.dicom_tls.map(|address| address.port()),
                open_loopback: around.open_loopback,
            },
            echo,
        },
    });
    let tls = config.http.tls.clone();
    Ok(tokio::spawn(async move {
        let served = match &tls {
            None => lightcase_web::serve(listener, router, stop, GRACE).await,
            Some(tls) => lightcase_web::serve_tls(listener, router, tls, (stop, GRACE)).await,
        };
        if let Err(error) = served {
            tracing::error!(error = cause(&error), "the HTTP server ended");
        }
    }))
}
