//! The data directory: made on first start, readable by its owner alone.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufWriter, IntoInnerError, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lightcase_model::ServerId;

/// The places inside a data directory.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Makes the directory when it is absent, and refuses one that others can read.
    pub(crate) fn prepare(root: &Path) -> anyhow::Result<Self> {
        if !root.exists() {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(root)
                .with_context(|| format!("{} cannot be made", root.display()))?;
        }
        let mode = fs::metadata(root)
            .with_context(|| format!("{} cannot be read", root.display()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            bail!(
                "{} can be read by other users of this machine; run chmod 700 on it",
                root.display()
            );
        }
        let root =
            root.canonicalize().with_context(|| format!("{} cannot be read", root.display()))?;
        Ok(Self { root })
    }

    /// Claims the directory for one server; the claim ends with the file, so with the process.
    pub(crate) fn claim(&self) -> anyhow::Result<fs::File> {
        let path = self.root.join("lock");
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => bail!(
                "another Lightcase serves {}; stop it, or give this one another data directory",
                self.root.display()
            ),
            Err(fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }

    /// The embedded object store.
    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// The embedded database.
    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("lightcase.db")
    }

    /// The first administrator's set-up link.
    pub(crate) fn setup_link(&self) -> PathBuf {
        self.root.join("setup-link")
    }

    /// Written when everything is served, with the addresses.
    pub(crate) fn ready(&self) -> PathBuf {
        self.root.join("ready.json")
    }

    /// What the server of this directory is called among others on its database; made when it is
    /// absent. Only who has claimed the directory asks.
    pub(crate) fn server(&self) -> anyhow::Result<ServerId> {
        let path = self.root.join("server-id");
        let known: Option<ServerId> =
            fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let made = ServerId::random();
        write_private(&path, &format!("{made}\n"))?;
        Ok(made)
    }

    /// The configuration of the last start, to tell what changed.
    pub(crate) fn last_configuration(&self) -> PathBuf {
        self.root.join("configuration.toml")
    }
}

/// Writes a small file that only its owner reads, in one step. What is beside it stays as it is.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    write_private_with(path, |file| file.write_all(text.as_bytes()))
}

/// The same with what is written piece by piece.
pub(crate) fn write_private_with(
    path: &Path,
    with: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        beside(path, with)?.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

/// The same where there is no such file; whether there was none.
pub(crate) fn write_private_once(path: &Path, text: &str) -> anyhow::Result<bool> {
    let write = || -> std::io::Result<bool> {
        match beside(path, |file| file.write_all(text.as_bytes()))?.persist_noclobber(path) {
            Ok(_file) => Ok(true),
            Err(there) if there.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(failed) => Err(failed.error),
        }
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

/// Finds out whether a file can be written there, before there is anything to write.
pub(crate) fn check_private(path: &Path) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    if path.is_dir() {
        return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory)).with_context(cannot);
    }
    unfinished(path).map(drop).with_context(cannot)
}

/// A file beside that, which only its owner reads; gone with this unless it takes the other's place.
fn beside(
    path: &Path,
    with: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = BufWriter::new(unfinished(path)?);
    with(&mut file)?;
    let file = file.into_inner().map_err(IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// How many characters tell unfinished files of one name apart.
const RANDOM: usize = 6;

/// An empty file beside that, called `.NAME.XXXXXX.part`.
fn unfinished(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let name = path.file_name().ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    let mut named = tempfile::Builder::new();
    named.prefix(&prefix).suffix(".part").rand_bytes(RANDOM);
    let file = named.tempfile_in(folder_of(path))?;
    // By it a sweep tells what is being written from what was left. Some file systems have no locks.
    drop(file.as_file().try_lock());
    Ok(file)
}

/// What an unfinished file of this name was to be called.
fn finished(name: &OsStr) -> Option<&OsStr> {
    let name = name.as_bytes().strip_prefix(b".")?.strip_suffix(b".part")?;
    let (name, random) = name.split_at_checked(name.len().checked_sub(RANDOM + 1)?)?;
    let is_ours = random.strip_prefix(b".")?.iter().all(u8::is_ascii_alphanumeric);
    is_ours.then(|| OsStr::from_bytes(name))
}

/// The folder in which a path lies.
pub(crate) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Removes the unfinished files that a killed process has left in a folder, of those that were to be
/// called so. What another process is writing stays.
pub(crate) fn sweep(folder: &Path, called: impl Fn(&OsStr) -> bool) -> anyhow::Result<()> {
    // Who may write into a folder may not always list it, and that is no reason to write nothing.
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.with_context(|| format!("{} cannot be read", folder.display()))?;
        let (name, path) = (entry.file_name(), entry.path());
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if finished(&name).is_some_and(&called) && is_file() && is_left(&path) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Whether nobody writes this unfinished file any more.
fn is_left(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else { return false };
    !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock))
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_keeps_the_name_of_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::prepare(&folder.path().join("data")).unwrap();
        let first = layout.server().unwrap();
        assert_eq!(layout.server().unwrap(), first);
        let other = Layout::prepare(&folder.path().join("other")).unwrap();
        assert_ne!(other.server().unwrap(), first);
    }

    #[test]
    fn what_lies_beside_a_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::copy("Cargo.toml", place("x.new")).unwrap();
        write_private(&place("x.json"), "first").unwrap();
        write_private(&place("x.json"), "second").unwrap();
        assert!(write_private_once(&place("x.key"), "key").unwrap());
        assert!(!write_private_once(&place("x.key"), "another").unwrap());
        assert_eq!(fs::read(place("x.new")).unwrap(), fs::read("Cargo.toml").unwrap());
        assert_eq!(fs::read_to_string(place("x.json")).unwrap(), "second");
        assert_eq!(fs::read_to_string(place("x.key")).unwrap(), "key");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        let mode = fs::metadata(place("x.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_was_left_unfinished_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        for other in [".tmpaB3xYz", ".y.json.aB3xYz.part", ".x.json.part", "x.json.aB3xYz.part"] {
            fs::File::create(place(other)).unwrap();
        }
        let sweep = || {
            sweep(folder.path(), |name| name == "x.json").unwrap();
            fs::read_dir(folder.path()).unwrap().count()
        };
        let file = unfinished(&place("x.json")).unwrap();
        assert_eq!(sweep(), 5, "it is being written");
        let (file, left) = file.keep().unwrap();
        drop(file);
        assert!(left.exists());
        assert_eq!(sweep(), 4);
        assert!(!left.exists());
    }

    #[test]
    fn what_cannot_be_written_is_found_before() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        assert!(check_private(&place("x.json")).is_ok());
        for wrong in ["none/x.json", ""] {
            assert!(check_private(&place(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
