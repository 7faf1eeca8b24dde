//! A de-identification project: one profile under one key.

use data_encoding::HEXLOWER;

use crate::{Profile, ProfileOption, ProjectKey, Pseudonym, Pseudonyms, UidMap};

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

    /// The UID that the clean copies of a study, a series or an object have.
    pub fn mapped(&self, uid: &str) -> String {
        if self.profile.has(ProfileOption::RetainUids) {
            return uid.to_owned();
        }
        let mapped = self.uids.replacement((0x0008, 0x0018), uid);
        mapped.map_or_else(|| uid.to_owned(), |uid| uid.as_str().to_owned())
    }

    /// What stands for the digest of an original in what may leave with the copies: `hmac-sha-256:` and
    /// HMAC-SHA-256 of it under the project's key. Nobody who has an original finds its copies by it,
    /// and those of two projects do not tell that they are of one original.
    pub fn keyed_digest(&self, digest: &str) -> String {
        // No UID that the project maps begins so.
        let mac = self.key.hmac(&[b"digest before\0", digest.as_bytes()]);
        format!("hmac-sha-256:{}", HEXLOWER.encode(&mac))
    }

    pub(crate) const fn key(&self) -> &ProjectKey {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_digest_stays_what_it_was() {
        // Computed with Python's hmac module.
        let project = |key| Project::new(Profile::default(), ProjectKey::from_bytes([key; 32]));
        let expected =
            "hmac-sha-256:0fddd2033a25404188ab2c67872721ea7d9e52d580e9a4ea7951401ebfa8d2a9";
        assert_eq!(project(7).keyed_digest("aa"), expected);
        assert_ne!(project(8).keyed_digest("aa"), expected);
    }
}
