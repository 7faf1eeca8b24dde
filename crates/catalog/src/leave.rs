//! SQLite's connections are closed before the process ends.
//!
//! A dropped connection is closed by a thread of its own, later. SQLCipher frees its heap and its
//! mutexes when the process exits (`sqlcipher_extra_shutdown`), and a connection that is closing
//! then crashes the process that had nothing left to do. A server closes its catalog; a command
//! that fails half-way, or a test, just drops it, and waits here.

use std::time::{Duration, Instant};

/// What the threads of connections are called, so that they can be told from others. The kernel
/// keeps 15 bytes of a name.
pub(crate) const THREADS: &str = "sqlite-open-";

/// Longer than any connection takes to close; a catalog that is still in use is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

thread_local! {
    /// Dropped with the thread that opened a catalog, and so after that thread's runtime; on the
    /// main thread still before anything that is registered for the exit.
    static LEAVING: Leaving = const { Leaving };
}

struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        let began = Instant::now();
        while connections() > 0 && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The end of this thread waits for connections to close.
pub(crate) fn wait_at_the_end() {
    LEAVING.with(|_leaving| ());
}

/// How many threads hold a connection open. Where the kernel does not tell, none.
fn connections() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with(THREADS)).count()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::Arc;

    use lightcase_audit::Event;
    use lightcase_model::{Ctx, Timestamp};
    use lightcase_storage::KeyRing;
    use zeroize::Zeroizing;

    use super::*;
    use crate::{Catalog, Database, SqliteKey};

    /// Opens a catalog and returns in the middle of several transactions.
    #[expect(clippy::unwrap_used, reason = "a test's own data is right")]
    #[tokio::main(flavor = "current_thread")]
    async fn leave() {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::open_or_create(&folder.path().join("root.key"), None).unwrap();
        let key = SqliteKey(Zeroizing::new([7; 32]));
        let database = Database::Sqlite { path: folder.path().join("db"), key };
        let catalog = Arc::new(Catalog::open(&database, Arc::new(ring)).await.unwrap());
        for _ in 0..8 {
            let catalog = Arc::clone(&catalog);
            tokio::spawn(async move {
                loop {
                    catalog.probe().await.unwrap();
                    let event = Event::ServiceStarted { version: String::from("1") };
                    let ctx = Ctx::system(Timestamp::from_micros(1));
                    catalog.record(&ctx, event).await.unwrap();
                }
            });
        }
        for _ in 0..20 {
            catalog.probe().await.unwrap();
        }
        assert!(connections() > 1);
    }

    #[test]
    fn no_connection_outlives_the_thread_that_opened_the_catalog() {
        for _ in 0..5 {
            std::thread::spawn(leave).join().unwrap();
            assert_eq!(connections(), 0);
        }
    }
}
