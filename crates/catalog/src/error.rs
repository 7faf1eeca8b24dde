//! What can go wrong in the catalog, by what the caller can do about it.

/// Result of the catalog.
pub type Result<T, E = CatalogError> = std::result::Result<T, E>;

/// What can go wrong in the catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database does not answer or is busy beyond its timeout: try again later.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// The disk of the database is full: make room.
    #[error("the disk of the database is full")]
    Full(#[source] sqlx::Error),
    /// The database cannot be used as it is configured: the sentence says what to change.
    #[error("{0}")]
    Unsuitable(String),
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A change without an audit event was about to be committed: a defect of the program.
    #[error("a change without its audit event was not committed")]
    Unaudited,
    /// The name is taken already.
    #[error("the name {0:?} is taken")]
    Taken(String),
    /// A stored value cannot be read: a defect, or a database that somebody edited.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// The key ring cannot wrap or unwrap.
    #[error("the key ring does not answer")]
    Keys(#[source] lightcase_storage::StorageError),
}

impl From<sqlx::Error> for CatalogError {
    fn from(error: sqlx::Error) -> Self {
        // SQLITE_FULL is 13; PostgreSQL's disk_full is 53100.
        let full = error
            .as_database_error()
            .and_then(|database| database.code().map(|code| code == "13" || code == "53100"))
            .unwrap_or(false);
        if full { Self::Full(error) } else { Self::Unavailable(error) }
    }
}

impl From<sqlx::migrate::MigrateError> for CatalogError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}
