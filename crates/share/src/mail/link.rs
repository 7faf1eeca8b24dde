//! The mail that brings a link to its recipient.
//!
//! It names who sends the link and when it ends. It names no patient, no part of the body and no
//! accession number; so it does not name the recipient either, who may be the patient. A passcode
//! never stands in it.

use lightcase_model::{Factor, Language, Timestamp};

use super::plain_text::one_line;
use super::{EmailAddress, MailText, PlainText};
use crate::words::{Words, fill};

/// A link to be mailed.
#[derive(Clone, Copy)]
pub struct LinkMail<'a> {
    /// To whom.
    pub to: &'a EmailAddress,
    /// The whole address of the link, with its secret.
    pub url: &'a str,
    /// Who shares, as the recipient reads it.
    pub sender: &'a str,
    /// From when on the link opens, if it does not at once.
    pub starts: Option<Timestamp>,
    /// When the link ends.
    pub expires: Timestamp,
    /// What the recipient will have to prove.
    pub factors: &'a [Factor],
    /// What the sender writes.
    pub message: Option<&'a PlainText>,
    /// The language of the mail.
    pub language: Language,
}

impl LinkMail<'_> {
    /// What the mail says.
    pub fn text(&self) -> MailText {
        let words = Words::of(self.language);
        let (sender, expires) = (one_line(self.sender), words.instant(self.expires));
        let starts = self.starts.map(|starts| words.instant(starts));
        let at = starts.as_deref().unwrap_or_default();
        let [who, whom] = words.sender(&sender);
        let values = [who, whom, ("expires", expires.as_str()), ("starts", at)];
        let say = |text: &str| fill(text, &values);
        let asked = self.factors.iter().filter_map(|factor| match factor {
            Factor::Passcode => Some(&words.link.passcode),
            Factor::Email => Some(&words.link.code),
            Factor::Account => Some(&words.link.account),
            // The page asks for it; here it would say that the images are of a patient known by it.
            Factor::BirthDate => None,
        });
        let mut paragraphs = vec![format!("{}\n{}", say(&words.link.open), one_line(self.url))];
        paragraphs.extend(starts.is_some().then(|| say(&words.link.starts)));
        paragraphs.push(say(&words.link.until));
        paragraphs.extend(asked.map(|text| say(text)));
        if let Some(message) = self.message {
            paragraphs.push(format!("{}\n{}", say(&words.link.message), message.as_str()));
        }
        paragraphs.push(say(&words.link.private));
        MailText::of(say(&words.link.subject), &paragraphs)
    }
}

#[cfg(test)]
mod tests {
    use lightcase_accounts::Principal;

    use super::*;

    const URL: &str = "https://images.example/s#v1.AAAAAAAAAAAAAAAAAAAAAA.secret";

    fn mail(language: Language, factors: &[Factor], message: &str) -> MailText {
        let to = EmailAddress::parse("roe@practice.example").unwrap();
        let message = PlainText::parse(message).unwrap();
        let expires = Timestamp::parse_rfc3339("2026-11-29T08:30:00Z").unwrap();
        let sender = "Dr. Jane Doe\r\nBcc: all@example.org";
        let message = message.as_ref();
        let starts = None;
        LinkMail { to: &to, url: URL, sender, starts, expires, factors, message, language }.text()
    }

    #[test]
    fn the_operator_is_called_in_its_language() {
        let to = EmailAddress::parse("roe@practice.example").unwrap();
        let mail = LinkMail {
            to: &to,
            url: URL,
            sender: Principal::OPERATOR,
            starts: None,
            expires: Timestamp::parse_rfc3339("2026-11-29T08:30:00Z").unwrap(),
            factors: &[],
            message: None,
            language: Language::German,
        };
        let MailText { subject, text } = mail.text();
        assert!(subject.starts_with("Die Leitung dieses Archivs gibt"), "{subject}");
        assert!(text.contains("fragen Sie bei der Leitung dieses Archivs nach"), "{text}");
        assert!(!text.contains("operator"), "{text}");
    }

    #[test]
    fn it_says_from_when_on_it_opens_if_not_at_once() {
        let to = EmailAddress::parse("roe@practice.example").unwrap();
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        let check = |language, starts: Option<&str>, words: &str| {
            let mail = LinkMail {
                to: &to,
                url: URL,
                sender: "Dr. Jane Doe",
                starts: starts.map(at),
                expires: at("2026-11-29T08:30:00Z"),
                factors: &[],
                message: None,
                language,
            };
            let text = mail.text().text;
            assert_eq!(text.contains(words), starts.is_some(), "{text}");
            assert!(!text.contains(['{', '}']), "{text}");
        };
        let starts = Some("2026-11-25T06:00:00Z");
        check(Language::English, starts, "It can be opened from 2026-11-25, 06:00 UTC.\n");
        check(Language::English, None, "It can be opened from");
        check(Language::German, starts, "Er lässt sich ab 25.11.2026, 06:00 Uhr (UTC) öffnen.\n");
        check(Language::German, None, "Er lässt sich ab");
    }

    #[test]
    fn it_says_who_and_until_when() {
        for (language, until) in
            [(Language::English, "2026-11-29, 08:30 UTC"), (Language::German, "29.11.2026, 08:30")]
        {
            let mail = mail(language, &[], "");
            assert!(mail.subject.starts_with("Dr. Jane Doe Bcc: all@example.org "));
            assert!(!mail.subject.contains(['\r', '\n', '{']), "{}", mail.subject);
            assert!(mail.text.lines().any(|line| line == URL), "{}", mail.text);
            assert!(mail.text.contains(until) && mail.text.ends_with(".\n"), "{}", mail.text);
            assert!(!mail.text.contains(['{', '}', '\r']), "{}", mail.text);
            assert!(!mail.text.contains("\nBcc"), "{}", mail.text);
        }
    }

    #[test]
    fn it_says_what_will_be_asked_for_and_not_the_answer() {
        let check = |factors: &[Factor], words: &[&str]| {
            let text = mail(Language::English, factors, "").text;
            let all = ["a passcode", "a code", "your account"];
            let found: Vec<_> = all.into_iter().filter(|word| text.contains(word)).collect();
            assert_eq!(found, words);
            assert!(!text.contains("birth"));
        };
        check(&[], &[]);
        check(&[Factor::Passcode, Factor::BirthDate], &["a passcode"]);
        check(&[Factor::Account, Factor::Email], &["a code", "your account"]);
        let text = mail(Language::English, &[Factor::Passcode], "").text;
        assert!(text.contains("comes to you another way"));
    }

    #[test]
    fn the_message_stands_in_it_as_it_was_written() {
        let text = mail(Language::German, &[], "Guten Tag,\nwie besprochen {sender}.").text;
        assert!(text.contains("schreibt:\nGuten Tag,\nwie besprochen {sender}.\n\n"), "{text}");
        assert!(!mail(Language::German, &[], "").text.contains("schreibt:"));
    }
}
