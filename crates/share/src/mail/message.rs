//! A mail as it goes over the line (RFC 5322): its headers, and its text in UTF-8.

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lightcase_catalog::DueMail;
use lightcase_model::Timestamp;

use super::EmailAddress;
use super::failure::Failure;

/// Answering machines keep quiet then (RFC 3834 section 5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The mail of an entry of the outbox. Every try has the same Message-ID, by which a second one is
/// known; it is made of the entry and the domain of the sender, not of this machine's name.
pub(super) fn message(from: &Mailbox, mail: &DueMail, at: Timestamp) -> Result<Message, Failure> {
    let to = EmailAddress::parse(mail.letter.to.expose());
    let to = to.map_err(|_error: super::EmailAddressError| Failure::Unmade)?;
    let since = Duration::from_micros(u64::try_from(at.micros()).unwrap_or(0));
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.address()))
        .subject(mail.letter.subject.expose().as_str())
        .date(SystemTime::UNIX_EPOCH + since)
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.letter.text.expose().clone())
        .map_err(|_error: lettre::error::Error| Failure::Unmade)
}

#[cfg(test)]
mod tests {
    use lightcase_catalog::{Letter, MailKind};
    use lightcase_model::{MailId, Phi};

    use super::*;

    fn lines(subject: &str, text: &str) -> Vec<String> {
        let phi = |text: &str| Phi::new(text.to_owned());
        let mail = DueMail {
            id: MailId::from_bytes([1; 16]),
            share: None,
            kind: MailKind::Link,
            letter: Letter {
                to: phi("roe@practice.example"),
                subject: phi(subject),
                text: phi(text),
            },
            tries: 1,
            ends: Timestamp::from_micros(0),
        };
        let from = "Röntgen <images@hospital.example>".parse().unwrap();
        let at = Timestamp::parse_rfc3339("2026-11-22T08:30:00Z").unwrap();
        let bytes = message(&from, &mail, at).unwrap().formatted();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
        text.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn it_has_the_headers_of_a_mail_made_by_a_program() {
        let lines = lines("Hello", "One.\nTwo.\n");
        for line in [
            "To: roe@practice.example",
            "Subject: Hello",
            "Date: Sun, 22 Nov 2026 08:30:00 +0000",
            "Message-ID: <aeaqcaibaeaqcaibaeaqcaibae@hospital.example>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "One.",
            "Two.",
        ] {
            assert!(lines.iter().any(|each| each == line), "{line}: {lines:?}");
        }
        assert!(lines.iter().any(|line| line.ends_with("<images@hospital.example>")), "{lines:?}");
    }

    #[test]
    fn no_header_begins_in_a_value() {
        for subject in ["A\r\nBcc: x@y.example", "Ä\r\nBcc: x@y.example", "A\nBcc: x@y.example"] {
            let lines = lines(subject, "Text");
            assert!(!lines.iter().any(|line| line.starts_with("Bcc")), "{lines:?}");
        }
    }
}
