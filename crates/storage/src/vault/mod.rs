//! The vault: seals what goes into a store and opens what comes back.

mod body;
mod head;
mod health;
mod key_record;
mod list;
mod open;
mod remove;
mod seal;
mod sealed;

pub use body::Body;
pub use list::StoredObject;
pub use seal::Sealing;
pub use sealed::{Expected, Sealed};

use std::sync::Arc;

use crate::{Backend, Store};

/// Sealed objects in one store. Cheap to clone; clones share a small cache of object heads.
///
/// Invariants: plaintext never reaches the store; an object is visible wholly or not at all, and
/// durable when [`Sealing::finish`] returns; no byte of plaintext is given out before its chunk
/// was authenticated, under the head that belongs to the expected object.
#[derive(Debug, Clone)]
pub struct Vault {
    store: Store,
    backend: Backend,
    heads: Arc<head::Heads>,
}

impl Vault {
    /// A vault over a store.
    pub fn new(store: Store) -> Self {
        Self::with_backend(store, Backend::default())
    }

    /// A vault that encrypts with a chosen library; the stored bytes are the same with each.
    pub fn with_backend(store: Store, backend: Backend) -> Self {
        Self { store, backend, heads: Arc::default() }
    }

    /// The store underneath.
    pub fn store(&self) -> &Store {
        &self.store
    }
}
