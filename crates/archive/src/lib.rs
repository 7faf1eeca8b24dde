//! The rules of what comes in and what goes out.
//!
//! In: a chain of types, one file each, `Received → Validated → Decided → Sealed → Stored →
//! Indexed`; no stage can be skipped, because each is made only by the one before it. Out: every
//! read takes a [`lightcase_model::Scope`] and leaves its audit event before the first byte.
//!
//! Knows no status code of DIMSE or HTTP, and no SQL.

mod adopt;
mod ahead;
mod archive;
mod blob;
mod bulk;
mod clean;
mod commitment;
mod download;
mod error;
mod find;
mod find_all;
mod frame;
mod hand_over;
mod image;
mod import;
mod inflated;
pub mod ingest;
mod metadata;
mod peer;
mod quarantine;
mod quarantine_key;
mod recode;
mod record;
mod recover;
mod refusal;
mod rendered;
mod retrieve;
mod turns;
mod unbroken;
mod unzip;
mod view;
mod withdraw;

pub use adopt::Swept;
pub use archive::{Archive, Parts, STUDY_LIMIT};
pub use bulk::Bulk;
pub use clean::{
    BASIC, CleanOrigin, Copied, Decided, LENT_SERIES, Lent, OriginalDigest, ProfileShown,
    Reidentified, Review, StudyCertificate, approve_file, lies_beside,
};
pub use commitment::CommitmentReport;
pub use download::{Bundle, Download, Extent};
pub use error::ArchiveError;
pub use find_all::Matches;
pub use frame::{FrameData, FrameSource};
pub use hand_over::{HandOver, Passage, Sending};
pub use import::{ImportError, MediaStorage, Unread};
pub use ingest::{Accepted, BodyError, Intake, Received};
pub use peer::{certificate_digest, fingerprint, parse_fingerprint};
pub use quarantine::Redriven;
pub use record::IngestRecord;
pub use refusal::{Reason, Refusal};
pub use rendered::Picture;
pub use retrieve::{Part, Retrieval};
pub use unzip::{Unzip, ZipContent, ZipEntry, ZipError, ZipLimits};
pub use view::Viewer;
