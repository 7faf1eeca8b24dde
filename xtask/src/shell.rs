//! Running other programs where one can watch.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// Makes the repository's root the working directory, from anywhere inside it.
pub(crate) fn enter_root() -> anyhow::Result<()> {
    let here = std::env::current_dir()?;
    let root = here
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("xtask").is_dir())
        .context("run this inside the repository")?;
    Ok(std::env::set_current_dir(root)?)
}

/// The repository's root.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_dir()?)
}

/// An environment variable, when it is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "chores are told by their environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// `cargo`, the one that runs this.
pub(crate) fn cargo(words: &str) -> Command {
    let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(words.split_whitespace());
    command
}

/// A command line of plain words.
pub(crate) fn line(words: &str) -> Command {
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

/// Runs a command in view and fails when it does.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    println!("\n$ {}", display(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run {}", display(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", display(command));
    }
    Ok(())
}

/// What a command prints; fails when it does, with what it said.
pub(crate) fn capture(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", display(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", display(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program answers to `--version` or is at least in the path.
pub(crate) fn installed(program: &str) -> bool {
    let path = variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The newest change among `paths`, folders included; nothing when none exists.
pub(crate) fn newest(paths: &[&Path]) -> Option<std::time::SystemTime> {
    paths
        .iter()
        .filter_map(|path| {
            let meta = path.metadata().ok()?;
            if !meta.is_dir() {
                return meta.modified().ok();
            }
            let inside: Vec<PathBuf> =
                path.read_dir().ok()?.flatten().map(|entry| entry.path()).collect();
            newest(&inside.iter().map(PathBuf::as_path).collect::<Vec<_>>())
        })
        .max()
}

fn display(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
    words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
