//! What is done to an attribute, PS3.15 Table E.1-1a.

use std::fmt;
use std::str::FromStr;

/// An action code of PS3.15 Table E.1-1a. A combined code leaves the choice to the type that the
/// IOD gives the attribute; see [`Action::resolve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Replace with a non-empty dummy of the same VR.
    D,
    /// Replace with a value of zero length, or a dummy.
    Z,
    /// Remove, with all it contains.
    X,
    /// Keep; sequences are cleaned inside.
    K,
    /// Clean: only what is known to be safe stays.
    C,
    /// Replace with a UID that is the same wherever the original stood.
    U,
    /// Z unless X keeps conformance.
    XZ,
    /// D unless X keeps conformance.
    XD,
    /// D unless Z keeps conformance.
    ZD,
    /// D unless Z or X keeps conformance.
    XZD,
    /// A sequence: X, or Z, or U for the UIDs in it.
    XZU,
}

/// The type of an attribute in an IOD, PS3.5 section 7.4; a conditional one whose condition holds
/// counts as required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeType {
    /// Type 1: present, with a value.
    One,
    /// Type 2: present, possibly empty.
    Two,
    /// Type 3, or not in the IOD: may be absent.
    Three,
}

/// The text is no action code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an action code of PS3.15 Table E.1-1a")]
pub struct UnknownAction;

impl Action {
    /// All codes.
    pub const ALL: &'static [Self] = &[
        Self::D,
        Self::Z,
        Self::X,
        Self::K,
        Self::C,
        Self::U,
        Self::XZ,
        Self::XD,
        Self::ZD,
        Self::XZD,
        Self::XZU,
    ];

    /// The code as the standard prints it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::D => "D",
            Self::Z => "Z",
            Self::X => "X",
            Self::K => "K",
            Self::C => "C",
            Self::U => "U",
            Self::XZ => "X/Z",
            Self::XD => "X/D",
            Self::ZD => "Z/D",
            Self::XZD => "X/Z/D",
            Self::XZU => "X/Z/U*",
        }
    }

    /// The one action for an attribute of this type. Of a combined code it is the one that removes
    /// most while a Type 1 attribute never ends up empty and a Type 2 attribute never missing;
    /// single codes stand as they are, except that an empty Type 1 becomes a dummy. X/Z/U* is
    /// always U: an object whose references are gone is worth less, and U leaves nothing in them.
    #[must_use]
    pub const fn resolve(self, attribute: AttributeType) -> Self {
        match (self, attribute) {
            (Self::XZ | Self::XD | Self::XZD, AttributeType::Three) => Self::X,
            (Self::ZD, AttributeType::Two | AttributeType::Three)
            | (Self::XZ | Self::XZD, AttributeType::Two) => Self::Z,
            (Self::XZ | Self::XD | Self::ZD | Self::XZD | Self::Z, AttributeType::One)
            | (Self::XD, AttributeType::Two) => Self::D,
            (Self::XZU, _) => Self::U,
            (Self::D | Self::X | Self::K | Self::C | Self::U, _)
            | (Self::Z, AttributeType::Two | AttributeType::Three) => self,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Action {
    type Err = UnknownAction;
    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        Self::ALL.iter().copied().find(|each| each.code() == text).ok_or(UnknownAction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_parse_as_themselves() {
        for action in Action::ALL {
            assert_eq!(action.code().parse(), Ok(*action));
        }
        assert_eq!("Y".parse::<Action>(), Err(UnknownAction));
    }

    #[test]
    fn combined_codes_follow_the_type() {
        use AttributeType::{One, Three, Two};
        let check = |action: Action, by_type: [Action; 3]| {
            assert_eq!([One, Two, Three].map(|each| action.resolve(each)), by_type, "{action}");
        };
        check(Action::XZ, [Action::D, Action::Z, Action::X]);
        check(Action::XD, [Action::D, Action::D, Action::X]);
        check(Action::ZD, [Action::D, Action::Z, Action::Z]);
        check(Action::XZD, [Action::D, Action::Z, Action::X]);
        check(Action::XZU, [Action::U; 3]);
        check(Action::Z, [Action::D, Action::Z, Action::Z]);
        for single in [Action::D, Action::X, Action::K, Action::C, Action::U] {
            check(single, [single; 3]);
        }
    }

    #[test]
    fn nothing_stays_combined() {
        for action in Action::ALL {
            for attribute in [AttributeType::One, AttributeType::Two, AttributeType::Three] {
                assert_eq!(action.resolve(attribute).code().len(), 1);
            }
        }
    }
}
