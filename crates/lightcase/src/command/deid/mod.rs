//! `deid`: clean copies of the files of a folder.

mod explain;
mod folder;
mod journal;
mod key;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use lightcase_deident::{Certificate, Profile, Project};

use crate::cli::Deid;
use crate::init::write_private;
use crate::output;
use folder::Outcome;

pub(super) fn run(options: &Deid, json: bool) -> anyhow::Result<ExitCode> {
    let profile = match &options.profile {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Profile::from_toml(&text).with_context(|| file.display().to_string())?
        }
        None => Profile::default(),
    };
    if let Some(file) = &options.explain {
        return explain::run(profile, file, json);
    }
    let (Some(from), Some(to)) = (&options.from, &options.to) else {
        anyhow::bail!("name what is to be cleaned, and the folder for the clean copies");
    };
    refuse_nesting(from, to)?;
    let key = key::read_or_make(options.key.as_deref().unwrap_or(&beside(to, "key")))?;
    let mut certificate = Certificate::new(&profile);
    let project = Arc::new(Project::new(profile, key));
    let place = folder::Place { from, to, quarantine: &beside(to, "quarantine") };
    let mut refused = Vec::new();
    for (file, outcome) in folder::clean(&project, &place, options.jobs)? {
        match outcome {
            Outcome::Object(report) => certificate.add(*report),
            Outcome::Refused(why) => {
                *certificate.refused.entry(why.clone()).or_default() += 1;
                refused.push((file, why));
            }
        }
    }
    let text = certificate.to_json();
    if let Some(file) = &options.report {
        write_private(file, &text)?;
    }
    if json {
        output::line(&text);
    } else {
        summary(&certificate, &refused, place.quarantine);
    }
    let clean = certificate.held == 0 && refused.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A folder of copies within that of the originals would be cleaned again by the next run.
fn refuse_nesting(from: &Path, to: &Path) -> anyhow::Result<()> {
    let from = from.canonicalize().with_context(|| format!("{} cannot be read", from.display()))?;
    let mut place = std::path::absolute(to)?;
    while !place.exists() {
        if !place.pop() {
            break;
        }
    }
    if place.canonicalize()?.starts_with(&from) {
        anyhow::bail!("{} lies in {}; name a folder beside it", to.display(), from.display());
    }
    Ok(())
}

/// A path beside the folder of the clean copies, never in it.
fn beside(folder: &Path, what: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

fn summary(certificate: &Certificate, refused: &[(PathBuf, String)], quarantine: &Path) {
    output::line(&format!("{} clean", certificate.released));
    if certificate.held > 0 {
        let place = quarantine.display();
        output::line(&format!("{} held in {place}, to be looked at:", certificate.held));
    }
    for object in &certificate.objects {
        if let Some(why) = folder::why_held(&object.verdict) {
            output::line(&format!("  {}: {why}", object.sop_instance));
        }
    }
    if !refused.is_empty() {
        output::line(&format!("{} refused:", refused.len()));
    }
    for (file, why) in refused {
        output::line(&format!("  {}: {why}", file.display()));
    }
}
