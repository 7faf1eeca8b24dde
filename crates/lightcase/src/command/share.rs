//! `share`: links from the command line, by the same rules as the API.

use std::process::ExitCode;

use lightcase_accounts::Principal;
use lightcase_model::{May, Phi, SeriesUid, ShareId, StudyUid};
use lightcase_share::{NewLink, ShareFilter, ShareState, ShareView};
use serde_json::{Value, json};
use url::Url;

use super::when;
use crate::cli::Share;
use crate::config::Config;
use crate::house::House;
use crate::{output, serve};

pub(crate) async fn run(
    house: &House,
    config: &Config,
    command: Share,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let (ctx, by) = (house.operator(), Principal::operator());
    match command {
        Share::Create { .. } => create(house, config, command, as_json).await?,
        Share::List { study } => {
            let study = study.map(|study| StudyUid::parse(&study)).transpose()?;
            let filter = ShareFilter { study, limit: 1_000, ..ShareFilter::default() };
            let page = house.shares.list(&by, &filter, ctx.now).await?;
            list(&page.items, as_json);
        }
        Share::Show { id } => {
            let id: ShareId = id.parse()?;
            let share = house.shares.get(&by, id, ctx.now).await?;
            output::json(&describe(&share));
        }
        Share::Revoke { id } => {
            let id: ShareId = id.parse()?;
            house.shares.revoke(&ctx, &by, id).await?;
            output::line(&format!("{id} is revoked"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(
    house: &House,
    config: &Config,
    command: Share,
    as_json: bool,
) -> anyhow::Result<()> {
    let Share::Create { studies, series, recipient, download, expires, uses, no_passcode, clean } =
        command
    else {
        return Ok(());
    };
    let (ctx, by) = (house.operator(), Principal::operator());
    let studies = studies.iter().map(|uid| StudyUid::parse(uid)).collect::<Result<_, _>>()?;
    let series: Vec<SeriesUid> =
        series.iter().map(|uid| SeriesUid::parse(uid)).collect::<Result<_, _>>()?;
    let new = NewLink {
        studies,
        series: (!series.is_empty()).then_some(series),
        recipient: Phi::new(recipient),
        purpose: "treatment".to_owned(),
        may: if download { May::Download } else { May::View },
        expires: when::parse(&expires, ctx.now)?,
        max_uses: uses,
        passcode: !no_passcode,
        clean,
    };
    let created = Box::pin(house.shares.create(&ctx, &by, new)).await?;
    let base = serving(house).unwrap_or_else(|| serve::public_url(config, config.http.listen));
    let url = format!("{}/s#{}", base.as_str().trim_end_matches('/'), *created.link.expose());
    let passcode = created.passcode.as_ref().map(|passcode| passcode.expose().to_owned());
    if as_json {
        output::json(&json!({
            "share": describe(&created.share), "url": url, "passcode": passcode,
            "leftOut": created.left_out,
        }));
        return Ok(());
    }
    output::line(&url);
    if created.left_out > 0 {
        output::note(&format!(
            "{} images are left out: they wait for review, or cannot be cleaned.",
            created.left_out
        ));
    }
    match passcode {
        Some(passcode) => {
            output::line(&format!("Passcode: {passcode}"));
            output::note(
                "Tell the passcode by another channel than the link, by telephone for one.",
            );
        }
        None => output::note("There is no passcode: whoever has the link sees the pictures."),
    }
    output::note("This is the only time they are shown.");
    Ok(())
}

/// The address of the server beside us, when one is running.
fn serving(house: &House) -> Option<Url> {
    let ready = std::fs::read_to_string(house.layout.ready()).ok()?;
    let ready: Value = serde_json::from_str(&ready).ok()?;
    Url::parse(ready.get("url")?.as_str()?).ok()
}

const fn state(share: &ShareView) -> &'static str {
    match share.state {
        ShareState::Live => "live",
        ShareState::Expired => "expired",
        ShareState::Revoked => "revoked",
        ShareState::Frozen => "frozen",
        ShareState::Locked => "locked",
        ShareState::Withdrawn => "withdrawn",
    }
}

fn describe(share: &ShareView) -> Value {
    let studies: Vec<_> = share.studies.iter().map(|study| study.study_uid.to_string()).collect();
    json!({
        "id": share.id, "recipient": share.recipient.expose(), "studies": studies,
        "may": match share.may { May::View => "view", May::Download => "download" },
        "state": state(share), "createdAt": share.created_at.to_string(),
        "expires": share.expires.to_string(),
        "uses": share.uses, "maxUses": share.max_uses,
    })
}

fn list(shares: &[ShareView], as_json: bool) {
    if as_json {
        let shares: Vec<_> = shares.iter().map(describe).collect();
        output::json(&json!({ "shares": shares }));
        return;
    }
    let rows: Vec<Vec<String>> = shares
        .iter()
        .map(|view| {
            let share = view;
            vec![
                share.id.to_string(),
                share.recipient.expose().clone(),
                state(view).to_owned(),
                format!("{}/{}", share.uses, share.max_uses),
                share.expires.to_string(),
            ]
        })
        .collect();
    output::table(&["ID", "RECIPIENT", "STATE", "USES", "EXPIRES"], &rows);
}
