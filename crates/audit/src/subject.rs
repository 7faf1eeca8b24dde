//! Whose key a record's personal fields are sealed under.

use lightcase_model::{AccountId, ShareId, StudyId};

/// Whose key seals the personal fields of a record. When that key is shredded, they are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Nobody in particular: the key of the deployment.
    System,
    /// A study, and by it its patient.
    Study(StudyId),
    /// A share, and by it its recipient.
    Share(ShareId),
    /// A member of staff.
    Account(AccountId),
}

impl From<()> for Subject {
    fn from((): ()) -> Self {
        Self::System
    }
}

impl From<StudyId> for Subject {
    fn from(study: StudyId) -> Self {
        Self::Study(study)
    }
}

impl From<ShareId> for Subject {
    fn from(share: ShareId) -> Self {
        Self::Share(share)
    }
}

impl From<AccountId> for Subject {
    fn from(account: AccountId) -> Self {
        Self::Account(account)
    }
}

impl<T: Into<Self>> From<Option<T>> for Subject {
    /// Who is unknown has no key of their own.
    fn from(known: Option<T>) -> Self {
        known.map_or(Self::System, Into::into)
    }
}
