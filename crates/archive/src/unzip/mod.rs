//! ZIP archives (APPNOTE.TXT 6.3), read record by record, with nothing of them believed: neither
//! the directory nor an entry is ever in memory, names are labels and never paths, and sizes count
//! as they come out, not as they are declared.

mod content;
mod end;
mod record;

use std::fs::File;
use std::io;
use std::sync::Arc;

use lightcase_model::Phi;

use content::{Content, Counters};
use record::Record;

/// Caps of one archive. Sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZipLimits {
    /// Entries of its directory.
    pub entries: u64,
    /// Bytes that may come out for each that went in, once `free` are out.
    pub ratio: u64,
    /// Bytes that the ratio does not apply to.
    pub free: u64,
    /// Bytes that may come out in all.
    pub inflated: u64,
}

impl Default for ZipLimits {
    fn default() -> Self {
        Self { entries: 100_000, ratio: 100, free: 64 << 20, inflated: 1 << 40 }
    }
}

/// Why an archive cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// It is no ZIP archive, or a broken one.
    #[error("the ZIP archive is damaged: {0}")]
    Damaged(&'static str),
    /// It would cost more than an honest one.
    #[error("the ZIP archive is refused: {0}; unpack it and import the folder, if you trust it")]
    LimitExceeded(&'static str),
    /// The file cannot be read.
    #[error("the ZIP archive cannot be read")]
    Unreadable(#[from] io::Error),
}

/// An archive whose entries are taken one after the other.
#[derive(Debug)]
pub struct Unzip {
    file: Arc<File>,
    counters: Arc<Counters>,
    /// Where the next record of the directory is.
    at: u64,
    /// Where the directory ends.
    end: u64,
    /// Where it begins; content lies before.
    begin: u64,
    left: u64,
}

/// One entry.
#[derive(Debug)]
pub struct ZipEntry {
    /// Its name, to be shown. Control characters are replaced.
    pub name: Phi<String>,
    /// What it is.
    pub content: ZipContent,
}

/// What an entry is.
#[derive(Debug)]
pub enum ZipContent {
    /// A folder.
    Folder,
    /// Something that is not read; the sentence says why.
    Refused(&'static str),
    /// A file.
    File(Content),
}

impl Unzip {
    /// Whether a file begins like a ZIP archive. A DICOM file may too, in its preamble.
    pub fn is_begun_by(head: &[u8]) -> bool {
        head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
    }

    /// Reads where the directory is, and no more.
    pub fn open(file: File, limits: ZipLimits) -> Result<Self, ZipError> {
        let length = file.metadata()?.len();
        let end = end::find(&file, length)?;
        if end.entries > limits.entries {
            return Err(ZipError::LimitExceeded("it has more entries than are taken at once"));
        }
        Ok(Self {
            file: Arc::new(file),
            counters: Arc::new(Counters::new(limits)),
            at: end.offset,
            begin: end.offset,
            end: end.offset.saturating_add(end.length),
            left: end.entries,
        })
    }

    /// How many entries there are still to come, as far as the directory can be believed.
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// The next entry; `None` after the last.
    pub fn next_entry(&mut self) -> Result<Option<ZipEntry>, ZipError> {
        if let Some(why) = self.counters.exceeded() {
            return Err(ZipError::LimitExceeded(why));
        }
        if self.left == 0 {
            return Ok(None);
        }
        self.left = self.left.saturating_sub(1);
        let (record, length) = Record::read(&self.file, self.at, self.end)?;
        self.at = self.at.saturating_add(length);
        let content = match record.unfit() {
            Some(why) => ZipContent::Refused(why),
            None if record.is_folder() => ZipContent::Folder,
            None => {
                let counters = Arc::clone(&self.counters);
                ZipContent::File(Content::open(&self.file, &record, self.begin, counters)?)
            }
        };
        Ok(Some(ZipEntry { name: Phi::new(record.name), content }))
    }
}

/// Two bytes as a number.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// Four bytes as a number.
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Eight bytes as a number.
fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
