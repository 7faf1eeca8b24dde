//! The Python peers, in an environment of their own at the pinned versions.

use std::path::{Path, PathBuf};

use super::Tally;
use crate::venv;

/// The interpreter of `.venv`.
pub(super) fn environment(tally: &mut Tally) -> Option<PathBuf> {
    match venv::interpreter(Path::new(".venv"), Path::new("tests/requirements.txt")) {
        Ok(python) => Some(python),
        Err(error) => {
            println!("{error:#}");
            tally.skip(
                "python",
                "  the Python packages of tests/requirements.txt could not be installed",
            );
            None
        }
    }
}
