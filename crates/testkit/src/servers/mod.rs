//! Real servers for tests: each takes a free port, keeps its data in a temporary folder, and goes
//! away with its guard, or with the process that held the guard.

mod cluster;
mod leash;
mod lightcase;
mod orthanc;
mod postgres;
mod proxy;
mod s3;

pub use leash::Leash;
pub use lightcase::{Lightcase, Settings, binary};
pub use orthanc::Orthanc;
pub use postgres::{Database, Postgres};
pub use proxy::{Fault, Proxy};
pub use s3::{Bucket, S3};

/// A variable that `cargo xtask test` sets for the tests it runs.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests are told by their environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A name no other test process uses: the process and a count within it.
fn fresh(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};

    static COUNT: AtomicU32 = AtomicU32::new(0);
    let moment = std::time::Instant::now();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // The address-independent part of `Instant` is opaque; a hash of it tells apart two processes
    // that were given the same id one after the other.
    let hash = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), moment);
    format!("{prefix}_{}_{count}_{:x}", std::process::id(), hash & 0xffff_ffff)
}

/// A port on loopback that was free a moment ago.
fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
