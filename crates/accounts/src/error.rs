//! What can go wrong with accounts, by what the caller can do about it.

use std::time::Duration;

use lightcase_catalog::CatalogError;
use lightcase_model::Permission;

/// Result of this crate.
pub type Result<T, E = AccountsError> = std::result::Result<T, E>;

/// What can go wrong with accounts.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// One answer for unknown names, wrong passwords and disabled accounts: try again.
    #[error(
        "The name or the password is not right, or the account is disabled. Try again, or ask \
         your administrator."
    )]
    WrongCredentials,
    /// Too many wrong tries for this name, known or not: wait.
    #[error("Too many wrong tries. Wait {} s and try again.", retry_after.as_secs().max(1))]
    Blocked {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too many passwords are being checked at once: try again in a moment.
    #[error("Too many sign-ins at once. Try again in a moment.")]
    Busy,
    /// Another account has this name: choose another.
    #[error("The name {0:?} is taken. Choose another one.")]
    Taken(String),
    /// The new password is not good enough: the sentence says why.
    #[error("{0}")]
    WeakPassword(&'static str),
    /// A name, list or date cannot be accepted: the sentence says why.
    #[error("{0}")]
    Malformed(&'static str),
    /// The caller has no right to it.
    #[error("This account may not do that. Ask an administrator.")]
    NotPermitted(Permission),
    /// An account cannot disable itself: let another administrator do it.
    #[error("An account cannot disable itself. Ask another administrator.")]
    OwnAccount,
    /// The set-up link is wrong, used or too old, or accounts exist already.
    #[error(
        "This set-up link is not right, was used, or is older than 24 hours. Restart Lightcase \
         for a new one, or sign in if an account exists."
    )]
    SetUpOver,
    /// There is no such account, session or token.
    #[error("There is no such account or token.")]
    Unknown,
    /// The password could not be hashed: a defect or a lack of memory.
    #[error("the password could not be hashed")]
    Hashing,
    /// The catalog does not answer: try again later.
    #[error("the catalog does not answer")]
    Unavailable(#[source] CatalogError),
}

impl From<CatalogError> for AccountsError {
    fn from(error: CatalogError) -> Self {
        if let CatalogError::Taken(name) = error {
            return Self::Taken(name);
        }
        Self::Unavailable(error)
    }
}
