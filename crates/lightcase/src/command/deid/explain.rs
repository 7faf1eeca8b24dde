//! `deid --explain`: what happens to each attribute of a file, and why.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use lightcase_deident::{Deidentifier, Profile, Project, ProjectKey};

use super::file::{PIECE, why_held};
use crate::output;

pub(super) fn run(profile: Profile, path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    // Nothing that the key decides is printed.
    let project = Arc::new(Project::new(profile, ProjectKey::from_bytes([0; 32])));
    let mut run = Deidentifier::of_file(&project).explaining();
    let mut file =
        File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let (mut piece, mut out) = (vec![0; PIECE], Vec::new());
    loop {
        let count = file.read(&mut piece)?;
        let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        run.push(bytes, &mut out)?;
        out.clear();
    }
    let done = run.finish(&mut out)?;
    if json {
        output::line(&serde_json::to_string_pretty(&done.steps)?);
    } else {
        let rows: Vec<Vec<String>> = done
            .steps
            .iter()
            .map(|step| vec![step.attribute.clone(), step.outcome.to_string(), step.why.clone()])
            .collect();
        output::table(&["ATTRIBUTE", "OUTCOME", "WHY"], &rows);
        output::line(&match why_held(&done.report.verdict) {
            Some(why) => format!("The object would be held: {why}."),
            None => "The object would be released.".to_owned(),
        });
    }
    Ok(ExitCode::SUCCESS)
}
