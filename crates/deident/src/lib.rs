//! De-identification by PS3.15 Annex E, while an object streams by.
//!
//! A [`Project`] is a [`Profile`] under a [`ProjectKey`]; a [`Deidentifier`] takes the bytes of one
//! object in pieces of any size and gives clean bytes and a [`Report`]. What the table of the
//! standard does not name and the engine does not know to be safe is removed; what cannot be read
//! is a [`Refusal`]; what somebody must look at first is [`Verdict::Held`], and an [`Approval`] writes
//! what that person decided.
//!
//! Knows nothing of files, networks, databases, clocks or randomness: everything is a function of
//! its input and the project. With one key the same input gives the same output for ever; outputs
//! under different keys cannot be linked, and without the key none can be recomputed.

mod action;
mod civil;
mod clean;
mod date_shift;
mod decide;
mod engine;
mod key;
mod marker;
mod option;
mod pixel;
mod policy;
mod profile;
mod project;
mod pseudonym;
mod refusal;
mod report;
mod subject;
mod table;
mod tape;
mod uid_map;

pub use action::{Action, AttributeType};
pub use date_shift::DateShift;
pub use engine::{Approval, Approved, Deidentifier, Done};
pub use key::ProjectKey;
pub use option::ProfileOption;
pub use pixel::{Blanker, Hold, Layout, Region, blank_frame};
pub use policy::{Policy, UnknownPolicy};
pub use profile::{Profile, ProfileError};
pub use project::Project;
pub use pseudonym::{Pseudonym, Pseudonyms};
pub use refusal::Refusal;
pub use report::{Certificate, Counts, Outcome, Report, Step, Verdict, Widened};
pub use table::{EDITION, Pattern, RULES, Rule, rule};
pub use uid_map::UidMap;
