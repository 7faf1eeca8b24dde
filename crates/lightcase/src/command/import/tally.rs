//! What became of the files, and how it is told.

use crate::output;

/// Counts, and each refusal.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) stored: u64,
    pub(super) held: u64,
    /// DICOMDIRs that were met: they hold no image.
    pub(super) indexes: Vec<String>,
    /// DICOMDIRs that were named, and stand for their folders.
    pub(super) folders: u64,
    pub(super) refused: Vec<Refused>,
}

#[derive(Debug)]
pub(super) struct Refused {
    file: String,
    reason: &'static str,
    sentence: String,
}

impl Tally {
    pub(super) fn refuse(&mut self, file: String, reason: &'static str, sentence: String) {
        self.refused.push(Refused { file, reason, sentence });
    }

    /// Files that were looked at.
    pub(super) fn seen(&self) -> u64 {
        let refused = u64::try_from(self.refused.len()).unwrap_or(u64::MAX);
        let indexes = u64::try_from(self.indexes.len()).unwrap_or(u64::MAX);
        [self.held, indexes, refused].iter().fold(self.stored, |sum, n| sum.saturating_add(*n))
    }

    /// Prints it, as text or as JSON.
    pub(super) fn print(&self, json: bool) {
        if json {
            let refused: Vec<_> = self
                .refused
                .iter()
                .map(|Refused { file, reason, sentence }| {
                    serde_json::json!({"file": file, "reason": reason, "sentence": sentence})
                })
                .collect();
            output::json(&serde_json::json!({
                "stored": self.stored, "alreadyHeld": self.held, "indexes": self.indexes,
                "refused": refused,
            }));
            return;
        }
        if self.folders > 0 {
            output::line("A DICOMDIR is an index: the folder it lies in was imported");
        }
        let index = match self.indexes.len() {
            0 => String::new(),
            n => format!(", {n} DICOMDIR left out"),
        };
        let refused = self.refused.len();
        output::line(&format!(
            "{} stored, {} held already, {refused} refused{index}",
            self.stored, self.held
        ));
        for Refused { file, reason, sentence } in &self.refused {
            output::line(&format!("  {file}: {reason}: {sentence}"));
        }
    }
}
