//! Names of de-identification projects.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a de-identification project: 1 to 32 of `a` to `z`, `0` to `9`, `-` and `_`,
/// beginning with a letter or a digit, so that it can stand in a path and on a command line.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectName(Box<str>);

/// The text is no name of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a project's name has 1 to 32 of a-z, 0-9, - and _, and begins with a letter or a digit")]
pub struct ProjectNameError;

impl ProjectName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, ProjectNameError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let all = text.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_');
        let good = (1..=32).contains(&text.len()) && all && text.bytes().next().is_some_and(plain);
        if good { Ok(Self(text.into())) } else { Err(ProjectNameError) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl FromStr for ProjectName {
    type Err = ProjectNameError;
    fn from_str(text: &str) -> Result<Self, ProjectNameError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ProjectName {
    type Error = ProjectNameError;
    fn try_from(text: String) -> Result<Self, ProjectNameError> {
        Self::parse(&text)
    }
}

impl From<ProjectName> for String {
    fn from(name: ProjectName) -> Self {
        name.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_stand_in_a_path() {
        for good in ["a", "lung-2026", "7_tesla", &"x".repeat(32)] {
            assert_eq!(ProjectName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "_a", "Lung", "a b", "a/b", "ä", &"x".repeat(33)] {
            assert_eq!(ProjectName::parse(bad), Err(ProjectNameError), "{bad}");
        }
    }
}
