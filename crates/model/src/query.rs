//! A query of the query/retrieve model, free of its wire form (PS3.4 C.2.2.2, PS3.18 8.3.4).

use crate::{Attribute, Level, Matching};

/// One matching key. An attribute without a key matches universally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What is matched.
    pub attribute: Attribute,
    /// How.
    pub matching: Matching,
}

/// A query at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What is returned: one match per patient, study, series or instance.
    pub level: Level,
    /// All must match.
    pub keys: Vec<Key>,
    /// Person names: every part of the key starts some part of the name (PS3.18 8.3.4.2).
    pub fuzzy: bool,
    /// Ranges of a date and of its time are one range of instants (PS3.4 C.2.2.2.5.4).
    pub combined: bool,
    /// At most so many matches.
    pub limit: u32,
    /// Skip so many, in the order of the level.
    pub offset: u32,
}

impl Query {
    /// A query that matches everything at a level.
    pub fn at(level: Level, limit: u32) -> Self {
        Self { level, keys: Vec::new(), fuzzy: false, combined: false, limit, offset: 0 }
    }

    /// The same query with one more key.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, matching: Matching) -> Self {
        self.keys.push(Key { attribute, matching });
        self
    }
}

/// Some of the matches, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The matches.
    pub items: Vec<T>,
    /// Whether more would have matched beyond the limit.
    pub more: bool,
}
