//! What a run has done, so that the next one goes on there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use lightcase_deident::{Region, Report};
use serde::{Deserialize, Serialize};

use super::place::Place;

/// A line for each object that was written: under which name its input is known, and its report.
/// Names of inputs are keyed, since a path may be a patient's name. The first line says by which
/// profile, key and issuer.
///
/// As long as it is open, no other run works on the folder.
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    /// By which profile, key and issuer; empty where nothing was noted.
    project: String,
    done: BTreeMap<String, Arc<Entry>>,
    /// What lies under which SOP Instance UID.
    last: BTreeMap<String, Arc<Entry>>,
}

/// An object that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) report: Report,
    /// What somebody decided about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) approved: Option<Approved>,
}

/// A decision. The reason stays here: it is free text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Approved {
    /// Why it was held.
    pub(super) held: String,
    pub(super) at: String,
    pub(super) reason: String,
    pub(super) regions: Vec<Region>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    project: String,
}

#[derive(Deserialize)]
struct Line {
    input: String,
    #[serde(flatten)]
    entry: Entry,
}

/// A line that is to be written.
#[derive(Serialize)]
struct NewLine<'a> {
    input: &'a str,
    #[serde(flatten)]
    entry: &'a Entry,
}

impl Journal {
    /// Opens it, for this run alone. A last line that was broken off is as if it were not there.
    pub(super) fn open(place: &Place) -> anyhow::Result<Self> {
        let path = place.quarantine.join("journal");
        let file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another `lightcase deid` works on {}; wait until it has ended, or name another \
                 folder",
                place.to.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
            }
        }
        let mut journal = Self {
            file,
            path,
            project: String::new(),
            done: BTreeMap::new(),
            last: BTreeMap::new(),
        };
        journal.read()?;
        Ok(journal)
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let (mut lines, mut line) = (BufReader::new(&self.file), Vec::new());
        let (mut is_head, mut is_whole) = (true, true);
        loop {
            line.clear();
            let count = lines.read_until(b'\n', &mut line);
            if count.with_context(|| format!("{} cannot be read", self.path.display()))? == 0 {
                break;
            }
            is_whole = line.ends_with(b"\n");
            if std::mem::take(&mut is_head)
                && let Ok(head) = serde_json::from_slice::<Head>(&line)
            {
                self.project = head.project;
            }
            if let Ok(Line { input, entry }) = serde_json::from_slice(&line) {
                let entry = Arc::new(entry);
                self.last.insert(entry.report.sop_instance.clone(), Arc::clone(&entry));
                self.done.insert(input, entry);
            }
        }
        if !is_whole {
            writeln!(self.file)?;
        }
        Ok(())
    }

    /// Goes on where it stands, if it is of this project. Where another profile, key or issuer made
    /// what is still there, nothing may be added; where nothing is, it starts anew.
    pub(super) fn go_on(&mut self, place: &Place, project: &str) -> anyhow::Result<()> {
        if self.project == project {
            return Ok(());
        }
        let mut all = self.done.values().chain(self.last.values());
        if all.any(|entry| place.target(&entry.report).is_file()) {
            bail!(
                "{} holds clean copies that another profile, key, issuer or version made, and one \
                 folder holds those of one; name another folder, or remove {} and {}",
                place.to.display(),
                place.to.display(),
                place.quarantine.display()
            );
        }
        self.done.clear();
        self.last.clear();
        project.clone_into(&mut self.project);
        let head = serde_json::to_string(&Head { project: project.to_owned() })?;
        let write = |file: &mut File| {
            file.set_len(0)?;
            writeln!(file, "{head}")
        };
        write(&mut self.file).with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// What came of an input that was cleaned before.
    pub(super) fn of_input(&self, input: &str) -> Option<&Arc<Entry>> {
        self.done.get(input)
    }

    /// What lies under a SOP Instance UID.
    pub(super) fn of_object(&self, sop_instance: &str) -> Option<&Arc<Entry>> {
        self.last.get(sop_instance)
    }

    /// What lies there, of all runs.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Entry> {
        self.last.values().map(Arc::as_ref)
    }

    /// The inputs that became this object.
    pub(super) fn inputs(&self, report: &Report) -> Vec<String> {
        let of = self.done.iter().filter(|(_, entry)| entry.report == *report);
        of.map(|(input, _)| input.clone()).collect()
    }

    /// Notes that an input was cleaned.
    pub(super) fn note(&mut self, input: &str, entry: &Arc<Entry>) -> anyhow::Result<()> {
        let line = serde_json::to_string(&NewLine { input, entry })?;
        self.done.insert(input.to_owned(), Arc::clone(entry));
        self.last.insert(entry.report.sop_instance.clone(), Arc::clone(entry));
        writeln!(self.file, "{line}")
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::certificate;
    use super::*;

    fn entry(instance: &str) -> Arc<Entry> {
        Arc::new(certificate::tests::entry("2.25.3", instance, "S1"))
    }

    fn place(folder: &Path) -> Place {
        let place = Place::of(&folder.join("out")).unwrap();
        std::fs::create_dir_all(&place.quarantine).unwrap();
        place
    }

    #[test]
    fn a_line_that_was_broken_off_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        let mut journal = Journal::open(&place).unwrap();
        journal.go_on(&place, "p").unwrap();
        journal.note("one", &entry("2.25.1")).unwrap();
        journal.file.write_all(b"{\"input\":\"two\",\"rep").unwrap();
        drop(journal);
        let mut journal = Journal::open(&place).unwrap();
        journal.go_on(&place, "p").unwrap();
        assert_eq!(journal.of_input("one"), Some(&entry("2.25.1")));
        assert_eq!(journal.of_input("two"), None);
        journal.note("two", &entry("2.25.9")).unwrap();
        drop(journal);
        let journal = Journal::open(&place).unwrap();
        assert_eq!(journal.of_object("2.25.9"), Some(&entry("2.25.9")));
        assert_eq!(journal.inputs(&entry("2.25.1").report), ["one"]);
    }

    /// A run over a million objects holds a million reports, and not several times as many.
    #[test]
    fn a_report_is_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        let is_shared = |journal: &Journal| {
            let (input, object) = (journal.of_input("one"), journal.of_object("2.25.1"));
            Arc::ptr_eq(input.unwrap(), object.unwrap())
        };
        let mut journal = Journal::open(&place).unwrap();
        journal.go_on(&place, "p").unwrap();
        journal.note("one", &entry("2.25.1")).unwrap();
        assert!(is_shared(&journal));
        drop(journal);
        assert!(is_shared(&Journal::open(&place).unwrap()));
    }

    #[test]
    fn two_runs_do_not_work_on_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        let first = Journal::open(&place).unwrap();
        let refused = Journal::open(&place).err().unwrap().to_string();
        assert!(refused.contains("another `lightcase deid` works on"), "{refused}");
        drop(first);
        assert!(Journal::open(&place).is_ok());
    }

    #[test]
    fn a_folder_is_of_one_project_as_long_as_something_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        let mut journal = Journal::open(&place).unwrap();
        journal.go_on(&place, "p").unwrap();
        journal.note("one", &entry("2.25.1")).unwrap();
        let target = place.target(&entry("2.25.1").report);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy("Cargo.toml", &target).unwrap();
        let refused = journal.go_on(&place, "q").unwrap_err().to_string();
        assert!(refused.contains("another profile"), "{refused}");
        std::fs::remove_file(&target).unwrap();
        journal.go_on(&place, "q").unwrap();
        assert_eq!(journal.of_input("one"), None);
        journal.note("two", &entry("2.25.2")).unwrap();
        drop(journal);
        let mut journal = Journal::open(&place).unwrap();
        journal.go_on(&place, "q").unwrap();
        assert_eq!(journal.of_input("two"), Some(&entry("2.25.2")));
    }
}
