//! What is kept of what comes in.

use std::fmt;
use std::str::FromStr;

use lightcase_model::{ProjectName, ProjectNameError};

/// What an origin's studies are kept as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Policy {
    /// Identified, as they came.
    #[default]
    Keep,
    /// Only as a clean copy, in this project.
    Clean(ProjectName),
    /// Both, with separate access.
    Both(ProjectName),
}

/// The text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownPolicy {
    /// Another word, or a project where none belongs, or none where one does.
    #[error("{0:?} is no de-identification policy; known are: keep, clean:PROJECT, both:PROJECT")]
    Word(String),
    /// The project cannot be called so.
    #[error("{0:?} names no project: {1}")]
    Project(String, ProjectNameError),
}

impl Policy {
    /// The word used in audit and in sealed records, without the project.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Clean(_) => "clean",
            Self::Both(_) => "both",
        }
    }

    /// The project that clean copies go into.
    pub const fn project(&self) -> Option<&ProjectName> {
        match self {
            Self::Keep => None,
            Self::Clean(project) | Self::Both(project) => Some(project),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.project() {
            None => f.write_str(self.name()),
            Some(project) => write!(f, "{}:{project}", self.name()),
        }
    }
}

impl FromStr for Policy {
    type Err = UnknownPolicy;
    fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
        let named = |project: &str| {
            ProjectName::parse(project)
                .map_err(|error| UnknownPolicy::Project(text.to_owned(), error))
        };
        match text.split_once(':') {
            None if text == "keep" => Ok(Self::Keep),
            Some(("clean", project)) => Ok(Self::Clean(named(project)?)),
            Some(("both", project)) => Ok(Self::Both(named(project)?)),
            None | Some(_) => Err(UnknownPolicy::Word(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_parse_as_themselves() {
        for text in ["keep", "clean:lung-2026", "both:a"] {
            assert_eq!(text.parse::<Policy>().unwrap().to_string(), text);
        }
        for wrong in ["Keep", "keep:a", "clean", "clean:", "both:Not a name", ""] {
            assert!(wrong.parse::<Policy>().is_err(), "{wrong}");
        }
        assert_eq!(
            "clean".parse::<Policy>().unwrap_err().to_string(),
            "\"clean\" is no de-identification policy; known are: keep, clean:PROJECT, both:PROJECT"
        );
    }
}
