//! Text that somebody wrote, made fit for a mail.

use crate::spelling::is_blank;

/// The longest message.
const LONGEST: usize = 2000;
/// The longest name.
const LONGEST_NAME: usize = 200;

/// Lines of plain text: no control characters but the ends of lines, and nothing that turns the
/// direction of writing around.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainText(String);

/// The text cannot be mailed: the sentence says what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlainTextError(pub &'static str);

impl PlainText {
    /// Reads a message; `None` when there is nothing in it that can be seen. Blanks around it are
    /// taken away.
    pub fn parse(text: &str) -> Result<Option<Self>, PlainTextError> {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > LONGEST {
            return Err(PlainTextError("The message is longer than 2000 characters."));
        }
        if text.contains(|each| !matches!(each, '\n' | '\t') && is_no_text(each)) {
            return Err(PlainTextError(
                "The message has a character that is no text. Write it as plain text.",
            ));
        }
        Ok((!is_blank(&text)).then_some(Self(text)))
    }

    /// The text; its lines end with a line feed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PlainText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<text>")
    }
}

/// Characters that do more to a text than stand in it.
pub(crate) fn is_no_text(each: char) -> bool {
    // Separators of lines and paragraphs; marks that embed, override or isolate a direction.
    each.is_control()
        || matches!(each, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A name as one line that can stand in a subject: no header begins in it.
pub(super) fn one_line(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|each| if is_no_text(each) { ' ' } else { each })
        .take(LONGEST_NAME)
        .collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_plain_text() {
        let check = |text: &str, read: Result<Option<&str>, &str>| match PlainText::parse(text) {
            Ok(parsed) => assert_eq!(Ok(parsed.as_ref().map(PlainText::as_str)), read, "{text:?}"),
            Err(error) => assert!(error.to_string().contains(read.unwrap_err()), "{error}"),
        };
        check(
            "  Hello,\r\nsee below.\n\tBest, Ä. Röe 🙂  ",
            Ok(Some("Hello,\nsee below.\n\tBest, Ä. Röe 🙂")),
        );
        check(" \r\n ", Ok(None));
        check("\u{200b}\n\u{ad}", Ok(None));
        check("a\rb", Err("plain text"));
        check("a\u{0}b", Err("plain text"));
        check("a\u{1b}[31mb", Err("plain text"));
        check("a\u{202e}b", Err("plain text"));
        check(&"ä".repeat(2000), Ok(Some(&"ä".repeat(2000))));
        check(&"ä".repeat(2001), Err("2000"));
    }

    #[test]
    fn it_is_not_printed() {
        let text = PlainText::parse("The images of Mrs. Lovelace.").unwrap().unwrap();
        assert_eq!(format!("{text:?}"), "<text>");
    }

    #[test]
    fn no_header_begins_in_a_name() {
        assert_eq!(one_line(" Dr. Roe\r\nBcc: x@y\u{2028}z\t "), "Dr. Roe Bcc: x@y z");
        assert_eq!(one_line(&"n".repeat(500)).len(), 200);
    }
}
