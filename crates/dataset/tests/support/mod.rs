//! What the tests of this crate share: the corpus, and files scanned in pieces.

use std::path::PathBuf;

use lightcase_dataset::{Limits, Part10Prefix, Scan, ScanError, Scanner, TransferSyntax};

/// The corpus; nothing, said aloud, where there is none.
#[expect(clippy::disallowed_methods, reason = "tests are told of the corpus by environment")]
#[expect(clippy::print_stderr, reason = "a skip is said aloud")]
pub(crate) fn corpus() -> Option<PathBuf> {
    if let Ok(path) = std::env::var("LIGHTCASE_CORPUS") {
        return Some(path.into());
    }
    let required = std::env::var("LIGHTCASE_REQUIRE_CORPUS").is_ok_and(|value| value == "1");
    assert!(!required, "LIGHTCASE_CORPUS is not set, and the corpus is required");
    eprintln!("skipped: LIGHTCASE_CORPUS is not set");
    None
}

/// Scans a whole file in pieces of `size` bytes.
pub(crate) fn scan_file(bytes: &[u8], size: usize) -> Result<Scan, ScanError> {
    let mut pieces = bytes.chunks(size);
    let mut prefix = Part10Prefix::new();
    let meta = loop {
        match pieces.next() {
            Some(piece) => {
                if let Some(meta) = prefix.push(piece)? {
                    break meta;
                }
            }
            None => break prefix.finish()?,
        }
    };
    let syntax = TransferSyntax::of(&meta.transfer_syntax);
    let mut scanner = Scanner::new(&syntax, Limits::default());
    scanner.push(prefix.rest())?;
    for piece in pieces {
        scanner.push(piece)?;
    }
    scanner.finish()
}
