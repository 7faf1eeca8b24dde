//! A server with studies in it, for guests that are not written in Rust.

use anyhow::Context as _;
use lightcase_testkit::{
    phantom::{Study, summary},
    servers::{Lightcase, Settings},
};
use serde_json::{Value, json};

/// Slices of each series: enough for every probe, and soon sent.
const SLICES: u32 = 24;
/// Rows and columns of the CT.
const COLUMNS: u16 = 256;

/// A server with two studies, and how to reach it.
pub(crate) fn start() -> anyhow::Result<(Lightcase, Value)> {
    let server = Settings::default().start()?;
    let studies = [Study::ct_of(1, SLICES, COLUMNS), Study::mr_of(1, SLICES)];
    let folder = tempfile::tempdir()?;
    for study in &studies {
        study.write(&folder.path().join(study.modality))?;
    }
    let dicom = server.dicom();
    let files = folder.path().to_str().context("the temporary folder's name is not text")?;
    server.run("store", &[&format!("LIGHTCASE@{dicom}"), files], "")?;
    let description = json!({
        "url": server.url(),
        "token": server.create_token("guest", &["dicomweb:read"])?,
        "dicom": {"host": dicom.ip(), "port": dicom.port(), "title": "LIGHTCASE"},
        "phantoms": summary(&studies),
    });
    Ok((server, description))
}
