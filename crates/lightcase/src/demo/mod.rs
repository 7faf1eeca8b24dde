//! `demo`: a fresh archive with example studies, proved to work, then served for a look.

mod client;
mod lan;
mod people;
mod proof;
mod push;

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use crate::cli;
use crate::config::{self, Raw};
use crate::output;
use crate::serve::{self, Running};

/// Runs the demonstration in a data directory of its own, which is gone afterwards.
pub(crate) async fn run(options: cli::Demo) -> anyhow::Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("lightcase-demo-").tempdir()?;
    let mut raw = Raw { data_dir: Some(folder.path().join("data")), ..Raw::default() };
    "127.0.0.1:0".clone_into(&mut raw.dicom.listen);
    "127.0.0.1:0".clone_into(&mut raw.http.listen);
    if options.lan {
        lan::configure(&mut raw, folder.path())?;
    }
    let config = config::check(&raw)?;
    output::note("Starting Lightcase on its embedded default …");
    let running = Box::pin(serve::start(&config, &raw)).await?;
    let outcome = Box::pin(show(&running, &options)).await;
    if outcome.is_ok() && !options.once {
        serve::stopped().await;
    }
    Box::pin(running.stop()).await?;
    outcome?;
    Ok(ExitCode::SUCCESS)
}

async fn show(running: &Running, options: &cli::Demo) -> anyhow::Result<()> {
    let people = people::set_up(running).await?;
    let files = push::studies(running, &options.studies).await?;
    let client = client::Client::new(running, &people)?;
    client.sign_in().await.context("signing in")?;
    let study = client.newest_study("CT").await.context("finding the CT study")?;
    let link = client.share(&study).await.context("making a share link")?;
    if options.once {
        proof::check(running, &client, &link, &files).await?;
    }
    let sign_in = json!({"name": people.radiologist.0, "password": people.radiologist.1});
    if let Some(path) = &options.report {
        let report = json!({
            "url": running.public_url, "dicom": running.dicom, "http": running.http,
            "radiologist": sign_in,
            "administrator": {"name": people.administrator.0, "password": people.administrator.1},
            "share": {"url": link.url, "passcode": link.passcode}, "study": study,
        });
        crate::init::write_private(path, &report.to_string())?;
    }
    output::line("");
    output::line(&format!("Worklist   {}", running.public_url));
    output::line(&format!(
        "Sign in    {}  password {}",
        people.radiologist.0, people.radiologist.1
    ));
    output::line(&format!(
        "           {}  password {}",
        people.administrator.0, people.administrator.1
    ));
    output::line(&format!("Share link {}", link.url));
    output::line(&format!("Passcode   {}", link.passcode));
    output::line(&format!("DICOM      LIGHTCASE@{}", running.dicom));
    if options.lan {
        lan::qr(&link.url);
        output::line("The certificate is self-signed: the phone warns once, which is right.");
    }
    if options.once {
        output::line("Everything was proved.");
    } else {
        output::note("Serving until Ctrl-C.");
    }
    Ok(())
}
