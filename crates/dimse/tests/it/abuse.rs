//! Peers that break the protocol: told so, cut off, and nobody else notices.

use std::time::Duration;

use dicom_ul::pdu::{
    AbortRQServiceProviderReason as Reason, AbortRQSource, Pdu, PresentationContextProposed,
    UserVariableItem,
};
use lightcase_dimse::scu::{self, Target};
use lightcase_dimse::{Rejection, Status};

use crate::raw::{CT, EXPLICIT, Raw, data, encode, request, store};
use crate::station::{Seen, Station, options, title};

fn aborted(reason: Reason) -> Pdu {
    Pdu::AbortRQ { source: AbortRQSource::ServiceProvider(reason) }
}

/// The listener still serves.
async fn alive(station: &Station) {
    let address = station.address;
    let target =
        Target::new(address.ip().to_string(), address.port(), title("LIGHTCASE"), title("PROBE"));
    scu::echo(&target).await.unwrap();
}

/// First bytes of a connection, and the A-ABORT they deserve.
async fn check_first(bytes: &[u8], reason: Reason) {
    let station = Station::start().await;
    let mut raw = Raw::connect(station.address).await;
    raw.write(bytes).await;
    assert_eq!(raw.read().await, Some(aborted(reason)), "{bytes:?}");
    assert_eq!(raw.read().await, None);
    alive(&station).await;
}

#[tokio::test]
async fn what_is_no_association_request_is_aborted() {
    check_first(b"GET / HTTP/1.1\r\nHost: pacs\r\n\r\n", Reason::UnrecognizedPdu).await;
    check_first(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc], Reason::UnrecognizedPdu).await;
    check_first(&[0xff; 4096], Reason::UnrecognizedPdu).await;
    check_first(&[0], Reason::UnrecognizedPdu).await;
    check_first(&data(&[(1, 3, b"x")]), Reason::UnexpectedPdu).await;
    check_first(&encode(&Pdu::ReleaseRQ), Reason::UnexpectedPdu).await;
    check_first(&[2, 0, 0, 0, 0, 0], Reason::UnexpectedPdu).await;
    check_first(&[1, 0, 0xff, 0xff, 0xff, 0xff], Reason::InvalidPduParameter).await;
    check_first(&[1, 0, 0, 0, 0, 4, 0, 1, 0, 0], Reason::InvalidPduParameter).await;
}

#[tokio::test]
async fn sub_items_that_overrun_are_aborted() {
    let mut whole = encode(&Pdu::AssociationRQ(request(CT, &[EXPLICIT])));
    // The length of the application context item.
    whole[76..78].copy_from_slice(&[0xff, 0xff]);
    check_first(&whole, Reason::InvalidPduParameter).await;
    // The length of the maximum length, the last item of the user information.
    let mut whole = encode(&Pdu::AssociationRQ(request(CT, &[EXPLICIT])));
    let end = whole.len() - 6;
    assert_eq!(whole[end..end + 2], [0, 4]);
    whole[end..end + 2].copy_from_slice(&[0, 5]);
    check_first(&whole, Reason::InvalidPduParameter).await;
    let mut whole = encode(&Pdu::AssociationRQ(request(CT, &[EXPLICIT])));
    let cut = whole.len() - 7;
    whole.truncate(cut);
    let length = u32::try_from(cut - 6).unwrap().to_be_bytes();
    whole[2..6].copy_from_slice(&length);
    check_first(&whole, Reason::InvalidPduParameter).await;
}

/// Bytes after an association was made, and the A-ABORT they deserve.
async fn check_associated(bytes: &[u8], reason: Reason) {
    let mut station = Station::start().await;
    let mut raw = Raw::associated(station.address).await;
    raw.write(bytes).await;
    assert_eq!(raw.read().await, Some(aborted(reason)), "{bytes:?}");
    assert!(matches!(station.next().await, Seen::Accepted));
    while !matches!(station.next().await, Seen::Ended) {}
    alive(&station).await;
}

#[tokio::test]
async fn what_an_association_may_not_carry_is_aborted() {
    let again = encode(&Pdu::AssociationRQ(request(CT, &[EXPLICIT])));
    check_associated(&again, Reason::UnexpectedPdu).await;
    check_associated(&[2, 0, 0, 0, 0, 0], Reason::UnexpectedPdu).await;
    check_associated(&encode(&Pdu::ReleaseRP), Reason::UnexpectedPdu).await;
    check_associated(&[9, 0, 0, 0, 0, 0], Reason::UnrecognizedPdu).await;
    check_associated(&[4, 0, 0xff, 0xff, 0xff, 0xff], Reason::InvalidPduParameter).await;
    check_associated(&[4, 0, 0, 2, 0, 1], Reason::InvalidPduParameter).await;
    check_associated(&[4, 0, 0, 0, 0, 0], Reason::InvalidPduParameter).await;
    check_associated(&[4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 1, 3], Reason::InvalidPduParameter).await;
    check_associated(&[4, 0, 0, 0, 0, 6, 0, 0, 0, 9, 1, 3], Reason::InvalidPduParameter).await;
    check_associated(&data(&[(7, 3, b"x")]), Reason::InvalidPduParameter).await;
    check_associated(&data(&[(1, 3, b"not a command")]), Reason::InvalidPduParameter).await;
    check_associated(&data(&[(1, 2, b"data first")]), Reason::UnexpectedPduParameter).await;
    let rq = store(CT, "1.2.3");
    let twice = data(&[(1, 3, &rq), (1, 3, &rq)]);
    check_associated(&twice, Reason::UnexpectedPduParameter).await;
    let mut released = data(&[(1, 3, &rq), (1, 0, b"part")]);
    released.append(&mut encode(&Pdu::ReleaseRQ));
    check_associated(&released, Reason::UnexpectedPduParameter).await;
}

#[tokio::test]
async fn a_command_without_end_is_aborted() {
    let part = data(&[(1, 1, &[0; 8192])]);
    check_associated(&[part.clone(), part.clone(), part].concat(), Reason::InvalidPduParameter)
        .await;
}

async fn check_refused(change: impl FnOnce(&mut dicom_ul::pdu::AssociationRQ), why: Rejection) {
    let mut station = Station::start().await;
    let mut raw = Raw::connect(station.address).await;
    let mut rq = request(CT, &[EXPLICIT]);
    change(&mut rq);
    raw.write(&encode(&Pdu::AssociationRQ(rq))).await;
    assert!(matches!(raw.read().await, Some(Pdu::AssociationRJ(_))));
    let seen = station.next().await;
    assert!(matches!(seen, Seen::Rejected(found) if found == why), "{seen:?}");
    alive(&station).await;
}

#[tokio::test]
async fn requests_that_cannot_be_granted_are_rejected_with_the_reason() {
    let context = |id| PresentationContextProposed {
        id,
        abstract_syntax: CT.to_owned(),
        transfer_syntaxes: vec![EXPLICIT.to_owned()],
    };
    check_refused(|rq| rq.called_ae_title = "OTHER".to_owned(), Rejection::UnknownCalled).await;
    check_refused(|rq| rq.calling_ae_title = "STRANGER".to_owned(), Rejection::UnknownCalling)
        .await;
    check_refused(|rq| rq.protocol_version = 2, Rejection::ProtocolVersion).await;
    check_refused(
        |rq| rq.application_context_name = "1.2.3".to_owned(),
        Rejection::ApplicationContext,
    )
    .await;
    check_refused(
        |rq| rq.presentation_contexts = vec![context(1), context(1)],
        Rejection::Malformed,
    )
    .await;
    check_refused(|rq| rq.presentation_contexts = vec![context(2)], Rejection::Malformed).await;
    check_refused(|rq| rq.presentation_contexts = Vec::new(), Rejection::Malformed).await;
    check_refused(
        |rq| rq.presentation_contexts = (0..=255).map(context).collect(),
        Rejection::Malformed,
    )
    .await;
}

#[tokio::test]
async fn user_information_of_64_kib_is_aborted() {
    let mut rq = request(CT, &[EXPLICIT]);
    rq.user_variables.push(UserVariableItem::Unknown(0x7f, vec![0; 60_000]));
    check_first(&encode(&Pdu::AssociationRQ(rq)), Reason::InvalidPduParameter).await;
}

#[tokio::test]
async fn the_silent_leave_when_room_is_needed_and_others_are_served() {
    let mut limits = options();
    limits.max_waiting = 8;
    let station = Station::with(limits).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(Raw::connect(station.address).await);
    }
    alive(&station).await;
    assert_eq!(silent.swap_remove(0).read().await, None);
}

#[tokio::test]
async fn who_says_nothing_is_aborted_after_artim_and_after_idle() {
    let mut limits = options();
    (limits.artim, limits.idle) = (Duration::from_millis(200), Duration::from_millis(200));
    let station = Station::with(limits).await;
    let by_user = Some(Pdu::AbortRQ { source: AbortRQSource::ServiceUser });
    assert_eq!(Raw::connect(station.address).await.read().await, by_user);
    assert_eq!(Raw::associated(station.address).await.read().await, by_user);
    alive(&station).await;
}

#[tokio::test]
async fn a_peer_has_so_many_associations_and_no_more() {
    let mut limits = options();
    limits.max_per_ae = 2;
    let mut station = Station::with(limits).await;
    let _held = [Raw::associated(station.address).await, Raw::associated(station.address).await];
    let mut third = Raw::connect(station.address).await;
    third.write(&encode(&Pdu::AssociationRQ(request(CT, &[EXPLICIT])))).await;
    assert!(matches!(third.read().await, Some(Pdu::AssociationRJ(_))));
    for _ in 0..2 {
        assert!(matches!(station.next().await, Seen::Accepted));
    }
    assert!(matches!(station.next().await, Seen::Rejected(Rejection::LimitExceeded)));
    alive(&station).await;
}

#[tokio::test]
async fn a_service_that_panics_takes_only_its_association() {
    let mut station = Station::start().await;
    let mut raw = Raw::associated_for(station.address, "1.2.3.13").await;
    raw.write(&data(&[(1, 3, &store("1.2.3.13", "1.2.3")), (1, 2, b"data")])).await;
    assert!(matches!(raw.read().await, Some(Pdu::AbortRQ { .. })));
    assert!(matches!(station.next().await, Seen::Accepted));
    assert!(matches!(station.next().await, Seen::Ended));
    alive(&station).await;
}

#[tokio::test]
async fn operations_nobody_offers_are_answered_and_the_association_lives() {
    let station = Station::start().await;
    let mut raw = Raw::associated(station.address).await;
    // C-FIND-RQ: field 0020, message id 5, a data set follows.
    let find: [u8; 30] = [
        0, 0, 0x00, 0x01, 2, 0, 0, 0, 0x20, 0, 0, 0, 0x10, 0x01, 2, 0, 0, 0, 5, 0, 0, 0, 0x00,
        0x08, 2, 0, 0, 0, 1, 0,
    ];
    raw.write(&data(&[(1, 3, &find), (1, 2, b"identifier")])).await;
    let [low, high] = Status::UNRECOGNIZED_OPERATION.code().to_le_bytes();
    let response = raw.response().await;
    assert!(response.windows(10).any(|w| w == [0, 0, 0x00, 0x09, 2, 0, 0, 0, low, high]));
    let rq = store(CT, "1.2.3");
    raw.write(&data(&[(1, 3, &rq), (1, 2, b"data")])).await;
    let response = raw.response().await;
    assert!(response.windows(10).any(|w| w == [0, 0, 0x00, 0x09, 2, 0, 0, 0, 0, 0]));
}
