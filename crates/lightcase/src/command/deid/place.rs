//! Where everything of a run lies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lightcase_deident::{Report, Verdict};

/// The folders of a run, as the file system knows them: however one is called, it is the same.
pub(super) struct Place {
    pub(super) to: PathBuf,
    /// What may not leave, what is not finished, and the journal.
    pub(super) quarantine: PathBuf,
}

impl Place {
    /// Finds the places; makes nothing yet.
    pub(super) fn find(from: &Path, to: &Path) -> anyhow::Result<Self> {
        let place = Self::of(to)?;
        let from =
            from.canonicalize().with_context(|| format!("{} cannot be read", from.display()))?;
        // Copies within the originals would be cleaned again by the next run.
        if place.to.starts_with(&from) {
            bail!("{} lies in {}; name a folder beside it", to.display(), from.display());
        }
        for own in [&place.to, &place.quarantine] {
            if from.starts_with(own) {
                bail!("{} lies in {}, which this run writes", from.display(), own.display());
            }
        }
        Ok(place)
    }

    /// The places of a folder of clean copies.
    pub(super) fn of(to: &Path) -> anyhow::Result<Self> {
        let real = real(to)?;
        let Some(quarantine) = beside(&real, "quarantine") else {
            bail!(
                "{} cannot be the folder for the clean copies: nothing lies beside it",
                to.display()
            );
        };
        // What is held would lie wherever it leads, perhaps among the copies.
        if quarantine.is_symlink() {
            bail!("{} is a link; name another folder, or remove it", quarantine.display());
        }
        Ok(Self { to: real, quarantine })
    }

    /// Where the key lies, unless a file is named for it.
    pub(super) fn key(&self) -> anyhow::Result<PathBuf> {
        beside(&self.to, "key").context("nothing lies beside the folder")
    }

    /// Where a clean object lies: its names are mapped UIDs.
    pub(super) fn target(&self, report: &Report) -> PathBuf {
        let root = if report.verdict == Verdict::Released { &self.to } else { &self.quarantine };
        let name = format!("{}.dcm", plain(&report.sop_instance));
        root.join(plain(&report.study)).join(plain(&report.series)).join(name)
    }
}

/// A path beside a folder, never in it.
fn beside(folder: &Path, what: &str) -> Option<PathBuf> {
    let mut name: OsString = folder.file_name()?.to_owned();
    name.push(".");
    name.push(what);
    Some(folder.with_file_name(name))
}

/// The path without links, dots and trailing slashes, whether or not it is there.
pub(super) fn real(path: &Path) -> anyhow::Result<PathBuf> {
    let cannot = || format!("{} is no place for a folder or file", path.display());
    let mut there = std::path::absolute(path).with_context(cannot)?;
    let mut rest = Vec::new();
    while !there.exists() {
        rest.push(there.file_name().with_context(cannot)?.to_owned());
        there.pop();
    }
    let mut real = there.canonicalize().with_context(cannot)?;
    real.extend(rest.into_iter().rev());
    Ok(real)
}

/// A UID that was retained may be anything; of it, what makes no path stays.
pub(super) fn plain(uid: &str) -> String {
    let kept = |c: &char| c.is_ascii_digit() || *c == '.';
    let name: String = uid.chars().filter(kept).collect();
    if name.bytes().any(|byte| byte.is_ascii_digit()) { name } else { "0".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_a_folder_never_lies_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("there/deep")).unwrap();
        std::os::unix::fs::symlink(root.join("there"), root.join("link")).unwrap();
        let check = |name: &str, expected: &str| {
            let place = Place::of(&root.join(name)).unwrap();
            assert_eq!(place.quarantine, root.join(format!("{expected}.quarantine")), "{name}");
            assert_eq!(place.key().unwrap(), root.join(format!("{expected}.key")), "{name}");
            assert_eq!(place.to, root.join(expected), "{name}");
        };
        for name in ["out", "out/", "out//", "./out", "out/.", "there/../out"] {
            check(name, "out");
        }
        for name in ["there/.", "there/", "there/deep/..", "link", "link/"] {
            check(name, "there");
        }
        check("new/out/", "new/out");
        assert!(Place::of(Path::new("/")).is_err());
        assert!(Place::of(&root.join("none/..")).is_err());
    }

    #[test]
    fn copies_and_originals_lie_apart() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("in/deep")).unwrap();
        std::fs::create_dir_all(root.join("out.quarantine")).unwrap();
        let find = |from: &str, to: &str| Place::find(&root.join(from), &root.join(to));
        assert!(find("in", "out/").is_ok());
        for (from, to) in
            [("in", "in"), ("in", "in/deep/out"), ("in/deep", "in"), ("out.quarantine", "out")]
        {
            assert!(find(from, to).is_err(), "{from} {to}");
        }
    }
}
