//! The key of a project, in a file.

use std::path::Path;

use anyhow::Context as _;
use data_encoding::HEXLOWER_PERMISSIVE;
use lightcase_deident::ProjectKey;

use crate::init::write_private_once;
use crate::output;

/// Reads the key, or makes one where there is none. Of runs that begin at the same time one makes it,
/// and all read that one.
pub(super) fn read_or_make(file: &Path) -> anyhow::Result<ProjectKey> {
    if !file.exists() {
        make(file)?;
    }
    read(file)
}

fn make(file: &Path) -> anyhow::Result<()> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("there is no randomness")?;
    if write_private_once(file, &(HEXLOWER_PERMISSIVE.encode(&key) + "\n"))? {
        let file = file.display();
        output::note(&format!("the key of this project is in {file}; keep it apart"));
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<ProjectKey> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes());
    let key = bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = key
        .with_context(|| format!("{} is no key: it takes 64 hexadecimal digits", file.display()))?;
    Ok(ProjectKey::from_bytes(key))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use lightcase_deident::UidMap;

    use super::*;

    /// Two runs that both found no key: the one that is slower has made none.
    #[test]
    fn a_key_that_is_there_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        make(&file).unwrap();
        let first = std::fs::read_to_string(&file).unwrap();
        make(&file).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn runs_that_begin_at_the_same_time_have_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let (file, barrier) = (folder.path().join("key"), Barrier::new(4));
        let run = || {
            barrier.wait();
            UidMap::new(read_or_make(&file).unwrap()).map("1.2.3")
        };
        let uids = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(uids.iter().all(|uid| *uid == uids[0]), "{uids:?}");
    }
}
