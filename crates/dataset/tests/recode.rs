//! The corpus written anew in the plain transfer syntaxes: the same elements with the same values.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use lightcase_dataset::{
    Limits, NativePixels, Part10Prefix, Piece, PixelData, Plain, Recoder, Scan, ScanError, Scanner,
    TransferSyntax,
};
use lightcase_model::TransferSyntaxUid;
use serde_json::Value;
use support::{corpus, scan_file};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

/// A data set written anew, pushed in pieces of `size` bytes.
fn recode(
    data_set: &[u8],
    from: &TransferSyntax,
    to: Plain,
    pixels: Option<NativePixels>,
    size: usize,
) -> Result<Vec<u8>, ScanError> {
    let len = pixels.as_ref().map_or(0, |pixels| usize::try_from(pixels.len).unwrap());
    let mut recoder = Recoder::new(from, to, pixels);
    let mut pieces = Vec::new();
    for piece in data_set.chunks(size) {
        pieces.extend(recoder.push(piece)?);
    }
    pieces.extend(recoder.finish()?);
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => out.extend(bytes),
            Piece::Pixels => out.resize(out.len() + len, 0x5A),
        }
    }
    Ok(out)
}

fn scan(data_set: &[u8], plain: Plain) -> Scan {
    let syntax = TransferSyntax::of(&TransferSyntaxUid::parse(plain.uid()).unwrap());
    let mut scanner = Scanner::new(&syntax, Limits::default());
    scanner.push(data_set).unwrap();
    scanner.finish().unwrap()
}

/// Elements and values, without those that pixel data change.
fn values(scan: &Scan, decoded: bool) -> Value {
    let mut all: Value = serde_json::from_slice(scan.metadata.as_bytes()).unwrap();
    let root = all.as_object_mut().unwrap();
    for tag in ["00280004", "00280006", "7FE00001", "7FE00002", "7FE00003", "7FE00010"] {
        if decoded || tag == "7FE00010" {
            root.remove(tag);
        }
    }
    all
}

fn native<'a>(scan: &Scan, bytes: &'a [u8]) -> Option<&'a [u8]> {
    match scan.pixel {
        Some(PixelData::Native { offset, len } | PixelData::FloatNative { offset, len, .. }) => {
            let start = usize::try_from(offset).unwrap();
            bytes.get(start..start + usize::try_from(len).unwrap())
        }
        Some(PixelData::Encapsulated { .. }) | None => None,
    }
}

#[test]
fn every_object_keeps_its_elements_and_values() {
    let Some(corpus) = corpus() else { return };
    let mut paths = Vec::new();
    for folder in ["syntax", "classes", "charset", "series", "odd"] {
        files(&corpus.join("public").join(folder), &mut paths);
    }
    paths.sort();
    let (mut same, mut decoded) = (0, 0);
    for path in paths {
        let file = fs::read(&path).unwrap();
        let Ok(before) = scan_file(&file, file.len()) else { continue };
        let meta = head(&file);
        let from = TransferSyntax::of(&meta.0);
        let data_set = &file[meta.1..];
        let encapsulated = matches!(before.pixel, Some(PixelData::Encapsulated { .. }));
        let pixels = encapsulated.then(|| NativePixels {
            photometric: "RGB",
            colour: before.image.as_ref().is_some_and(|image| image.samples_per_pixel > 1),
            words: false,
            len: 7,
        });
        for plain in [Plain::Explicit, Plain::Implicit] {
            let whole = recode(data_set, &from, plain, pixels.clone(), data_set.len().max(1));
            let new = match whole {
                Ok(new) => new,
                Err(ScanError::NotExact(_)) => continue,
                Err(error) => panic!("{}: {error}", path.display()),
            };
            assert_eq!(recode(data_set, &from, plain, pixels.clone(), 7).unwrap(), new);
            let after = scan(&new, plain);
            assert_eq!(after.identity, before.identity, "{}", path.display());
            // VRs that only an explicit data set has are lost in an implicit one.
            if plain == Plain::Explicit {
                let (left, right) = (values(&before, encapsulated), values(&after, encapsulated));
                assert!(left == right, "{}: {}", path.display(), different(&left, &right));
            }
            if encapsulated {
                decoded += 1;
                assert_eq!(after.image.unwrap().photometric_interpretation, "RGB");
                assert_eq!(native(&scan(&new, plain), &new).unwrap(), b"ZZZZZZZ\0");
            } else if !from.has_big_endian_pixels() && !from.is_deflated() {
                same += 1;
                assert!(native(&after, &new) == native(&before, data_set), "{}", path.display());
            }
        }
    }
    assert!(same >= 200 && decoded >= 60, "{same} {decoded}");
}

fn head(file: &[u8]) -> (TransferSyntaxUid, usize) {
    let mut prefix = Part10Prefix::new();
    let meta = match prefix.push(file).unwrap() {
        Some(meta) => meta,
        None => prefix.finish().unwrap(),
    };
    (meta.transfer_syntax, usize::try_from(meta.meta_len).unwrap())
}

fn different(left: &Value, right: &Value) -> String {
    let (left, right) = (left.as_object().unwrap(), right.as_object().unwrap());
    let tags = left.keys().chain(right.keys());
    tags.filter(|tag| left.get(*tag) != right.get(*tag)).cloned().collect::<Vec<_>>().join(" ")
}

fn check(from: &str, data_set: &[u8], to: Plain, expected: Result<&[u8], &str>) {
    let from = TransferSyntax::of(&TransferSyntaxUid::parse(from).unwrap());
    let found = recode(data_set, &from, to, None, 3);
    match expected {
        Ok(expected) => assert_eq!(found.unwrap(), expected),
        Err(expected) => assert!(found.unwrap_err().to_string().contains(expected)),
    }
}

const BIG: &str = "1.2.840.10008.1.2.2";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const JPEG: &str = "1.2.840.10008.1.2.4.70";

#[test]
fn words_are_turned_and_sequences_get_delimiters() {
    // Rows, in big endian; group lengths go.
    let rows = b"\0\x28\0\0UL\0\x04\0\0\0\x0a\0\x28\0\x10US\0\x02\x01\x02";
    check(BIG, rows, Plain::Explicit, Ok(b"\x28\0\x10\0US\x02\0\x02\x01"));
    check(BIG, rows, Plain::Implicit, Ok(b"\x28\0\x10\0\x02\0\0\0\x02\x01"));
    // A sequence of one item with a code value, lengths written.
    let sequence = b"\x08\0\x40\x11\x12\0\0\0\xfe\xff\0\xe0\x0a\0\0\0\x08\0\0\x01\x02\0\0\0AB";
    check(
        IMPLICIT,
        sequence,
        Plain::Explicit,
        Ok(b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff\
             \x08\0\0\x01SH\x02\0AB\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"),
    );
}

#[test]
fn what_would_not_mean_the_same_is_refused() {
    let fragments = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0\
                      \xfe\xff\xdd\xe0\0\0\0\0";
    check(JPEG, fragments, Plain::Explicit, Err("not decoded"));
    let wide = b"\0\x28\x01\0US\0\x02\0\x20\x7f\xe0\0\x10OW\0\0\0\0\0\x04\0\0\0\x01";
    check(BIG, wide, Plain::Explicit, Err("more than 16 bits"));
}
