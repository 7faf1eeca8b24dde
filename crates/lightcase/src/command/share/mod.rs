//! `share`: links from the command line, by the same rules as the API.

mod describe;
mod show;

use std::process::ExitCode;

use anyhow::Context as _;
use lightcase_accounts::Principal;
use lightcase_model::{Authority, Factor, May, Page, Phi, SeriesUid, ShareId, StudyUid};
use lightcase_share::{
    Deliver, EmailAddress, NewLink, Passcode, Recall, Recipient, SecretLink, ShareFilter,
    ShareView, Warning, sender_name,
};
use serde_json::{Value, json};
use url::Url;

use self::describe::{describe, describe_all};
use super::{authorisation, when};
use crate::cli::{CreateShare, Share, Whose};
use crate::config::Config;
use crate::house::House;
use crate::{output, serve};

/// So many links are listed at once.
const LISTED: u32 = 1_000;

pub(crate) async fn run(
    house: &House,
    config: &Config,
    command: Share,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let (ctx, by) = (house.operator(), Principal::operator());
    match command {
        Share::Create(wanted) => create(house, config, *wanted, as_json).await?,
        Share::List { study, recipient, live, ended, never_opened } => {
            let filter = ShareFilter {
                study: study.map(|study| StudyUid::parse(&study)).transpose()?,
                recipient: recipient.map(Phi::new),
                live: if live { Some(true) } else { ended.then_some(false) },
                never_opened,
                limit: LISTED,
                ..ShareFilter::default()
            };
            let page = house.shares.list(&by, &filter, ctx.now).await?;
            list(&page, as_json);
        }
        Share::Show { id } => {
            let detail = house.shares.detail(&by, id.parse()?, ctx.now).await?;
            if as_json {
                output::json(&describe_all(&detail));
            } else {
                show::print(&detail);
            }
        }
        Share::Extend { id, expires } => {
            let expires = when::parse(&expires, ctx.now)?;
            let share = house.shares.extend(&ctx, &by, id.parse()?, expires).await?;
            said(&describe(&share), &format!("{id} ends {}", share.expires), as_json);
        }
        Share::Resend { id, mail } => {
            let base = base(house, config);
            let deliver = deliver(mail, &base);
            let renewed = house.shares.renew(&ctx, &by, id.parse()?, &deliver).await?;
            let mut made = shown(&base, &renewed.share, &renewed.link, renewed.passcode.as_ref());
            if let Some(made) = made.as_object_mut() {
                made.insert("messageWithheld".to_owned(), renewed.message_withheld.into());
            }
            if as_json {
                output::json(&made);
            } else {
                hand_over(&made);
                output::note("The link and the passcode before open nothing any more.");
                if renewed.message_withheld {
                    output::note(
                        "The message is not in the mail: it may say whose images these are or \
                         what they show. It can be read on the page of the link.",
                    );
                }
            }
        }
        Share::Revoke { id } => {
            let share: ShareId = id.parse()?;
            house.shares.revoke(&ctx, &by, share).await?;
            said(&json!({ "id": id, "state": "revoked" }), &format!("{id} is revoked"), as_json);
        }
        Share::Recall(wanted) => {
            let (of, reason) = (whose(house, wanted.whose).await?, Phi::new(wanted.reason));
            let revoked = house.shares.recall(&ctx, &by, &of, &reason).await?;
            let told = format!("{revoked} links are revoked");
            said(&json!({ "revoked": revoked }), &told, as_json);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn said(document: &Value, sentence: &str, as_json: bool) {
    if as_json {
        output::json(document);
    } else {
        output::line(sentence);
    }
}

async fn whose(house: &House, wanted: Whose) -> anyhow::Result<Recall> {
    let Whose { study, patient_id, recipient, user } = wanted;
    if let Some(study) = study {
        return Ok(Recall::Study(StudyUid::parse(&study)?));
    }
    if let Some(patient) = patient_id {
        return Ok(Recall::Patient(Phi::new(patient)));
    }
    if let Some(recipient) = recipient {
        return Ok(Recall::Recipient(Phi::new(recipient)));
    }
    let user = user.unwrap_or_default();
    let account = house.catalog.account_by_name(user.trim()).await?;
    Ok(Recall::User(account.with_context(|| format!("there is no account {user:?}"))?.id))
}

/// `Name`, or `Name <address>`.
fn recipient(text: &str) -> anyhow::Result<Recipient> {
    let split = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let (name, email) = split.map_or((text, None), |(name, email)| (name, Some(email.trim())));
    let email = email.map(EmailAddress::parse).transpose();
    Ok(Recipient {
        name: Phi::new(name.trim().to_owned()),
        email: email.with_context(|| format!("the address of {text:?}"))?,
    })
}

fn authority(word: Option<&str>, record: Option<&str>) -> anyhow::Result<Authority> {
    let unless_said = if record.is_some() { "authorisation" } else { "treatment" };
    let record = record.map(authorisation::read_id).transpose()?;
    Ok(Authority::of(word.unwrap_or(unless_said), record)?)
}

async fn create(
    house: &House,
    config: &Config,
    wanted: CreateShare,
    as_json: bool,
) -> anyhow::Result<()> {
    let ctx = house.operator();
    let mut by = Principal::operator();
    if let Some(sender) = &wanted.sender {
        by.name = sender_name(sender)?;
    }
    let studies =
        wanted.studies.iter().map(|uid| StudyUid::parse(uid)).collect::<Result<_, _>>()?;
    let series: Vec<SeriesUid> =
        wanted.series.iter().map(|uid| SeriesUid::parse(uid)).collect::<Result<_, _>>()?;
    let factors = match (wanted.no_passcode, wanted.factors.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec![Factor::Passcode],
        (false, false) => wanted.factors,
    };
    let base = base(house, config);
    let recipients = wanted.recipients.iter().map(|text| recipient(text));
    let right = authority(wanted.authority.as_deref(), wanted.authorisation.as_deref())?;
    let usual = || NewLink::usual_purpose(right, wanted.language).to_owned();
    let new = NewLink {
        studies,
        series: (!series.is_empty()).then_some(series),
        recipients: recipients.collect::<anyhow::Result<_>>()?,
        purpose: wanted.purpose.unwrap_or_else(usual),
        authority: right,
        message: Phi::new(wanted.message),
        may: if wanted.download { May::Download } else { May::View },
        starts: wanted.starts.map(|starts| when::parse(&starts, ctx.now)).transpose()?,
        expires: when::parse(&wanted.expires, ctx.now)?,
        max_uses: wanted.uses,
        factors,
        clean: wanted.clean,
        live: wanted.arrivals,
        language: wanted.language,
        deliver: deliver(wanted.mail, &base),
    };
    let made = Box::pin(house.shares.create(&ctx, &by, new)).await?;
    let shares: Vec<Value> = made
        .links
        .iter()
        .map(|each| shown(&base, &each.share, &each.link, each.passcode.as_ref()))
        .collect();
    if as_json {
        let warnings: Vec<Value> = made.warnings.iter().map(warning).collect();
        output::json(&json!({
            "shares": shares, "leftOut": made.left_out, "warnings": warnings,
        }));
        return Ok(());
    }
    for share in &shares {
        hand_over(share);
    }
    if made.left_out > 0 {
        output::note(&format!(
            "{} images are left out: they wait for review, or cannot be cleaned.",
            made.left_out
        ));
    }
    for warning in made.warnings {
        output::note(warning.detail);
    }
    output::note("This is the only time they are shown.");
    Ok(())
}

fn warning(warning: &Warning) -> Value {
    json!({
        "kind": warning.kind.name(), "detail": warning.detail,
        "recipient": warning.recipient.as_ref().map(|name| name.expose().clone()),
    })
}

fn deliver(by_mail: bool, base: &Url) -> Deliver {
    if by_mail { Deliver::Mail { base: base.as_str().to_owned() } } else { Deliver::Copy }
}

fn shown(base: &Url, share: &ShareView, link: &SecretLink, passcode: Option<&Passcode>) -> Value {
    let url = format!("{}/s#{}", base.as_str().trim_end_matches('/'), *link.expose());
    json!({
        "share": describe(share), "url": url, "passcode": passcode.map(Passcode::expose),
    })
}

/// Prints a link and its passcode.
fn hand_over(made: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(recipient) = made.pointer("/share/recipient") {
        output::note(&format!("For {}:", text(recipient)));
    }
    output::line(&made.get("url").map(text).unwrap_or_default());
    match made.get("passcode").and_then(Value::as_str) {
        Some(passcode) => {
            output::line(&format!("Passcode: {passcode}"));
            output::note(
                "Tell the passcode by another channel than the link, by telephone for one.",
            );
        }
        None => output::note("There is no passcode to tell."),
    }
}

/// The address of the server beside us, when one is running; else the one that is configured.
fn base(house: &House, config: &Config) -> Url {
    let serving = || {
        let ready = std::fs::read_to_string(house.layout.ready()).ok()?;
        let ready: Value = serde_json::from_str(&ready).ok()?;
        Url::parse(ready.get("url")?.as_str()?).ok()
    };
    serving().unwrap_or_else(|| serve::public_url(config, config.http.listen))
}

fn listed(page: &Page<ShareView>) -> Value {
    json!({ "shares": page.items.iter().map(describe).collect::<Vec<_>>(), "more": page.more })
}

fn list(page: &Page<ShareView>, as_json: bool) {
    if as_json {
        output::json(&listed(page));
        return;
    }
    let rows: Vec<Vec<String>> = page
        .items
        .iter()
        .map(|share| {
            vec![
                share.id.to_string(),
                share.recipient.expose().clone(),
                share.state.name().to_owned(),
                format!("{}/{}", share.uses, share.max_uses),
                share.expires.to_string(),
            ]
        })
        .collect();
    output::table(&["ID", "RECIPIENT", "STATE", "USES", "EXPIRES"], &rows);
    if page.more {
        output::note(&format!(
            "There are more than these {LISTED}. Narrow the list, by --study for one."
        ));
    }
}

#[cfg(test)]
mod tests {
    use lightcase_share::WarningKind;

    use super::*;

    #[test]
    fn a_warning_names_a_recipient_or_null() {
        let about = |name: Option<&str>| {
            let recipient = name.map(|name| Phi::new(name.to_owned()));
            warning(&Warning { kind: WarningKind::NewDomain, recipient, detail: "Look." })
        };
        let said = json!({"kind": "newDomain", "recipient": null, "detail": "Look."});
        assert_eq!(about(None), said);
        assert_eq!(about(Some("Roe"))["recipient"], "Roe");
    }

    #[test]
    fn a_list_tells_whether_it_is_all() {
        for more in [true, false] {
            let page = Page { items: Vec::new(), more };
            assert_eq!(listed(&page), json!({"shares": [], "more": more}));
        }
    }

    fn check(text: &str, name: &str, email: Option<&str>) {
        let read = recipient(text).unwrap();
        assert_eq!(read.name.expose(), name, "{text}");
        assert_eq!(read.email.as_ref().map(EmailAddress::expose), email, "{text}");
    }

    #[test]
    fn recipients_are_names_with_or_without_an_address() {
        check("Dr. A. Example", "Dr. A. Example", None);
        check("Dr. A. <a@practice.example>", "Dr. A.", Some("a@practice.example"));
        check(" Dr. A. < a@practice.example > ", "Dr. A.", Some("a@practice.example"));
        check("A > B", "A > B", None);
    }
}
