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
                self.skip(reason.split("</system-out>").next().unwrap_or_default().trim(), "");
            }
        }
    }

    /// Skips that installing something would have avoided. The corpus cannot be installed; where
    /// it must be there, `LIGHTCASE_REQUIRE_CORPUS` says so and its absence is a failure.
    pub(super) fn avoidable_skips(&self) -> usize {
        self.skips.iter().filter(|(name, _)| !name.to_lowercase().contains("corpus")).count()
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

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn skips_are_taken_from_output_once() {
        let mut tally = Tally::default();
        let output = "<system-out>skipped: dcmtk is not installed</system-out>\nskipped: dcmtk is not installed\nskipped: LIGHTCASE_CORPUS is not set\n";
        tally.skips_in(output);
        assert_eq!(tally.skips.len(), 2);
        assert_eq!(tally.avoidable_skips(), 1);
    }
}
