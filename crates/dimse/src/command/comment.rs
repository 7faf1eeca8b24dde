//! Error Comment (0000,0902).

use std::fmt;

/// A text for the peer's operator: at most 64 characters of printable ASCII without backslash
/// (VR LO, PS3.5 section 6.2). Holds no patient data, because peers log it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment(Box<str>);

impl Comment {
    /// Makes a comment; characters LO cannot carry become `?`, and what is too long is cut.
    pub fn new(text: &str) -> Self {
        let text: String = text
            .chars()
            .take(64)
            .map(|c| if (' '..='~').contains(&c) && c != '\\' { c } else { '?' })
            .collect();
        Self(text.trim().into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_what_lo_can_carry() {
        assert_eq!(Comment::new("disk full\r\n").as_str(), "disk full??");
        assert_eq!(Comment::new("a\\b\u{e4}").as_str(), "a?b?");
        assert_eq!(Comment::new(&"x".repeat(80)).as_str().len(), 64);
    }
}
