//! `AE@HOST:PORT`, and what became of calling it.

use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use lightcase_dimse::scu::{ClientTls, ScuError, Target};
use lightcase_model::AeTitle;
use rustls_pki_types::ServerName;

use crate::cli::Remote;
use crate::{config, output};

/// Reads the peer to call.
pub(crate) fn target(remote: &Remote) -> anyhow::Result<Target> {
    let wrong = || anyhow!("{:?} is not AE@HOST:PORT, such as PACS@10.0.0.5:104", remote.target);
    let (title, place) = remote.target.split_once('@').ok_or_else(wrong)?;
    let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_error| wrong())?;
    let called = AeTitle::parse(title).with_context(|| format!("{title:?}"))?;
    let calling = AeTitle::parse(&remote.calling).context("--calling")?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut target = Target::new(host, port, called, calling);
    if let Some(ca) = remote.ca.as_deref().filter(|_| remote.tls) {
        let own = remote.cert.as_deref().zip(remote.key.as_deref());
        let name = remote.tls_name.as_deref().unwrap_or(host).to_owned();
        let name = ServerName::try_from(name)
            .with_context(|| format!("{host:?} is no name that a certificate can have"))?;
        target.tls =
            Some(ClientTls { config: config::client_tls(ca, own)?, name, certificate: None });
    }
    Ok(target)
}

/// Says what went wrong, and what to do; the exit code for it.
pub(crate) fn problem(remote: &Remote, error: ScuError, json: bool) -> ExitCode {
    if json {
        output::json(&serde_json::json!({"peer": remote.target, "problem": described(&error)}));
    } else {
        output::problem(&anyhow::Error::from(error));
    }
    ExitCode::from(1)
}

/// A mistake as a member of a JSON document: its name, the sentence, and what lies beneath.
pub(crate) fn described(error: &ScuError) -> serde_json::Value {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    serde_json::json!({
        "name": error.name(),
        "sentence": error.to_string(),
        "causes": causes.map(ToString::to_string).collect::<Vec<_>>(),
    })
}
