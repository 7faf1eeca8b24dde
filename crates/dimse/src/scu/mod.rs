//! The SCU side: `echo`, `store` and `find` against a peer, with errors in plain words.
//!
//! Data set bytes are sent as they are, never re-encoded: the caller says what they are.

mod connect;
mod echo;
mod error;
mod find;
mod get;
mod offers;
mod report;
mod source;
mod store;
mod target;

pub use connect::{MAX_CONTEXTS, Offer, Session};
pub use echo::echo;
pub use error::ScuError;
pub use find::{Found, Query, find};
pub use get::{Got, Incoming};
pub use offers::{Expected, STUDY_ROOT_GET, get_offers};
pub use source::Source;
pub(crate) use source::fill;
pub use store::{Outcome, Outgoing, store};
pub use target::{ClientTls, Target};
