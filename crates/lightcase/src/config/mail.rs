//! The mail server, its secrets read from their files.

use std::time::Duration;

use anyhow::{Context as _, bail};
use lightcase_share::{Mail, MailConfig, MailCredentials, MailTls};
use zeroize::Zeroizing;

use super::raw;

/// The longest that one step may be allowed to take.
const MOST_SECONDS: u32 = 300;

/// Mail as it is configured; `None` where nothing is.
pub(super) fn check(raw: &raw::Mail) -> anyhow::Result<Option<Mail>> {
    let Some(host) = &raw.host else { return off(raw).map(|()| None) };
    let Some(from) = &raw.from else {
        bail!("mail.host is set, mail.from is not: say who mails are from")
    };
    let (tls, usual) = match raw.tls.as_str() {
        "implicit" => (MailTls::Implicit, 465),
        "starttls" => (MailTls::StartTls, 587),
        "none" => (MailTls::Clear, 25),
        other => bail!("mail.tls is {other:?}; it is \"implicit\", \"starttls\" or \"none\""),
    };
    let credentials = match (&raw.user, &raw.password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => {
            Some(MailCredentials { user: user.clone(), password: password(file)? })
        }
        (Some(_), None) => bail!("mail.user is set, mail.password_file is not"),
        (None, Some(_)) => bail!("mail.password_file is set, mail.user is not"),
    };
    let authorities = match &raw.ca_file {
        None => None,
        Some(_) if tls == MailTls::Clear => {
            bail!("mail.ca_file is of no use with mail.tls = \"none\": take one of them out")
        }
        Some(file) => {
            let pem = std::fs::read(file);
            Some(pem.with_context(|| format!("mail.ca_file = {} cannot be read", file.display()))?)
        }
    };
    let seconds = raw.timeout_seconds;
    if !(1..=MOST_SECONDS).contains(&seconds) {
        bail!("mail.timeout_seconds is {seconds}; it is 1 to {MOST_SECONDS}");
    }
    let config = MailConfig {
        host: host.clone(),
        port: raw.port.unwrap_or(usual),
        tls,
        credentials,
        from: from.clone(),
        authorities,
        timeout: Duration::from_secs(seconds.into()),
    };
    Ok(Some(Mail::new(&config)?))
}

/// Without a mail server, whatever else is said of it was meant for one.
fn off(raw: &raw::Mail) -> anyhow::Result<()> {
    let usual = raw::Mail::default();
    let set = [
        ("port", raw.port.is_some()),
        ("tls", raw.tls != usual.tls),
        ("user", raw.user.is_some()),
        ("password_file", raw.password_file.is_some()),
        ("from", raw.from.is_some()),
        ("ca_file", raw.ca_file.is_some()),
        ("timeout_seconds", raw.timeout_seconds != usual.timeout_seconds),
    ];
    match set.into_iter().find(|(_, set)| *set) {
        None => Ok(()),
        Some((key, _)) => bail!("mail.{key} is set, mail.host is not: name the mail server"),
    }
}

/// The first line of a file.
fn password(file: &std::path::Path) -> anyhow::Result<Zeroizing<String>> {
    let read = std::fs::read_to_string(file).map(Zeroizing::new);
    let read =
        read.with_context(|| format!("mail.password_file = {} cannot be read", file.display()))?;
    let line = read.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("mail.password_file = {} is empty", file.display());
    }
    Ok(Zeroizing::new(line.to_owned()))
}
