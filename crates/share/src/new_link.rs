//! Links as they are asked for, and the limits they have to keep.

use std::time::Duration;

use lightcase_model::{Authority, Factor, Language, May, Phi, SeriesUid, StudyUid, Timestamp};

use crate::mail::is_no_text;
use crate::spelling::is_blank;
use crate::words::Words;
use crate::{EmailAddress, PlainText, PlainTextError, Result, ShareError};

/// A link lives at most so long.
pub const MAX_LIFETIME: Duration = Duration::from_hours(90 * 24);
/// A link can be opened from at most so many browsers.
pub const MAX_USES: u32 = 1000;
/// So many links are made at once, one for each recipient.
pub const MAX_RECIPIENTS: usize = 20;
const MAX_STUDIES: usize = 100;
const MAX_SERIES: usize = 5000;
const MAX_NAME: usize = 200;
const MAX_PURPOSE: usize = 200;

/// Who a link is for.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The name.
    pub name: Phi<String>,
    /// The mail address.
    pub email: Option<EmailAddress>,
}

/// How links reach their recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deliver {
    /// Whoever makes them hands them over.
    Copy,
    /// By mail; `base` is what stands before `/s#`.
    Mail {
        /// Scheme, host and port of the pages.
        base: String,
    },
}

impl Recipient {
    /// Somebody by name alone.
    pub fn named(name: &str) -> Self {
        Self { name: Phi::new(name.to_owned()), email: None }
    }
}

/// Links as they are asked for: the same to each of its recipients.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Studies of one patient.
    pub studies: Vec<StudyUid>,
    /// Only these series of them; `None` is every series they have now.
    pub series: Option<Vec<SeriesUid>>,
    /// Who they are for: one link each.
    pub recipients: Vec<Recipient>,
    /// What it is for, in the recipient's notice.
    pub purpose: String,
    /// By what right they are made.
    pub authority: Authority,
    /// What the sender writes to the recipients.
    pub message: Phi<String>,
    /// What may be done.
    pub may: May,
    /// From when on it opens; at once when `None`.
    pub starts: Option<Timestamp>,
    /// When it ends, at most 90 days ahead.
    pub expires: Timestamp,
    /// How many browsers may open it, 1 to 1000.
    pub max_uses: u32,
    /// What is asked for, in order.
    pub factors: Vec<Factor>,
    /// Whether clean copies are lent out instead of what the archive holds. What may show a name
    /// in its pixels is left out then.
    pub clean: bool,
    /// Whether series that arrive later belong to it.
    pub live: bool,
    /// The language of notice and mail.
    pub language: Language,
    /// How they reach their recipients.
    pub deliver: Deliver,
}

impl NewLink {
    /// The usual link to a whole study: to look at, five browsers, a passcode.
    pub fn to(study: StudyUid, recipient: Recipient, expires: Timestamp) -> Self {
        Self {
            studies: vec![study],
            series: None,
            recipients: vec![recipient],
            purpose: "treatment".to_owned(),
            authority: Authority::Treatment,
            message: Phi::new(String::new()),
            may: May::View,
            starts: None,
            expires,
            max_uses: 5,
            factors: vec![Factor::Passcode],
            clean: false,
            live: false,
            language: Language::English,
            deliver: Deliver::Copy,
        }
    }

    /// The purpose of a link for which nobody says another: by what right it is made, in its
    /// language.
    pub fn usual_purpose(authority: Authority, language: Language) -> &'static str {
        Words::of(language).purpose(authority)
    }

    /// Refuses what no link may be, whoever asks.
    pub(crate) fn check(&self, now: Timestamp) -> Result<()> {
        let wrong = if self.studies.is_empty() {
            "No study is named. Choose at least one."
        } else if self.studies.len() > MAX_STUDIES {
            "More than 100 studies are named. Make several links."
        } else if self.series.as_ref().is_some_and(Vec::is_empty) {
            "The list of series is empty. Choose at least one, or leave the list out to share \
             whole studies."
        } else if self.series.as_ref().is_some_and(|series| series.len() > MAX_SERIES) {
            "More than 5000 series are named. Share whole studies, or make several links."
        } else if !is_line(&self.purpose, MAX_PURPOSE) {
            "Write what the link is for, in 1 to 200 characters of plain text on one line."
        } else if self.expires <= now {
            "The link would have ended already. Choose a later end."
        } else if self.expires > now.plus(MAX_LIFETIME) {
            "The link would live longer than 90 days. Choose an earlier end."
        } else if self.starts.is_some_and(|starts| starts >= self.expires) {
            "The link would end before it begins. Choose a later end or an earlier beginning."
        } else if self.max_uses == 0 {
            "The link could never be opened. Allow at least one use."
        } else if self.max_uses > MAX_USES {
            "The link could be opened more than 1000 times. Allow fewer uses."
        } else if self.live && (self.clean || self.series.is_some()) {
            "Later arrivals can belong to links to whole studies only, and not to clean copies."
        } else {
            self.text()?;
            self.check_recipients()?;
            return self.check_factors();
        };
        Err(ShareError::Malformed(wrong))
    }

    /// The message, when there is one.
    pub(crate) fn text(&self) -> Result<Option<PlainText>> {
        PlainText::parse(self.message.expose())
            .map_err(|PlainTextError(sentence)| ShareError::Malformed(sentence))
    }

    fn check_recipients(&self) -> Result<()> {
        if self.recipients.is_empty() {
            return Err(ShareError::Malformed(
                "The recipient is empty. Write who the link is for.",
            ));
        }
        if self.recipients.len() > MAX_RECIPIENTS {
            return Err(ShareError::Malformed(
                "More than 20 recipients are named. Make the links in several steps.",
            ));
        }
        for recipient in &self.recipients {
            let name = recipient.name.expose().trim();
            if is_blank(name) {
                return Err(ShareError::Malformed(
                    "The recipient is empty. Write who the link is for.",
                ));
            }
            if !is_line(name, MAX_NAME) {
                return Err(ShareError::Malformed(
                    "The recipient is longer than 200 characters, or has a control character or one \
                     that turns the direction of writing. Write it as plain text.",
                ));
            }
        }
        Ok(())
    }

    fn check_factors(&self) -> Result<()> {
        let mut once: Vec<Factor> = self.factors.clone();
        once.sort_unstable();
        once.dedup();
        let addressed = self.recipients.iter().all(|each| each.email.is_some());
        let needs = [Factor::Email, Factor::Account];
        let wrong = if once.len() < self.factors.len() {
            "A factor is named twice."
        } else if self.factors.first() == Some(&Factor::BirthDate) {
            "A date of birth alone protects nothing: many people know it. Ask for a passcode, a \
             mailed code or an account first."
        } else if !addressed && self.deliver != Deliver::Copy {
            "A link is mailed to an address. Write one for each recipient, or copy the link."
        } else if !addressed && needs.iter().any(|each| self.factors.contains(each)) {
            "A mailed code and an account need the recipient's address. Write it, or ask for a \
             passcode."
        } else if self.clean && self.factors.contains(&Factor::BirthDate) {
            "A clean copy has no date of birth to ask for. Ask for another factor."
        } else {
            return Ok(());
        };
        Err(ShareError::Malformed(wrong))
    }
}

/// A name that stands as the sender in notices and mails, without blanks around it.
///
/// # Errors
/// `Malformed` when it is empty, long, or no plain text on one line.
pub fn sender_name(name: &str) -> Result<String> {
    if is_line(name, MAX_NAME) {
        Ok(name.trim().to_owned())
    } else {
        Err(ShareError::Malformed(
            "Write who shares, in 1 to 200 characters of plain text on one line.",
        ))
    }
}

/// Whether it is one line of 1 to so many characters, with one among them that can be seen.
fn is_line(text: &str, most: usize) -> bool {
    let text = text.trim();
    !is_blank(text) && text.chars().count() <= most && !text.contains(is_no_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_a_name() {
        assert_eq!(sender_name(" Radiology, House 3 ").unwrap(), "Radiology, House 3");
        for name in ["", " ", "\u{200b}", "a\nb", "a\u{202e}b"] {
            assert!(sender_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_purpose_that_nobody_says_is_in_the_language_of_the_link() {
        let check = |authority, language, expected: &str| {
            let purpose = NewLink::usual_purpose(authority, language);
            assert_eq!(purpose, expected);
            assert!(is_line(purpose, MAX_PURPOSE), "{purpose}");
        };
        check(Authority::Treatment, Language::English, "Treatment");
        check(Authority::Treatment, Language::German, "Behandlung");
        let own = "Auf eigenen Wunsch der Patientin oder des Patienten";
        check(Authority::OwnAccess, Language::German, own);
    }

    #[test]
    fn a_line_is_plain_text() {
        let check = |text: &str, line: bool| assert_eq!(is_line(text, 9), line, "{text:?}");
        check(" Dr. R\u{f6}e ", true);
        check("\u{5e9}\u{5dc}\u{5d5}\u{5dd}", true);
        check("123456789", true);
        check("1234567890", false);
        for each in ['\n', '\u{7}', '\u{85}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}'] {
            check(&format!("a{each}b"), false);
        }
        check("a\u{2066}b", false);
        check(" ", false);
        check("\u{ad}", false);
        check("\u{2060} \u{fe0f}", false);
        check("\u{645}\u{6cc}\u{200c}\u{634}", true);
    }
}
