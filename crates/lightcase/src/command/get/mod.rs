//! `get`: fetch studies from a DICOM peer into a folder.

mod expected;
mod write;

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_dataset::{Identifier, Tag, TransferSyntax};
use lightcase_dimse::scu::{Got, Incoming, STUDY_ROOT_GET, ScuError, Session, get_offers};
use lightcase_dimse::{Status, StatusKind, SubOperations};
use lightcase_model::{SeriesUid, StudyUid};

use self::write::{Written, write};
use super::remote;
use crate::cli::Get;
use crate::output;

const QUERY_RETRIEVE_LEVEL: Tag = Tag(0x0008_0052);
const STUDY_INSTANCE_UID: Tag = Tag(0x0020_000D);
const SERIES_INSTANCE_UID: Tag = Tag(0x0020_000E);
const FAILED_SOP_INSTANCE_UID_LIST: Tag = Tag(0x0008_0058);

/// What became of the objects that came.
#[derive(Default)]
struct Tally {
    stored: u64,
    already: u64,
    refused: Vec<String>,
}

pub(crate) async fn run(get: &Get, json: bool) -> anyhow::Result<ExitCode> {
    match Box::pin(fetch(get, json)).await {
        Ok(code) => Ok(code),
        Err(error) => match error.downcast::<ScuError>() {
            Ok(error) => Ok(remote::problem(&get.remote, error, json)),
            Err(error) => Err(error),
        },
    }
}

async fn fetch(get: &Get, json: bool) -> anyhow::Result<ExitCode> {
    let target = remote::target(&get.remote)?;
    let identifier = identifier(get)?;
    let expected = expected::ask(&target, get).await?;
    let mut session = Session::offer(&target, &get_offers(&expected)).await?;
    let context = session
        .contexts()
        .iter()
        .find(|context| context.abstract_syntax.as_str() == STUDY_ROOT_GET)
        .cloned()
        .context("the peer does not hand objects over by C-GET")?;
    tokio::fs::create_dir_all(&get.out)
        .await
        .with_context(|| format!("{} cannot be made", get.out.display()))?;
    let syntax = TransferSyntax::of(&context.transfer_syntax);
    let identifier = Bytes::from(identifier.write(&syntax)?);
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec}")?);
    let mut tally = Tally::default();
    let take = async |incoming: Incoming| {
        let instance = incoming.command.affected_instance.clone();
        match write(&get.out, incoming).await {
            Ok(Written::New) => tally.stored = tally.stored.saturating_add(1),
            Ok(Written::Already) => tally.already = tally.already.saturating_add(1),
            Err(error) => {
                tally.refused.push(format!("{instance}: {error:#}"));
                return Status::OUT_OF_RESOURCES;
            }
        }
        Status::SUCCESS
    };
    let progress = |counts: SubOperations| {
        let done = counts.completed.saturating_add(counts.failed).saturating_add(counts.warning);
        bar.set_length(u64::from(done).saturating_add(counts.remaining.unwrap_or(0).into()));
        bar.set_position(done.into());
        true
    };
    let got = session.get(context.id, &identifier, take, progress).await;
    bar.finish_and_clear();
    let got = got?;
    session.release().await?;
    let failed = failed(&got, &syntax);
    let came = tally.stored.saturating_add(tally.already);
    if got.status.kind() == StatusKind::Failure && came == 0 && failed.is_empty() {
        return Err(ScuError::Failed(got.status).into());
    }
    say(get, json, &got, &tally, &failed);
    let whole = got.status == Status::SUCCESS && tally.refused.is_empty() && came > 0;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn say(get: &Get, json: bool, got: &Got, tally: &Tally, failed: &[String]) {
    let counts = got.sub_operations.unwrap_or_default();
    if json {
        output::json(&serde_json::json!({
            "status": format!("{:04X}", got.status.code()),
            "stored": tally.stored, "already_there": tally.already,
            "failed": counts.failed, "failed_instances": failed, "refused": tally.refused,
        }));
        return;
    }
    output::line(&format!("{} written to {}", tally.stored, get.out.display()));
    if tally.already > 0 {
        output::line(&format!("  {} were there already, the same", tally.already));
    }
    for line in &tally.refused {
        output::line(&format!("  {line}"));
    }
    if counts.failed > 0 {
        output::line(&format!("  {} were not handed over", counts.failed));
    }
    for instance in failed {
        output::line(&format!("    {instance}"));
    }
    if tally.stored.saturating_add(tally.already) == 0 && counts.failed == 0 {
        output::line("  the peer holds nothing of that; `lightcase find` shows what it holds");
    }
}

/// Failed SOP Instance UID List (0008,0058) of the last response, PS3.4 section C.4.3.1.4.2.
fn failed(got: &Got, syntax: &TransferSyntax) -> Vec<String> {
    let list = got.identifier.as_ref().and_then(|bytes| Identifier::read(bytes, syntax).ok());
    let uids = list.iter().flat_map(|list| list.texts(FAILED_SOP_INSTANCE_UID_LIST));
    uids.filter(|uid| !uid.is_empty()).map(ToOwned::to_owned).collect()
}

fn identifier(get: &Get) -> anyhow::Result<Identifier> {
    let studies = get.study.iter().map(|uid| StudyUid::parse(uid).context(uid.clone()));
    let studies = studies.collect::<anyhow::Result<Vec<_>>>()?;
    let series = get.series.iter().map(|uid| SeriesUid::parse(uid).context(uid.clone()));
    let series = series.collect::<anyhow::Result<Vec<_>>>()?;
    if !series.is_empty() && studies.len() > 1 {
        bail!("series are fetched of one study at a time");
    }
    let joined = |uids: Vec<String>| uids.join("\\");
    let level = if series.is_empty() { "STUDY" } else { "SERIES" };
    let mut identifier = Identifier::default();
    identifier.put_text(QUERY_RETRIEVE_LEVEL, level);
    identifier
        .put_text(STUDY_INSTANCE_UID, joined(studies.iter().map(ToString::to_string).collect()));
    if !series.is_empty() {
        let series = series.iter().map(ToString::to_string).collect();
        identifier.put_text(SERIES_INSTANCE_UID, joined(series));
    }
    Ok(identifier)
}
