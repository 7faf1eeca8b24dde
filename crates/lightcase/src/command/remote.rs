//! `AE@HOST:PORT`.

use anyhow::{Context as _, anyhow};
use lightcase_dimse::scu::Target;
use lightcase_model::AeTitle;

use crate::cli::Remote;

/// Reads the peer to call.
pub(crate) fn target(remote: &Remote) -> anyhow::Result<Target> {
    let wrong = || anyhow!("{:?} is not AE@HOST:PORT, such as PACS@10.0.0.5:104", remote.target);
    let (title, place) = remote.target.split_once('@').ok_or_else(wrong)?;
    let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_error| wrong())?;
    let called = AeTitle::parse(title).with_context(|| format!("{title:?}"))?;
    let calling = AeTitle::parse(&remote.calling).context("--calling")?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok(Target::new(host, port, called, calling))
}
