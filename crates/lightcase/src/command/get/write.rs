//! An object that comes, as a file of a folder.

use std::path::Path;

use anyhow::bail;
use futures::StreamExt as _;
use lightcase_dataset::write_file_meta;
use lightcase_dimse::scu::{Incoming, Source};
use lightcase_model::TransferSyntaxUid;
use tokio::fs;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufReader};

use crate::command::store::outgoing;

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
    // Two runs may fetch the same at once.
    let part = folder.join(format!("{name}.{}.part", std::process::id()));
    let path = folder.join(format!("{name}.dcm"));
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
        if !same(&part, &path).await.unwrap_or(false) {
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

/// Whether two files hold the same data set in the same transfer syntax; their File Meta Information
/// tells who wrote them, and may differ.
async fn same(one: &Path, other: &Path) -> anyhow::Result<bool> {
    let (mut one, mut other) = (DataSet::open(one).await?, DataSet::open(other).await?);
    if one.syntax != other.syntax || one.length != other.length {
        return Ok(false);
    }
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = one.file.read(&mut left).await?;
        let (Some(left), Some(right)) = (left.get(..read), right.get_mut(..read)) else {
            return Ok(false);
        };
        if read == 0 {
            return Ok(true);
        }
        other.file.read_exact(right).await?;
        if left != right {
            return Ok(false);
        }
    }
}

/// A file at the first byte of its data set.
struct DataSet {
    syntax: TransferSyntaxUid,
    length: u64,
    file: BufReader<fs::File>,
}

impl DataSet {
    async fn open(path: &Path) -> anyhow::Result<Self> {
        let object = outgoing(path).await?;
        let Source::File { offset, .. } = object.source else { bail!("it is no file") };
        let mut file = fs::File::open(path).await?;
        let length = file.metadata().await?.len().saturating_sub(offset);
        file.seek(std::io::SeekFrom::Start(offset)).await?;
        Ok(Self { syntax: object.syntax, length, file: BufReader::new(file) })
    }
}
