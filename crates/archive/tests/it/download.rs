//! Downloads: any range of them, and what becomes of what cannot be handed over.

use std::io::{Cursor, Read as _};
use std::ops::Range;
use std::sync::Arc;

use lightcase_archive::{ArchiveError, Bundle, Extent};
use lightcase_catalog::{AuditFilter, Selection};
use lightcase_model::{CollectionId, Grant, Language, Level, May, Query, Scope};
use lightcase_testkit::phantom::{Study, part10};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use zip::ZipArchive;

use crate::house::House;

/// Two studies, of which the MR has four series.
async fn two_studies() -> House {
    let house = House::open().await;
    for instance in Study::ct_of(1, 3, 64).instances().chain(Study::mr_of(1, 2).instances()) {
        house.take(&instance).await;
    }
    house
}

async fn bundle(house: &House) -> Arc<Bundle> {
    Arc::new(house.archive.bundle(&Scope::archive(), Language::English).await.unwrap())
}

/// A range, asked for by itself.
fn only(range: Range<u64>) -> Extent {
    Extent { range, continues: false }
}

async fn bytes(
    house: &House,
    bundle: &Arc<Bundle>,
    range: Range<u64>,
) -> Result<Vec<u8>, ArchiveError> {
    let (ctx, ended) = (house.ctx(), CancellationToken::new());
    let mut download =
        house.archive.download(&ctx, Arc::clone(bundle), only(range), ended).await.unwrap();
    let mut all = Vec::new();
    while let Some(piece) = download.next().await {
        all.extend(piece?);
    }
    Ok(all)
}

/// The data of events of a kind, when there are so many.
async fn events(house: &House, name: &str, count: usize) -> Vec<Value> {
    let found = at_least(house, name, count).await;
    assert_eq!(found.len(), count, "{name}");
    found
}

/// Likewise, or more.
async fn at_least(house: &House, name: &str, count: usize) -> Vec<Value> {
    let filter = AuditFilter { event: Some(name.to_owned()), limit: 1_000, ..Default::default() };
    for _ in 0..2_000 {
        let rows = house.archive.catalog().audit(&filter).await.unwrap();
        if rows.len() >= count {
            let data = rows.iter().map(|row| {
                let record: Value = serde_json::from_slice(&row.record.canonical()).unwrap();
                record["data"].clone()
            });
            return data.collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{name} was not recorded {count} times")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_ranges_make_the_whole_which_has_what_is_held() {
    let house = two_studies().await;
    let bundle = bundle(&house).await;
    let (total, whole) =
        (bundle.length(), bytes(&house, &bundle, 0..bundle.length()).await.unwrap());
    assert_eq!(u64::try_from(whole.len()).unwrap(), total);
    assert_eq!(bundle.objects(), 11);
    let mut parts = Vec::new();
    // Steps that hit headers, files and the directory at any place.
    let mut at = 0;
    while at < total {
        let to = (at + 1 + at * 7 % 9_973).min(total);
        parts.extend(bytes(&house, &bundle, at..to).await.unwrap());
        at = to;
    }
    assert!(parts == whole);

    let mut archive = ZipArchive::new(Cursor::new(whole)).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let sums = String::from_utf8(read("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), 2 + 11);
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let digest = Sha256::digest(read(name));
        assert_eq!(data_encoding::HEXLOWER.encode(&digest), sum, "{name}");
    }
    let first = part10(&Study::mr_of(1, 2).instances().next().unwrap());
    let studies = ["DICOM/ST0001/SE0001/IM000001", "DICOM/ST0002/SE0001/IM000001"];
    let data_set = |file: &[u8]| file[file.len() - 5_000..].to_vec();
    assert!(studies.iter().any(|name| data_set(&read(name)) == data_set(&first)));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_was_built_anew_gives_the_same_bytes() {
    let mut house = two_studies().await;
    let before = bundle(&house).await;
    house.lose_rows().await;
    assert_eq!(house.adopt().await.adopted, 11);
    let after = bundle(&house).await;
    assert_eq!(before.digest(), after.digest());
    let range = 20_000..90_000;
    // The middle of a download goes on under the new index.
    let whole = bytes(&house, &after, 0..after.length()).await.unwrap();
    assert_eq!(bytes(&house, &after, range).await.unwrap(), whole[20_000..90_000]);
    house.close().await;
}

/// Polls work so many times and drops it; whether it was done by then.
async fn dropped_after<T>(polls: u32, work: impl Future<Output = T>) -> bool {
    let mut work = Box::pin(work);
    for _ in 0..polls {
        if futures::poll!(&mut work).is_ready() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_while_it_begins_leaves_no_beginning_without_an_end() {
    let house = two_studies().await;
    let (bundle, ctx) = (bundle(&house).await, house.ctx());
    let study =
        Selection { study: Study::mr_of(1, 2).uid.parse().unwrap(), series: None, instance: None };
    let (mut polls, mut done) = (0, (false, false));
    while done != (true, true) {
        let ended = CancellationToken::new;
        let range = only(0..bundle.length());
        let download = house.archive.download(&ctx, Arc::clone(&bundle), range, ended());
        done.0 |= dropped_after(polls, download).await;
        let scope = Scope::archive();
        let retrieve = house.archive.retrieve(&ctx, &scope, &study, ended());
        done.1 |= dropped_after(polls, retrieve).await;
        polls += 1;
        assert!(polls < 1_000, "one of them never begins");
    }
    // What was begun by the last of them is on record now; what was not begun never will be.
    let filter = |name: &str| AuditFilter {
        event: Some(name.to_owned()),
        limit: 1_000,
        ..Default::default()
    };
    let count =
        async |name: &str| house.archive.catalog().audit(&filter(name)).await.unwrap().len();
    for _ in 0..2_000 {
        if count("retrieve_begun").await == count("retrieve_ended").await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let begun = count("retrieve_begun").await;
    assert!(begun >= 2, "{begun}");
    assert_eq!(count("retrieve_ended").await, begun);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_range_is_a_disclosure_of_each_study_it_touches() {
    let house = two_studies().await;
    let bundle = bundle(&house).await;
    let total = bundle.length();
    bytes(&house, &bundle, 0..total).await.unwrap();
    let begun = events(&house, "retrieve_begun", 2).await;
    let ended = events(&house, "retrieve_ended", 2).await;
    assert!(begun.iter().all(|each| each["service"] == "ZIP"));
    let sum = |events: &[Value], field: &str| -> u64 {
        events.iter().map(|each| each[field].as_u64().unwrap()).sum()
    };
    assert_eq!((sum(&begun, "instances"), sum(&ended, "instances")), (11, 11));
    assert_eq!(sum(&ended, "bytes"), total);
    assert!(ended.iter().all(|each| each["complete"] == true));

    // The last bytes are the directory: of no object, and recorded all the same.
    bytes(&house, &bundle, total - 10..total).await.unwrap();
    let begun = events(&house, "retrieve_begun", 3).await;
    let last = begun.iter().find(|each| each["offset"] == total - 10).unwrap();
    assert_eq!(last["instances"], 0);
    let ended = events(&house, "retrieve_ended", 3).await;
    assert_eq!(sum(&ended, "bytes"), total + 10);

    // Somebody takes the first piece and goes away.
    let (ctx, right) = (house.ctx(), CancellationToken::new());
    let mut download =
        house.archive.download(&ctx, Arc::clone(&bundle), only(0..total), right).await.unwrap();
    let first = u64::try_from(download.next().await.unwrap().unwrap().len()).unwrap();
    drop(download);
    // That of the other study may have been prepared: then it is one of no byte.
    let ended = at_least(&house, "retrieve_ended", 4).await;
    assert_eq!(sum(&ended, "bytes"), total + 10 + first);
    assert!(ended.iter().any(|each| each["complete"] == false && each["bytes"] == first));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_ends_breaks_it_off() {
    let house = two_studies().await;
    let (bundle, ctx, right) = (bundle(&house).await, house.ctx(), CancellationToken::new());
    let whole = only(0..bundle.length());
    let mut download = house.archive.download(&ctx, bundle, whole, right.clone()).await.unwrap();
    download.next().await.unwrap().unwrap();
    right.cancel();
    assert!(download.next().await.unwrap().is_err(), "no piece more");
    assert!(download.next().await.is_none());
    assert_eq!(events(&house, "retrieve_ended", 1).await[0]["complete"], false);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_cannot_be_read_breaks_it_off() {
    let house = two_studies().await;
    let bundle = bundle(&house).await;
    house.flip(8_000);
    let broken = bytes(&house, &bundle, 0..bundle.length()).await;
    assert!(matches!(broken, Err(ArchiveError::Damaged(_))), "{broken:?}");
    // What is beside it is handed over still: the directory for one.
    let total = bundle.length();
    assert_eq!(bytes(&house, &bundle, total - 22..total).await.unwrap()[..4], *b"PK\x05\x06");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_looked_at_only_is_not_laid_out() {
    let house = two_studies().await;
    let query = Query::at(Level::Study, 10);
    let found = house.archive.catalog().find(&Scope::archive(), &query).await.unwrap().items;
    let grant = |index: usize, may| Grant {
        collection: CollectionId::ARCHIVE,
        study: found[index].study.as_ref().unwrap().id,
        series: None,
        may,
    };
    let check = async |scope: Scope, expected: Result<usize, &str>| {
        let bundle = house.archive.bundle(&scope, Language::German).await;
        let got = bundle.map(|bundle| bundle.objects()).map_err(|error| format!("{error:?}"));
        assert_eq!(got, expected.map_err(ToOwned::to_owned));
    };
    check(Scope::Nothing, Err("NotFound")).await;
    check(Scope::Grants(vec![grant(0, May::View)]), Err("ViewOnly")).await;
    let mixed = Scope::Grants(vec![grant(0, May::View), grant(1, May::Download)]);
    check(mixed, Err("ViewOnly")).await;
    check(Scope::Grants(vec![grant(0, May::Download), grant(1, May::Download)]), Ok(11)).await;
    house.close().await;
}
