//! What can go wrong with share links, by what the caller can do about it.

use lightcase_archive::ArchiveError;
use lightcase_catalog::CatalogError;
use lightcase_model::Permission;

use crate::AuthorisationFault;

/// Result of this crate.
pub type Result<T, E = ShareError> = std::result::Result<T, E>;

/// What can go wrong with share links.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// The one answer to a visitor who may not come in, whatever the reason.
    #[error(
        "The passcode is not right, or this link has ended. Check the 8 characters and try again, \
         or ask the person who sent it."
    )]
    Refused,
    /// The caller has no right to it.
    #[error("You may not make, see or end share links. Ask an administrator.")]
    NotPermitted(Permission),
    /// A link without a passcode needs a permission of its own.
    #[error(
        "A link without a passcode opens for anybody who gets hold of it. It can only be made at \
         the command line, by the operator of the archive. Ask for a passcode."
    )]
    FactorNeeded,
    /// The link was revoked or has expired, and does not come back: make another.
    #[error("The link has ended. Make a new one.")]
    Ended,
    /// What is to be shared does not exist or is not in the caller's sight, which look the same.
    #[error("The study or series to share was not found.")]
    NotFound,
    /// The link cannot be made as asked for: the sentence says what to change.
    #[error("{0}")]
    Malformed(&'static str),
    /// What is wrong with an authorisation: what it lacks, or why it does not carry the link.
    #[error(transparent)]
    Authorisation(#[from] AuthorisationFault),
    /// The notice that was accepted is not the one that is shown: show it again.
    #[error("The notice has changed. Read it again and accept it.")]
    NoticeChanged,
    /// Nothing can be mailed: an administrator has to set mail up.
    #[error(
        "Mail is not set up. Copy the link and hand it over another way, or ask an administrator \
         to configure the mail server."
    )]
    MailOff,
    /// No clean copies could be made just now: try again later.
    #[error("Clean copies cannot be made at the moment. Try again later.")]
    NoCopies(#[source] ArchiveError),
    /// The catalog does not answer: try again later.
    #[error("the catalog does not answer")]
    Unavailable(#[source] CatalogError),
}

impl From<ArchiveError> for ShareError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Index(error) => Self::Unavailable(error),
            other @ (ArchiveError::NotFound
            | ArchiveError::ViewOnly
            | ArchiveError::BadRequest(_)
            | ArchiveError::Conflict(_)
            | ArchiveError::NotRenderable(_)
            | ArchiveError::Busy
            | ArchiveError::Store(_)
            | ArchiveError::Damaged(_)) => Self::NoCopies(other),
        }
    }
}

impl From<CatalogError> for ShareError {
    fn from(error: CatalogError) -> Self {
        Self::Unavailable(error)
    }
}
