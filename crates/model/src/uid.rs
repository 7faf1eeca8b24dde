//! Unique identifiers, PS3.5 chapter 9.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A DICOM unique identifier (VR UI, PS3.5 section 9.1).
///
/// Invariants: 1 to 64 characters; components of digits separated by single dots; no component
/// is empty and none starts with a zero unless it is the zero. The padding that PS3.5 section 6.2
/// allows (trailing NUL or space) is taken off by [`Uid::parse`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uid(Box<str>);

/// Why a text is not a UID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UidError {
    /// Nothing is left after the padding was taken off.
    #[error("the UID is empty")]
    Empty,
    /// More than 64 characters.
    #[error("the UID is longer than 64 characters")]
    TooLong,
    /// A character other than a digit or a dot.
    #[error("the UID has a character that is neither a digit nor a dot")]
    Character,
    /// Two dots in a row, or a dot at an end.
    #[error("the UID has an empty component")]
    EmptyComponent,
    /// A component such as `007`.
    #[error("the UID has a component with a leading zero")]
    LeadingZero,
}

impl Uid {
    /// Reads a UID, taking trailing NUL and space padding off.
    pub fn parse(text: &str) -> Result<Self, UidError> {
        let text = text.trim_end_matches(['\0', ' ']);
        if text.is_empty() {
            return Err(UidError::Empty);
        }
        if text.len() > 64 {
            return Err(UidError::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(UidError::Character);
        }
        for component in text.split('.') {
            if component.is_empty() {
                return Err(UidError::EmptyComponent);
            }
            if component.len() > 1 && component.starts_with('0') {
                return Err(UidError::LeadingZero);
            }
        }
        Ok(Self(text.into()))
    }

    /// The UID as text, without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uid {
    type Err = UidError;
    fn from_str(text: &str) -> Result<Self, UidError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Uid {
    type Error = UidError;
    fn try_from(text: String) -> Result<Self, UidError> {
        Self::parse(&text)
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> Self {
        uid.0.into()
    }
}

macro_rules! uid_of {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uid);

        impl $name {
            /// Reads the UID; see [`Uid::parse`].
            pub fn parse(text: &str) -> Result<Self, UidError> {
                Uid::parse(text).map(Self)
            }
            /// The UID as text, without padding.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
            /// The UID without its meaning.
            pub fn as_uid(&self) -> &Uid {
                &self.0
            }
        }
        impl From<Uid> for $name {
            fn from(uid: Uid) -> Self {
                Self(uid)
            }
        }
        impl FromStr for $name {
            type Err = UidError;
            fn from_str(text: &str) -> Result<Self, UidError> {
                Self::parse(text)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

uid_of! {
    /// Study Instance UID (0020,000D).
    StudyUid;
    /// Series Instance UID (0020,000E).
    SeriesUid;
    /// SOP Instance UID (0008,0018).
    SopInstanceUid;
    /// SOP Class UID (0008,0016).
    SopClassUid;
    /// Transfer Syntax UID (0002,0010).
    TransferSyntaxUid;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<&str, UidError>) {
        assert_eq!(Uid::parse(text).as_ref().map(Uid::as_str), expected.as_ref().copied());
    }

    #[test]
    fn padding_is_taken_off_and_rules_hold() {
        check("1.2.840.10008.1.1", Ok("1.2.840.10008.1.1"));
        check("1.2.3\0", Ok("1.2.3"));
        check("2.25.0 ", Ok("2.25.0"));
        check("", Err(UidError::Empty));
        check("\0\0", Err(UidError::Empty));
        check("../../etc/x", Err(UidError::Character));
        check("1..2", Err(UidError::EmptyComponent));
        check("1.2.", Err(UidError::EmptyComponent));
        check("1.02.3", Err(UidError::LeadingZero));
        check("1.2\0.3", Err(UidError::Character));
        check(&"1".repeat(65), Err(UidError::TooLong));
    }

    proptest! {
        #[test]
        fn what_parses_prints_as_itself(text in "[0-9.]{1,70}") {
            if let Ok(uid) = Uid::parse(&text) {
                prop_assert_eq!(uid.as_str(), text.as_str());
                prop_assert_eq!(Uid::parse(uid.as_str()), Ok(uid.clone()));
            }
        }
    }
}
