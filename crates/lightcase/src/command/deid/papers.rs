//! What a run has beside its images: the key, the report and the certificates.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::place::{Place, plain, real};
use crate::cli::Deid;
use crate::init::{check_private, folder_of, sweep};

/// Where they lie.
pub(super) struct Papers<'a> {
    pub(super) key: PathBuf,
    pub(super) report: Option<&'a Path>,
    pub(super) certificates: Option<&'a Path>,
}

/// A paper, as a refusal calls it, and why it may not get into the hands that get the copies.
type Paper<'a> = (&'static str, &'a Path, &'static str);

impl<'a> Papers<'a> {
    /// Finds the places; makes nothing yet.
    pub(super) fn find(options: &'a Deid, from: &Path, place: &Place) -> anyhow::Result<Self> {
        let key = options.key.clone().map_or_else(|| place.key(), Ok)?;
        let (report, certificates) = (options.report.as_deref(), options.certificates.as_deref());
        let papers = Self { key, report, certificates };
        papers.check(from, place)?;
        Ok(papers)
    }

    /// Checks that they lie apart from the images and from each other: copies and certificates are
    /// handed out, and originals are read again.
    fn check(&self, from: &Path, place: &Place) -> anyhow::Result<()> {
        let originals = real(from)?;
        let key = ("the key", self.key.as_path(), "who has it can find the originals");
        let report = self.report.map(|path| {
            ("the report", path, "it has the SHA-256 of the originals, by which they can be found")
        });
        let certificates = self.certificates.map(|path| {
            ("the folder for certificates", path, "what lies there is taken for images")
        });
        let secret = [Some(key), report];
        for (what, path, why) in secret.into_iter().chain([certificates]).flatten() {
            let again = (what, path, "the next run would take it for one of them");
            apart(again, (&originals, "the originals"))?;
            apart((what, path, why), (&place.to, "the clean copies"))?;
            apart((what, path, why), (&place.quarantine, "what is held"))?;
        }
        if let Some(folder) = self.certificates {
            let folder = real(folder)?;
            for paper in secret.into_iter().flatten() {
                apart(paper, (&folder, "the certificates"))?;
            }
        }
        if let Some(report) = self.report
            && real(report)? == real(&self.key)?
        {
            bail!("{} cannot be both key and report; name another file", report.display());
        }
        Ok(())
    }

    /// Finds out whether the report and the certificates can be written, which otherwise would be
    /// known once all is cleaned. The folder for certificates is made.
    pub(super) fn prepare(&self) -> anyhow::Result<()> {
        if let Some(report) = self.report {
            check_private(report)?;
        }
        if let Some(folder) = self.certificates {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            check_private(&folder.join("0.json"))?;
        }
        Ok(())
    }

    /// Removes what a run that was killed had not finished of them.
    pub(super) fn sweep(&self) -> anyhow::Result<()> {
        for file in self.report.into_iter().chain([self.key.as_path()]) {
            sweep(folder_of(file), |name| Some(name) == file.file_name())?;
        }
        self.certificates.map_or(Ok(()), |folder| sweep(folder, is_certificate))
    }
}

/// Checks that a paper does not lie in a folder.
fn apart((what, path, why): Paper<'_>, (folder, among): (&Path, &str)) -> anyhow::Result<()> {
    if lies(path)?.iter().any(|place| place.starts_with(folder)) {
        bail!(
            "{what}, {}, would lie among {among}, in {}: {why}; name a place beside that folder",
            path.display(),
            folder.display()
        );
    }
    Ok(())
}

/// Where a path lies, and where it leads if it is a link.
fn lies(path: &Path) -> anyhow::Result<[PathBuf; 2]> {
    let leads = real(path)?;
    let lies = match path.file_name() {
        Some(name) => real(folder_of(path))?.join(name),
        None => leads.clone(),
    };
    Ok([lies, leads])
}

/// Whether a file that is called so is the certificate of a study.
fn is_certificate(name: &OsStr) -> bool {
    let name = name.to_str().unwrap_or_default();
    let study = name.strip_suffix(".json").or_else(|| name.strip_suffix(".html"));
    study.is_some_and(|study| plain(study) == study)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::{self, File};

    use super::*;

    #[test]
    fn papers_lie_apart_from_images_and_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for made in ["in/deep", "out"] {
            fs::create_dir_all(root.join(made)).unwrap();
        }
        File::create(root.join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(root.join("elsewhere"), root.join("out/link")).unwrap();
        std::os::unix::fs::symlink(root.join("in"), root.join("into")).unwrap();
        let from = root.join("in");
        let place = Place::find(&from, &root.join("out")).unwrap();
        let check = |key: &str, report: &str, certificates: &str| {
            let (report, certificates) = (root.join(report), root.join(certificates));
            let (report, certificates) = (Some(report.as_path()), Some(certificates.as_path()));
            let papers = Papers { key: root.join(key), report, certificates };
            papers.check(&from, &place).map_err(|refused| refused.to_string())
        };
        assert_eq!(check("out.key", "report.json", "out.certificates"), Ok(()));
        let refused = |key: &str, report: &str, certificates: &str, why: &str| {
            let refused = check(key, report, certificates).unwrap_err();
            assert!(refused.contains(why) && refused.contains("name a"), "{refused}");
        };
        for (wrong, among) in [
            ("in", "among the originals"),
            ("in/deep/x", "among the originals"),
            ("into/x", "among the originals"),
            ("out/../in/x", "among the originals"),
            ("out", "among the clean copies"),
            ("out/x", "among the clean copies"),
            ("out/link", "among the clean copies"),
            ("out.quarantine/x", "among what is held"),
        ] {
            refused(wrong, "r", "c", &format!("the key, {}", root.join(wrong).display()));
            refused("k", wrong, "c", among);
            refused("k", "r", wrong, among);
        }
        refused("c/k", "r", "c", "among the certificates");
        refused("k", "c/r", "c", "among the certificates");
        refused("k", "k", "c", "both key and report");
    }

    #[test]
    fn what_cannot_be_written_is_found_before() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        File::create(root.join("file")).unwrap();
        let prepare = |report: &str, certificates: &str| {
            let (report, certificates) = (root.join(report), root.join(certificates));
            let (report, certificates) = (Some(report.as_path()), Some(certificates.as_path()));
            Papers { key: root.join("key"), report, certificates }.prepare()
        };
        assert!(prepare("none/report", "certificates").is_err());
        assert!(prepare("report", "file").is_err());
        assert!(prepare("report", "file/certificates").is_err());
        assert_eq!(fs::read_dir(root).unwrap().count(), 1);
        prepare("report", "certificates").unwrap();
        assert_eq!(fs::read_dir(root.join("certificates")).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let certificates = root.join("certificates");
        fs::create_dir(&certificates).unwrap();
        let left = ["2.25.3.json.aB3xYz", "2.25.3.html.000000"];
        let stays = [".notes.json.aB3xYz.part", ".tmpaB3xYz", "2.25.3.json"];
        for name in left {
            File::create(certificates.join(format!(".{name}.part"))).unwrap();
        }
        for name in stays {
            File::create(certificates.join(name)).unwrap();
        }
        for name in ["report.json", "key", "other"] {
            File::create(root.join(format!(".{name}.aB3xYz.part"))).unwrap();
        }
        let (key, report) = (root.join("key"), root.join("report.json"));
        let papers = Papers { key, report: Some(&report), certificates: Some(&certificates) };
        papers.sweep().unwrap();
        let names = |folder: &Path| {
            let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
            entries.map(|name| name.into_string().unwrap()).collect::<BTreeSet<_>>()
        };
        assert_eq!(names(&certificates), BTreeSet::from(stays.map(str::to_owned)));
        let stays = [".other.aB3xYz.part", "certificates"].map(str::to_owned);
        assert_eq!(names(root), BTreeSet::from(stays));
    }
}
