//! `authorisation`: records of patients' authorisations, by the same rules as the API.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use lightcase_accounts::Principal;
use lightcase_archive::fingerprint;
use lightcase_model::{AuthorisationId, Day, StudyUid};
use lightcase_share::{Authorisation, FormKind, MAX_FORM, Statements, Terms};
use serde_json::{Value, json};

use crate::cli;
use crate::house::House;
use crate::output;

pub(crate) async fn run(
    house: &House,
    command: cli::Authorisation,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let (shares, ctx, by) = (&house.shares, house.operator(), Principal::operator());
    match command {
        cli::Authorisation::Add(form) => {
            let (study, terms) = read(form)?;
            let recorded = shares.record_authorisation(&ctx, &by, &study, terms).await?;
            show(&recorded, as_json)?;
        }
        cli::Authorisation::Change { id, form } => {
            let (study, terms) = read(form)?;
            let new = (&study, terms);
            let changed = shares.change_authorisation(&ctx, &by, read_id(&id)?, new).await?;
            show(&changed, as_json)?;
        }
        cli::Authorisation::List { study } => {
            let found = shares.authorisations(&ctx, &by, &StudyUid::parse(&study)?).await?;
            list(&found, as_json)?;
        }
        cli::Authorisation::Show { id } => {
            show(&shares.authorisation(&ctx, &by, read_id(&id)?).await?, as_json)?;
        }
        cli::Authorisation::Attach { id, file } => {
            let scan = scan(&file)?;
            show(&shares.attach_form(&ctx, &by, read_id(&id)?, scan).await?, as_json)?;
        }
        cli::Authorisation::Export { id, form } => {
            let id = read_id(&id)?;
            let exported = shares.export_authorisation(&ctx, &by, id).await?;
            if let Some(file) = &form {
                let scan = shares.form(&ctx, &by, id, None).await?;
                save(file, scan.bytes.expose())?;
            }
            output::json(&serde_json::to_value(&exported)?);
        }
        cli::Authorisation::Revoke { id, reason } => {
            let id = read_id(&id)?;
            let links = shares.revoke_authorisation(&ctx, &by, id, &reason).await?;
            if as_json {
                output::json(&json!({ "revoked": links }));
            } else {
                output::line(&format!("{id} is revoked; {links} links ended with it"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn read_id(id: &str) -> anyhow::Result<AuthorisationId> {
    id.parse().map_err(|error| anyhow!("{id:?} is {error}"))
}

fn day(text: Option<String>, option: &str) -> anyhow::Result<Option<Day>> {
    text.map(|text| text.parse().map_err(|error| anyhow!("{option}: {text:?} is {error}")))
        .transpose()
}

fn read(form: cli::SignedForm) -> anyhow::Result<(StudyUid, Terms)> {
    let has = |statement| form.statements.contains(&statement);
    let statements = Statements {
        revocation: has(cli::Statement::Revocation),
        conditioning: has(cli::Statement::Conditioning),
        redisclosure: has(cli::Statement::Redisclosure),
    };
    let terms = Terms {
        description: form.description,
        discloser: form.discloser,
        recipient: form.recipient,
        purpose: form.purpose,
        expires: day(form.expires, "--expires")?,
        expiry_event: form.expiry_event,
        signed_by: form.signed_by,
        signed_on: day(form.signed_on, "--signed-on")?,
        representative: form.representative,
        statements,
    };
    Ok((StudyUid::parse(&form.study)?, terms))
}

/// A scan is what its first bytes say; its name says nothing.
fn scan(file: &Path) -> anyhow::Result<(FormKind, Vec<u8>)> {
    let unread = || format!("{} cannot be read", file.display());
    let length = std::fs::metadata(file).with_context(unread)?.len();
    if length > u64::try_from(MAX_FORM)? {
        bail!("{} is larger than 20 MiB", file.display());
    }
    let bytes = std::fs::read(file).with_context(unread)?;
    match FormKind::of(&bytes) {
        Some(kind) => Ok((kind, bytes)),
        None => bail!("{} is no PDF, PNG or JPEG", file.display()),
    }
}

fn save(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut made = made.with_context(|| format!("{} cannot be made", file.display()))?;
    made.write_all(bytes)?;
    made.sync_all()?;
    Ok(())
}

fn document(record: &Authorisation) -> anyhow::Result<Value> {
    let form = record.form.as_ref().map(|form| {
        json!({
            "number": form.number, "version": form.version, "mediaType": form.media_type,
            "bytes": form.length, "sha256": fingerprint(&form.sha256),
            "attachedAt": form.at.to_string(), "attachedBy": form.by,
        })
    });
    let revoked = record.revoked.as_ref();
    let mut document = serde_json::to_value(&record.terms)?;
    let rest = json!({
        "id": record.id, "studyInstanceUid": record.study.to_string(),
        "version": record.version, "state": record.state.name(),
        "createdAt": record.created_at.to_string(),
        "recordedAt": record.recorded_at.to_string(), "recordedBy": record.recorded_by,
        "revokedAt": revoked.map(|each| each.at.to_string()),
        "revokedBy": revoked.map(|each| &each.by),
        "revokedReason": revoked.map(|each| each.reason.expose()),
        "form": form,
    });
    if let (Some(document), Value::Object(rest)) = (document.as_object_mut(), rest) {
        document.extend(rest);
    }
    Ok(document)
}

fn show(record: &Authorisation, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        output::json(&document(record)?);
        return Ok(());
    }
    let terms = &record.terms;
    let state = record.state.name();
    output::line(&format!("{} version {} ({state})", record.id, record.version));
    output::line(&format!("What: {}", terms.description));
    output::line(&format!("From: {}", terms.discloser));
    output::line(&format!("To: {}", terms.recipient));
    output::line(&format!("For: {}", terms.purpose));
    output::line(&format!("Until: {}", until(terms)));
    let signed_on = terms.signed_on.map(String::from).unwrap_or_default();
    output::line(&format!("Signed: {signed_on} by {}", terms.signed_by));
    if let Some(right) = &terms.representative {
        output::line(&format!("For the patient: {right}"));
    }
    if let Some(form) = &record.form {
        let (kind, digest) = (&form.media_type, fingerprint(&form.sha256));
        output::line(&format!("Form: {kind}, {} bytes, SHA-256 {digest}", form.length));
    }
    if let Some(revoked) = &record.revoked {
        let reason = revoked.reason.expose();
        output::line(&format!("Revoked: {} by {}: {reason}", revoked.at, revoked.by));
    }
    Ok(())
}

fn until(terms: &Terms) -> String {
    let day = terms.expires.map(String::from);
    let ends: Vec<String> = day.into_iter().chain(terms.expiry_event.clone()).collect();
    ends.join(", or ")
}

fn list(records: &[Authorisation], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let records = records.iter().map(document).collect::<anyhow::Result<Vec<_>>>()?;
        output::json(&json!({ "authorisations": records }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            vec![
                record.id.to_string(),
                record.state.name().to_owned(),
                record.version.to_string(),
                record.terms.recipient.clone(),
                until(&record.terms),
            ]
        })
        .collect();
    output::table(&["ID", "STATE", "VERSION", "TO", "UNTIL"], &rows);
    Ok(())
}
