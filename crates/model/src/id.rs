//! Identifiers: random public ones, and the catalog's internal row numbers.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Serialize};

/// A public identifier: 128 random bits, printed as 26 lower-case base32 characters.
///
/// It names a thing towards the outside (share, account, event, request); knowing it gives no
/// right to the thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicId([u8; 16]);

/// The text is not a public identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 26 characters a-z and 2-7 are expected")]
pub struct ParseIdError;

#[expect(clippy::expect_used, reason = "a constant specification, covered by the tests below")]
fn alphabet() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().expect("the alphabet has 32 different symbols")
}

impl PublicId {
    /// Fresh random bits from the operating system.
    ///
    /// # Panics
    /// When the operating system has no random bytes: without entropy nothing safe can go on.
    #[expect(clippy::expect_used, reason = "without entropy nothing safe can go on")]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// From 16 bytes, as the catalog keeps them.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&alphabet().encode(&self.0))
    }
}

impl fmt::Debug for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicId {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let bytes = alphabet()
            .decode(text.as_bytes())
            .map_err(|_error: data_encoding::DecodeError| ParseIdError)?;
        Ok(Self(bytes.try_into().map_err(|_error: Vec<u8>| ParseIdError)?))
    }
}

impl TryFrom<String> for PublicId {
    type Error = ParseIdError;
    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl From<PublicId> for String {
    fn from(id: PublicId) -> Self {
        id.to_string()
    }
}

macro_rules! public_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(PublicId);

        impl $name {
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
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse().map(Self)
            }
        }
    )*};
}

public_id! {
    /// A staff account.
    AccountId;
    /// An API token.
    TokenId;
    /// A signed-in session; as the handle of a share session it stands in the path.
    SessionId;
    /// A share link.
    ShareId;
    /// Something that the owner of a link is told.
    AlertId;
    /// A record that a patient authorised a disclosure.
    AuthorisationId;
    /// A browser that has proved the first factor of a share.
    DeviceId;
    /// An audit event.
    EventId;
    /// A command or request, the same in the reply, the log and the audit.
    RequestId;
    /// A refused object.
    RefusalId;
    /// A request for storage commitment.
    CommitmentId;
    /// An unknown caller that was refused an association.
    NewcomerId;
    /// A de-identification project.
    ProjectId;
    /// A clean copy that somebody must look at, or has.
    ReviewId;
    /// A mail in the outbox.
    MailId;
    /// A server, as others on its database know it.
    ServerId;
}

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);
    )*};
}

row_id! {
    /// A collection's row: 1 is the archive itself.
    CollectionId;
    /// A patient's row.
    PatientId;
    /// A study's row.
    StudyId;
    /// A series' row.
    SeriesId;
    /// An instance's row.
    InstanceId;
}

impl CollectionId {
    /// The archive itself.
    pub const ARCHIVE: Self = Self(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_parses_as_itself() {
        let id = PublicId::random();
        assert_eq!(id.to_string().len(), 26);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("x".parse::<PublicId>(), Err(ParseIdError));
        assert_eq!("A".repeat(26).parse::<PublicId>(), Err(ParseIdError));
    }
}
