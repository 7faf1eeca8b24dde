//! What passed, failed, and was skipped.

/// The outcome of a run so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// What was skipped, and what to do about it.
    pub(super) skips: Vec<(String, String)>,
}

impl Tally {
    pub(super) fn skip(&mut self, name: &str, advice: &str) {
        let skip = (name.to_owned(), advice.to_owned());
        if !self.skips.contains(&skip) {
            self.skips.push(skip);
        }
    }

    /// Takes over lines of the form `skipped: …` that tests print.
    pub(super) fn skips_in(&mut self, output: &str) {
        for line in output.lines() {
            if let Some((_, reason)) = line.split_once("skipped: ") {
                self.skip(reason.trim_end_matches("]]></system-out>").trim(), "");
            }
        }
    }

    /// The last lines of the run.
    pub(super) fn print(&self) {
        println!();
        for (name, advice) in &self.skips {
            println!("skipped: {name}");
            if !advice.is_empty() {
                println!("{advice}");
            }
        }
        println!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skips.len());
    }
}
