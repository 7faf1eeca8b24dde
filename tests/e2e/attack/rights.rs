//! Who may come in, and for what: refused with the right reason, on record.

use super::memory::unharmed;
use super::raw::{
    C_FIND, C_GET, C_MOVE, CT, REJECTED, Raw, Request, VERIFICATION, request, results, value,
};
use crate::house::House;

on_both! {
    a08_wrong_titles_and_addresses_are_rejected_and_on_record,
    a09_a_peer_that_may_store_may_nothing_else,
}

/// FIND, MOVE and GET of both roots, and SOP classes of query/retrieve that nobody offers.
const QUERY_RETRIEVE: [&str; 7] = [
    "1.2.840.10008.5.1.4.1.2.1.1",
    "1.2.840.10008.5.1.4.1.2.1.2",
    "1.2.840.10008.5.1.4.1.2.1.3",
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.5.1.4.1.2.2.2",
    "1.2.840.10008.5.1.4.1.2.2.3",
    "1.2.840.10008.5.1.4.31",
];

/// Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21).
async fn rejection(house: &House, request: &Request) -> [u8; 3] {
    let mut raw = Raw::connect(house.server.dicom()).await;
    raw.write(&request.encode()).await;
    let (kind, payload) = raw.read().await.unwrap();
    assert_eq!(kind, REJECTED, "{payload:?}");
    payload[1..4].try_into().unwrap()
}

async fn a08_wrong_titles_and_addresses_are_rejected_and_on_record(house: House) {
    const CALLED: [u8; 3] = [1, 1, 7];
    const CALLING: [u8; 3] = [1, 1, 3];
    let good = Request::new("KNOWN", &[CT]);
    let called = Request { called: "ELSEWHERE".to_owned(), ..good.clone() };
    assert_eq!(rejection(&house, &called).await, CALLED);
    house.server.run("peer add", &["KNOWN", "127.0.0.1"], "").unwrap();
    house.server.run("peer add", &["AFAR", "192.0.2.7"], "").unwrap();
    drop(Raw::associate(&house.server, &good).await);
    assert_eq!(rejection(&house, &called).await, CALLED);
    assert_eq!(rejection(&house, &Request::new("NOBODY", &[CT])).await, CALLING);
    // Known by its title, but it calls from here.
    assert_eq!(rejection(&house, &Request::new("AFAR", &[CT])).await, CALLING);
    // What would forge a line of the log, or is no title at all, is not even looked up.
    for title in ["", "A\\B", "A\r\nFORGED log line", "T\u{0}TLE"] {
        assert_eq!(rejection(&house, &Request::new(title, &[CT])).await, CALLING, "{title:?}");
    }
    let log = house.log();
    assert!(log.contains("KNOWN calls ELSEWHERE, but this is LIGHTCASE"), "{log}");
    assert!(
        log.contains("NOBODY is not a known peer; let it in with `lightcase peer allow`"),
        "{log}"
    );
    assert!(log.contains("AFAR is a peer at 192.0.2.7, but called from 127.0.0.1"), "{log}");
    assert!(!log.lines().any(|line| line.starts_with("FORGED")), "{log}");
    assert_eq!(house.events()["association_refused"], 4);
    unharmed(&house).await;
}

async fn a09_a_peer_that_may_store_may_nothing_else(house: House) {
    let mut syntaxes = vec![CT, VERIFICATION];
    syntaxes.extend(QUERY_RETRIEVE);
    let check = async |title: &str, accepted: &[u8]| {
        let (mut raw, acceptance) =
            Raw::associate(&house.server, &Request::new(title, &syntaxes)).await;
        for (id, result) in results(&acceptance) {
            assert_eq!(result == 0, accepted.contains(&id), "{title}: context {id}: {result}");
        }
        // In a context that was refused there is nothing to say.
        raw.write(&value(5, 3, &request(C_FIND, QUERY_RETRIEVE[0], b""))).await;
        raw.write(&value(5, 2, b"")).await;
        raw.is_cut_off("a context that was refused").await;
    };
    // A stranger on this machine, then a peer.
    check("STRANGER", &[1, 3]).await;
    house.server.run("peer add", &["MODALITY", "127.0.0.1", "--rights", "store"], "").unwrap();
    check("MODALITY", &[1]).await;

    // In the context of an image, other operations are answered with a failure.
    for field in [C_FIND, C_MOVE, C_GET] {
        let (mut raw, _) = Raw::associate(&house.server, &Request::new("MODALITY", &[CT])).await;
        raw.write(&value(1, 3, &request(field, CT, b""))).await;
        raw.write(&value(1, 2, b"")).await;
        if let Some(status) = raw.status().await {
            assert!(![0x0000, 0xff00, 0xff01].contains(&status), "{field:#06x}: {status:#06x}");
        }
    }
    unharmed(&house).await;
}
