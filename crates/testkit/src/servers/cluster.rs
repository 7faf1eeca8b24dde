//! The files and programs of a private PostgreSQL cluster.

use std::{
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// Where PostgreSQL's programs are: Debian keeps the server's out of the path.
pub(super) fn programs() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    found.sort();
    if let Some((_, bin)) = found.pop() {
        return Ok(bin);
    }
    let path = super::variable("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").is_file())
        .context("PostgreSQL is not installed (Debian: apt-get install postgresql)")
}

/// The user that owns the cluster: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner(Option<(u32, u32)>);

impl Owner {
    /// Oneself, or for root an unprivileged user, who is given `folder`.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        if std::fs::metadata(folder)?.uid() != 0 {
            return Ok(Self(None));
        }
        for name in ["postgres", "nobody"] {
            if let (Some(user), Some(group)) = (id("-u", name), id("-g", name)) {
                chown(folder, Some(user), Some(group))?;
                return Ok(Self(Some((user, group))));
            }
        }
        bail!("root needs an unprivileged user named postgres or nobody to run PostgreSQL")
    }

    /// What to put before a command line so that the owner runs it.
    pub(super) fn prefix(self) -> Vec<String> {
        self.0.map_or_else(Vec::new, |(user, group)| {
            vec![
                "setpriv".to_owned(),
                format!("--reuid={user}"),
                format!("--regid={group}"),
                "--clear-groups".to_owned(),
                "--".to_owned(),
            ]
        })
    }

    /// `program` as the owner.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut words = self.prefix().into_iter();
        match words.next() {
            None => Command::new(program),
            Some(first) => {
                let mut command = Command::new(first);
                command.args(words).arg(program);
                command
            }
        }
    }
}

/// Runs a command to its end; its words are the error when it fails.
pub(super) fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!(
            "{} failed ({}): {}",
            command.get_program().display(),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn id(which: &str, user: &str) -> Option<u32> {
    run(Command::new("id").args([which, user])).ok()?.trim().parse().ok()
}
