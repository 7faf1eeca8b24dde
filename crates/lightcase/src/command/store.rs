//! `store`: send files to a DICOM peer.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_dataset::Part10Prefix;
use lightcase_dimse::scu::{self, Outcome, Outgoing, Source};
use tokio::io::AsyncReadExt as _;

use super::{files, remote};
use crate::cli::Remote;
use crate::output;

pub(crate) async fn run(peer: &Remote, paths: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let target = remote::target(peer)?;
    let mut objects = Vec::new();
    let mut refused = Vec::new();
    for path in files::list(paths)? {
        match outgoing(&path).await {
            Ok(object) => objects.push(object),
            Err(error) => refused.push(format!("{}: {error:#}", path.display())),
        }
    }
    let bar = ProgressBar::new(u64::try_from(objects.len()).unwrap_or(u64::MAX));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec}")?);
    let (mut stored, mut left) = (0_u64, objects.len());
    let sent = scu::store(&target, objects, |instance, outcome| {
        bar.inc(1);
        left = left.saturating_sub(1);
        match outcome {
            Outcome::Stored(_) => stored = stored.saturating_add(1),
            Outcome::Refused(status, comment) => {
                let comment = comment.as_ref().map_or("", |comment| comment.as_str());
                refused.push(format!("{instance}: refused with status {status} {comment}"));
            }
            Outcome::NoContext => {
                refused.push(format!(
                    "{instance}: the peer does not take its SOP class in this transfer syntax"
                ));
            }
            Outcome::Unreadable(error) => refused.push(format!("{instance}: {error}")),
        }
    })
    .await;
    bar.finish_and_clear();
    let problem = sent.err();
    if json {
        output::json(&serde_json::json!({
            "stored": stored, "refused": refused, "left": left,
            "problem": problem.as_ref().map(remote::described),
        }));
    } else {
        output::line(&format!("{stored} stored by {}, {} refused", peer.target, refused.len()));
        for line in &refused {
            output::line(&format!("  {line}"));
        }
    }
    let Some(error) = problem else {
        return Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) });
    };
    if !json {
        output::line(&format!("{left} not sent:"));
        output::problem(&anyhow::Error::from(error));
    }
    Ok(ExitCode::from(1))
}

/// A PS3.10 file as an object to send: its data set as it lies in the file.
pub(crate) async fn outgoing(path: &Path) -> anyhow::Result<Outgoing> {
    let mut file = tokio::fs::File::open(path).await?;
    let mut prefix = Part10Prefix::new();
    let mut buffer = vec![0; 16 << 10];
    let meta = loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            break prefix.finish()?;
        }
        if let Some(meta) = prefix.push(buffer.get(..read).unwrap_or_default())? {
            break meta;
        }
    };
    Ok(Outgoing {
        class: meta.sop_class.context("it has no Media Storage SOP Class UID")?,
        instance: meta.sop_instance.context("it has no Media Storage SOP Instance UID")?,
        syntax: meta.transfer_syntax,
        source: Source::File { path: path.to_owned(), offset: meta.meta_len },
    })
}
