//! Layouts against readers of ZIP archives that others wrote.

use std::fs::File as Disk;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::process::Command;

use proptest::prelude::*;
use zip::ZipArchive;

use super::*;

/// A byte of a made-up file.
fn byte(file: usize, at: u64) -> u8 {
    u8::try_from((u64::try_from(file).unwrap() * 31 + at * 7) % 251).unwrap()
}

fn content(file: usize, range: Range<u64>) -> Vec<u8> {
    range.map(|at| byte(file, at)).collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc32 = crc32fast::Hasher::new();
    crc32.update(bytes);
    crc32.finalize()
}

fn name(file: usize) -> String {
    format!("DICOM/ST0001/SE0001/IM{file:06}")
}

fn small(lengths: &[u64]) -> Arc<Layout> {
    let files = lengths.iter().zip(0..).map(|(length, file)| File {
        name: name(file),
        length: *length,
        crc32: crc32(&content(file, 0..*length)),
    });
    Arc::new(Layout::new(files.collect()).unwrap())
}

/// Files of zeros, however long, and behind them a short one that says `end`.
fn large(lengths: &[u64]) -> Arc<Layout> {
    let zeros = lengths.iter().zip(0..).map(|(length, file)| File {
        name: name(file),
        length: *length,
        crc32: 0,
    });
    let last = File { name: "LAST".to_owned(), length: 3, crc32: crc32(b"end") };
    Arc::new(Layout::new(zeros.chain([last]).collect()).unwrap())
}

fn bytes(layout: &Arc<Layout>, range: Range<u64>) -> Vec<u8> {
    let (mut all, from) = (Vec::new(), range.start);
    for (at, piece) in layout.pieces(range) {
        assert_eq!(at, from + u64::try_from(all.len()).unwrap());
        match piece {
            Piece::Written(bytes) => all.extend(bytes),
            Piece::Of { file, range } => all.extend(content(file, range)),
        }
    }
    all
}

/// An archive of zeros that is on no disk.
struct Made {
    layout: Arc<Layout>,
    at: u64,
}

/// What a piece of [`large`] holds.
fn zeros(layout: &Layout, piece: Piece) -> Vec<u8> {
    match piece {
        Piece::Written(bytes) => bytes,
        Piece::Of { file, range } if file + 1 == layout.files.len() => {
            let inside = |at| usize::try_from(at).unwrap();
            b"end"[inside(range.start)..inside(range.end)].to_vec()
        }
        Piece::Of { file: _, range } => vec![0; usize::try_from(range.end - range.start).unwrap()],
    }
}

impl Read for Made {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let to = self.at.saturating_add(u64::try_from(into.len()).unwrap());
        let Some((_, piece)) = self.layout.pieces(self.at..to).next() else { return Ok(0) };
        let bytes = zeros(&self.layout, piece);
        into[..bytes.len()].copy_from_slice(&bytes);
        self.at += u64::try_from(bytes.len()).unwrap();
        Ok(bytes.len())
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(behind) => self.layout.total.checked_add_signed(behind),
            SeekFrom::Current(behind) => self.at.checked_add_signed(behind),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn check_large(lengths: &[u64]) {
    let layout = large(lengths);
    let mut archive = ZipArchive::new(BufReader::new(Made { layout, at: 0 })).unwrap();
    assert_eq!(archive.len(), lengths.len() + 1);
    for (file, length) in lengths.iter().enumerate().step_by(lengths.len().div_ceil(100)) {
        let mut entry = archive.by_index(file).unwrap();
        assert_eq!(entry.name().unwrap(), name(file));
        assert_eq!(entry.size(), *length);
        let mut first = vec![1; usize::try_from((*length).min(16)).unwrap()];
        entry.read_exact(&mut first).unwrap();
        assert!(first.iter().all(|byte| *byte == 0));
    }
    let mut last = String::new();
    archive.by_name("LAST").unwrap().read_to_string(&mut last).unwrap();
    assert_eq!(last, "end");
}

const GIB: u64 = 1 << 30;
const FOUR: u64 = 0xFFFF_FFFF;

#[test]
fn lengths_and_offsets_over_four_gib_are_read() {
    check_large(&[5 * GIB, 1, 7 * GIB]);
    check_large(&[3 * GIB, 3 * GIB, 3 * GIB]);
    for length in [FOUR - 1, FOUR, FOUR + 1] {
        check_large(&[length]);
    }
}

#[test]
fn more_files_than_sixteen_bits_count_are_read() {
    for count in [65_533, 65_534, 65_535, 70_000] {
        check_large(&vec![3; count]);
    }
}

#[test]
fn python_and_unzip_read_what_is_large() {
    let folder = tempfile::tempdir().unwrap();
    for (number, lengths) in [vec![5 * GIB, 1, 2 * GIB], vec![1; 66_000]].iter().enumerate() {
        let (path, layout) = (folder.path().join(format!("{number}.zip")), large(lengths));
        // A file with holes where the zeros are.
        let mut disk = Disk::create(&path).unwrap();
        disk.set_len(layout.total()).unwrap();
        for (at, piece) in layout.pieces(0..layout.total()) {
            let long =
                matches!(&piece, Piece::Of { range, .. } if range.end - range.start > 1 << 20);
            if !long {
                disk.seek(SeekFrom::Start(at)).unwrap();
                disk.write_all(&zeros(&layout, piece)).unwrap();
            }
        }
        drop(disk);
        let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); \
            print(len(z.infolist()), z.read('LAST').decode(), sum(i.file_size for i in z.infolist()))";
        let expected = format!("{} end {}", lengths.len() + 1, lengths.iter().sum::<u64>() + 3);
        match Command::new("python3").arg("-c").arg(script).arg(&path).output() {
            Ok(told) => assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), expected),
            Err(error) => println!("skipped: python3 ({error})"),
        }
        match Command::new("unzip").args(["-p"]).arg(&path).arg("LAST").output() {
            Ok(told) => assert_eq!(told.stdout, b"end", "{:?}", told.stderr),
            Err(error) => println!("skipped: unzip ({error})"),
        }
    }
}

#[test]
fn an_archive_longer_than_any_number_is_refused() {
    let file = |length| File { name: "A".to_owned(), length, crc32: 0 };
    assert!(Layout::new(vec![file(u64::MAX)]).is_none());
    assert!(Layout::new(vec![file(u64::MAX / 2), file(u64::MAX / 2), file(9)]).is_none());
}

#[test]
fn files_of_a_range_are_counted() {
    let layout = small(&[10, 20, 30]);
    let start = |file: usize| layout.files[file].content;
    let check = |range: Range<u64>, expected| {
        assert_eq!(layout.files_in(0, &range), expected, "{range:?}");
    };
    check(0..layout.total(), (3, 3));
    check(start(0)..start(0) + 10, (1, 1));
    check(start(0)..start(0) + 9, (1, 0));
    check(start(1) + 5..start(2) + 1, (2, 1));
    check(layout.directory..layout.total(), (0, 0));
    assert_eq!(layout.files_in(1, &(0..layout.total())), (2, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cuts_make_the_whole_and_the_whole_is_read(
        lengths in prop::collection::vec(0..200_u64, 0..40),
        cuts in prop::collection::vec(0.0..1.0_f64, 0..12),
    ) {
        let layout = small(&lengths);
        let (total, whole) = (layout.total(), bytes(&layout, 0..layout.total()));
        prop_assert_eq!(u64::try_from(whole.len()).unwrap(), total);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, clippy::as_conversions,
            reason = "any place will do")]
        let mut cuts: Vec<u64> = cuts.iter().map(|cut| (cut * total as f64) as u64).collect();
        cuts.extend([0, total]);
        cuts.sort_unstable();
        let parts = cuts.windows(2).flat_map(|cut| bytes(&layout, cut[0]..cut[1]));
        prop_assert!(parts.eq(whole.iter().copied()));

        let mut archive = ZipArchive::new(io::Cursor::new(whole)).unwrap();
        prop_assert_eq!(archive.len(), lengths.len());
        for (file, length) in lengths.iter().enumerate() {
            let mut read = Vec::new();
            let mut entry = archive.by_index(file).unwrap();
            prop_assert_eq!(entry.name().unwrap(), name(file));
            prop_assert_eq!(entry.unix_mode(), Some(0o100_644));
            // The reader compares the checksum at the end.
            entry.read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, content(file, 0..*length));
        }
    }
}
