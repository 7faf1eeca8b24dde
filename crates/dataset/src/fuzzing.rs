//! Entries for fuzzers and for tests that try mutants of a corpus: what the bytes of an object go
//! through before anything of them is kept. A defect is a panic, or an assertion here that does
//! not hold.

use crate::{BulkPath, Limits, Locator, Part10Prefix, PixelData, Scan, Scanner, TransferSyntax};

/// A file (PS3.10), in pieces as long as its first byte says: its head, then its data set.
pub fn file(bytes: &[u8]) {
    let Some((&size, bytes)) = bytes.split_first() else { return };
    let mut pieces = bytes.chunks(usize::from(size).saturating_add(1));
    let mut prefix = Part10Prefix::new();
    let meta = loop {
        let read = match pieces.next() {
            Some(piece) => prefix.push(piece),
            None => prefix.finish().map(Some),
        };
        match read {
            Ok(Some(meta)) => break meta,
            Ok(None) => {}
            Err(_) => return,
        }
    };
    let rest: Vec<&[u8]> = std::iter::once(prefix.rest()).chain(pieces).collect();
    data_set_of(&TransferSyntax::of(&meta.transfer_syntax), &rest);
}

/// A data set, whose first byte chooses a transfer syntax.
pub fn data_set(bytes: &[u8]) {
    const SYNTAXES: [&str; 6] = [
        TransferSyntax::IMPLICIT_LITTLE,
        TransferSyntax::EXPLICIT_LITTLE,
        TransferSyntax::EXPLICIT_BIG,
        "1.2.840.10008.1.2.1.99",
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.1.98",
    ];
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let uid = SYNTAXES.get(usize::from(choice) % SYNTAXES.len()).copied().unwrap_or_default();
    let Ok(uid) = lightcase_model::TransferSyntaxUid::parse(uid) else { return };
    data_set_of(&TransferSyntax::of(&uid), &[bytes]);
}

/// Smaller than those of the archive, so that short inputs reach them too.
fn limits() -> Limits {
    Limits {
        elements: 2_000,
        items: 2_000,
        inflated: 4 << 20,
        metadata: 1 << 20,
        ..Limits::default()
    }
}

fn data_set_of(syntax: &TransferSyntax, pieces: &[&[u8]]) {
    let mut scanner = Scanner::new(syntax, limits());
    let read = pieces.iter().try_for_each(|piece| scanner.push(piece));
    if let Ok(scan) = read.and_then(|()| scanner.finish()) {
        check(&scan);
    }
    for path in ["7FE00010", "00081140/1/00091010", "00420011"] {
        let Some(path) = BulkPath::parse(path) else { continue };
        let mut locator = Locator::new(path, syntax, &limits());
        for piece in pieces {
            match locator.push(piece) {
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => break,
            }
        }
    }
}

/// What was found lies within what was read.
fn check(scan: &Scan) {
    let within = |offset: u64, len: u64| {
        assert!(
            offset.checked_add(len).is_some_and(|end| end <= scan.data_set_len),
            "pixels lie behind the end of their data set"
        );
    };
    match &scan.pixel {
        Some(PixelData::Native { offset, len } | PixelData::FloatNative { offset, len, .. }) => {
            within(*offset, *len);
        }
        Some(PixelData::Encapsulated { fragments, frames }) => {
            for fragment in fragments {
                within(fragment.offset, fragment.len);
            }
            for index in 0..frames.as_ref().map_or(0, Vec::len) {
                assert!(
                    scan.pixel.as_ref().and_then(|pixel| pixel.frame(index)).is_some(),
                    "a frame has no fragments"
                );
            }
        }
        None => {}
    }
    let json = scan.metadata.as_bytes();
    assert!(json.starts_with(b"{") && json.ends_with(b"}"), "the metadata are no object");
    assert!(str::from_utf8(json).is_ok(), "the metadata are not UTF-8");
}
