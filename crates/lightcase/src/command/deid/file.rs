//! One file cleaned, under a name that nobody takes for a result.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use anyhow::Context as _;
use data_encoding::HEXLOWER;
use lightcase_dataset::{Limits, Part10Prefix, Scanner, TransferSyntax};
use lightcase_deident::{Deidentifier, Project, Region, Report, Verdict};
use sha2::{Digest as _, Sha256};

use super::decoder::Decoder;

/// Bytes that are read at a time: so few that they are still in the processor's cache when they are
/// hashed, copied, hashed again and written.
pub(super) const PIECE: usize = 128 << 10;

/// What a worker reads into and writes from. It has one for all files: memory that is asked for anew
/// is cleared anew.
pub(super) struct Buffers {
    piece: Vec<u8>,
    out: Vec<u8>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self { piece: vec![0; PIECE], out: Vec::with_capacity(2 * PIECE) }
    }
}

/// A file that is not finished. It is gone with this, unless it was moved to where it belongs.
pub(super) struct Unfinished {
    path: PathBuf,
    kept: bool,
}

impl Unfinished {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, kept: false }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to where it belongs. Nearly always the folder is there, from the object before.
    pub(super) fn keep(mut self, to: &Path) -> anyhow::Result<()> {
        let mut moved = fs::rename(&self.path, to);
        if let (Err(error), Some(folder)) = (&moved, to.parent())
            && error.kind() == ErrorKind::NotFound
        {
            fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            moved = fs::rename(&self.path, to);
        }
        moved.with_context(|| format!("{} cannot be written", to.display()))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now, the next run removes.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Writes the clean copy; why it was refused, if it was. Errors are of what is written to.
pub(super) fn clean(
    (project, issuer): (&Arc<Project>, &str),
    decoder: &Decoder,
    file: &Path,
    part: &Unfinished,
    buffers: &mut Buffers,
) -> anyhow::Result<Result<Report, String>> {
    let mut report = match stream((project, issuer), file, part.path(), buffers)? {
        Ok(report) => report,
        Err(why) => return Ok(Err(why)),
    };
    if let Verdict::ReleasedOnceBlanked(regions) = report.verdict.clone() {
        blank(decoder, part, &mut report, regions)?;
    }
    Ok(Ok(report))
}

/// Makes known regions black in compressed pixels. Where they cannot be decoded, the object is held
/// as it was.
fn blank(
    decoder: &Decoder,
    part: &Unfinished,
    report: &mut Report,
    regions: Vec<Region>,
) -> anyhow::Result<()> {
    let blanked = Unfinished::new(part.path().with_extension("blanked.part"));
    if decoder.approve(part.path(), blanked.path(), (&regions, false))?.is_err() {
        return Ok(());
    }
    report.digest_after = digest(blanked.path())
        .with_context(|| format!("{} cannot be read", blanked.path().display()))?;
    report.verdict = Verdict::Released;
    report.blanked = regions;
    blanked.keep(part.path())
}

fn stream(
    (project, issuer): (&Arc<Project>, &str),
    file: &Path,
    part: &Path,
    Buffers { piece, out }: &mut Buffers,
) -> anyhow::Result<Result<Report, String>> {
    let mut from = match File::open(file) {
        Ok(from) => from,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let cannot = || format!("{} cannot be written", part.display());
    let mut to = File::create(part).with_context(cannot)?;
    let mut run = Deidentifier::of_file(project).with_issuer(issuer);
    out.clear();
    loop {
        let count = match from.read(piece) {
            Ok(count) => count,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        if let Err(refusal) = run.push(bytes, out) {
            return Ok(Err(refusal.to_string()));
        }
        to.write_all(out).with_context(cannot)?;
        out.clear();
    }
    match run.finish(out) {
        Ok(done) => {
            to.write_all(out).with_context(cannot)?;
            Ok(Ok(done.report))
        }
        Err(refusal) => Ok(Err(refusal.to_string())),
    }
}

/// Under which name the journal knows a file: when it has changed, it is another one.
pub(super) fn name(project: &Project, file: &Path) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let text = format!("{} {} {}", file.display(), metadata.len(), modified.as_nanos());
    Some(project.uids().map(&text).as_str().to_owned())
}

/// Study Instance UID that the copy of a file would have; `None` where the file does not say one.
pub(super) fn study_of(project: &Project, file: &Path) -> Option<String> {
    let (mut from, mut piece) = (File::open(file).ok()?, vec![0; PIECE]);
    let mut prefix = Part10Prefix::new();
    let meta = loop {
        let count = from.read(&mut piece).ok()?;
        if count == 0 {
            break prefix.finish().ok()?;
        }
        if let Some(meta) = prefix.push(piece.get(..count)?).ok()? {
            break meta;
        }
    };
    let syntax = TransferSyntax::of(&meta.transfer_syntax);
    let mut scanner = Scanner::new(&syntax, Limits::default());
    // One that is damaged further on has said before which study it is of.
    let mut failed = scanner.push(prefix.rest()).is_err();
    while !failed && scanner.identity().is_none() {
        let count = from.read(&mut piece).ok()?;
        let bytes = piece.get(..count).filter(|bytes| !bytes.is_empty())?;
        failed = scanner.push(bytes).is_err();
    }
    scanner.identity().map(|identity| project.mapped(identity.study.as_str()))
}

/// SHA-256 of a file, in hexadecimal.
pub(super) fn digest(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hash, mut piece) = (File::open(path)?, Sha256::new(), vec![0; PIECE]);
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok(HEXLOWER.encode(&hash.finalize()));
        }
        hash.update(piece.get(..count).unwrap_or_default());
    }
}

/// Why an object may not leave as it was written; nothing if it may.
pub(super) fn why_held(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Released => None,
        Verdict::ReleasedOnceBlanked(_) => Some(
            "known text in its compressed pixels is still to be blanked, and they were not decoded"
                .to_owned(),
        ),
        Verdict::Held(holds) => {
            Some(holds.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        }
    }
}
