//! One record of the central directory (APPNOTE.TXT 4.3.12).

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use super::{ZipError, u16_at, u32_at, u64_at};

const LENGTH: usize = 46;
const ENCRYPTED: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The host system whose attributes have a file's type, and the type of a symbolic link.
const UNIX: u8 = 3;
const FILE_TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// What the directory says of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) deflated: bool,
    pub(super) crc: u32,
    /// Bytes in the archive.
    pub(super) packed: u64,
    /// Bytes of the file.
    pub(super) length: u64,
    /// Where its local header is.
    pub(super) offset: u64,
    flags: u16,
    method: u16,
    file_type: Option<u32>,
}

impl Record {
    /// The record at a place, and how many bytes it takes of the directory, which ends at `end`.
    pub(super) fn read(file: &File, at: u64, end: u64) -> Result<(Self, u64), ZipError> {
        let broken = || ZipError::Damaged("its directory is cut off or mixed up");
        let mut head = [0; LENGTH];
        if at.checked_add(46).is_none_or(|behind| behind > end) {
            return Err(broken());
        }
        file.read_exact_at(&mut head, at)?;
        let short = |at| u16_at(&head, at).ok_or_else(broken);
        let long = |at| u32_at(&head, at).ok_or_else(broken);
        let [name, extra, comment] = [short(28)?, short(30)?, short(32)?];
        let length = 46_u64
            .saturating_add(name.into())
            .saturating_add(extra.into())
            .saturating_add(comment.into());
        if !head.starts_with(b"PK\x01\x02") || at.saturating_add(length) > end {
            return Err(broken());
        }
        let mut rest = vec![0; usize::from(name).saturating_add(usize::from(extra))];
        file.read_exact_at(&mut rest, at.saturating_add(46))?;
        let (name, extra) = rest.split_at_checked(name.into()).ok_or_else(broken)?;
        let [made_on, attributes] = [head.get(5).copied().map_or(0, u32::from), long(38)?];
        let mut record = Self {
            name: shown(name),
            deflated: short(10)? == DEFLATED,
            crc: long(16)?,
            packed: long(20)?.into(),
            length: long(24)?.into(),
            offset: long(42)?.into(),
            flags: short(8)?,
            method: short(10)?,
            file_type: (made_on == u32::from(UNIX)).then_some((attributes >> 16) & FILE_TYPE),
        };
        record.extend(extra).ok_or_else(broken)?;
        Ok((record, length))
    }

    /// Takes what did not fit 32 bits from the ZIP64 field (APPNOTE.TXT 4.5.3), in its order.
    fn extend(&mut self, mut extra: &[u8]) -> Option<()> {
        let full = u64::from(u32::MAX);
        if ![self.length, self.packed, self.offset].contains(&full) {
            return Some(());
        }
        loop {
            let (kind, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
            let (mut field, rest) = extra.get(4..)?.split_at_checked(length)?;
            if kind != 1 {
                extra = rest;
                continue;
            }
            for value in [&mut self.length, &mut self.packed, &mut self.offset] {
                if *value == full {
                    *value = u64_at(field, 0)?;
                    field = field.get(8..)?;
                }
            }
            return Some(());
        }
    }

    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with('/') || self.file_type == Some(FOLDER)
    }

    /// Why it is not read, where it is not.
    pub(super) fn unfit(&self) -> Option<&'static str> {
        if self.flags & ENCRYPTED != 0 {
            return Some("it is encrypted; unpack the archive with its password first");
        }
        let odd = |kind: u32| kind != 0 && kind != REGULAR && kind != FOLDER;
        if self.file_type.is_some_and(odd) {
            return Some("it is a link or a device, and those are not followed");
        }
        if self.method != STORED && self.method != DEFLATED {
            return Some("it is compressed in a way that is not read here; unpack the archive");
        }
        None
    }
}

/// A name as it may be shown: no control characters, of bounded length.
fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    text.chars().take(256).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
