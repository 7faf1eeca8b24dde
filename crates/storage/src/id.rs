//! Random identifiers of objects and subject keys.

use std::fmt;
use std::str::FromStr;

use lightcase_model::{ParseIdError, PublicId};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A fresh random identifier.
            pub fn random() -> Self {
                Self(*PublicId::random().as_bytes())
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

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&PublicId::from_bytes(self.0), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse::<PublicId>().map(|id| Self(*id.as_bytes()))
            }
        }
    )*};
}

id! {
    /// One sealed object; as 26 lower-case base32 characters it is also its name in the store.
    /// Random, so that a name in a bucket tells nothing about a study.
    ObjectId;
    /// One subject key: the key of one study and generation, one account, one day's quarantine,
    /// or the system.
    SubjectKeyId;
}
