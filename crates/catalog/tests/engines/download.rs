//! What a download holds, and how much of it was handed over.

use std::collections::BTreeSet;

use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{DownloadRange, ShareDownload};
use lightcase_model::{
    CollectionId, Ctx, Grant, InstanceId, May, Phi, Scope, ShareId, StudyId, Timestamp,
};

use crate::engine::{Engine, engines};
use crate::study::{NOW, hold, hold_as, new_study};
use crate::worklist::share;

#[tokio::test]
async fn what_is_held_comes_in_the_order_of_dates_and_numbers() {
    for engine in engines().await {
        // The later one is entered first, and both have the same patient id but not the same issuer.
        let (late, early) = (hold(&engine, 2, 2, 3).await, {
            let mut new = new_study(1);
            new.issuer = "ELSEWHERE".to_owned();
            new.patient_id = Phi::new("P2".to_owned());
            hold_as(&engine, new, (1, 1, 11)).await
        });
        let held = engine.catalog.held_studies(&Scope::archive()).await.unwrap();
        let found: Vec<_> = held
            .iter()
            .map(|study| {
                let series = study.series.iter().map(|each| {
                    let numbers = each.instances.iter().map(|each| each.instance.instance_number);
                    (each.series.series_number, numbers.collect::<Vec<_>>())
                });
                (study.study.id, series.collect::<Vec<_>>())
            })
            .collect();
        let expected = vec![
            (early.id, vec![(1, (1..=11).collect())]),
            (late.id, vec![(1, vec![1, 2, 3]), (2, vec![1, 2, 3])]),
        ];
        assert_eq!(found, expected);
        assert_ne!(held[0].patient.id, held[1].patient.id);
        assert_eq!(held[0].series[0].instances[0].location.file_crc32, u32::MAX);

        let grant = |study: StudyId, series| {
            let (collection, may) = (CollectionId::ARCHIVE, May::Download);
            Scope::Grants(vec![Grant { collection, study, series, may }])
        };
        let second = grant(late.id, Some(BTreeSet::from([late.series[1].1])));
        let held = engine.catalog.held_studies(&second).await.unwrap();
        assert_eq!(
            (held.len(), held[0].series.len(), held[0].series[0].instances.len()),
            (1, 1, 3)
        );
        assert!(engine.catalog.held_studies(&Scope::Nothing).await.unwrap().is_empty());

        let all: Vec<InstanceId> =
            held[0].series[0].instances.iter().map(|each| each.instance.id).collect();
        let documents = engine.catalog.documents(&second, &all).await.unwrap();
        assert_eq!((documents.len(), documents[&all[0]].as_slice()), (3, &[1, 2, 3][..]));
        let outside = engine.catalog.documents(&grant(early.id, None), &all).await.unwrap();
        assert!(outside.is_empty());
    }
}

/// When a server starts after the one that was cut off.
const LATER: Timestamp = Timestamp::from_micros(NOW.micros() + 1);

/// A download of a hundred bytes.
struct Hundred<'a> {
    engine: &'a Engine,
    share: ShareId,
}

impl Hundred<'_> {
    fn range(&self, etag: u8, from: u64, to: u64) -> DownloadRange {
        let (access, share) = (AccessId::random(), self.share);
        let (etag, continues) = ([etag; 32], false);
        DownloadRange { access, share, etag, total: 100, from, to, continues }
    }

    async fn begin(&self, range: &DownloadRange) {
        let mut tx = self.engine.catalog.begin().await.unwrap();
        tx.begin_download(range, NOW).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn end(&self, range: &DownloadRange, handed: u64, at: Timestamp) -> bool {
        let mut tx = self.engine.catalog.begin().await.unwrap();
        let completed = tx.end_download(range, handed, at).await.unwrap();
        tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
        tx.commit().await.unwrap();
        completed
    }

    /// Hands over a range, or what of it was taken.
    async fn hand(&self, etag: u8, (from, to): (u64, u64), handed: u64) -> bool {
        let range = self.range(etag, from, to);
        self.begin(&range).await;
        self.end(&range, handed, NOW).await
    }

    /// Hands over a range that goes on with what its receiver has.
    async fn go_on(&self, etag: u8, (from, to): (u64, u64)) -> bool {
        let range = DownloadRange { continues: true, ..self.range(etag, from, to) };
        self.begin(&range).await;
        self.end(&range, to - from, NOW).await
    }

    async fn so_far(&self) -> Option<(u64, bool)> {
        let found = self.engine.catalog.share_download(self.share).await.unwrap();
        found.map(|ShareDownload { bytes, total, completed_at }| {
            assert_eq!(total, 100);
            (bytes, completed_at.is_some())
        })
    }
}

#[tokio::test]
async fn a_download_is_complete_once_when_every_byte_was_handed_over() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let hundred = Hundred { engine: &engine, share: share(&engine, &held).await };
        assert_eq!(hundred.so_far().await, None);
        let begun = hundred.range(1, 0, 100);
        hundred.begin(&begun).await;
        assert_eq!(hundred.so_far().await, Some((0, false)));
        assert!(!hundred.end(&begun, 30, NOW).await);
        assert!(!hundred.hand(1, (20, 60), 40).await);
        assert_eq!(hundred.so_far().await, Some((60, false)));
        // More than it has is not handed over, and what was goes on counting once.
        assert!(!hundred.hand(1, (80, 90), 500).await);
        assert_eq!(hundred.so_far().await, Some((70, false)));
        assert!(!hundred.hand(1, (60, 80), 20).await);
        assert!(hundred.hand(1, (90, 100), 10).await);
        assert!(!hundred.hand(1, (0, 100), 100).await, "for the first time only");
        assert_eq!(hundred.so_far().await, Some((100, true)));
        // Other content is another download; that the first was complete stays known.
        assert!(!hundred.hand(2, (0, 50), 50).await);
        assert_eq!(hundred.so_far().await, Some((100, true)));
        assert!(hundred.hand(2, (50, 100), 50).await);
    }
}

#[tokio::test]
async fn what_a_crash_left_uncounted_counts_when_it_is_gone_on_with() {
    for engine in engines().await {
        let held = hold(&engine, 1, 1, 1).await;
        let hundred = Hundred { engine: &engine, share: share(&engine, &held).await };
        hundred.begin(&hundred.range(1, 0, 100)).await;
        // While it is under way, or of other content, another range says nothing about it.
        assert!(!hundred.go_on(1, (40, 50)).await);
        // Another server has it under way.
        engine.catalog.lose_downloads(NOW).await.unwrap();
        assert!(!hundred.go_on(1, (45, 50)).await);
        assert_eq!(hundred.so_far().await, Some((10, false)));
        engine.catalog.lose_downloads(LATER).await.unwrap();
        assert!(!hundred.go_on(2, (70, 80)).await);
        assert!(!hundred.so_far().await.unwrap().1);
        // Neither does one that may begin anywhere.
        assert!(!hundred.hand(1, (99, 100), 1).await);
        assert!(hundred.go_on(1, (70, 100)).await, "the receiver had the first 70");
        assert_eq!(hundred.so_far().await, Some((100, true)));

        let other = Hundred { engine: &engine, share: share(&engine, &held).await };
        other.begin(&other.range(1, 10, 60)).await;
        engine.catalog.lose_downloads(LATER).await.unwrap();
        // One that begins at its beginning, or behind its end, does not go on with it.
        assert!(!other.go_on(1, (10, 20)).await);
        assert!(!other.go_on(1, (61, 70)).await);
        assert_eq!(other.so_far().await, Some((19, false)));
        assert!(!other.go_on(1, (60, 61)).await);
        assert_eq!(other.so_far().await, Some((60, false)));
    }
}
