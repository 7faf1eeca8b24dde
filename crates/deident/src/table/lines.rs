//! Sorted texts that are searched where they lie.

/// Lines in ascending order of their bytes.
pub(crate) struct Lines(&'static str);

/// Terms of Code Strings that PS3.3 defines, and a few that scanners of known makers write, and
/// the names of those makers.
pub(crate) const TERMS: Lines = Lines(include_str!("terms.txt"));

/// Words, in lower case, that name no person, place or institution.
pub(crate) const WORDS: Lines = Lines(include_str!("words.txt"));

/// Codes of PS3.16: scheme, value and meaning, by tabs.
pub(crate) const CODES: Lines = Lines(include_str!("codes.txt"));

/// The UIDs that PS3.6 annex A registers: classes, syntaxes, frames of reference, context groups.
pub(crate) const UIDS: Lines = Lines(include_str!("uids.txt"));

impl Lines {
    /// Whether the text is a line.
    pub(crate) fn has(&self, text: &str) -> bool {
        !text.is_empty() && self.first_from(text) == Some(text)
    }

    /// What stands behind the text on the first line that begins with it.
    pub(crate) fn behind(&self, text: &str) -> Option<&'static str> {
        self.first_from(text)?.strip_prefix(text)
    }

    /// The first line that is not less than the text.
    fn first_from(&self, text: &str) -> Option<&'static str> {
        let whole = self.0;
        // `low` is the start of a line, and all lines before it are less.
        let (mut low, mut high) = (0, whole.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = whole.get(..middle)?.rfind('\n').map_or(0, |at| at + 1).max(low);
            let line = whole.get(start..)?.lines().next().unwrap_or_default();
            if line < text {
                low = start + line.len() + 1;
            } else {
                high = start;
            }
        }
        whole.get(low..)?.lines().next()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::table::requirement::CLASSES;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for lines in [TERMS, WORDS, CODES, UIDS] {
            let all: Vec<&str> = lines.0.lines().collect();
            assert!(all.is_sorted_by(|a, b| a < b));
            for line in &all {
                assert!(lines.has(line), "{line}");
                assert!(!lines.has(&format!("{line}~")));
            }
            for no in ["", "\n", "~", " ", "CANARY", "canary"] {
                assert!(!lines.has(no));
            }
        }
    }

    /// To take a newer edition: put its UIDs in, in order, and the count and digest here.
    #[test]
    fn the_registry_is_pinned() {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(UIDS.0));
        assert_eq!(
            (UIDS.0.lines().count(), digest.as_str()),
            (1880, "610ee4df42c5026d6ac1cc2f79edc7bf320075ef37f8e1a4c0e4c7adf7798785"),
        );
        assert!(UIDS.0.lines().all(|uid| uid.starts_with("1.2.840.10008.")));
        assert!(CLASSES.iter().all(|class| UIDS.has(class)));
    }

    #[test]
    fn a_code_has_its_meaning() {
        assert_eq!(CODES.behind("DCM\t121058\t"), Some("Procedure reported"));
        assert_eq!(CODES.behind("DCM\t12105\t"), None);
    }
}
