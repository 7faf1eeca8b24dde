//! `quarantine`: objects that were refused; look into them, try them again, give them up.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use futures::StreamExt as _;
use lightcase_archive::{Redriven, fingerprint};
use lightcase_catalog::RefusalRow;
use lightcase_model::RefusalId;
use tokio::io::AsyncWriteExt as _;

use crate::cli;
use crate::house::House;
use crate::output;

pub(crate) async fn run(
    house: &House,
    command: cli::Quarantine,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match command {
        cli::Quarantine::List { resolved, limit } => {
            let rows = house.catalog.refusals(resolved, limit, 0).await?;
            list(&rows, json);
        }
        cli::Quarantine::Show { id, out } => {
            let id = read(&id)?;
            let row = house.catalog.refusal(id).await?;
            let row = row.with_context(|| format!("no object {id} was refused"))?;
            if let Some(out) = &out {
                save(house, id, out).await?;
            }
            show(&row, json);
        }
        cli::Quarantine::Redrive { ids } => return redrive(house, &ids, json).await,
        cli::Quarantine::Discard { id, reason } => {
            let id = read(&id)?;
            let ctx = house.operator();
            let discarded = house.archive.discard_refused(&ctx, id, &reason).await;
            discarded.with_context(|| format!("{id} was not discarded"))?;
            output::line(&format!("{id} is discarded, and its bytes are removed"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read(id: &str) -> anyhow::Result<RefusalId> {
    id.parse().map_err(|error| anyhow!("{id:?} is {error}"))
}

fn document(row: &RefusalRow) -> serde_json::Value {
    serde_json::json!({
        "id": row.id.to_string(), "at": row.at.to_string(), "origin": row.origin,
        "sender": row.sender.expose(), "reason": row.reason, "sentence": row.sentence,
        "sopInstanceUid": row.came.sop_uid, "transferSyntax": row.came.transfer_syntax,
        "bytes": row.length, "sha256": row.data_set_sha256.as_ref().map(fingerprint),
        "kept": row.quarantined.is_some(), "notKept": row.not_kept,
        "triedAt": row.tried_at.map(|at| at.to_string()),
        "resolution": row.resolved.as_ref().map(|(_, word)| word),
        "resolvedAt": row.resolved.as_ref().map(|(at, _)| at.to_string()),
    })
}

fn list(rows: &[RefusalRow], json: bool) {
    if json {
        let rows: Vec<_> = rows.iter().map(document).collect();
        return output::json(&serde_json::json!({ "refusals": rows }));
    }
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.id.to_string(),
                row.at.to_string(),
                row.origin.clone(),
                row.reason.clone(),
                row.length.to_string(),
                match (&row.resolved, &row.quarantined) {
                    (Some((_, word)), _) => word.clone(),
                    (None, Some(_)) => "kept".to_owned(),
                    (None, None) => "not kept".to_owned(),
                },
            ]
        })
        .collect();
    output::table(&["ID", "AT", "ORIGIN", "REASON", "BYTES", "STATE"], &rows);
}

fn show(row: &RefusalRow, json: bool) {
    if json {
        return output::json(&document(row));
    }
    output::line(&format!("{} from {} ({})", row.at, row.origin, row.sender.expose()));
    output::line(&format!("{}: {}", row.reason, row.sentence));
    if !row.came.sop_uid.is_empty() {
        output::line(&format!("SOP Instance UID {}", row.came.sop_uid));
    }
    output::line(&match (&row.quarantined, row.not_kept.as_str()) {
        (Some(_), _) => format!("{} bytes, kept", row.length),
        (None, "") => format!("{} bytes", row.length),
        (None, why) => format!("{} bytes, not kept: {why}", row.length),
    });
    if let Some(digest) = &row.data_set_sha256 {
        output::line(&format!("SHA-256 {}", fingerprint(digest)));
    }
    if let Some((at, word)) = &row.resolved {
        output::line(&format!("{} at {at}", word.replace('_', " ")));
    }
}

/// Writes the data set as it came, without File Meta Information, into a new file.
async fn save(house: &House, id: RefusalId, out: &Path) -> anyhow::Result<()> {
    let (_, mut body) = house.archive.refused_bytes(&house.operator(), id).await?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out);
    let file = file.with_context(|| format!("{} cannot be made", out.display()))?;
    let mut file = tokio::fs::File::from_std(file);
    while let Some(bytes) = body.next().await {
        file.write_all(&bytes?).await?;
    }
    file.sync_all().await?;
    Ok(())
}

async fn redrive(house: &House, ids: &[String], json: bool) -> anyhow::Result<ExitCode> {
    let mut outcomes = Vec::new();
    let mut all = true;
    for text in ids {
        let id = read(text)?;
        let tried = Box::pin(house.archive.redrive(&house.operator(), id)).await;
        let (outcome, sentence) = match tried.with_context(|| format!("{id} was not tried"))? {
            Redriven::Accepted(accepted) if accepted.already_held => {
                ("alreadyHeld", "it is held already".to_owned())
            }
            Redriven::Accepted(_) => ("stored", "it is held now".to_owned()),
            Redriven::Refused(refusal) => {
                all = false;
                (refusal.reason.name(), refusal.sentence)
            }
        };
        if !json {
            output::line(&format!("{id}: {outcome}: {sentence}"));
        }
        outcomes.push(serde_json::json!({
            "id": id.to_string(), "outcome": outcome, "sentence": sentence,
        }));
    }
    if json {
        output::json(&serde_json::json!({ "redriven": outcomes }));
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
