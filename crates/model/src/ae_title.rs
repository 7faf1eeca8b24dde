//! Application entity titles, VR AE of PS3.5 section 6.2.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An application entity title.
///
/// Invariants: 1 to 16 characters of the default repertoire without backslash and control
/// characters; leading and trailing spaces, which carry no meaning, are gone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AeTitle(Box<str>);

/// Why a text is not an application entity title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AeTitleError {
    /// Only spaces.
    #[error("the AE title is empty")]
    Empty,
    /// More than 16 characters.
    #[error("the AE title is longer than 16 characters")]
    TooLong,
    /// A backslash, a control character, or a character beyond ASCII.
    #[error("the AE title has a character that is not printable ASCII, or a backslash")]
    Character,
}

impl AeTitle {
    /// Reads a title, taking insignificant spaces (and trailing NULs, which some peers send) off.
    pub fn parse(text: &str) -> Result<Self, AeTitleError> {
        let text = text.trim_matches(['\0', ' ']);
        if text.is_empty() {
            return Err(AeTitleError::Empty);
        }
        if text.chars().count() > 16 {
            return Err(AeTitleError::TooLong);
        }
        if !text.bytes().all(|b| (0x20..0x7F).contains(&b) && b != b'\\') {
            return Err(AeTitleError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The title as text, without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AeTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AeTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl FromStr for AeTitle {
    type Err = AeTitleError;
    fn from_str(text: &str) -> Result<Self, AeTitleError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AeTitle {
    type Error = AeTitleError;
    fn try_from(text: String) -> Result<Self, AeTitleError> {
        Self::parse(&text)
    }
}

impl From<AeTitle> for String {
    fn from(title: AeTitle) -> Self {
        title.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, AeTitleError>) {
        assert_eq!(AeTitle::parse(text).as_ref().map(AeTitle::as_str), expected.as_ref().copied());
    }

    #[test]
    fn titles_are_trimmed_and_checked() {
        check("LIGHTCASE       ", Ok("LIGHTCASE"));
        check(" CT 1", Ok("CT 1"));
        check("                ", Err(AeTitleError::Empty));
        check("SEVENTEEN_LETTERS", Err(AeTitleError::TooLong));
        check("A\\B", Err(AeTitleError::Character));
        check("A\nB", Err(AeTitleError::Character));
        check("\u{c4}", Err(AeTitleError::Character));
    }
}
