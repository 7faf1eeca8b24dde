//! A folder cleaned, file by file, on several processors. What comes of it does not depend on how
//! many, nor on what was broken off before.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_deident::{Project, Report, Verdict};

use super::decoder::Decoder;
use super::file::{self, Buffers, Unfinished};
use super::journal::{Entry, Journal};
use super::place::Place;

/// What came of a file.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Object(Arc<Entry>),
    Refused(Refused),
}

/// Why there is no copy of a file.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) why: String,
    /// Study Instance UID that its copy would have, where it says one.
    pub(super) study: Option<String>,
}

/// A run.
pub(super) struct Folder<'a> {
    pub(super) project: &'a Arc<Project>,
    /// Of patient IDs, where an object names none.
    pub(super) issuer: &'a str,
    pub(super) place: &'a Place,
    pub(super) files: &'a [PathBuf],
    pub(super) decoder: &'a Decoder,
    /// Tells the unfinished files of this run from those of one that was killed.
    pub(super) run: String,
}

/// What the workers share. What was noted of an object is there once, however many speak of it.
struct Shared {
    journal: Journal,
    /// What lies under a SOP Instance UID, and the number of its input.
    taken: BTreeMap<String, (usize, Arc<Entry>)>,
    outcomes: Vec<Option<Outcome>>,
}

impl Folder<'_> {
    /// Cleans all files; what came of each, in their order, and the journal, which still keeps others
    /// away.
    pub(super) fn clean(
        &self,
        journal: Journal,
        jobs: usize,
    ) -> anyhow::Result<(Vec<(PathBuf, Outcome)>, Journal)> {
        let outcomes = vec![None; self.files.len()];
        let shared = Mutex::new(Shared { journal, taken: BTreeMap::new(), outcomes });
        let count = u64::try_from(self.files.len()).unwrap_or(u64::MAX);
        let bar = ProgressBar::new(count);
        bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}")?);
        let next = AtomicUsize::new(0);
        let work = |worker: usize| -> anyhow::Result<()> {
            let mut buffers = Buffers::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = self.files.get(number) else { return Ok(()) };
                self.one(&shared, (number, file), (worker, &mut buffers))?;
                bar.inc(1);
            }
        };
        let work = &work;
        std::thread::scope(|scope| {
            let workers: Vec<_> =
                (0..jobs).map(|worker| scope.spawn(move || work(worker))).collect();
            workers.into_iter().try_for_each(|worker| {
                worker.join().unwrap_or_else(|_panic| anyhow::bail!("a worker has failed"))
            })
        })?;
        bar.finish_and_clear();
        let Shared { journal, taken: _, outcomes } =
            shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        let outcomes = self.files.iter().cloned().zip(first_of_each(outcomes)).collect();
        Ok((outcomes, journal))
    }

    /// Cleans a file, unless an earlier run did. Errors are of the folders that are written to; what
    /// is wrong with the file is an outcome.
    fn one(
        &self,
        shared: &Mutex<Shared>,
        (number, file): (usize, &Path),
        (worker, buffers): (usize, &mut Buffers),
    ) -> anyhow::Result<()> {
        let input = file::name(self.project, file);
        if let Some(entry) = self.known(shared, number, input.as_deref())? {
            lock(shared).outcome(number, Outcome::Object(entry));
            return Ok(());
        }
        let name = format!("{}-{worker}.part", self.run);
        let part = Unfinished::new(self.place.quarantine.join(name));
        let (whose, decoder) = ((self.project, self.issuer), self.decoder);
        let outcome = match file::clean(whose, decoder, file, &part, buffers)? {
            Err(why) => {
                Outcome::Refused(Refused { why, study: file::study_of(self.project, file) })
            }
            Ok(report) => {
                let entry = Arc::new(Entry { report, approved: None });
                lock(shared).put(self.place, (number, input.as_deref()), &entry, part)?;
                Outcome::Object(entry)
            }
        };
        lock(shared).outcome(number, outcome);
        Ok(())
    }
}

impl Folder<'_> {
    /// What an earlier run made of an input, if it lies where it was put, byte for byte.
    fn known(
        &self,
        shared: &Mutex<Shared>,
        number: usize,
        input: Option<&str>,
    ) -> anyhow::Result<Option<Arc<Entry>>> {
        let noted = input.and_then(|input| lock(shared).journal.of_input(input).cloned());
        // What could not be decoded then is tried again.
        let noted =
            noted.filter(|entry| !matches!(entry.report.verdict, Verdict::ReleasedOnceBlanked(_)));
        let Some(entry) = noted else { return Ok(None) };
        let digest = file::digest(&self.place.target(&entry.report));
        if !digest.is_ok_and(|digest| digest == entry.report.digest_after) {
            return Ok(None);
        }
        let there = lock(shared).is_there(self.place, number, &entry)?;
        Ok(there.then_some(entry))
    }
}

/// Of inputs that share a SOP Instance UID the first has it, and those that are the same.
fn first_of_each(outcomes: Vec<Option<Outcome>>) -> Vec<Outcome> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut judged = Vec::with_capacity(outcomes.len());
    for outcome in outcomes.into_iter().flatten() {
        judged.push(match outcome {
            Outcome::Refused(refused) => Outcome::Refused(refused),
            Outcome::Object(entry) => {
                let (uid, digest) = (&entry.report.sop_instance, &entry.report.digest_after);
                let there = first.entry(uid.clone()).or_insert_with(|| digest.clone());
                if there == digest {
                    Outcome::Object(entry)
                } else {
                    Outcome::Refused(Refused {
                        why: "another file has its SOP Instance UID".to_owned(),
                        study: Some(entry.report.study.clone()),
                    })
                }
            }
        });
    }
    judged
}

impl Shared {
    fn outcome(&mut self, number: usize, outcome: Outcome) {
        if let Some(place) = self.outcomes.get_mut(number) {
            *place = Some(outcome);
        }
    }

    /// Whether what an earlier run made of an input can stay where it was found.
    fn is_there(
        &mut self,
        place: &Place,
        number: usize,
        entry: &Arc<Entry>,
    ) -> anyhow::Result<bool> {
        let report = &entry.report;
        let taken = self.taken.get(&report.sop_instance);
        match taken.map(|(first, other)| (*first, &other.report)) {
            Some((first, other)) if first < number => {
                clear(place, report, other)?;
                return Ok(true);
            }
            // It has been written over since it was looked at.
            Some((_, other)) if other != report && place.target(other) == place.target(report) => {
                return Ok(false);
            }
            Some((_, other)) => clear(place, other, report)?,
            None => {}
        }
        self.taken.insert(report.sop_instance.clone(), (number, Arc::clone(entry)));
        Ok(true)
    }

    /// Moves an object to its place, unless an input that comes before this one has that.
    fn put(
        &mut self,
        place: &Place,
        (number, input): (usize, Option<&str>),
        entry: &Arc<Entry>,
        part: Unfinished,
    ) -> anyhow::Result<()> {
        let report = &entry.report;
        let taken = self.taken.get(&report.sop_instance).cloned();
        if let Some((_, other)) = taken.as_ref().filter(|(first, _)| *first < number) {
            // The same object once more lies there already.
            return match input.filter(|_| other.report == *report) {
                Some(input) => self.journal.note(input, entry),
                None => Ok(()),
            };
        }
        // What an earlier run or a later input has left, perhaps in the other folder.
        let before = self.journal.of_object(&report.sop_instance);
        for before in before.into_iter().chain(taken.as_ref().map(|(_, other)| other)) {
            clear(place, &before.report, report)?;
        }
        // Noted once what gives way is gone, which nothing else remembers, and before the copy is
        // there: what lies among the clean copies is in the journal, whatever happens.
        if let Some(input) = input {
            self.journal.note(input, entry)?;
        }
        part.keep(&place.target(report))?;
        self.taken.insert(report.sop_instance.clone(), (number, Arc::clone(entry)));
        Ok(())
    }
}

/// Removes an object that gives way to another one, if that lies elsewhere.
fn clear(place: &Place, before: &Report, now: &Report) -> anyhow::Result<()> {
    let target = place.target(before);
    if target == place.target(now) {
        return Ok(());
    }
    crate::init::remove(&target)
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the folders of a run.
pub(super) fn make(place: &Place) -> anyhow::Result<()> {
    let cannot = |folder: &Path| format!("{} cannot be made", folder.display());
    fs::create_dir_all(&place.to).with_context(|| cannot(&place.to))?;
    // What is held shows its pixels as they came.
    let mut private = fs::DirBuilder::new();
    private.recursive(true).mode(0o700);
    private.create(&place.quarantine).with_context(|| cannot(&place.quarantine))
}

/// Removes what a run that was killed had not finished.
pub(super) fn sweep(place: &Place) -> anyhow::Result<()> {
    for entry in fs::read_dir(&place.quarantine)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "part") {
            crate::init::remove(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::certificate::tests::entry;
    use super::*;

    #[test]
    fn a_copy_is_noted_before_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::of(&folder.path().join("out")).unwrap();
        make(&place).unwrap();
        let journal = Journal::open(&place).unwrap();
        let mut shared = Shared { journal, taken: BTreeMap::new(), outcomes: Vec::new() };
        let entry = Arc::new(entry("2.25.3", "2.25.1", "S1"));
        let part = || Unfinished::new(place.quarantine.join("x.part"));
        // As if the run had ended between the two: there is nothing to be moved.
        assert!(shared.put(&place, (0, Some("one")), &entry, part()).is_err());
        assert_eq!(shared.journal.of_input("one"), Some(&entry));
        assert!(shared.taken.is_empty() && !place.target(&entry.report).exists());
        let whole = part();
        fs::copy("Cargo.toml", whole.path()).unwrap();
        shared.put(&place, (0, Some("one")), &entry, whole).unwrap();
        assert!(shared.taken.contains_key("2.25.1") && place.target(&entry.report).is_file());
    }
}
