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
