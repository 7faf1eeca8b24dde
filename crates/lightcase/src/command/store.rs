//! `store`: send files to a DICOM peer.

use std::collections::HashMap;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use lightcase_dataset::{Identity, Limits, Part10Prefix, Scanner, TransferSyntax};
use lightcase_dimse::scu::{self, Outcome, Outgoing, Source};
use lightcase_model::TransferSyntaxUid;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::{files, remote};
use crate::cli::Remote;
use crate::output;

/// How far into a data set its identity is looked for, in bytes.
const FARTHEST: usize = 1 << 20;

pub(crate) async fn run(peer: &Remote, paths: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let target = remote::target(peer)?;
    let mut objects = Vec::new();
    let mut refused = Vec::new();
    let mut names = HashMap::new();
    for path in files::list(paths)? {
        match outgoing(&path).await {
            Ok(object) => {
                names.insert(object.instance.clone(), path.display().to_string());
                objects.push(object);
            }
            Err(error) => refused.push(format!("{}: {error:#}", path.display())),
        }
    }
    if objects.is_empty() && refused.is_empty() {
        bail!("there are no files to send");
    }
    let bar = ProgressBar::new(u64::try_from(objects.len()).unwrap_or(u64::MAX));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec}")?);
    let (mut stored, mut left) = (0_u64, objects.len());
    let sent = scu::store(&target, objects, |instance, outcome| {
        bar.inc(1);
        left = left.saturating_sub(1);
        let name = names.get(instance).map_or("", String::as_str);
        match outcome {
            Outcome::Stored(_) => stored = stored.saturating_add(1),
            Outcome::Refused(status, comment) => {
                let comment = comment.as_ref().map_or("", |comment| comment.as_str());
                refused.push(format!("{name}: refused with status {status} {comment}"));
            }
            Outcome::NoContext => {
                refused.push(format!(
                    "{name}: the peer does not take its SOP class in this transfer syntax"
                ));
            }
            Outcome::Unreadable(error) => refused.push(format!("{name}: {error}")),
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
    file.seek(SeekFrom::Start(meta.meta_len)).await?;
    let identity = identity(&mut file, &meta.transfer_syntax).await?;
    let (class, instance) = match identity {
        Some(identity) => (Some(identity.sop_class), Some(identity.sop_instance)),
        None => (meta.sop_class, meta.sop_instance),
    };
    Ok(Outgoing {
        class: class.context("it has no SOP Class UID")?,
        instance: instance.context("it has no SOP Instance UID")?,
        syntax: meta.transfer_syntax,
        source: Source::File { path: path.to_owned(), offset: meta.meta_len },
    })
}

/// What the data set says that it is, which the file meta information of some files contradicts.
/// `None` where it cannot be read so far: the peer may know better.
async fn identity(
    file: &mut tokio::fs::File,
    syntax: &TransferSyntaxUid,
) -> std::io::Result<Option<Identity>> {
    let mut scanner = Scanner::new(&TransferSyntax::of(syntax), Limits::default());
    let mut buffer = vec![0; 16 << 10];
    let mut seen = 0;
    while seen < FARTHEST {
        let read = file.read(&mut buffer).await?;
        if read == 0 || scanner.push(buffer.get(..read).unwrap_or_default()).is_err() {
            break;
        }
        if let Some(identity) = scanner.identity() {
            return Ok(Some(identity.clone()));
        }
        seen = seen.saturating_add(read);
    }
    Ok(None)
}
