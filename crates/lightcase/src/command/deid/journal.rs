//! What a run has done, so that the next one goes on there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use lightcase_deident::Report;
use serde::{Deserialize, Serialize};

/// A line for each object that was written: under which name its input is known, and its report.
/// Names of inputs are keyed, since a path may be a patient's name.
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    done: BTreeMap<String, Report>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    input: String,
    report: Report,
}

impl Journal {
    /// Opens it. A last line that was broken off is as if it were not there.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let text = if path.exists() {
            std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?
        } else {
            String::new()
        };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let done = lines.map(|line| (line.input, line.report)).collect();
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        if !text.is_empty() && !text.ends_with('\n') {
            writeln!(file)?;
        }
        Ok(Self { file, path: path.to_owned(), done })
    }

    /// The report of an input that was cleaned before.
    pub(super) fn report(&self, input: &str) -> Option<&Report> {
        self.done.get(input)
    }

    /// All that were cleaned before.
    pub(super) fn reports(&self) -> impl Iterator<Item = &Report> {
        self.done.values()
    }

    /// Notes that an input was cleaned.
    pub(super) fn note(&mut self, input: String, report: Report) -> anyhow::Result<()> {
        let line = serde_json::to_string(&Line { input, report })?;
        writeln!(self.file, "{line}")
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use lightcase_deident::{Counts, Verdict};

    use super::*;

    fn report(instance: &str) -> Report {
        Report {
            sop_class: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
            sop_instance: instance.to_owned(),
            series: "2.25.2".to_owned(),
            study: "2.25.3".to_owned(),
            verdict: Verdict::Released,
            blanked: Vec::new(),
            counts: Counts::default(),
            digest_before: String::new(),
            digest_after: String::new(),
        }
    }

    #[test]
    fn a_line_that_was_broken_off_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.note("one".to_owned(), report("2.25.1")).unwrap();
        journal.file.write_all(b"{\"input\":\"two\",\"rep").unwrap();
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.report("one"), Some(&report("2.25.1")));
        assert_eq!(journal.report("two"), None);
        journal.note("two".to_owned(), report("2.25.9")).unwrap();
        assert_eq!(Journal::open(&path).unwrap().reports().count(), 2);
    }
}
