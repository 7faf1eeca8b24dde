//! What a mail says, in words: pure, and the same for the preview and for the outbox.

use std::fmt;

/// What a mail says. It holds a link, a code or a name, so `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailText {
    /// One line.
    pub subject: String,
    /// Plain text; its lines end with a line feed.
    pub text: String,
}

impl MailText {
    /// From paragraphs, which a blank line parts.
    pub(super) fn of(subject: String, paragraphs: &[String]) -> Self {
        Self { subject, text: paragraphs.join("\n\n") + "\n" }
    }
}

impl fmt::Debug for MailText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<mail>")
    }
}
