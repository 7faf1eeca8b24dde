//! By what right images are shared.

use std::fmt;

use crate::AuthorisationId;

/// By what right a link is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authority {
    /// The recipient treats the patient.
    Treatment,
    /// The recipient is the patient, or who acts for them.
    OwnAccess,
    /// The patient authorised it, and this is the record of it.
    Authorisation(AuthorisationId),
}

/// The two words of a request do not make an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The word is none of the three.
    #[error("The authority is unknown. It is treatment, ownAccess or authorisation.")]
    Unknown,
    /// No record is named.
    #[error("The authorisation is not named. Say which record the link is made under.")]
    NoRecord,
    /// A record is named that is not asked for.
    #[error("An authorisation is named, but the authority is another one. Leave one of them out.")]
    RecordUnasked,
}

impl Authority {
    /// From the word and, for the third one, the record it names.
    pub fn of(word: &str, record: Option<AuthorisationId>) -> Result<Self, AuthorityError> {
        match (word, record) {
            ("treatment", None) => Ok(Self::Treatment),
            ("ownAccess", None) => Ok(Self::OwnAccess),
            ("authorisation", Some(record)) => Ok(Self::Authorisation(record)),
            ("authorisation", None) => Err(AuthorityError::NoRecord),
            ("treatment" | "ownAccess", Some(_)) => Err(AuthorityError::RecordUnasked),
            (_, _) => Err(AuthorityError::Unknown),
        }
    }

    /// The word of the API, the command line and the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::OwnAccess => "ownAccess",
            Self::Authorisation(_) => "authorisation",
        }
    }

    /// The record it rests on.
    pub const fn record(self) -> Option<AuthorisationId> {
        match self {
            Self::Treatment | Self::OwnAccess => None,
            Self::Authorisation(record) => Some(record),
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_and_record_make_an_authority() {
        let record = AuthorisationId::random();
        for authority in
            [Authority::Treatment, Authority::OwnAccess, Authority::Authorisation(record)]
        {
            assert_eq!(Authority::of(authority.name(), authority.record()), Ok(authority));
        }
        let check = |word, record, error| assert_eq!(Authority::of(word, record), Err(error));
        check("authorisation", None, AuthorityError::NoRecord);
        check("treatment", Some(record), AuthorityError::RecordUnasked);
        check("ownAccess", Some(record), AuthorityError::RecordUnasked);
        check("research", None, AuthorityError::Unknown);
        check("", Some(record), AuthorityError::Unknown);
    }
}
