//! Where every byte of a ZIP archive lies: files one after the other, each behind its header, then
//! the directory. Made from names, lengths and checksums alone, so that any range of it can be
//! written without what lies before, and without reading a file.

use std::ops::Range;
use std::sync::Arc;

use super::record::{File, end};

/// About how many bytes of the directory are made at once.
const DIRECTORY: usize = 64 << 10;

/// An archive that is laid out.
#[derive(Debug)]
pub(super) struct Layout {
    files: Vec<Placed>,
    /// Where the directory begins.
    directory: u64,
    /// Where what follows the directory begins.
    end: u64,
    total: u64,
}

#[derive(Debug)]
struct Placed {
    file: File,
    /// Where its header begins.
    at: u64,
    /// Where its bytes begin.
    content: u64,
    /// Where its header in the directory begins.
    entry: u64,
}

impl Placed {
    fn content_end(&self) -> u64 {
        self.content.saturating_add(self.file.length)
    }
}

/// A piece of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Bytes of headers and of the directory.
    Written(Vec<u8>),
    /// A range of a file's bytes.
    Of {
        /// The file, counted from 0.
        file: usize,
        /// The range within it.
        range: Range<u64>,
    },
}

impl Layout {
    /// Lays files out in their order; `None` when offsets would leave 64 bits.
    pub(super) fn new(files: Vec<File>) -> Option<Self> {
        let mut placed = Vec::with_capacity(files.len());
        let mut at = 0_u64;
        for file in files {
            let content = at.checked_add(file.local_length())?;
            let next = content.checked_add(file.length)?;
            placed.push(Placed { file, at, content, entry: 0 });
            at = next;
        }
        let directory = at;
        for each in &mut placed {
            each.entry = at;
            at = at.checked_add(each.file.central_length(each.at))?;
        }
        let mut layout = Self { files: placed, directory, end: at, total: at };
        layout.total = at.checked_add(u64::try_from(layout.last_bytes().len()).ok()?)?;
        Some(layout)
    }

    /// Its length in bytes.
    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// Where the header of a file begins; the end for one that there is not.
    pub(super) fn start_of(&self, file: usize) -> u64 {
        self.files.get(file).map_or(self.total, |each| each.at)
    }

    /// How many files from `first` on have bytes in a range, and of how many it has the last one.
    pub(super) fn files_in(&self, first: usize, range: &Range<u64>) -> (u64, u64) {
        let files = self.files.get(first..).unwrap_or_default();
        let count = |behind: usize, before: usize| {
            u64::try_from(behind.saturating_sub(before)).unwrap_or(u64::MAX)
        };
        let over = files.partition_point(|each| each.content_end() <= range.start);
        let begun = files.partition_point(|each| each.content < range.end);
        let ended = files.partition_point(|each| each.content_end() <= range.end);
        (count(begun, over), count(ended, over))
    }

    /// The pieces of a range, in order, with their offsets in the archive.
    pub(super) fn pieces(self: &Arc<Self>, range: Range<u64>) -> Pieces {
        Pieces { layout: Arc::clone(self), at: range.start, to: range.end.min(self.total) }
    }

    fn last_bytes(&self) -> Vec<u8> {
        let files = u64::try_from(self.files.len()).unwrap_or(u64::MAX);
        end(files, self.directory, self.end.saturating_sub(self.directory))
    }

    /// The piece at an offset, as far as it goes; of the directory no more than is wanted.
    fn piece(&self, at: u64, wanted: u64) -> Piece {
        if at < self.directory {
            let file = self.files.partition_point(|each| each.at <= at).saturating_sub(1);
            let Some(placed) = self.files.get(file) else { return Piece::Written(Vec::new()) };
            return match at.checked_sub(placed.content) {
                Some(from) => Piece::Of { file, range: from..placed.file.length },
                None => Piece::Written(behind(placed.file.local(), at.saturating_sub(placed.at))),
            };
        }
        if at >= self.end {
            return Piece::Written(behind(self.last_bytes(), at.saturating_sub(self.end)));
        }
        let first = self.files.partition_point(|each| each.entry <= at).saturating_sub(1);
        let skip = self.files.get(first).map_or(0, |each| at.saturating_sub(each.entry));
        let enough = usize::try_from(wanted.saturating_add(skip)).unwrap_or(usize::MAX);
        let mut written = Vec::new();
        for placed in self.files.iter().skip(first) {
            written.extend(placed.file.central(placed.at));
            if written.len() >= enough.min(DIRECTORY) {
                break;
            }
        }
        Piece::Written(behind(written, skip))
    }
}

/// Bytes without so many of the first.
fn behind(bytes: Vec<u8>, skip: u64) -> Vec<u8> {
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    if skip == 0 { bytes } else { bytes.get(skip..).unwrap_or_default().to_vec() }
}

/// The pieces of a range of an archive.
#[derive(Debug)]
pub(super) struct Pieces {
    layout: Arc<Layout>,
    at: u64,
    to: u64,
}

impl Iterator for Pieces {
    type Item = (u64, Piece);

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.to.checked_sub(self.at).filter(|left| *left > 0)?;
        let (at, mut piece) = (self.at, self.layout.piece(self.at, left));
        let length = match &mut piece {
            Piece::Written(bytes) => {
                bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                u64::try_from(bytes.len()).unwrap_or(u64::MAX)
            }
            Piece::Of { file: _, range } => {
                range.end = range.end.min(range.start.saturating_add(left));
                range.end.saturating_sub(range.start)
            }
        };
        self.at = self.at.saturating_add(length);
        // An empty piece would come for ever.
        (length > 0).then_some((at, piece))
    }
}

#[cfg(test)]
mod tests;
