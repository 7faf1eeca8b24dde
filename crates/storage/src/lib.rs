//! Sealed storage: envelope, vault, key ring and its providers.
//!
//! Everything that leaves the process for a store passes through a [`Vault`], which seals it; there is
//! no switch for that, and no way to put clear text. Knows nothing of DICOM, studies or
//! patients: an object has a random name, a [`ObjectKind`] and a [`SubjectKey`]. The stored format is
//! specified in `docs/envelope.md`.
#![warn(clippy::arithmetic_side_effects)]

mod aead;
mod envelope;
mod error;
mod id;
mod key;
mod kind;
mod store;
mod vault;

#[cfg(any(test, feature = "testing"))]
pub mod conformance;

pub use aead::Backend;
pub use error::StorageError;
pub use id::{ObjectId, SubjectKeyId};
pub use key::{KeyProvider, KeyRing, RootKeyId, SecretName, SubjectKey, WrappedKey};
pub use kind::ObjectKind;
pub use store::Store;
pub use vault::{Body, Expected, Sealed, Sealing, StoredObject, Vault};

#[cfg(test)]
mod vectors;
