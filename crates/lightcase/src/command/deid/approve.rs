//! `deid --approve`: what somebody has looked at goes to the clean copies.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use lightcase_archive::lies_beside;
use lightcase_deident::{Region, Verdict};

use super::decoder::Decoder;
use super::file::{Unfinished, digest, why_held};
use super::journal::{Approved, Entry, Journal};
use super::place::Place;
use crate::command::review::region;
use crate::{clock, output};

/// What was decided, and why.
pub(super) struct Decision<'a> {
    pub(super) files: &'a [PathBuf],
    pub(super) regions: &'a [String],
    pub(super) reason: &'a str,
}

pub(super) fn run(decision: &Decision<'_>) -> anyhow::Result<ExitCode> {
    if decision.reason.trim().is_empty() {
        bail!("--reason says in a few words why");
    }
    let regions =
        decision.regions.iter().map(|text| region(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let decoder = Decoder::new(1)?;
    let Some(first) = decision.files.first() else { bail!("name what is approved") };
    let place = place_of(first)?;
    let mut journal = Journal::open(&place)?;
    for file in decision.files {
        one(&place, &mut journal, (&decoder, decision.reason.trim(), &regions), file)
            .with_context(|| format!("{} was not approved", file.display()))?;
    }
    decoder.end();
    Ok(ExitCode::SUCCESS)
}

/// The places of the run that held a file: it lies in `OUT.quarantine/STUDY/SERIES`.
fn place_of(file: &Path) -> anyhow::Result<Place> {
    let cannot = || format!("{} does not lie in a quarantine of `deid`", file.display());
    let real = file.canonicalize().with_context(|| format!("{} cannot be read", file.display()))?;
    let folder = real.ancestors().nth(3).with_context(cannot)?;
    let name = folder.file_name().and_then(|name| name.to_str()).with_context(cannot)?;
    let name = name.strip_suffix(".quarantine").with_context(cannot)?;
    Place::of(&folder.with_file_name(name))
}

fn one(
    place: &Place,
    journal: &mut Journal,
    (decoder, reason, regions): (&Decoder, &str, &[Region]),
    file: &Path,
) -> anyhow::Result<()> {
    let real = file.canonicalize()?;
    let uid = real.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let entry = journal.of_object(uid).context("the journal does not know it")?;
    let mut report = entry.report.clone();
    if place.target(&report) != real || digest(&real)? != report.digest_after {
        bail!("it is not what was held; clean the originals again");
    }
    if report.verdict == Verdict::Released {
        bail!("it is not held");
    }
    let anew = lies_beside(&report.verdict)?;
    let held = why_held(&report.verdict).unwrap_or_default();
    let part = Unfinished::new(place.quarantine.join("approved.part"));
    decoder.approve(&real, part.path(), (regions, anew))??;
    let inputs = journal.inputs(&report);
    report.digest_after = digest(part.path())?;
    report.verdict = Verdict::Released;
    report.blanked = regions.to_vec();
    let target = place.target(&report);
    let approved = Approved {
        at: clock::system().now().to_string(),
        held,
        reason: reason.to_owned(),
        regions: regions.to_vec(),
    };
    let entry = Arc::new(Entry { report, approved: Some(approved) });
    // Noted first: what lies among the clean copies is in the journal, whatever happens.
    for input in inputs {
        journal.note(&input, &entry)?;
    }
    part.keep(&target)?;
    crate::init::remove(&real)?;
    output::line(&format!("{} lies in {}", entry.report.sop_instance, place.to.display()));
    Ok(())
}
