//! The end of central directory record (APPNOTE.TXT 4.3.14 to 4.3.16).

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use super::{ZipError, u16_at, u32_at, u64_at};

const LENGTH: usize = 22;
const LOCATOR: u64 = 20;
const LONG: usize = 56;
/// Its comment is 65,535 bytes at most, and it stands at the very end.
const FARTHEST: u64 = 22 + 65_535;

/// Where the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) entries: u64,
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Finds the directory of an archive of `length` bytes.
pub(super) fn find(file: &File, length: u64) -> Result<End, ZipError> {
    let missing = ZipError::Damaged("its end is missing");
    let tail = usize::try_from(length.min(FARTHEST)).unwrap_or(0);
    let mut bytes = vec![0; tail];
    let start = length.saturating_sub(length.min(FARTHEST));
    file.read_exact_at(&mut bytes, start)?;
    // From behind: the record whose comment ends exactly where the file does.
    let last = tail.checked_sub(LENGTH).ok_or(ZipError::Damaged("it is too short"))?;
    let is_end = |at: &usize| {
        let record = bytes.get(*at..).unwrap_or_default();
        let comment = u16_at(record, 20).map(usize::from);
        record.starts_with(b"PK\x05\x06") && comment == record.len().checked_sub(LENGTH)
    };
    let at = (0..=last).rev().find(is_end).ok_or(missing)?;
    let position = start.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
    let end = read(file, bytes.get(at..).unwrap_or_default(), position)?;
    if end.offset.checked_add(end.length).is_none_or(|behind| behind > position) {
        return Err(ZipError::Damaged("its directory is not where it says"));
    }
    Ok(end)
}

fn read(file: &File, record: &[u8], position: u64) -> Result<End, ZipError> {
    let cut = || ZipError::Damaged("its end is cut off");
    let [disk, directory_disk, here, entries] =
        [4, 6, 8, 10].map(|at| u16_at(record, at).unwrap_or(u16::MAX));
    let length = u32_at(record, 12).ok_or_else(cut)?;
    let offset = u32_at(record, 16).ok_or_else(cut)?;
    if entries == u16::MAX || length == u32::MAX || offset == u32::MAX {
        return long(file, position);
    }
    if disk != 0 || directory_disk != 0 || here != entries {
        return Err(ZipError::Damaged("it is one part of several"));
    }
    Ok(End { entries: entries.into(), offset: offset.into(), length: length.into() })
}

/// The record of ZIP64, which a locator right before the short one tells of.
fn long(file: &File, position: u64) -> Result<End, ZipError> {
    let broken = || ZipError::Damaged("its long directory is not where it says");
    let mut locator = [0; 20];
    let at = position.checked_sub(LOCATOR).ok_or_else(broken)?;
    file.read_exact_at(&mut locator, at)?;
    let offset = u64_at(&locator, 8).ok_or_else(broken)?;
    let whole = offset.checked_add(56).is_some_and(|behind| behind <= at);
    if !locator.starts_with(b"PK\x06\x07") || !whole {
        return Err(broken());
    }
    let mut record = [0; LONG];
    file.read_exact_at(&mut record, offset)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(broken());
    }
    let field = |at| u64_at(&record, at).ok_or_else(broken);
    Ok(End { entries: field(32)?, length: field(40)?, offset: field(48)? })
}
