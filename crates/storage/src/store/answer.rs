//! Waiting for a store, never without end.

use std::time::Duration;

use crate::StorageError;

/// The limit for a small request.
pub(crate) const SHORT: Duration = Duration::from_secs(15);
/// The limit for a request that moves a part or a window of data, retries included.
pub(crate) const LONG: Duration = Duration::from_mins(2);

/// Waits for an answer up to `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = object_store::Result<T>> + Send,
) -> Result<T, StorageError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => Ok(answer?),
        Err(elapsed) => Err(StorageError::Unavailable { source: Box::new(elapsed) }),
    }
}
