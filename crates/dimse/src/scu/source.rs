//! Where the bytes of a data set come from.

use std::fmt;
use std::io::{self, SeekFrom};
use std::path::PathBuf;

use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt};

/// The bytes of one data set, without preamble and file meta information.
pub enum Source {
    /// In memory.
    Bytes(Bytes),
    /// The rest of a file from an offset on: for a DICOM file, where its file meta ends.
    File {
        /// The file.
        path: PathBuf,
        /// Where the data set begins, in bytes.
        offset: u64,
    },
    /// Anything else.
    Reader(Box<dyn AsyncRead + Send + Unpin>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes(_) => "Source::Bytes",
            Self::File { .. } => "Source::File",
            Self::Reader(_) => "Source::Reader",
        })
    }
}

impl Source {
    pub(crate) async fn open(self) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(io::Cursor::new(bytes)),
            Self::File { path, offset } => {
                let mut file = File::open(path).await?;
                file.seek(SeekFrom::Start(offset)).await?;
                Box::new(file)
            }
            Self::Reader(reader) => reader,
        })
    }
}

/// Appends bytes to a buffer until it is `full` long or the reader ends.
pub(crate) async fn fill(
    reader: &mut (dyn AsyncRead + Send + Unpin),
    buffer: &mut Vec<u8>,
    full: usize,
) -> io::Result<()> {
    let missing = u64::try_from(full.saturating_sub(buffer.len())).unwrap_or(u64::MAX);
    reader.take(missing).read_to_end(buffer).await?;
    Ok(())
}
