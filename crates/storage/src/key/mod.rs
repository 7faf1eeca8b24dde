//! Keys in three levels: the root key, held by a provider, wraps subject keys; a subject key
//! wraps the data key of each object (that third level is the envelope's).

mod cache;
mod file;
mod lasting;
mod provider;
mod ring;
mod secret;
mod subject;
mod wrapped;

pub use provider::{KeyProvider, RootKeyId};
pub use ring::KeyRing;
pub use secret::SecretName;
pub use subject::SubjectKey;
pub use wrapped::WrappedKey;

/// A file provider of a fixed root key, for the golden vectors.
#[cfg(test)]
pub(crate) fn file_provider_of(root: &[u8; 32]) -> std::sync::Arc<dyn KeyProvider> {
    std::sync::Arc::new(file::FileProvider::new(root).unwrap())
}
