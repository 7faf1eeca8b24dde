//! What the command line prints.

use std::io::Write as _;

/// A line on standard output. A closed pipe ends the program's interest in it, not the program.
pub(crate) fn line(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// A line on standard error, for progress and hints.
pub(crate) fn note(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// What went wrong, with its causes.
pub(crate) fn problem(error: &anyhow::Error) {
    note(&format!("lightcase: {error}"));
    for cause in error.chain().skip(1) {
        note(&format!("  because {cause}"));
    }
}

/// A JSON document on standard output.
pub(crate) fn json(value: &serde_json::Value) {
    line(&format!("{value:#}"));
}

/// The same of what is too large to be held as a text.
pub(crate) fn large_json<T: serde::Serialize>(value: &T) {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from);
    drop(written.and_then(|()| writeln!(out)));
}

/// A table with aligned columns.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let print = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        line(padded.join("  ").trim_end());
    };
    print(head.to_vec());
    for row in rows {
        print(row.iter().map(String::as_str).collect());
    }
}
