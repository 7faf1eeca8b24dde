//! `import`: files, folders and ZIP archives through the same ingest as everything else.

mod tally;
mod zip;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_archive::{BodyError, ImportError, Intake, Received, Unzip};
use lightcase_audit::Event;
use lightcase_model::{Actor, Ctx, Origin, Phi};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::files;
use crate::house::House;
use tally::Tally;

/// One run of the subcommand.
struct Run<'a> {
    house: &'a House,
    intake: Intake,
    tally: Tally,
    bar: ProgressBar,
}

pub(crate) async fn run(house: &House, paths: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let mut tally = Tally::default();
    let files = files::list(&folders_of_indexes(paths, &mut tally))?;
    if files.is_empty() {
        bail!("there is no file in what was named: nothing was imported");
    }
    let bar = ProgressBar::new(u64::try_from(files.len()).unwrap_or(u64::MAX));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    let mut run = Run { house, intake: house.archive.intake(String::new()), tally, bar };
    for file in &files {
        run.take(file).await;
        run.bar.inc(1);
    }
    let Run { intake, tally, bar, .. } = run;
    bar.finish_and_clear();
    let ctx = context(house);
    intake.end(&ctx).await;
    let refused = u64::try_from(tally.refused.len()).unwrap_or(u64::MAX);
    let event = Event::Imported { files: tally.seen(), stored: tally.stored, refused };
    house.catalog.record(&ctx, event).await?;
    tally.print(json);
    Ok(if tally.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A DICOMDIR stands for the folder it lies in. What it lists is not followed, since all of it is
/// in that folder (PS3.10 section 8.5), and a name that leads elsewhere is no reason to go there.
fn folders_of_indexes(paths: &[PathBuf], tally: &mut Tally) -> Vec<PathBuf> {
    let mut wanted = Vec::new();
    for path in paths {
        let named = path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("DICOMDIR"));
        let folder = path.parent().filter(|_| named && path.is_file());
        let folder = folder.map(|folder| {
            if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.to_owned()
        });
        if folder.is_some() {
            tally.folders = tally.folders.saturating_add(1);
        }
        wanted.push(folder.unwrap_or_else(|| path.clone()));
    }
    wanted
}

fn context(house: &House) -> Ctx {
    Ctx::new(Actor::Operator, Origin::Import, house.clock.now())
}

impl Run<'_> {
    /// Takes one file: an object, or an archive of objects.
    async fn take(&mut self, path: &Path) {
        let label = path.display().to_string();
        let mut file = match tokio::fs::File::open(path).await {
            Ok(file) => file,
            Err(error) => return self.tally.refuse(label, "Unreadable", error.to_string()),
        };
        match is_zip(&mut file).await {
            Ok(true) => return self.take_zip(&label, file).await,
            Ok(false) => {}
            Err(error) => return self.tally.refuse(label, "Unreadable", error.to_string()),
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let body = ReaderStream::with_capacity(file, 128 << 10)
            .map(|bytes| bytes.map_err(|error| BodyError(error.to_string())));
        self.object(label, Phi::new(name.unwrap_or_default()), body).await;
    }

    /// Takes one object, whatever it comes from.
    async fn object<S>(&mut self, label: String, name: Phi<String>, body: S)
    where
        S: Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    {
        match Received::from_file(body, name).await.map_err(ImportError::from) {
            Err(ImportError::Index) => self.tally.indexes.push(label),
            Err(error @ ImportError::NotDicom(_)) => {
                self.tally.refuse(label, "NotDicom", error.to_string());
            }
            Err(error @ ImportError::CutOff(_)) => {
                self.tally.refuse(label, "Malformed", error.to_string());
            }
            Ok(received) => match self.intake.ingest(&context(self.house), received).await {
                Ok(accepted) if accepted.already_held => {
                    self.tally.held = self.tally.held.saturating_add(1);
                }
                Ok(_) => self.tally.stored = self.tally.stored.saturating_add(1),
                Err(refusal) => {
                    self.tally.refuse(label, refusal.reason.name(), refusal.sentence);
                }
            },
        }
    }
}

/// Whether a file is a ZIP archive. One with `DICM` where PS3.10 has it is an object, whatever its
/// preamble looks like. The file is at its beginning again.
async fn is_zip(file: &mut tokio::fs::File) -> std::io::Result<bool> {
    let mut head = Vec::with_capacity(132);
    file.take(132).read_to_end(&mut head).await?;
    file.rewind().await?;
    Ok(Unzip::is_begun_by(&head) && head.get(128..) != Some(b"DICM"))
}
