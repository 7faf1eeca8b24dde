//! Decided: what the policy of the origin says is kept of the object.

use lightcase_deident::{Policy, UnsupportedPolicy};

use super::validate::Validated;
use super::{Failed, Taken};
use crate::refusal::{Fault, Reason};

/// An object whose fate is decided. Made by [`decide`] only.
pub(crate) struct Decided {
    pub(super) validated: Validated,
    pub(super) decision: Decision,
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The object as it came, identified and sealed.
    Keep,
}

impl Decision {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
        }
    }

    pub(crate) const fn disposition(self) -> &'static str {
        match self {
            Self::Keep => "identified",
        }
    }
}

/// Decides by the policy. One that cannot be carried out refuses: keeping an object identified
/// where a clean copy was ordered would be a disclosure.
pub(crate) fn decide(validated: Validated, policy: Policy) -> Result<Decided, Failed> {
    match policy.check_supported() {
        Ok(()) => Ok(Decided { validated, decision: Decision::Keep }),
        Err(error) => {
            let error: UnsupportedPolicy = error;
            Err(Failed {
                fault: Fault::new(Reason::NotPermitted, error.to_string()),
                taken: Taken::Head(validated.head),
                rest: validated.rest,
            })
        }
    }
}
