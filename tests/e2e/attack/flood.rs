//! Very many objects, and very large ones.

use std::io::Cursor;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use lightcase_dimse::scu::{Outcome, Outgoing, Source, store};
use lightcase_model::{SopClassUid, SopInstanceUid, TransferSyntaxUid};
use lightcase_testkit::servers::{Lightcase, Settings};
use tokio::io::{AsyncRead, AsyncReadExt as _, repeat};

use super::memory::{unharmed, unharmed_below};
use super::raw::{CT, EXPLICIT};
use super::shapes::{ITEM, Ids, long_element, object, tiny};
use crate::house::{Backend, House, write_private};
use crate::scu::{outgoing, send, target};

on_both!(a18_a24_very_many_tiny_objects_are_held_and_match_all_is_capped);

async fn a18_a24_very_many_tiny_objects_are_held_and_match_all_is_capped(house: House) {
    const MANY: u32 = 1_100;
    let objects: Vec<Outgoing> = (1..=MANY)
        .map(|n| Ids::of(1, n))
        .map(|ids| outgoing(CT, &ids.instance, EXPLICIT, tiny(&ids)))
        .collect();
    let mut stored = 0;
    let target = target(&house.server, "SCU");
    store(&target, objects, |_, outcome| {
        stored += u32::from(matches!(outcome, Outcome::Stored(_)));
    })
    .await
    .unwrap();
    assert_eq!(stored, MANY);

    // Who asks for everything gets a bounded answer that says so.
    let reader = house.program(&["dicomweb:read"]);
    for query in ["instances", "instances?limit=1000000", "instances?SOPInstanceUID=*"] {
        let reply = reader.get(&format!("/dicom-web/{query}"), "*/*").await;
        assert_eq!(reply.json().as_array().unwrap().len(), 1_000, "{query}");
        assert!(!reply.header("warning").is_empty(), "{query}");
    }
    let rest = reader.get_json("/dicom-web/instances?offset=1000").await;
    assert_eq!(rest.as_array().unwrap().len(), 100);
    unharmed(&house).await;
}

async fn study_limit(backend: Backend) {
    let settings = Settings::default().set("storage.study_limit", "20");
    let Some(house) = House::start_with(backend, settings) else { return };
    let check = async |study: u32, n: u32, status: u16| {
        let ids = Ids::of(study, n);
        let object = outgoing(CT, &ids.instance, EXPLICIT, tiny(&ids));
        assert_eq!(send(&house.server, object).await, status, "object {n} of study {study}");
    };
    for n in 1..=20 {
        check(1, n, 0).await;
    }
    check(1, 21, 0xA700).await;
    check(2, 1, 0).await;
    // Within one association, too.
    let objects = (1..=25)
        .map(|n| Ids::of(3, n))
        .map(|ids| outgoing(CT, &ids.instance, EXPLICIT, tiny(&ids)));
    let mut stored = 0;
    store(&target(&house.server, "SCU"), objects.collect(), |_, outcome| {
        stored += u32::from(matches!(outcome, Outcome::Stored(_)));
    })
    .await
    .unwrap();
    assert_eq!(stored, 20);
    assert!(house.log().contains("storage.study_limit"), "{}", house.log());
    unharmed(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a24_one_study_cannot_fill_the_archive_on_sqlite_and_folder() {
    Box::pin(study_limit(Backend::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a24_one_study_cannot_fill_the_archive_on_postgres_and_s3() {
    Box::pin(study_limit(Backend::Production)).await;
}

const MIB: u64 = 1 << 20;

/// An object of `mebibytes` in fragments of 64 MiB at most, made while it is sent.
fn large(ids: &Ids, mebibytes: u64) -> Outgoing {
    let head = object(CT, ids, |set| {
        set.append(&long_element(0x7fe0_0010, *b"OB", u32::MAX)).append(&ITEM[..4]).append(&[0; 4]);
    });
    let mut reader: Box<dyn AsyncRead + Send + Unpin> = Box::new(Cursor::new(head));
    let mut left = mebibytes * MIB;
    while left > 0 {
        let length = left.min(64 * MIB);
        let header = [&ITEM[..4], &u32::try_from(length).unwrap().to_le_bytes()].concat();
        reader = Box::new(reader.chain(Cursor::new(header)).chain(repeat(7).take(length)));
        left -= length;
    }
    let end = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
    Outgoing {
        class: SopClassUid::parse(CT).unwrap(),
        instance: SopInstanceUid::parse(&ids.instance).unwrap(),
        // JPEG 2000: fragments are not looked into while they are kept.
        syntax: TransferSyntaxUid::parse("1.2.840.10008.1.2.4.90").unwrap(),
        source: Source::Reader(Box::new(reader.chain(Cursor::new(end)))),
    }
}

/// Sends objects of this size and looks at what they cost.
async fn check_large(house: &House, mebibytes: u64) {
    let ids = Ids::of(1, 1);
    assert_eq!(send(&house.server, large(&ids, mebibytes)).await, 0);
    let reader = house.program(&["dicomweb:read"]);
    let found = reader.get_json("/dicom-web/instances").await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    unharmed_below(house, 256 << 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a24_a_large_object_streams_through_little_memory() {
    let house = House::start(Backend::Embedded).unwrap();
    check_large(&house, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "writes 10 GiB to the disk"]
async fn a24_ten_gibibytes_stream_through_little_memory() {
    let house = House::start(Backend::Embedded).unwrap();
    check_large(&house, 10 << 10).await;
}

/// Where there is no room, the answer is A700, and smaller objects are still taken. The limit for
/// one file stands in for the disk's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a24_a_full_disk_is_a700_and_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let ordinary = House::start(Backend::Embedded).unwrap();
    let narrow = narrow(&ordinary.server, folder.path());
    let settings = Settings::default().binary(&narrow);
    let house = House::start_with(Backend::Embedded, settings).unwrap();
    for n in 1..=3 {
        assert_eq!(send(&house.server, large(&Ids::of(1, n), 96)).await, 0xA700);
        let small = Ids::of(2, n);
        let object = outgoing(CT, &small.instance, EXPLICIT, tiny(&small));
        assert_eq!(send(&house.server, object).await, 0);
    }
    let reader = house.program(&["dicomweb:read"]);
    let found = reader.get_json("/dicom-web/instances").await;
    assert_eq!(found.as_array().unwrap().len(), 3);
    unharmed(&house).await;
}

/// The binary, started so that it cannot write files longer than 32 MiB.
fn narrow(server: &Lightcase, folder: &Path) -> std::path::PathBuf {
    let command = server.command("serve").unwrap();
    let binary = command.get_program().to_str().unwrap();
    let script = format!("#!/bin/sh\ntrap '' XFSZ\nulimit -f 65536\nexec '{binary}' \"$@\"\n");
    let path = folder.join("narrow");
    write_private(&path, script.as_bytes());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}
