//! The rules of what comes in and what goes out.
//!
//! In: a chain of types, one file each, `Received → Validated → Decided → Sealed → Stored →
//! Indexed`; no stage can be skipped, because each is made only by the one before it. Out: every
//! read takes a [`lightcase_model::Scope`] and leaves its audit event before the first byte.
//!
//! Knows no status code of DIMSE or HTTP, and no SQL.

mod adopt;
mod archive;
mod blob;
mod bulk;
mod error;
mod find;
mod frame;
mod image;
mod import;
pub mod ingest;
mod metadata;
mod quarantine;
mod quarantine_key;
mod record;
mod recover;
mod refusal;
mod rendered;
mod retrieve;
mod view;
mod withdraw;

pub use adopt::Swept;
pub use archive::{Archive, Parts};
pub use bulk::Bulk;
pub use error::ArchiveError;
pub use frame::{FrameData, FrameSource};
pub use import::ImportError;
pub use ingest::{Accepted, BodyError, Intake, Received};
pub use record::IngestRecord;
pub use refusal::{Reason, Refusal};
pub use rendered::Picture;
pub use retrieve::{Part, Retrieval};
pub use view::Viewer;
