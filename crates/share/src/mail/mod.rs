//! Mail: what it says, how it waits, and the way to the mail server.
//!
//! A mail is put into the outbox in the transaction of what it is about ([`Shares::queue_link`] and
//! its like), sealed, and taken out by [`Shares::send_mail`], which runs beside the server. So a
//! link that was made is mailed or said not to be, whatever happens in between; and what waits is
//! gone as soon as the mail server has it, its link has ended, or two days have passed.

mod address;
mod alert;
mod careful;
mod code;
mod config;
mod failure;
mod link;
mod message;
mod plain_text;
mod queue;
mod send;
mod tell;
mod text;
mod transport;

use std::fmt;
use std::sync::Arc;

use lettre::message::Mailbox;

pub use address::{EmailAddress, EmailAddressError};
pub use alert::AlertMail;
pub use code::{CODE_LIFETIME, CodeMail};
pub use config::{MailConfig, MailConfigError, MailCredentials, MailTls};
pub use link::LinkMail;
pub(crate) use plain_text::is_no_text;
pub use plain_text::{PlainText, PlainTextError};
pub use queue::MAIL_LIFETIME;
pub use text::MailText;
use transport::Transport;

/// Mail that is set up. Clones share it.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

struct Inner {
    from: Mailbox,
    transport: Transport,
}

impl Mail {
    /// From a configuration; nothing is connected to.
    pub fn new(config: &MailConfig) -> Result<Self, MailConfigError> {
        if config.host.is_empty() || config.host.contains(char::is_whitespace) {
            return Err(MailConfigError::Host(config.host.clone()));
        }
        let from = sender(&config.from)?;
        let transport = Transport::new(config, &from)?;
        Ok(Self(Arc::new(Inner { from, transport })))
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mail").field(&self.0.transport).finish()
    }
}

/// Who mails are from: an address, or a name and the address in angle brackets.
fn sender(text: &str) -> Result<Mailbox, MailConfigError> {
    let text = text.trim();
    let (name, email) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, email)) => (name.trim(), email),
        None => ("", text),
    };
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let email =
        EmailAddress::parse(email).map_err(|_error: EmailAddressError| MailConfigError::From)?;
    if name.contains(['"', '<', '>', '\\']) || name.contains(char::is_control) {
        return Err(MailConfigError::From);
    }
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), email.address()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn config(host: &str, tls: MailTls, from: &str) -> MailConfig {
        MailConfig {
            host: host.to_owned(),
            port: 587,
            tls,
            credentials: Some(MailCredentials {
                user: "user".to_owned(),
                password: "geheim".to_owned().into(),
            }),
            from: from.to_owned(),
            authorities: None,
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn what_cannot_be_or_would_be_read_on_the_way_is_refused() {
        let from = "images@hospital.example";
        let check = |config: MailConfig, word: &str| match Mail::new(&config) {
            Ok(_) => assert_eq!(word, ""),
            Err(error) => assert!(!word.is_empty() && error.to_string().contains(word), "{error}"),
        };
        check(config("mail.example", MailTls::Implicit, from), "");
        check(config("mail.example", MailTls::StartTls, from), "");
        check(config("mail.example", MailTls::Clear, from), "anybody on the way");
        check(config("192.0.2.1", MailTls::Clear, from), "anybody on the way");
        for local in ["127.0.0.1", "::1", "localhost"] {
            check(config(local, MailTls::Clear, from), "");
        }
        check(config("", MailTls::Implicit, from), "mail.host");
        check(config("mail example", MailTls::Implicit, from), "mail.host");
        for from in
            ["", "images", "a@b.example, c@d.example", "A <a@b.example> x", "A\nB <a@b.example>"]
        {
            check(config("mail.example", MailTls::Implicit, from), "mail.from");
        }
        for from in ["Röntgen, Haus 3 <a@b.example>", "\"Dr. X\" <a@b.example>", "<a@b.example>"] {
            check(config("mail.example", MailTls::Implicit, from), "");
        }
        let authorities = Some(b"no certificate".to_vec());
        let config = MailConfig { authorities, ..config("mail.example", MailTls::Implicit, from) };
        check(config, "mail.ca_file");
    }

    #[test]
    fn debug_hides_what_the_server_is_shown() {
        let config = config("mail.example", MailTls::Implicit, "images@hospital.example");
        let shown = format!("{config:?} {:?}", Mail::new(&config).unwrap());
        assert!(!shown.contains("geheim") && shown.ends_with("Mail(mail.example:587)"), "{shown}");
    }
}
