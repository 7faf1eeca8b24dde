//! The mail that tells the owner of a link what happened to it.

use lightcase_model::{AlertKind, Language, Timestamp};

use super::plain_text::one_line;
use super::{EmailAddress, MailText};
use crate::words::{Words, fill};

/// Something that the owner of a link is told.
#[derive(Clone, Copy)]
pub struct AlertMail<'a> {
    /// The owner.
    pub to: &'a EmailAddress,
    /// What happened.
    pub kind: AlertKind,
    /// Who the link is for; `None` when that is the patient, who is not named.
    pub recipient: Option<&'a str>,
    /// When it happened.
    pub at: Timestamp,
    /// The language of the mail.
    pub language: Language,
}

impl AlertMail<'_> {
    /// What the mail says. The recipient is not in the subject.
    pub fn text(&self) -> MailText {
        let words = Words::of(self.language);
        let recipient = self.recipient.map_or_else(|| words.alert.recipient.clone(), one_line);
        let at = words.instant(self.at);
        let text = words.alert.text.of(self.kind);
        let paragraphs =
            [fill(text, &[("recipient", &recipient), ("at", &at)]), words.alert.more.clone()];
        MailText::of(words.alert.subject.of(self.kind).to_owned(), &paragraphs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_happened_to_whose_link_and_when() {
        let to = EmailAddress::parse("doe@hospital.example").unwrap();
        let at = Timestamp::parse_rfc3339("2026-11-29T08:30:00Z").unwrap();
        let mut subjects = Vec::new();
        for language in Language::ALL.iter().copied() {
            for kind in AlertKind::ALL.iter().copied() {
                let mail = AlertMail {
                    to: &to,
                    kind,
                    recipient: Some("Dr. A. Roe\r\nX: y"),
                    at,
                    language,
                };
                let MailText { subject, text } = mail.text();
                assert!(text.contains("Dr. A. Roe X: y") && text.contains("08:30"), "{text}");
                assert!(!subject.contains(['{', '\n']) && !text.contains(['{', '\r']), "{text}");
                let unnamed = AlertMail { recipient: None, ..mail }.text().text;
                assert!(!unnamed.contains("Roe"), "{unnamed}");
                assert!(
                    unnamed.contains("the recipient") || unnamed.contains("die empfangende Person")
                );
                subjects.push(subject);
            }
        }
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), Language::ALL.len() * AlertKind::ALL.len());
    }
}
