//! `echo`: ask a DICOM peer whether it answers.

use std::process::ExitCode;

use lightcase_dimse::scu;

use super::remote;
use crate::cli::Remote;
use crate::output;

pub(crate) async fn run(peer: &Remote, json: bool) -> anyhow::Result<ExitCode> {
    let target = remote::target(peer)?;
    let took = match scu::echo(&target).await {
        Ok(took) => took,
        Err(error) => return Ok(remote::problem(peer, error, json)),
    };
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if json {
        output::json(&serde_json::json!({"peer": peer.target, "milliseconds": milliseconds}));
    } else {
        output::line(&format!("{} answers, in {milliseconds} ms", peer.target));
    }
    Ok(ExitCode::SUCCESS)
}
