//! Data sets that kill careless readers, over DICOM and as files.

use flate2::{Compress, Compression, FlushCompress};
use lightcase_testkit::phantom::Elements;

use super::memory::{peak, unharmed};
use super::raw::{CT, EXPLICIT};
use super::shapes::{ITEM, Ids, file, identify, long_element, object, tiny};
use crate::caller::Caller;
use crate::house::House;
use crate::multipart::{retrieve, split};
use crate::scu::{outgoing, send};

const IMPLICIT: &str = "1.2.840.10008.1.2";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";

on_both! {
    a01_nested_sequences_are_refused_at_depth_64,
    a02_deflate_bombs_are_stopped,
    a03_lengths_that_lie_cost_only_what_arrived,
    a11_the_first_object_stays_and_another_is_kept_apart,
    a14_preambles_are_flagged_and_left_out,
}

/// Refused over DICOM with C000, and not held.
async fn check(house: &House, staff: &Caller, syntax: &str, ids: &Ids, data_set: Vec<u8>) {
    let sent = outgoing(CT, &ids.instance, syntax, data_set);
    assert_eq!(send(&house.server, sent).await, 0xC000, "{syntax}");
    assert!(retrieve(staff, &ids.instance).await.is_none());
}

async fn a01_nested_sequences_are_refused_at_depth_64(house: House) {
    let staff = house.signed_in("radiologist").await;
    let ids = Ids::of(1, 1);
    let level = [long_element(0x0040_a730, *b"SQ", u32::MAX), ITEM.to_vec()].concat();
    let nested = |depth: usize| {
        object(CT, &ids, |set| {
            set.append(&level.repeat(depth));
        })
    };
    let implicit = [&[0x40, 0x00, 0x30, 0xa7, 0xff, 0xff, 0xff, 0xff], &ITEM[..]].concat();
    for depth in [65, 2_000, 200_000] {
        check(&house, &staff, EXPLICIT, &ids, nested(depth)).await;
        check(&house, &staff, IMPLICIT, &ids, implicit.repeat(depth)).await;
        let reply = staff.import(file(&ids, nested(depth))).await;
        assert_eq!((reply.status, reply.reason().as_str()), (413, "LimitExceeded"));
    }
    // What is allowed still is: 60 levels, each of them ended.
    let end = [[0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0], [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]].concat();
    let deep = [level.repeat(60), end.repeat(60)].concat();
    let whole = object(CT, &ids, |set| {
        set.append(&deep);
    });
    assert_eq!(send(&house.server, outgoing(CT, &ids.instance, EXPLICIT, whole)).await, 0);
    unharmed(&house).await;
}

/// A deflated data set whose pixels are `mebibytes` of zeros, about a thousandth as long.
fn bomb(ids: &Ids, mebibytes: u32) -> Vec<u8> {
    let mut set = Elements::default();
    identify(&mut set, CT, ids, "Bomb^Anna");
    set.append(&long_element(0x7fe0_0010, *b"OW", mebibytes << 20));
    // After a full flush the encoder knows of nothing before, so that one block can be repeated.
    let mut encoder = Compress::new(Compression::best(), false);
    let mut deflate = |bytes: &[u8], flush| {
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        encoder.compress_vec(bytes, &mut out, flush).unwrap();
        out
    };
    let head = deflate(&set.into_bytes(), FlushCompress::Full);
    let block = deflate(&vec![0; 1 << 20], FlushCompress::Full);
    let end = deflate(&[], FlushCompress::Finish);
    [head, block.repeat(usize::try_from(mebibytes).unwrap()), end].concat()
}

async fn a02_deflate_bombs_are_stopped(house: House) {
    let staff = house.signed_in("radiologist").await;
    let ids = Ids::of(1, 1);
    let bytes = bomb(&ids, 1024);
    assert!(bytes.len() < 2 << 20, "{}", bytes.len());
    check(&house, &staff, DEFLATED, &ids, bytes).await;
    // Without the zeros it is an object like others.
    let small = outgoing(CT, &ids.instance, DEFLATED, bomb(&ids, 0));
    assert_eq!(send(&house.server, small).await, 0);
    unharmed(&house).await;
}

async fn a03_lengths_that_lie_cost_only_what_arrived(house: House) {
    let staff = house.signed_in("radiologist").await;
    let ids = Ids::of(1, 1);
    let process = house.server.pid().unwrap();
    let before = peak(process);
    for vr in [*b"OB", *b"OW", *b"UN", *b"UT", *b"UC", *b"SQ"] {
        for length in [0xffff_fffe, 0x7fff_fffe] {
            let lie = object(CT, &ids, |set| {
                set.append(&long_element(0x0042_0011, vr, length)).append(&[0; 64]);
            });
            assert!(lie.len() < 400);
            let reply = staff.import(file(&ids, lie.clone())).await;
            assert_eq!(reply.status, 400, "{}", reply.text());
            check(&house, &staff, EXPLICIT, &ids, lie).await;
        }
    }
    let lie = [&[0x08, 0x00, 0x18, 0x00, 0xfe, 0xff, 0xff, 0xff], &[b'1'; 250][..]].concat();
    check(&house, &staff, IMPLICIT, &ids, lie).await;
    unharmed(&house).await;
    if let (Some(before), Some(after)) = (before, peak(process)) {
        // Less than a hundredth of what was declared: passwords are verified in between.
        assert!(after - before < 64 << 10, "{before} KiB became {after} KiB");
    }
}

/// An object that says it has so many rows.
fn rows(ids: &Ids, rows: u16) -> Vec<u8> {
    object(CT, ids, |set| {
        set.us(0x0028_0010, rows);
    })
}

async fn a11_the_first_object_stays_and_another_is_kept_apart(house: House) {
    let staff = house.signed_in("radiologist").await;
    let ids = Ids::of(1, 1);
    let stored = |data_set| send(&house.server, outgoing(CT, &ids.instance, EXPLICIT, data_set));
    let first = rows(&ids, 64);
    let second = rows(&ids, 65);
    assert_eq!(stored(first.clone()).await, 0);
    assert_eq!(stored(second).await, 0x0111);
    // Under the UID of the command, a data set that says it is another.
    let other = Ids::of(1, 2);
    let lie = outgoing(CT, &other.instance, EXPLICIT, first.clone());
    assert_eq!(send(&house.server, lie).await, 0xC000);
    assert!(retrieve(&staff, &other.instance).await.is_none());

    let held = retrieve(&staff, &ids.instance).await.unwrap();
    assert!(split(&held).1 == first);
    let refusals = staff.get_json("/api/v1/refusals").await;
    let reasons: Vec<_> = refusals["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| (refusal["reason"].as_str().unwrap(), refusal["kept"] == true))
        .collect();
    assert_eq!(reasons, [("UidMismatch", true), ("Conflict", true)]);
    unharmed(&house).await;
}

async fn a14_preambles_are_flagged_and_left_out(house: House) {
    let staff = house.signed_in("radiologist").await;
    let signatures: [&[u8]; 5] =
        [b"MZ\x90\0", b"\x7fELF", b"\x89PNG\r\n\x1a\n", b"#!/bin/sh\n", b"<script>"];
    for (signature, n) in signatures.into_iter().zip(1..) {
        let ids = Ids::of(1, n);
        let mut bytes = file(&ids, tiny(&ids));
        bytes[..signature.len()].copy_from_slice(signature);
        assert_eq!(staff.import(bytes).await.status, 200);
        let held = retrieve(&staff, &ids.instance).await.unwrap();
        assert_eq!(held[..128], [0; 128], "{signature:?}");
    }
    let flagged = house.log().matches("preamble").count();
    assert_eq!(flagged, signatures.len(), "{}", house.log());
    unharmed(&house).await;
}
