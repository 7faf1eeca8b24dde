//! De-identification by PS3.15 Annex E: the action table, the UID map, dates, pseudonyms.
//!
//! Knows nothing of files, networks, databases, clocks or randomness: everything is a function of
//! its input and a [`ProjectKey`]. With one key the same input gives the same output for ever;
//! outputs under different keys cannot be linked, and without the key none can be recomputed.

mod action;
mod civil;
mod date_shift;
mod key;
mod option;
mod policy;
mod pseudonym;
mod table;
mod uid_map;

pub use action::{Action, AttributeType};
pub use date_shift::DateShift;
pub use key::ProjectKey;
pub use option::ProfileOption;
pub use policy::{Policy, UnknownPolicy, UnsupportedPolicy};
pub use pseudonym::{Pseudonym, Pseudonyms};
pub use table::{EDITION, Pattern, RULES, Rule, rule};
pub use uid_map::UidMap;
