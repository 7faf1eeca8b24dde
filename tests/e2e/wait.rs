//! Waiting for what comes by itself, without guessing how long it takes.

use std::time::{Duration, Instant};

/// Asks again and again until it is so, which has to be within a time.
pub(crate) async fn until(what: &str, most: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < most, "{what}: not within {most:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    assert!(took < most, "{what}: after {took:?}");
}
