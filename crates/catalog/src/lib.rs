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
mod authorisation;
mod authorisation_form;
mod clean;
mod clean_job;
mod commitment;
mod completeness;
mod count;
mod covered;
mod download;
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
mod outbox;
mod peer;
mod project;
mod refold;
mod refusal;
mod row;
mod server;
mod session;
mod setup;
mod share;
mod share_alert;
mod share_anew;
mod share_change;
mod share_code;
mod share_download;
mod share_seen;
mod share_session;
mod share_source;
mod store_access;
mod study;
mod token;
mod tx;
mod wanted;
mod withdrawal;
mod worklist;

pub use account::{Account, NewAccount};
pub use audit::{AuditFilter, AuditRow};
pub use authorisation::{
    Authorisation, AuthorisationRevocation, AuthorisationVersion, NewAuthorisation, NewTerms,
    Standing,
};
pub use authorisation_form::{AuthorisationForm, NewForm};
pub use clean::{CleanObject, CleanState, CleanStudy, Decision, NewClean, Pixels};
pub use clean_job::CleanJob;
pub use commitment::{Commitment, CommitmentEnd, NewCommitment, Reference, Verdict};
pub use completeness::{Completeness, Count, SeriesCompleteness, Signal, Studies};
pub use download::{HeldInstance, HeldSeries, HeldStudy};
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
pub use outbox::{Delivery, DueMail, Letter, MailKind, MailState, NewMail, SweptMail};
pub use peer::{Peer, Right};
pub use project::{NewProject, Project};
pub use refusal::{Came, NewRefusal, Quarantined, RefusalRow, WAITS_ALREADY};
pub use session::Session;
pub use share::{NewShare, Share, ShareFilter, ShareState, ShareStudy};
pub use share_alert::{Alert, AlertFilter};
pub use share_anew::OverSession;
pub use share_change::Recall;
pub use share_code::MailedCode;
pub use share_download::{DownloadRange, ShareDownload};
pub use share_seen::SeenSeries;
pub use share_session::{Opening, ShareSession};
pub use share_source::ShareSource;
pub use store_access::{OpenReadAccess, OpenStoreAccess};
pub use study::{NewStudy, StudyOpening};
pub use token::Token;
pub use tx::Tx;
pub use wanted::{Listed, Wanted};
pub use worklist::{WorklistFilter, WorklistRow};
