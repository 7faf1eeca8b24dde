//! `find`: ask a DICOM peer what it holds.

use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use indicatif::ProgressBar;
use lightcase_dataset::{CharacterSets, Identifier, Tag, TransferSyntax};
use lightcase_dimse::scu::{self, Found, Query};
use lightcase_dimse::{Status, StatusKind};
use lightcase_model::{TransferSyntaxUid, Uid};

use super::remote;
use crate::cli::Find;
use crate::output;

/// Query/Retrieve Level (0008,0052).
const LEVEL: Tag = Tag(0x0008_0052);
const PATIENT_ROOT: &str = "1.2.840.10008.5.1.4.1.2.1.1";
const STUDY_ROOT: &str = "1.2.840.10008.5.1.4.1.2.2.1";

pub(crate) async fn run(options: &Find, json: bool) -> anyhow::Result<ExitCode> {
    let target = remote::target(&options.remote)?;
    let (asked, columns) = identifier(options)?;
    let class = if options.level == "patient" { PATIENT_ROOT } else { STUDY_ROOT };
    let syntax = TransferSyntaxUid::parse(TransferSyntax::IMPLICIT_LITTLE)?;
    let reading = TransferSyntax::of(&syntax);
    let query = Query {
        class: Uid::parse(class)?,
        syntax,
        identifier: asked.write(&reading).context("the keys cannot be sent")?.into(),
        limit: options.limit,
    };
    let bar = ProgressBar::new_spinner();
    let mut matches = Vec::new();
    let mut unreadable = 0_u64;
    let found = scu::find(&target, &query, |bytes| {
        match Identifier::read(&bytes, &reading) {
            Ok(found) => matches.push(found),
            Err(_) => unreadable = unreadable.saturating_add(1),
        }
        bar.set_message(format!("{} matches", matches.len()));
        bar.tick();
    })
    .await;
    bar.finish_and_clear();
    let found = match found {
        Ok(found) => found,
        Err(error) => return Ok(remote::problem(&options.remote, error, json)),
    };
    if json {
        let mut documents = Vec::with_capacity(matches.len());
        for found in &matches {
            documents.push(serde_json::from_slice(&found.to_json()?)?);
        }
        output::json(&serde_json::Value::Array(documents));
    } else {
        table(&columns, &matches);
    }
    Ok(ending(&options.remote.target, &found, unreadable))
}

/// The identifier of the request, and the attributes to show, in order.
fn identifier(options: &Find) -> anyhow::Result<(Identifier, Vec<Tag>)> {
    let (level, usual): (_, &[&str]) = match options.level.as_str() {
        "patient" => ("PATIENT", &["PatientID", "PatientName", "PatientBirthDate", "PatientSex"]),
        "study" => (
            "STUDY",
            &[
                "PatientID",
                "PatientName",
                "StudyDate",
                "ModalitiesInStudy",
                "StudyDescription",
                "AccessionNumber",
                "NumberOfStudyRelatedInstances",
                "StudyInstanceUID",
            ],
        ),
        "series" => (
            "SERIES",
            &[
                "SeriesNumber",
                "Modality",
                "SeriesDescription",
                "NumberOfSeriesRelatedInstances",
                "SeriesInstanceUID",
            ],
        ),
        "image" => ("IMAGE", &["InstanceNumber", "SOPClassUID", "SOPInstanceUID"]),
        other => bail!("{other:?} is no level; there are patient, study, series and image"),
    };
    let mut asked = Identifier::new(CharacterSets::unicode());
    let mut columns = Vec::new();
    let usual = usual.iter().map(|keyword| (*keyword, ""));
    let given = options.keys.iter().map(|key| key.split_once('=').unwrap_or((key, "")));
    for (keyword, value) in usual.chain(given) {
        let tag = Tag::by_keyword(keyword).ok_or_else(|| {
            anyhow!("{keyword:?} is no keyword of the standard, such as PatientName or StudyDate")
        })?;
        asked.put_text(tag, value);
        if !columns.contains(&tag) {
            columns.push(tag);
        }
    }
    asked.put_text(LEVEL, level);
    Ok((asked, columns))
}

fn table(columns: &[Tag], matches: &[Identifier]) {
    let head: Vec<&str> = columns.iter().map(|tag| tag.keyword().unwrap_or_default()).collect();
    let cell = |found: &Identifier, tag: &Tag| {
        // A control character must not reach the terminal.
        let text = found.text(*tag).unwrap_or_default();
        text.chars().filter(|each| !each.is_control()).collect::<String>()
    };
    let row = |found| columns.iter().map(|tag| cell(found, tag)).collect();
    output::table(&head, &matches.iter().map(row).collect::<Vec<_>>());
}

/// Says how it ended, where that is not plain success.
fn ending(peer: &str, found: &Found, unreadable: u64) -> ExitCode {
    let Found { matches, status, comment, more, keys_ignored } = found;
    if *keys_ignored {
        output::note(&format!("{peer} does not know some of the keys, and did not narrow by them"));
    }
    if unreadable > 0 {
        output::note(&format!("{unreadable} matches of {peer} could not be read"));
    }
    let comment = comment.as_ref().map_or("", |comment| comment.as_str());
    if *more {
        output::note(&format!("there are more than {matches}; raise --limit or narrow by -k"));
    }
    match status.kind() {
        StatusKind::Success | StatusKind::Warning | StatusKind::Cancel => {}
        StatusKind::Pending | StatusKind::Failure => {
            output::note(&format!("{peer} gave up with status {status} {comment}"));
            output::note(advice(*status));
            return ExitCode::from(1);
        }
    }
    if unreadable > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

/// What to do about a failure.
fn advice(status: Status) -> &'static str {
    match status {
        Status::OUT_OF_RESOURCES => "it was too much at once: narrow the query by -k Keyword=value",
        Status::DATA_SET_DOES_NOT_MATCH_SOP_CLASS => {
            "the keys do not fit the level: series need -k StudyInstanceUID=…, images also \
             -k SeriesInstanceUID=…"
        }
        Status::NOT_AUTHORIZED => "this AE title may not query there: ask for that right",
        _ => "the peer's own log says more",
    }
}
