//! The catalog: what is held, who may act, what is lent out, and the ledger of it all, in SQL.
//!
//! One concrete type over two engines, SQLite (embedded default, its file encrypted) and
//! PostgreSQL. Every method is written once with one SQL text that both engines read; the few
//! differences are named in `engine.rs`. Reads of patient data take a [`lightcase_model::Scope`];
//! writes go through a [`Tx`], which refuses to commit a change that has no audit event.
//!
//! Knows nothing of pixels, networks and HTTP.

#[macro_use]
mod engine;
#[macro_use]
mod sql;
mod account;
mod adoption;
mod audit;
mod clean;
mod clean_job;
mod commitment;
mod completeness;
mod count;
mod error;
mod expectation;
mod filter;
mod find;
mod fold;
mod group;
mod held;
mod index;
mod key;
mod lease;
mod leave;
mod lent;
mod matches;
mod metadata;
mod newcomer;
mod peer;
mod project;
mod refold;
mod refusal;
mod row;
mod session;
mod setup;
mod share;
mod share_session;
mod store_access;
mod study;
mod token;
mod tx;
mod wanted;
mod withdrawal;
mod worklist;

pub use account::{Account, NewAccount};
pub use audit::{AuditFilter, AuditRow};
pub use clean::{CleanObject, CleanState, CleanStudy, Decision, NewClean, Pixels};
pub use clean_job::CleanJob;
pub use commitment::{Commitment, CommitmentEnd, NewCommitment, Reference, Verdict};
pub use completeness::{Completeness, Count, SeriesCompleteness, Signal, Studies};
pub use engine::{Catalog, Database, SqliteKey};
pub use error::{CatalogError, Result};
pub use expectation::Expectation;
pub use held::{Held, Location, Selection};
pub use index::{Conflict, Indexed, NewInstance, Outcome};
pub use key::{KeyPurpose, NewKey};
pub use lent::SpentCopy;
pub use matches::{
    InstanceAttributes, Match, PatientAttributes, SeriesAttributes, StudyAttributes, Withdrawal,
};
pub use metadata::Metadata;
pub use newcomer::Newcomer;
pub use peer::{Peer, Right};
pub use project::{NewProject, Project};
pub use refusal::{Came, NewRefusal, Quarantined, RefusalRow, WAITS_ALREADY};
pub use session::Session;
pub use share::{NewShare, Share, ShareFilter, ShareState, ShareStudy};
pub use share_session::{Opening, ShareSession};
pub use store_access::OpenStoreAccess;
pub use study::{NewStudy, StudyOpening};
pub use token::Token;
pub use tx::Tx;
pub use wanted::{Listed, Wanted};
pub use worklist::{WorklistFilter, WorklistRow};
