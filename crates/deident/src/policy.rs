//! What is kept of what comes in.

use std::fmt;
use std::str::FromStr;

/// What an origin's studies are kept as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Policy {
    /// Identified, as they came.
    #[default]
    Keep,
    /// Only as a clean copy.
    Clean,
    /// Both, linked, with separate access.
    Both,
}

/// The text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no de-identification policy; known are: keep, clean, both")]
pub struct UnknownPolicy {
    /// What was given.
    pub given: String,
}

/// The policy is known and cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the de-identification policy \"{policy}\" is configured, but this build only keeps studies \
     as they came; set it to \"keep\""
)]
pub struct UnsupportedPolicy {
    /// What is configured.
    pub policy: Policy,
}

impl Policy {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Keep, Self::Clean, Self::Both];

    /// The word used in configuration and audit.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Clean => "clean",
            Self::Both => "both",
        }
    }

    /// Whether this build carries the policy out. Asked at start: taking a study in identified
    /// where a clean copy was ordered would be a disclosure.
    pub const fn check_supported(self) -> Result<(), UnsupportedPolicy> {
        match self {
            Self::Keep => Ok(()),
            Self::Clean | Self::Both => Err(UnsupportedPolicy { policy: self }),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Policy {
    type Err = UnknownPolicy;
    fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
        let known = Self::ALL.iter().copied().find(|each| each.name() == text);
        known.ok_or_else(|| UnknownPolicy { given: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_parse_as_themselves() {
        for policy in Policy::ALL {
            assert_eq!(policy.name().parse(), Ok(*policy));
        }
        assert_eq!(
            "Keep".parse::<Policy>().unwrap_err().to_string(),
            "\"Keep\" is no de-identification policy; known are: keep, clean, both"
        );
    }

    #[test]
    fn only_keep_is_carried_out() {
        assert_eq!(Policy::default().check_supported(), Ok(()));
        for policy in [Policy::Clean, Policy::Both] {
            let sentence = policy.check_supported().unwrap_err().to_string();
            assert!(
                sentence.contains(policy.name()) && sentence.ends_with("\"keep\""),
                "{sentence}"
            );
        }
    }
}
