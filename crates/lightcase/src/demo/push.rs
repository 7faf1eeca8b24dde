//! Pushing the example studies over DICOM, as a scanner would.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_catalog::{Peer, Right};
use lightcase_dimse::scu::{self, Outcome, Target};
use lightcase_model::AeTitle;

use crate::command::{files, store};
use crate::output;
use crate::serve::Running;

/// The calling AE title of the demonstration.
const SCANNER: &str = "DEMO_SCANNER";

/// Sends every file below a folder; returns the files.
pub(crate) async fn studies(running: &Running, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files = files::list(&[folder.to_owned()])
        .context("there are no example studies; `cargo xtask demo` makes them")?;
    let mut objects = Vec::with_capacity(files.len());
    let mut images = Vec::with_capacity(files.len());
    for file in files {
        if file.extension().is_some_and(|extension| extension == "dcm") {
            objects.push(store::outgoing(&file).await.with_context(|| file.display().to_string())?);
            images.push(file);
        }
    }
    if objects.is_empty() {
        bail!("{} holds no .dcm files; `cargo xtask demo` makes them", folder.display());
    }
    // With a public address, loopback is closed to strangers as everywhere else.
    admit(running).await?;
    output::note(&format!("Pushing {} images over DICOM …", objects.len()));
    let bar = ProgressBar::new(u64::try_from(objects.len()).unwrap_or(u64::MAX));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} images, {per_sec}")?);
    let mut refused = Vec::new();
    scu::store(&target(running.dicom)?, objects, |instance, outcome| {
        bar.inc(1);
        match outcome {
            Outcome::Stored(_) => {}
            Outcome::Refused(status, _) => refused.push(format!("{instance}: {status}")),
            Outcome::NoContext => refused.push(format!("{instance}: no presentation context")),
            Outcome::Unreadable(error) => refused.push(format!("{instance}: {error}")),
        }
    })
    .await?;
    bar.finish_and_clear();
    if !refused.is_empty() {
        bail!("{} images were refused, the first: {}", refused.len(), refused.join("; "));
    }
    Ok(images)
}

fn target(address: SocketAddr) -> anyhow::Result<Target> {
    let calling = AeTitle::parse(SCANNER)?;
    let called = AeTitle::parse("LIGHTCASE")?;
    Ok(Target::new(address.ip().to_string(), address.port(), called, calling))
}

/// Enters the demonstration's scanner among the peers, unless loopback is open anyway.
async fn admit(running: &Running) -> anyhow::Result<()> {
    if running.open_loopback {
        return Ok(());
    }
    let house = &running.house;
    let peer = Peer {
        title: AeTitle::parse(SCANNER)?,
        host: "127.0.0.1".to_owned(),
        port: None,
        tls: false,
        certificate: None,
        issuer: String::new(),
        rights: vec![Right::Echo, Right::Store],
        created_at: house.clock.now(),
    };
    Ok(house.archive.add_peer(&house.operator(), &peer).await?)
}
