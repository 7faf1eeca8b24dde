//! A de-identification project: one profile under one key.

use crate::{Profile, ProjectKey, Pseudonym, Pseudonyms, UidMap};

/// A de-identification project. Objects that go through the same one stay linked to each other;
/// objects of different ones cannot be linked.
#[derive(Debug, Clone)]
pub struct Project {
    profile: Profile,
    key: ProjectKey,
    uids: UidMap,
    pseudonyms: Pseudonyms,
}

impl Project {
    /// A project.
    pub fn new(profile: Profile, key: ProjectKey) -> Self {
        let mut pseudonyms = Pseudonyms::new(key.clone());
        for subject in profile.subjects() {
            let (id, name) = (subject.pseudonym_id.clone(), subject.pseudonym_name.clone());
            pseudonyms = pseudonyms.with(&subject.issuer, &subject.id, Pseudonym { id, name });
        }
        Self { uids: UidMap::new(key.clone()), pseudonyms, profile, key }
    }

    /// What its objects are cleaned by.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The map of its UIDs.
    pub const fn uids(&self) -> &UidMap {
        &self.uids
    }

    /// The other names of its patients.
    pub const fn pseudonyms(&self) -> &Pseudonyms {
        &self.pseudonyms
    }

    pub(crate) const fn key(&self) -> &ProjectKey {
        &self.key
    }
}
