//! Work that is done to its end, whoever waits for it.

use std::future::Future;

use crate::ArchiveError;

/// Does work to its end, also when the request that waits for it is dropped: between a beginning
/// that was recorded and whoever knows its end, nothing may come.
pub(crate) async fn unbroken<T: Send + 'static>(
    work: impl Future<Output = Result<T, ArchiveError>> + Send + 'static,
) -> Result<T, ArchiveError> {
    let done = tokio::spawn(work).await;
    done.unwrap_or_else(|ended| Err(ArchiveError::Damaged(Box::new(ended))))
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn it_goes_on_when_nobody_waits_for_it_any_more() {
        let (go_on, waits) = oneshot::channel::<()>();
        let (done, ended) = oneshot::channel();
        let mut work = Box::pin(unbroken(async {
            waits.await.map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
            Ok(done.send("done").is_ok())
        }));
        assert!(matches!(futures::poll!(&mut work), Poll::Pending));
        drop(work);
        go_on.send(()).unwrap();
        assert_eq!(ended.await, Ok("done"));
    }
}
