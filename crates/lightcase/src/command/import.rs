//! `import`: files and folders through the same ingest as everything else.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_archive::{BodyError, Intake, Received};
use lightcase_audit::Event;
use lightcase_model::{Actor, Ctx, Origin, Phi};
use tokio_util::io::ReaderStream;

use super::files;
use crate::house::House;
use crate::output;

#[derive(Default)]
struct Tally {
    stored: u64,
    held: u64,
    refused: Vec<(PathBuf, String, String)>,
}

pub(crate) async fn run(house: &House, paths: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let files = files::list(paths)?;
    let bar = ProgressBar::new(u64::try_from(files.len()).unwrap_or(u64::MAX));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    let mut tally = Tally::default();
    let mut intake = house.archive.intake(String::new());
    for file in &files {
        take(house, &mut intake, file, &mut tally).await;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let ctx = context(house);
    intake.end(&ctx).await;
    let refused = u64::try_from(tally.refused.len()).unwrap_or(u64::MAX);
    let event = Event::Imported { files: bar.length().unwrap_or(0), stored: tally.stored, refused };
    house.catalog.record(&ctx, event).await?;
    print(&tally, json);
    Ok(if tally.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn context(house: &House) -> Ctx {
    Ctx::new(Actor::Operator, Origin::Import, house.clock.now())
}

async fn take(house: &House, intake: &mut Intake, path: &Path, tally: &mut Tally) {
    let mut refuse = |reason: &str, sentence: String| {
        tally.refused.push((path.to_owned(), reason.to_owned(), sentence));
    };
    let file = match tokio::fs::File::open(path).await {
        Ok(file) => file,
        Err(error) => return refuse("Unreadable", error.to_string()),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let body = ReaderStream::with_capacity(file, 128 << 10)
        .map(|bytes| bytes.map_err(|error| BodyError(error.to_string())));
    match Received::from_file(body, Phi::new(name.unwrap_or_default())).await {
        Err(error) => refuse("NotDicom", error.to_string()),
        Ok(received) => match intake.ingest(&context(house), received).await {
            Ok(accepted) if accepted.already_held => tally.held = tally.held.saturating_add(1),
            Ok(_) => tally.stored = tally.stored.saturating_add(1),
            Err(refusal) => refuse(refusal.reason.name(), refusal.sentence),
        },
    }
}

fn print(tally: &Tally, json: bool) {
    if json {
        let refused: Vec<_> = tally
            .refused
            .iter()
            .map(|(path, reason, sentence)| {
                serde_json::json!({"file": path, "reason": reason, "sentence": sentence})
            })
            .collect();
        output::json(&serde_json::json!({
            "stored": tally.stored, "alreadyHeld": tally.held, "refused": refused,
        }));
        return;
    }
    output::line(&format!(
        "{} stored, {} held already, {} refused",
        tally.stored,
        tally.held,
        tally.refused.len()
    ));
    for (path, reason, sentence) in &tally.refused {
        output::line(&format!("  {}: {reason}: {sentence}", path.display()));
    }
}
