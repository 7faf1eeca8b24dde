//! PDUs that break PS3.8: A-ABORT, and nobody else notices.

use super::memory::unharmed;
use super::raw::{ABORT, C_STORE, CT, DATA, REJECTED, Raw, Request, item, pdu, request, value};
use crate::house::{Backend, House};

fn house() -> House {
    House::start(Backend::Embedded).unwrap()
}

/// First bytes of a connection that are answered with A-ABORT or A-ASSOCIATE-RJ.
async fn check_first(house: &House, bytes: &[u8], expected: u8) {
    let mut raw = Raw::connect(house.server.dicom()).await;
    raw.write(bytes).await;
    let (kind, payload) = raw.read().await.unwrap();
    assert_eq!(kind, expected, "{payload:?} to {:?}", &bytes[..bytes.len().min(100)]);
    assert_eq!(raw.read().await, None);
}

/// Bytes in an association that end it with A-ABORT.
async fn check_associated(house: &House, bytes: &[u8]) {
    let (mut raw, _) = Raw::associate(&house.server, &Request::new("RAW", &[CT])).await;
    raw.write(bytes).await;
    let (kind, payload) = raw.read().await.unwrap();
    assert_eq!(kind, ABORT, "{payload:?} to {:?}", &bytes[..bytes.len().min(100)]);
    assert_eq!(raw.read().await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_lengths_that_lie_in_pdus_are_aborted() {
    let house = house();
    let four_gib = [0xff; 4];
    check_first(&house, &[&[1, 0], &four_gib[..]].concat(), ABORT).await;
    let whole = Request::new("RAW", &[CT]).encode();
    // Items and sub-items that are longer than what holds them: the application context, the
    // presentation context and its abstract syntax, the user information and its maximum length.
    let starts = [74, 99, 107, whole.len() - 12, whole.len() - 8];
    for (start, kind) in starts.into_iter().zip([0x10, 0x20, 0x30, 0x50, 0x51]) {
        assert_eq!(whole[start], kind);
        for length in [[0xff, 0xff], [0x00, 0xff]] {
            let mut overrun = whole.clone();
            overrun[start + 2..start + 4].copy_from_slice(&length);
            check_first(&house, &overrun, ABORT).await;
        }
    }
    check_associated(&house, &[&[4, 0], &four_gib[..]].concat()).await;
    for item in [0_u32, 1, 3, u32::MAX] {
        let payload = [item.to_be_bytes().as_slice(), &[1, 3]].concat();
        check_associated(&house, &pdu(DATA, &payload)).await;
    }
    check_associated(&house, &pdu(DATA, &[])).await;
    check_associated(&house, &pdu(DATA, &[0, 0])).await;
    unharmed(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_pdus_out_of_turn_are_aborted() {
    let house = house();
    let associate = Request::new("RAW", &[CT]).encode();
    let (accept, reject, release, released) =
        (pdu(2, &[0; 68]), pdu(3, &[0, 1, 1, 1]), pdu(5, &[0; 4]), pdu(6, &[0; 4]));
    let rq = request(C_STORE, CT, b"1.2.3");
    for first in [&accept, &reject, &release, &released, &value(1, 3, &rq), &pdu(9, &[])] {
        check_first(&house, first, ABORT).await;
    }
    for later in [&associate, &accept, &reject, &released, &pdu(0, &[]), &pdu(9, &[])] {
        check_associated(&house, later).await;
    }
    // A data set without a command, a command within a data set, and a release within one.
    check_associated(&house, &value(1, 2, b"data")).await;
    check_associated(&house, &[value(1, 3, &rq), value(1, 3, &rq)].concat()).await;
    check_associated(&house, &[value(1, 3, &rq), value(1, 0, b"part"), release].concat()).await;
    check_associated(&house, &value(3, 3, &rq)).await;
    unharmed(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a07_requests_beyond_the_standard_are_turned_away() {
    let house = house();
    let request = Request::new("RAW", &[CT]);
    let with = |contexts: Vec<(u8, String)>| Request { contexts, ..request.clone() };
    let context = |id: u8| (id, CT.to_owned());
    let all = with((0..=255).map(context).collect());
    check_first(&house, &all.encode(), REJECTED).await;
    check_first(&house, &with(vec![context(1), context(1)]).encode(), REJECTED).await;
    check_first(&house, &with(vec![context(2)]).encode(), REJECTED).await;
    check_first(&house, &with(Vec::new()).encode(), REJECTED).await;
    // 64 KiB of user information in one item, and in thousands.
    let long = Request { user: item(0x58, &vec![0; 60_000]), ..request.clone() };
    check_first(&house, &long.encode(), ABORT).await;
    let many = Request { user: item(0x7f, &[]).repeat(16_000), ..request };
    check_first(&house, &many.encode(), ABORT).await;
    // A P-DATA item with a command that never ends.
    check_associated(&house, &value(1, 1, &[0; 8192]).repeat(4)).await;
    unharmed(&house).await;
}
