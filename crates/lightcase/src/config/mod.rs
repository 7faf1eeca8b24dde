//! The configuration: raw as it was written, then checked. Only the checked one is used.

mod checked;
mod mail;
mod raw;
mod tls;

use std::path::Path;

use anyhow::Context as _;

pub(crate) use checked::{Config, DatabaseChoice, LogFormat, check};
pub(crate) use raw::Raw;
pub(crate) use tls::client as client_tls;

use crate::cli::Place;

/// Reads and checks. Flags win over the environment, that over the file, that over the defaults.
pub(crate) fn load(place: &Place) -> anyhow::Result<(Config, Raw)> {
    let beside = Path::new("lightcase.toml");
    let file = place.config.as_deref().or_else(|| beside.is_file().then_some(beside));
    let mut raw = raw::read(file).context("the configuration cannot be read")?;
    if let Some(data_dir) = &place.data_dir {
        raw.data_dir = Some(data_dir.clone());
    }
    let config = check(&raw)?;
    Ok((config, raw))
}

/// The configuration in force, with its defaults, as TOML. Passwords in URLs are not shown.
pub(crate) fn show(raw: &Raw) -> anyhow::Result<String> {
    let mut shown = raw.clone();
    for url in [&mut shown.database.url, &mut shown.database.migrate_url].into_iter().flatten() {
        if let Ok(mut parsed) = url::Url::parse(url)
            && parsed.password().is_some()
            && parsed.set_password(Some("hidden")).is_ok()
        {
            *url = parsed.to_string();
        }
    }
    toml::to_string_pretty(&shown).context("the configuration cannot be printed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, expected: Result<(), &str>) {
        let parsed: Result<Raw, _> = toml::from_str(toml);
        let outcome = parsed
            .map_err(|error| error.to_string())
            .and_then(|raw| checked::check(&raw).map(|_| ()).map_err(|error| format!("{error:#}")));
        match expected {
            Ok(()) => assert_eq!(outcome, Ok(()), "{toml}"),
            Err(part) => {
                let error = outcome.expect_err(toml);
                assert!(error.contains(part), "{toml}: {error}");
            }
        }
    }

    #[test]
    fn what_is_unsafe_or_unknown_is_refused_with_what_to_do() {
        check("", Ok(()));
        check("[dicom]\nlisten = '0.0.0.0:11112'", Err("dicom.insecure = true"));
        check("[dicom]\nlisten = '0.0.0.0:11112'\ninsecure = true", Ok(()));
        check("[http]\nlisten = '0.0.0.0:8080'", Err("http.insecure = true"));
        check("[http]\nlisten = '0.0.0.0:8080'\ninsecure = true", Ok(()));
        check("[dicom]\nlisten = 'here'", Err("dicom.listen"));
        check("[dicom]\nae_title = 'MUCH TOO LONG A TITLE'", Err("dicom.ae_title"));
        check("[deident]\npolicy = 'clean'", Err("clean:PROJECT"));
        check("[deident]\npolicy = 'cleen'", Err("keep, clean:PROJECT, both:PROJECT"));
        check("[database]\nurl = 'mysql://x'", Err("postgres://"));
        check("[dicom]\nport = 1", Err("unknown field"));
        check("nonsense = 1", Err("unknown field"));
        check("[http]\npublic_url = 'https://images.example.org'", Ok(()));
        check("[http]\npublic_url = 'ftp://x'", Err("http.public_url"));
        check("[http]\npublic_url = 'https://x/path'", Err("http.public_url"));
        check("[log]\nfilter = 'lightcase=loud'", Err("log.filter"));
        check("[mail]\nhost = 'localhost'\nfrom = 'a@b.example'\ntls = 'none'", Ok(()));
        check("[mail]\nhost = 'mail.example'\nfrom = 'Dr. X <a@b.example>'\nport = 465", Ok(()));
        check("[mail]\nhost = 'mail.example'\nfrom = 'a@b.example'\ntls = 'none'", Err("starttls"));
        check("[mail]\nhost = 'mail.example'\nfrom = 'a@b.example'\ntls = 'ssl'", Err("mail.tls"));
        check("[mail]\nhost = 'mail.example'\nfrom = 'nobody'", Err("mail.from is not"));
        check("[mail]\nhost = 'mail.example'", Err("mail.from is not"));
        check("[mail]\nfrom = 'a@b.example'", Err("mail.from is set, mail.host is not"));
        check("[mail]\ntls = 'starttls'", Err("mail.tls is set, mail.host is not"));
        check("[mail]\nhost = 'h'\nfrom = 'a@b.example'\nuser = 'a'", Err("mail.password_file"));
        check("[mail]\npassword = 'geheim'", Err("unknown field"));
        check("[mail]\nhost = 'h'\nfrom = 'a@b.example'\ntimeout_seconds = 0", Err("1 to 300"));
        check("[mail]\nhost = 'h'\nfrom = 'a@b.example'\nca_file = '/none'", Err("mail.ca_file"));
        check("[http.tls]\ncertificate = 'a.pem'", Err("http.tls.key"));
        check("[storage]\nfull_at_percent = 100", Ok(()));
        check("[storage]\nfull_at_percent = 101", Err("at most 100"));
        check("[storage]\nstudy_limit = 0", Err("at least 1"));
    }

    #[test]
    fn passwords_are_not_shown() {
        let raw: Raw =
            toml::from_str("[database]\nurl = 'postgres://u:geheim@h/d'").expect("valid");
        let shown = show(&raw).expect("printable");
        assert!(!shown.contains("geheim") && shown.contains("hidden"), "{shown}");
    }
}
