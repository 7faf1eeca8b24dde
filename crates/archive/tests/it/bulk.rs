//! Bulk data: one large value, piece by piece, for as long as the right to it stands.

use lightcase_archive::{ArchiveError, Bulk};
use lightcase_catalog::{AuditFilter, Selection};
use lightcase_model::{Scope, SeriesUid, SopInstanceUid, StudyUid};
use lightcase_testkit::phantom::Study;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::house::House;

/// The most bytes of a piece.
const PIECE: usize = 64 << 10;

/// A study of one image, whose pixels are many pieces that begin and end at no round place.
async fn wide() -> (House, Study) {
    let (house, study) = (House::open().await, Study::ct_of(8, 1, 700));
    house.take(&study.instances().next().unwrap()).await;
    (house, study)
}

async fn pixels(house: &House, study: &Study, ended: &CancellationToken) -> Bulk {
    let series = &study.series[0];
    let selection = Selection {
        study: StudyUid::parse(&study.uid).unwrap(),
        series: Some(SeriesUid::parse(&series.uid).unwrap()),
        instance: Some(SopInstanceUid::parse(&series.sop_instance(1)).unwrap()),
    };
    let (ctx, what) = (house.ctx(), (&selection, "7FE00010"));
    Box::pin(house.archive.bulk(&ctx, &Scope::archive(), what, ended.clone())).await.unwrap()
}

/// How many bytes the end of the one view that there was has on record.
async fn shown(house: &House) -> u64 {
    house.archive.end_views(house.archive.clock().now(), true).await.unwrap();
    let filter =
        AuditFilter { event: Some("view_ended".to_owned()), limit: 10, ..Default::default() };
    let rows = house.archive.catalog().audit(&filter).await.unwrap();
    assert_eq!(rows.len(), 1);
    let record: Value = serde_json::from_slice(&rows[0].record.canonical()).unwrap();
    record["data"]["bytes"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_make_the_whole_value() {
    let (house, study) = wide().await;
    let mut bulk = pixels(&house, &study, &CancellationToken::new()).await;
    let whole = study.series[0].pixels(1);
    assert_eq!(bulk.length(), u64::try_from(whole.len()).unwrap());
    let (mut all, mut count) = (Vec::new(), 0);
    while let Some(piece) = bulk.next().await {
        let piece = piece.unwrap();
        assert!(piece.len() <= PIECE, "{} bytes at once", piece.len());
        all.extend(piece);
        count += 1;
    }
    assert!(all == whole && count > 10, "{count} pieces of {} bytes", all.len());
    assert_eq!(shown(&house).await, bulk.length());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_with_the_right_to_it() {
    let (house, study) = wide().await;
    let ended = CancellationToken::new();
    let mut bulk = pixels(&house, &study, &ended).await;
    let first = bulk.next().await.unwrap().unwrap();
    ended.cancel();
    assert!(matches!(bulk.next().await, Some(Err(ArchiveError::NotFound))));
    assert!(bulk.next().await.is_none());
    let given = u64::try_from(first.len()).unwrap();
    assert!(given < bulk.length());
    assert_eq!(shown(&house).await, given, "what was not handed over does not count");
    house.close().await;
}
