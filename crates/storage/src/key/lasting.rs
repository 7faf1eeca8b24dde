//! Small secret files that are there wholly, durably, or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::StorageError;

/// Creates a file of mode 0600 with these bytes, unless there is one already; it and its name
/// are on disk when this returns. `false` when somebody else was first.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let folder = folder_of(path);
    create_folder(folder)?;
    let mut staging = path.as_os_str().to_owned();
    staging.push(format!(".{}.new", lightcase_model::PublicId::random()));
    let staging = Staging(PathBuf::from(staging));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&staging.0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // A hard link never replaces a file, where a rename would: two first starts at once must
    // end with one key.
    let created = match fs::hard_link(&staging.0, path) {
        Ok(()) => true,
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => false,
        Err(e) => return Err(e),
    };
    drop(staging);
    File::open(folder)?.sync_all()?;
    Ok(created)
}

/// Reads a secret file of at most 4 KiB; refuses one that group or others may touch.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(path, "it cannot be opened", e)),
    };
    let metadata = file.metadata().map_err(|e| failed(path, "it cannot be examined", e))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(refused(path, "group or others may use it; take that away with chmod 600"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(4096).read_to_end(&mut bytes).map_err(|e| failed(path, "it cannot be read", e))?;
    Ok(Some(bytes))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    }
}

pub(super) fn failed(path: &Path, why: &'static str, source: io::Error) -> StorageError {
    StorageError::KeyFile { path: path.to_owned(), why, source: Some(source) }
}

pub(super) fn refused(path: &Path, why: &'static str) -> StorageError {
    StorageError::KeyFile { path: path.to_owned(), why, source: None }
}

/// Makes a folder of mode 0700 and those above it, each durable in the one above.
fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    create_folder(above)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e),
    }
    File::open(above)?.sync_all()
}

struct Staging(PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        // Left behind it would be a second copy of a secret; there is nobody to tell when even
        // removing fails, and the file has mode 0600.
        drop(fs::remove_file(&self.0));
    }
}
