//! Ingest: the chain that an object passes through on its way in.

mod adopt;
mod decide;
mod expect;
mod index;
mod intake;
mod open_study;
mod other_syntax;
mod received;
mod reread;
mod room;
mod seal;
mod store;
mod validate;

pub(crate) use adopt::{Adopted, Found};
pub(crate) use intake::discard;
pub use intake::{Accepted, Intake};
pub use received::{BodyError, Received};

pub(crate) use index::text;
pub(crate) use received::Body;
pub(crate) use reread::Blob;
pub(crate) use room::Rooms;
pub(crate) use store::Stored;

use bytes::Bytes;
use lightcase_storage::{Expected, Sealing, SubjectKey};
use std::sync::Arc;

use crate::refusal::Fault;

/// A stage that failed, with what was taken of the object so far and what is still to come, so
/// that quarantine can keep all of it.
pub(crate) struct Failed {
    pub(crate) fault: Fault,
    pub(crate) taken: Taken,
    pub(crate) rest: Body,
}

/// Where the bytes are that a failed stage had taken.
pub(crate) enum Taken {
    /// In memory, the data set's first bytes.
    Head(Vec<Bytes>),
    /// Written into an object that is not finished; `skip` bytes of it precede the data set.
    Partial { sealing: Box<Sealing>, key: Arc<SubjectKey>, skip: u64 },
    /// In a finished object; `skip` bytes of it precede the data set.
    Object { object: Expected, key: Arc<SubjectKey>, skip: u64 },
    /// In a blob of the store that no row names and nobody else has: it is kept whatever the limits,
    /// and stays where it is when it cannot be.
    Adopted { object: Box<Expected>, key: Arc<SubjectKey>, skip: u64 },
    /// Nowhere any more: the sender went away, or the store failed.
    Lost,
}
