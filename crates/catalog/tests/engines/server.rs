//! Servers on one database know since when others run.

use std::time::Duration;

use lightcase_model::{ServerId, Timestamp};

use crate::engine::engines;
use crate::study::NOW;

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_server_knows_since_when_others_run() {
    for engine in engines().await {
        let catalog = &engine.catalog;
        let [one, other, third] = [ServerId::random(), ServerId::random(), ServerId::random()];
        let check = async |id: ServerId, now: Timestamp, expected: Option<Timestamp>| {
            assert_eq!(catalog.oldest_other_server(id, now).await.unwrap(), expected);
        };
        check(one, NOW, None).await;
        let (first, second) = (NOW.minus(MINUTE * 9), NOW.minus(MINUTE * 3));
        catalog.note_server(one, first, NOW.plus(MINUTE)).await.unwrap();
        check(one, NOW, None).await;
        check(third, NOW, Some(first)).await;
        catalog.note_server(other, second, NOW.plus(MINUTE * 2)).await.unwrap();
        check(one, NOW, Some(second)).await;
        check(third, NOW, Some(first)).await;
        // One that gives no sign of life is gone, and there again when it gives one.
        check(third, NOW.plus(MINUTE), Some(second)).await;
        catalog.note_server(one, first, NOW.plus(MINUTE * 2)).await.unwrap();
        check(third, NOW.plus(MINUTE), Some(first)).await;
        // It was killed, and starts again.
        catalog.note_server(one, NOW, NOW.plus(MINUTE * 2)).await.unwrap();
        check(third, NOW.plus(MINUTE), Some(second)).await;
        catalog.forget_server(other).await.unwrap();
        check(third, NOW.plus(MINUTE), Some(NOW)).await;
        check(one, NOW.plus(MINUTE), None).await;
    }
}
