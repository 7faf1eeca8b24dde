//! The key of a project, in a file.

use std::path::Path;

use anyhow::Context as _;
use data_encoding::HEXLOWER_PERMISSIVE;
use lightcase_deident::ProjectKey;

use crate::init::write_private;
use crate::output;

/// Reads the key, or makes one where there is none.
pub(super) fn read_or_make(file: &Path) -> anyhow::Result<ProjectKey> {
    if file.exists() {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes());
        let key = bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let key = key.with_context(|| {
            format!("{} is no key: it takes 64 hexadecimal digits", file.display())
        })?;
        return Ok(ProjectKey::from_bytes(key));
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("there is no randomness")?;
    write_private(file, &(HEXLOWER_PERMISSIVE.encode(&key) + "\n"))?;
    output::note(&format!("the key of this project is in {}; keep it apart", file.display()));
    Ok(ProjectKey::from_bytes(key))
}
