//! The words of Lightcase: UIDs, titles, scopes, queries, contexts, permissions.
//!
//! Knows nothing of networks, files, databases or clocks. Every value that came from outside is
//! made by a `parse` here and cannot be changed afterwards; so a [`Uid`] or an [`AeTitle`] that
//! exists is one that PS3.5 allows.

mod ae_title;
mod attribute;
mod authority;
mod ctx;
mod day;
mod id;
mod matching;
mod permission;
mod phi;
mod project_name;
mod query;
mod scope;
mod share;
mod time;
mod uid;

pub use ae_title::{AeTitle, AeTitleError};
pub use attribute::{Attribute, Level};
pub use authority::{Authority, AuthorityError};
pub use ctx::{Actor, Ctx, Origin};
pub use day::{Day, ParseDayError, is_day};
pub use id::{
    AccountId, AlertId, AuthorisationId, CollectionId, CommitmentId, DeviceId, EventId, InstanceId,
    MailId, NewcomerId, ParseIdError, PatientId, ProjectId, PublicId, RefusalId, RequestId,
    ReviewId, SeriesId, ServerId, SessionId, ShareId, StudyId, TokenId,
};
pub use matching::{DateRange, KeyError, Matching};
pub use permission::{Permission, Role, TokenScope, UnknownName};
pub use phi::Phi;
pub use project_name::{ProjectName, ProjectNameError};
pub use query::{Key, Page, Query};
pub use scope::{Collections, Grant, May, Scope};
pub use share::{AlertKind, Factor, Language};
pub use time::{Clock, ParseTimestampError, Timestamp};
pub use uid::{SeriesUid, SopClassUid, SopInstanceUid, StudyUid, TransferSyntaxUid, Uid, UidError};
