//! A folder cleaned, file by file, on several processors.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_deident::{Deidentifier, Project, Report, Verdict};

use super::journal::Journal;
use crate::command::files;

/// Bytes that are read at a time.
pub(super) const PIECE: usize = 1 << 20;

/// Where everything is.
pub(super) struct Place<'a> {
    pub(super) from: &'a PathBuf,
    pub(super) to: &'a Path,
    /// What may not leave, what is not finished, and the journal.
    pub(super) quarantine: &'a Path,
}

/// What came of a file.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Object(Box<Report>),
    Refused(String),
}

/// What the workers share.
struct Shared {
    journal: Journal,
    /// Digests of the clean objects, by SOP Instance UID.
    written: BTreeMap<String, String>,
    outcomes: BTreeMap<PathBuf, Outcome>,
}

/// Cleans all files of a folder; what came of each, in their order.
pub(super) fn clean(
    project: &Arc<Project>,
    place: &Place<'_>,
    jobs: Option<usize>,
) -> anyhow::Result<BTreeMap<PathBuf, Outcome>> {
    let files = files::list(std::slice::from_ref(place.from))?;
    if files.is_empty() {
        bail!("there is no file in {}", place.from.display());
    }
    for folder in [place.to, place.quarantine] {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    // What a run that was killed had not finished.
    for entry in fs::read_dir(place.quarantine)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "part") {
            crate::init::remove(&path)?;
        }
    }
    let journal = Journal::open(&place.quarantine.join("journal"))?;
    let digests = |report: &Report| (report.sop_instance.clone(), report.digest_after.clone());
    let written = journal.reports().map(digests).collect();
    let shared = Mutex::new(Shared { journal, written, outcomes: BTreeMap::new() });
    let bar = ProgressBar::new(u64::try_from(files.len()).unwrap_or(u64::MAX));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}")?);
    let next = AtomicUsize::new(0);
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let work = |number: usize| -> anyhow::Result<()> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = one(project, place, &shared, file, number)?;
            lock(&shared).outcomes.insert(file.clone(), outcome);
            bar.inc(1);
        }
        Ok(())
    };
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.unwrap_or(processors).max(1))
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_panic| anyhow::bail!("a worker has failed"))
        })
    })?;
    bar.finish_and_clear();
    Ok(shared.into_inner().unwrap_or_else(PoisonError::into_inner).outcomes)
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cleans a file, unless an earlier run did. Errors are of the folders that are written to; what is
/// wrong with the file is an outcome.
fn one(
    project: &Arc<Project>,
    place: &Place<'_>,
    shared: &Mutex<Shared>,
    file: &Path,
    number: usize,
) -> anyhow::Result<Outcome> {
    let input = name(project, file);
    let known = input.as_ref().and_then(|input| lock(shared).journal.report(input).cloned());
    if let Some(report) = known.filter(|report| target(place, report).is_file()) {
        return Ok(Outcome::Object(Box::new(report)));
    }
    let part = place.quarantine.join(format!("{number}.part"));
    let cleaned = stream(project, file, &part);
    let report = match cleaned {
        Ok(Ok(report)) => report,
        Ok(Err(why)) => {
            crate::init::remove(&part)?;
            return Ok(Outcome::Refused(why));
        }
        Err(error) => {
            crate::init::remove(&part)?;
            return Err(error);
        }
    };
    let mut shared = lock(shared);
    let before = shared.written.get(&report.sop_instance);
    if before.is_some_and(|digest| *digest != report.digest_after) {
        crate::init::remove(&part)?;
        return Ok(Outcome::Refused("another object has its SOP Instance UID".to_owned()));
    }
    let to = target(place, &report);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(&part, &to).with_context(|| format!("{} cannot be written", to.display()))?;
    shared.written.insert(report.sop_instance.clone(), report.digest_after.clone());
    if let Some(input) = input {
        shared.journal.note(input, report.clone())?;
    }
    Ok(Outcome::Object(Box::new(report)))
}

/// Writes the clean copy under a name that nobody takes for a result; why it was refused, if it
/// was.
fn stream(
    project: &Arc<Project>,
    file: &Path,
    part: &Path,
) -> anyhow::Result<Result<Report, String>> {
    let mut from = match File::open(file) {
        Ok(from) => from,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let cannot = || format!("{} cannot be written", part.display());
    let mut to = File::create(part).with_context(cannot)?;
    let mut run = Deidentifier::of_file(project);
    let (mut piece, mut out) = (vec![0; PIECE], Vec::new());
    loop {
        let count = match from.read(&mut piece) {
            Ok(count) => count,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        if let Err(refusal) = run.push(bytes, &mut out) {
            return Ok(Err(refusal.to_string()));
        }
        to.write_all(&out).with_context(cannot)?;
        out.clear();
    }
    match run.finish(&mut out) {
        Ok(done) => {
            to.write_all(&out).with_context(cannot)?;
            Ok(Ok(done.report))
        }
        Err(refusal) => Ok(Err(refusal.to_string())),
    }
}

/// Where a clean object lies: its names are mapped UIDs.
fn target(place: &Place<'_>, report: &Report) -> PathBuf {
    let root = if report.verdict == Verdict::Released { place.to } else { place.quarantine };
    let name = format!("{}.dcm", plain(&report.sop_instance));
    root.join(plain(&report.study)).join(plain(&report.series)).join(name)
}

/// A UID that was retained may be anything; of it, what makes no path stays.
fn plain(uid: &str) -> String {
    let kept = |c: &char| c.is_ascii_digit() || *c == '.';
    let name: String = uid.chars().filter(kept).collect();
    if name.bytes().any(|byte| byte.is_ascii_digit()) { name } else { "0".to_owned() }
}

/// Under which name the journal knows a file: with another profile, or when it has changed, it is
/// another one.
fn name(project: &Project, file: &Path) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let text = format!(
        "{:?} {} {} {}",
        project.profile(),
        file.display(),
        metadata.len(),
        modified.as_nanos()
    );
    Some(project.uids().map(&text).as_str().to_owned())
}

/// Why an object may not leave as it was written; nothing if it may.
pub(super) fn why_held(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Released => None,
        Verdict::ReleasedOnceBlanked(_) => {
            Some("its pixels are compressed, and known text in them is still to be blanked".into())
        }
        Verdict::Held(holds) => {
            Some(holds.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        }
    }
}
