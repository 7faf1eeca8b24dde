//! `deid`: clean copies of the files of a folder.

mod approve;
mod certificate;
mod decoder;
mod explain;
mod file;
mod folder;
mod journal;
mod key;
mod page;
mod papers;
mod place;
mod study;

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use data_encoding::HEXLOWER;
use lightcase_deident::{Profile, Project};

use crate::cli::Deid;
use crate::command::files;
use crate::command::peer::issuer;
use crate::init::write_private_with;
use crate::output;
use certificate::Certified;
use decoder::Decoder;
use folder::{Folder, Outcome, Refused};
use journal::Journal;
use papers::Papers;
use place::Place;

pub(super) fn run(options: &Deid, json: bool) -> anyhow::Result<ExitCode> {
    if !options.approve.is_empty() {
        let reason = options.reason.as_deref().unwrap_or_default();
        let (files, regions) = (&options.approve, &options.regions);
        return approve::run(&approve::Decision { files, regions, reason });
    }
    // 1 is for what was held or refused by a run that looked at everything.
    Ok(explain_or_clean(options, json).unwrap_or_else(|error| {
        output::problem(&error);
        ExitCode::from(2)
    }))
}

fn explain_or_clean(options: &Deid, json: bool) -> anyhow::Result<ExitCode> {
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
        bail!("name what is to be cleaned, and the folder for the clean copies");
    };
    let place = Place::find(from, to)?;
    let papers = Papers::find(options, from, &place)?;
    let (certified, refused) = clean(options, profile, from, (&place, &papers))?;
    if let Some(file) = papers.report {
        write_private_with(file, |to| certified.write(to))?;
    }
    if json {
        output::large_json(&certified);
    } else {
        summary(&certified, &refused, &place.quarantine);
    }
    let clean = certified.certificate.held == 0 && refused.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn clean(
    options: &Deid,
    profile: Profile,
    from: &Path,
    (place, papers): (&Place, &Papers<'_>),
) -> anyhow::Result<(Certified, Vec<(PathBuf, String)>)> {
    let files = files::list(&[from.to_owned()])?;
    if files.is_empty() {
        bail!("there is no file in {}", from.display());
    }
    let issuer = issuer(options.issuer.as_deref().unwrap_or_default())?;
    papers.prepare()?;
    folder::make(place)?;
    let mut journal = Journal::open(place)?;
    folder::sweep(place)?;
    papers.sweep()?;
    let project = Arc::new(Project::new(profile, key::read_or_make(&papers.key)?));
    let of = format!("{} {:?} {issuer:?}", env!("CARGO_PKG_VERSION"), project.profile());
    journal.go_on(place, project.uids().map(&of).as_str())?;
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = options.jobs.unwrap_or(processors).max(1);
    let decoder = Decoder::new(jobs)?;
    let mut run = [0; 8];
    getrandom::fill(&mut run).context("there is no randomness")?;
    let folder = Folder {
        project: &project,
        issuer: &issuer,
        place,
        files: &files,
        decoder: &decoder,
        run: HEXLOWER.encode(&run),
    };
    let cleaned = folder.clean(journal, jobs);
    decoder.end();
    let (outcomes, journal) = cleaned?;
    if let Some(certificates) = papers.certificates {
        study::write(certificates, (&project, place), (&outcomes, &journal))?;
    }
    // Its entries are those of the outcomes: as long as it has them, they would be copied.
    drop(journal);
    Ok(certify(project.profile(), outcomes))
}

fn certify(
    profile: &Profile,
    outcomes: Vec<(PathBuf, Outcome)>,
) -> (Certified, Vec<(PathBuf, String)>) {
    let refused = outcomes.iter().filter_map(|(file, outcome)| match outcome {
        Outcome::Object(_) => None,
        Outcome::Refused(Refused { why, study: _ }) => Some((file.clone(), why.clone())),
    });
    let refused: Vec<_> = refused.collect();
    let objects = outcomes.into_iter().filter_map(|(_, outcome)| match outcome {
        Outcome::Object(entry) => Some(Arc::unwrap_or_clone(entry)),
        Outcome::Refused(_) => None,
    });
    let certified = Certified::of(profile, objects, refused.iter().map(|(_, why)| why.as_str()));
    (certified, refused)
}

fn summary(certified: &Certified, refused: &[(PathBuf, String)], quarantine: &Path) {
    let certificate = &certified.certificate;
    output::line(&format!("{} clean", certificate.released));
    if certificate.held > 0 {
        let place = quarantine.display();
        output::line(&format!("{} held in {place}, to be looked at:", certificate.held));
    }
    for object in &certificate.objects {
        if let Some(why) = file::why_held(&object.verdict) {
            output::line(&format!("  {}: {why}", object.sop_instance));
        }
    }
    if !refused.is_empty() {
        output::line(&format!("{} refused:", refused.len()));
    }
    for (file, why) in refused {
        output::line(&format!("  {}: {why}", file.display()));
    }
    if certified.mixed_studies > 0 {
        output::line(&format!("studies of more than one patient: {}", certified.mixed_studies));
    }
}
