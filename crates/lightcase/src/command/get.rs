//! `get`: fetch studies from a DICOM peer into a folder.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_dataset::{Identifier, Tag, TransferSyntax, write_file_meta};
use lightcase_dimse::scu::{self, Incoming, STUDY_ROOT_GET, ScuError, Session};
use lightcase_dimse::{Status, StatusKind, SubOperations};
use lightcase_model::{SeriesUid, StudyUid};
use tokio::io::AsyncWriteExt as _;

use super::remote;
use crate::cli::Get;
use crate::output;

const QUERY_RETRIEVE_LEVEL: Tag = Tag(0x0008_0052);
const STUDY_INSTANCE_UID: Tag = Tag(0x0020_000D);
const SERIES_INSTANCE_UID: Tag = Tag(0x0020_000E);

pub(crate) async fn run(get: &Get, json: bool) -> anyhow::Result<ExitCode> {
    let target = remote::target(&get.remote)?;
    let identifier = identifier(get)?;
    tokio::fs::create_dir_all(&get.out)
        .await
        .with_context(|| format!("{} cannot be made", get.out.display()))?;
    let mut session = Session::offer(&target, &scu::get_offers()).await?;
    let context = session
        .contexts()
        .iter()
        .find(|context| context.abstract_syntax.as_str() == STUDY_ROOT_GET)
        .cloned()
        .context("the peer does not hand objects over by C-GET")?;
    let identifier = identifier.write(&TransferSyntax::of(&context.transfer_syntax))?;
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec}")?);
    let (mut stored, mut refused) = (0_u64, Vec::new());
    let take = async |incoming: Incoming| {
        let instance = incoming.command.affected_instance.clone();
        match write(&get.out, incoming).await {
            Ok(()) => {
                stored = stored.saturating_add(1);
                Status::SUCCESS
            }
            Err(error) => {
                refused.push(format!("{instance}: {error:#}"));
                Status::OUT_OF_RESOURCES
            }
        }
    };
    let progress = |counts: SubOperations| {
        let done = counts.completed.saturating_add(counts.failed).saturating_add(counts.warning);
        bar.set_length(u64::from(done).saturating_add(counts.remaining.unwrap_or(0).into()));
        bar.set_position(done.into());
        true
    };
    let got = session.get(context.id, &Bytes::from(identifier), take, progress).await;
    bar.finish_and_clear();
    let got = got?;
    session.release().await?;
    let counts = got.sub_operations.unwrap_or_default();
    if json {
        output::json(&serde_json::json!({
            "status": format!("{:04X}", got.status.code()),
            "stored": stored, "failed": counts.failed, "refused": refused,
        }));
    } else {
        output::line(&format!("{stored} written to {}", get.out.display()));
        for line in &refused {
            output::line(&format!("  {line}"));
        }
        if counts.failed > 0 {
            output::line(&format!("  the peer could not hand over {}", counts.failed));
        }
    }
    if got.status.kind() == StatusKind::Failure && stored == 0 {
        return Err(ScuError::Failed(got.status).into());
    }
    let whole = got.status == Status::SUCCESS && refused.is_empty();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
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

/// Writes an object as a PS3.10 file named by its SOP Instance UID, which is one: digits and dots.
/// It has its name only once it is whole, and takes nobody's place.
async fn write(folder: &Path, mut incoming: Incoming) -> anyhow::Result<()> {
    let command = &incoming.command;
    let name = command.affected_instance.as_str();
    let (path, part): (PathBuf, PathBuf) =
        (folder.join(format!("{name}.dcm")), folder.join(format!("{name}.part")));
    if tokio::fs::try_exists(&path).await? {
        bail!("{} is there already", path.display());
    }
    let head = write_file_meta(
        &command.affected_class,
        &command.affected_instance,
        &incoming.transfer_syntax,
    );
    let written = async {
        let mut file = tokio::fs::File::create(&part).await?;
        file.write_all(&head).await?;
        while let Some(bytes) = incoming.body.next().await {
            file.write_all(&bytes?).await?;
        }
        file.sync_all().await?;
        tokio::fs::rename(&part, &path).await?;
        anyhow::Ok(())
    };
    let written = written.await;
    if written.is_err() {
        tokio::fs::remove_file(&part).await.ok();
    }
    written
}
