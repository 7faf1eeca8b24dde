//! Data sets as streams: whole or an error, however they are cut.

use std::time::Duration;

use dicom_ul::pdu::{AbortRQSource, Pdu};
use lightcase_dimse::BodyError;

use crate::raw::{CT, Raw, data, encode, store};
use crate::station::{Seen, Station, options};

/// Fragments as written on the wire, and the body the service must see.
async fn check(pdus: &[Vec<u8>], expected: Result<&[u8], BodyError>) {
    let mut station = Station::start().await;
    let mut raw = Raw::associated(station.address).await;
    for pdu in pdus {
        raw.write(pdu).await;
    }
    let object = station.object().await;
    assert_eq!(object.body.as_deref(), expected.as_ref().copied());
    if expected.is_ok() {
        assert!(!raw.response().await.is_empty());
    } else {
        assert!(matches!(station.next().await, Seen::Ended));
    }
}

#[tokio::test]
async fn messages_may_be_cut_anywhere() {
    let rq = store(CT, "1.2.3");
    check(&[data(&[(1, 3, &rq), (1, 2, b"all")])], Ok(b"all")).await;
    let mut bytewise: Vec<_> = rq.iter().map(|byte| data(&[(1, 1, &[*byte])])).collect();
    bytewise.push(data(&[(1, 3, b""), (1, 0, b"a")]));
    bytewise.push(data(&[(1, 0, b"b"), (1, 0, b""), (1, 0, b"c")]));
    bytewise.push(data(&[(1, 2, b"")]));
    check(&bytewise, Ok(b"abc")).await;
    check(&[data(&[(1, 3, &rq)]), data(&[(1, 2, b"")])], Ok(b"")).await;
}

#[tokio::test]
async fn an_abort_in_the_middle_is_an_error_on_the_stream() {
    let rq = store(CT, "1.2.3");
    let begun = data(&[(1, 3, &rq), (1, 0, b"half of it")]);
    let abort = encode(&Pdu::AbortRQ { source: AbortRQSource::ServiceUser });
    check(&[begun.clone(), abort], Err(BodyError::Aborted)).await;
    check(&[begun.clone(), vec![4, 0, 0xff, 0xff, 0xff, 0xff]], Err(BodyError::Aborted)).await;
    check(&[begun, data(&[(1, 3, &rq)])], Err(BodyError::Aborted)).await;
}

#[tokio::test]
async fn a_connection_lost_in_the_middle_is_an_error_on_the_stream() {
    let mut station = Station::start().await;
    let mut raw = Raw::associated(station.address).await;
    let mut begun = data(&[(1, 3, &store(CT, "1.2.3")), (1, 0, b"half of it")]);
    begun.extend_from_slice(&[4, 0, 0, 0, 0, 20, 0, 0]);
    raw.write(&begun).await;
    drop(raw);
    assert_eq!(station.object().await.body, Err(BodyError::Aborted));
}

#[tokio::test]
async fn a_data_set_that_stalls_is_an_error_on_the_stream() {
    let mut limits = options();
    limits.idle = Duration::from_millis(200);
    let mut station = Station::with(limits).await;
    let mut raw = Raw::associated(station.address).await;
    raw.write(&data(&[(1, 3, &store(CT, "1.2.3")), (1, 0, b"half of it")])).await;
    assert_eq!(station.object().await.body, Err(BodyError::TooSlow));
    assert!(matches!(raw.read().await, Some(Pdu::AbortRQ { .. })));
}

#[tokio::test]
async fn a_service_that_refuses_early_keeps_the_association() {
    let mut station = Station::start().await;
    let mut raw = Raw::associated_for(station.address, "1.2.3.7").await;
    for _ in 0..2 {
        raw.write(&data(&[(1, 3, &store("1.2.3.7", "1.2.3"))])).await;
        for _ in 0..50 {
            raw.write(&data(&[(1, 0, &[0; 16_000])])).await;
        }
        raw.write(&data(&[(1, 2, b"end")])).await;
        let response = raw.response().await;
        assert!(response.windows(4).any(|window| window == b"full"));
    }
    assert!(matches!(station.next().await, Seen::Accepted));
    raw.write(&encode(&Pdu::ReleaseRQ)).await;
    assert_eq!(raw.read().await, Some(Pdu::ReleaseRP));
    assert!(matches!(station.next().await, Seen::Ended));
}

#[tokio::test]
async fn shutdown_lets_a_message_under_way_finish() {
    let mut station = Station::start().await;
    let mut raw = Raw::associated(station.address).await;
    raw.write(&data(&[(1, 3, &store(CT, "1.2.3")), (1, 0, b"half, ")])).await;
    let mut idle = Raw::associated(station.address).await;
    while !matches!(station.next().await, Seen::Begun) {}
    station.shutdown.cancel();
    assert!(matches!(idle.read().await, Some(Pdu::AbortRQ { .. })));
    raw.write(&data(&[(1, 2, b"and the rest")])).await;
    assert_eq!(station.object().await.body.as_deref(), Ok(b"half, and the rest".as_slice()));
    assert!(!raw.response().await.is_empty());
    assert!(matches!(raw.read().await, Some(Pdu::AbortRQ { .. })));
    station.running.await.unwrap();
}
