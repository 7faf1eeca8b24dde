//! An object that comes, as a file of a folder.

use std::path::Path;

use anyhow::bail;
use futures::StreamExt as _;
use lightcase_dataset::write_file_meta;
use lightcase_dimse::scu::Incoming;
use tokio::fs;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It has a file of its own now.
    New,
    /// The same file was there.
    Already,
}

/// Writes an object as a PS3.10 file named by its SOP Instance UID, which is one: digits and dots.
/// It has its name only once it is whole, and takes nobody's place.
pub(super) async fn write(folder: &Path, mut incoming: Incoming) -> anyhow::Result<Written> {
    let command = &incoming.command;
    let name = command.affected_instance.as_str();
    let (path, part) = (folder.join(format!("{name}.dcm")), folder.join(format!("{name}.part")));
    let head = write_file_meta(
        &command.affected_class,
        &command.affected_instance,
        &incoming.transfer_syntax,
    );
    let written = async {
        let mut file = fs::File::create(&part).await?;
        file.write_all(&head).await?;
        while let Some(bytes) = incoming.body.next().await {
            file.write_all(&bytes?).await?;
        }
        file.sync_all().await?;
        drop(file);
        if !fs::try_exists(&path).await? {
            fs::rename(&part, &path).await?;
            return Ok(Written::New);
        }
        if !same(&part, &path).await? {
            bail!("{} is there already and is another file; it was left alone", path.display());
        }
        anyhow::Ok(Written::Already)
    };
    let written = written.await;
    if !matches!(written, Ok(Written::New)) {
        fs::remove_file(&part).await.ok();
    }
    written
}

async fn same(one: &Path, other: &Path) -> anyhow::Result<bool> {
    if fs::metadata(one).await?.len() != fs::metadata(other).await?.len() {
        return Ok(false);
    }
    let open = async |path: &Path| fs::File::open(path).await.map(BufReader::new);
    let (mut one, mut other) = (open(one).await?, open(other).await?);
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = one.read(&mut left).await?;
        let (Some(left), Some(right)) = (left.get(..read), right.get_mut(..read)) else {
            return Ok(false);
        };
        if read == 0 {
            return Ok(true);
        }
        other.read_exact(right).await?;
        if left != right {
            return Ok(false);
        }
    }
}
