//! Python environments, each at the versions that a file pins.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell;

/// The interpreter of the environment in `folder`, made or brought up to date when the pins in
/// `requirements` changed.
pub(crate) fn interpreter(folder: &Path, requirements: &Path) -> anyhow::Result<PathBuf> {
    let folder = shell::root()?.join(folder);
    let python = folder.join("bin/python");
    let mark = folder.join("requirements.txt");
    let pinned = std::fs::read(requirements)?;
    if python.is_file() && std::fs::read(&mark).is_ok_and(|installed| installed == pinned) {
        return Ok(python);
    }
    shell::run(shell::line("python3 -m venv --clear").arg(&folder))?;
    shell::run(
        Command::new(&python)
            .args("-m pip install --quiet --disable-pip-version-check -r".split(' '))
            .arg(requirements),
    )?;
    std::fs::copy(requirements, mark)?;
    Ok(python)
}
