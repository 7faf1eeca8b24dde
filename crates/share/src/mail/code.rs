//! The mail that brings a one-time code: it holds no link.

use std::time::Duration;

use lightcase_model::Language;

use super::plain_text::one_line;
use super::{EmailAddress, MailText};
use crate::words::{Words, fill};

/// A one-time code is worth nothing after so long, and is not mailed any more.
pub const CODE_LIFETIME: Duration = Duration::from_mins(10);

/// A one-time code to be mailed.
#[derive(Clone, Copy)]
pub struct CodeMail<'a> {
    /// To whom: the address the link was made for.
    pub to: &'a EmailAddress,
    /// Eight digits.
    pub code: &'a str,
    /// Who shares, as the recipient reads it.
    pub sender: &'a str,
    /// The language of the mail.
    pub language: Language,
}

impl CodeMail<'_> {
    /// What the mail says. The code is not in the subject, which a locked telephone shows.
    pub fn text(&self) -> MailText {
        let all = Words::of(self.language);
        let (words, sender) = (&all.code, one_line(self.sender));
        let values = all.sender(&sender);
        let say = |text: &str| fill(text, &values);
        let paragraphs = [
            format!("{}\n{}", say(&words.code), one_line(self.code)),
            say(&words.lifetime),
            say(&words.unasked),
        ];
        MailText::of(say(&words.subject), &paragraphs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_brings_the_code_and_no_link() {
        let to = EmailAddress::parse("roe@practice.example").unwrap();
        for language in Language::ALL.iter().copied() {
            let mail = CodeMail { to: &to, code: "01234567", sender: "Dr. Jane Doe", language };
            let MailText { subject, text } = mail.text();
            assert!(subject.contains("Dr. Jane Doe") && !subject.contains("01234567"), "{subject}");
            assert!(text.lines().any(|line| line == "01234567"), "{text}");
            assert!(text.contains(" 10 Minu") || text.contains(" 10 minutes"), "{text}");
            assert!(!text.contains("http") && !text.contains('{'), "{text}");
        }
    }
}
