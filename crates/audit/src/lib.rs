//! The audit: every fact as an event type, its canonical encoding, its hashes.
//!
//! Knows nothing of databases, files, networks, keys or clocks. The way of one fact:
//!
//! 1. Whoever knows the fact makes an [`Event`].
//! 2. [`Draft::new`] joins it with the context it happened in, and splits off what names or traces
//!    a person ([`Personal`]).
//! 3. The catalog seals [`Draft::personal_bytes`] under the key of [`Draft::subject`] and hands the
//!    ciphertext to [`Draft::seal`], which gives the [`Record`].
//! 4. [`Record::canonical`] is what is stored and exported, [`Record::leaf`] its hash, and
//!    [`chain`] joins the leaves in the order a sequencer gives them.
//!
//! The hash covers ciphertext only: a shredded key takes the content of a record away and leaves
//! every hash as it was.

mod access;
mod chain;
mod digest;
mod draft;
mod event;
mod field;
mod json;
pub mod merkle;
mod personal;
mod record;
pub mod render;
mod subject;

pub use access::AccessId;
pub use chain::{GENESIS, chain};
pub use digest::{ListDigest, list_digest};
pub use draft::Draft;
pub use event::{Event, SignOutCause, ViewKind};
pub use json::{Integer, Json, JsonError};
pub use personal::{Personal, PersonalError};
pub use record::{Record, RecordError};
pub use subject::Subject;
