//! The files behind paths on the command line.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::output;

/// All regular files of these paths, folders searched wholly, in order. Links are not followed:
/// a folder from outside may hold one that leads anywhere.
pub(crate) fn list(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut links = 0;
    for path in paths {
        let kind = std::fs::metadata(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        if kind.is_dir() {
            links += walk(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    if links > 0 {
        output::note(&format!("{links} symbolic links were not followed"));
    }
    Ok(files)
}

/// Adds the files below a folder; how many links were passed by.
fn walk(root: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<usize> {
    let mut links = 0;
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(&folder)
            .and_then(Iterator::collect::<Result<_, _>>)
            .with_context(|| format!("{} cannot be read", folder.display()))?;
        entries.sort_by_key(std::fs::DirEntry::path);
        for entry in entries {
            let kind = entry.file_type().with_context(|| entry.path().display().to_string())?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_symlink() {
                links += 1;
            }
        }
    }
    files.sort();
    Ok(links)
}
