//! The identifier that joins the two events of a disclosure.

use std::fmt;
use std::str::FromStr;

use lightcase_model::{ParseIdError, PublicId};

/// Joins the event before the first byte with the event after the last one: store, view, retrieve.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessId(PublicId);

impl AccessId {
    /// A fresh random identifier.
    pub fn random() -> Self {
        Self(PublicId::random())
    }

    /// From 16 bytes, as the catalog keeps them.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(PublicId::from_bytes(bytes))
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for AccessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for AccessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for AccessId {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self)
    }
}
