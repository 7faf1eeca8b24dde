//! The Python peers, in an environment of their own at the pinned versions.

use std::path::{Path, PathBuf};

use super::Tally;
use crate::shell;

const REQUIREMENTS: &str = "tests/requirements.txt";

/// The interpreter of `.venv`, made or brought up to date when the pins changed.
pub(super) fn environment(tally: &mut Tally) -> Option<PathBuf> {
    match prepare() {
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

fn prepare() -> anyhow::Result<PathBuf> {
    let python = shell::root()?.join(".venv/bin/python");
    let mark = Path::new(".venv/requirements.txt");
    let pinned = std::fs::read(REQUIREMENTS)?;
    if python.is_file() && std::fs::read(mark).is_ok_and(|installed| installed == pinned) {
        return Ok(python);
    }
    shell::run(&mut shell::line("python3 -m venv --clear .venv"))?;
    shell::run(
        std::process::Command::new(&python)
            .args("-m pip install --quiet --disable-pip-version-check -r".split(' '))
            .arg(REQUIREMENTS),
    )?;
    std::fs::copy(REQUIREMENTS, mark)?;
    Ok(python)
}
