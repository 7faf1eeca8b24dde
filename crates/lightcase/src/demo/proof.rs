//! The proof of `--once`: what was pushed is found, reads back equal, opens through its link, and
//! stands in the audit.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use lightcase_catalog::AuditFilter;
use lightcase_dataset::Part10Prefix;
use serde_json::{Value, json};

use super::client::{Client, Link};
use crate::output;
use crate::serve::Running;

/// Every step must have left one of these.
const EVENTS: [&str; 11] = [
    "service_started",
    "set_up_completed",
    "store_begun",
    "store_ended",
    "signed_in",
    "queried",
    "view_begun",
    "retrieve_begun",
    "share_created",
    "share_opened",
    "notice_accepted",
];

pub(crate) async fn check(
    running: &Running,
    client: &Client,
    link: &Link,
    files: &[PathBuf],
) -> anyhow::Result<()> {
    found(client, files).await.context("QIDO-RS")?;
    equal(client, files).await.context("WADO-RS")?;
    opens(client, link).await.context("the share link")?;
    audited(running).await.context("the audit")
}

/// Every instance is found.
async fn found(client: &Client, files: &[PathBuf]) -> anyhow::Result<()> {
    let studies = client.get_json("/dicom-web/studies").await?;
    let studies = studies.as_array().context("no array")?;
    let counts = studies
        .iter()
        .filter_map(|study| study.pointer("/00201208/Value/0").and_then(Value::as_u64));
    let instances: u64 = counts.sum();
    let pushed = u64::try_from(files.len())?;
    ensure!(instances == pushed, "{instances} of {pushed} instances are found");
    output::note(&format!("✓ QIDO-RS finds {} studies with {instances} instances", studies.len()));
    Ok(())
}

/// One slice's data set and pixels come back as they were sent.
async fn equal(client: &Client, files: &[PathBuf]) -> anyhow::Result<()> {
    let file = files.get(files.len() / 2).context("no files")?;
    let bytes = tokio::fs::read(file).await?;
    let mut prefix = Part10Prefix::new();
    let meta = prefix.push(&bytes)?.map_or_else(|| prefix.finish(), Ok)?;
    let data_set = bytes.get(usize::try_from(meta.meta_len)?..).context("no data set")?;
    let instance = meta.sop_instance.context("no SOP Instance UID")?;
    let row = client.get_json(&format!("/dicom-web/instances?SOPInstanceUID={instance}")).await?;
    let uid = |tag: &str| {
        let value = row.pointer(&format!("/0/{tag}/Value/0")).and_then(Value::as_str);
        value.map(str::to_owned).with_context(|| format!("no {tag} in QIDO-RS"))
    };
    let path = format!(
        "/dicom-web/studies/{}/series/{}/instances/{instance}",
        uid("0020000D")?,
        uid("0020000E")?
    );
    let whole = client.get(&path, "multipart/related; type=\"application/dicom\"").await?;
    ensure!(
        whole.windows(data_set.len()).any(|window| window == data_set),
        "the data set of {instance} comes back changed"
    );
    let frame = client
        .get(&format!("{path}/frames/1"), "application/octet-stream; transfer-syntax=*")
        .await?;
    ensure!(
        !frame.is_empty() && data_set.windows(frame.len()).any(|window| window == frame),
        "the pixels of {instance} come back changed"
    );
    output::note(&format!("✓ WADO-RS gives {} bytes of one slice back unchanged", frame.len()));
    Ok(())
}

/// A stranger with link and passcode sees the study, and without them nothing.
async fn opens(client: &Client, link: &Link) -> anyhow::Result<()> {
    let stranger = client.stranger()?;
    let fragment = link.url.split_once('#').context("no fragment")?.1;
    let mut parts = fragment.split('.').skip(1);
    let (share, secret) =
        (parts.next().context("no share id")?, parts.next().context("no secret")?);
    let ask = |passcode: &str| json!({"share": share, "secret": secret, "passcode": passcode, "accept": true});
    let (status, _) = stranger.post("/s/session", &ask("00000000")).await?;
    ensure!(status == 403, "a wrong passcode was answered {status}");
    let (status, answer) = stranger.post("/s/session", &ask(&link.passcode)).await?;
    let Some(handle) = answer.get("handle").and_then(Value::as_str) else {
        bail!("the right passcode was answered {status}: {answer}");
    };
    let hash = answer.pointer("/shown/notice/hash").context("no notice")?;
    let (status, view) =
        stranger.post(&format!("/s/{handle}/notice"), &json!({"hash": hash})).await?;
    let shown = view.pointer("/studies").and_then(Value::as_array).map(Vec::len);
    ensure!(status == 200 && shown == Some(1), "accepting the notice was answered {status}");
    let found = stranger.get_json(&format!("/s/{handle}/dicom-web/studies")).await?;
    let studies = found.as_array().context("no array")?;
    ensure!(studies.len() == 1, "the link shows {} studies instead of one", studies.len());
    let study = found.pointer("/0/0020000D/Value/0").and_then(Value::as_str).context("no UID")?;
    let picture = stranger
        .get(&format!("/s/{handle}/dicom-web/studies/{study}/thumbnail"), "image/jpeg")
        .await?;
    ensure!(picture.starts_with(&[0xFF, 0xD8]), "the picture is no JPEG");
    output::note("✓ The share link opens with its passcode and shows the one study");
    Ok(())
}

async fn audited(running: &Running) -> anyhow::Result<()> {
    let catalog = &running.house.catalog;
    let mut rows = 0;
    for event in EVENTS {
        let filter =
            AuditFilter { event: Some(event.to_owned()), limit: 1, ..AuditFilter::default() };
        let found = catalog.audit(&filter).await?;
        ensure!(!found.is_empty(), "no {event} was recorded");
        rows += found.len();
    }
    output::note(&format!("✓ The audit has its event for each of {rows} steps"));
    Ok(())
}
