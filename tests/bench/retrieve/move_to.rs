//! C-MOVE, asked by `movescu`.

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::process::Command;

use crate::SLICES;
use crate::discard::{Discard, TITLE};
use crate::station::{CALLING, Station};

/// Whether `movescu` is there.
pub(crate) fn installed() -> bool {
    std::process::Command::new("movescu").arg("--version").output().is_ok()
}

/// From the start of `movescu` to its end.
pub(crate) async fn time(
    station: &Station,
    study: &str,
    discard: &Discard,
) -> anyhow::Result<Duration> {
    let target = &station.target;
    discard.came();
    let begun = Instant::now();
    let output = Command::new("movescu")
        .args(["-S", "-aet", CALLING, "-aec", &target.called.to_string(), "-aem", TITLE])
        .args(["-k", "QueryRetrieveLevel=STUDY", "-k", &format!("StudyInstanceUID={study}")])
        .args([&target.host, &target.port.to_string()])
        // Without it DCMTK leaves Nagle's algorithm on.
        .env("TCP_NODELAY", "1")
        .output()
        .await?;
    let elapsed = begun.elapsed();
    let came = discard.came();
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && came == SLICES, "{}: {came} came: {said}", station.name);
    Ok(elapsed)
}
