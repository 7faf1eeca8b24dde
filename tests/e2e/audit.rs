//! Everything that happens leaves its record, and no record can be changed.

use std::collections::HashSet;

use lightcase_testkit::phantom::PLANTED;

use crate::day;
use crate::house::House;

on_both!(a_day_is_on_record_and_the_record_stands);

/// What a day leaves, and how often where that is known.
const EXPECTED: [(&str, Option<usize>); 35] = [
    ("service_started", Some(2)),
    ("service_stopped", Some(1)),
    ("set_up_completed", Some(1)),
    ("account_created", None),
    ("association_refused", Some(1)),
    ("store_begun", None),
    ("store_ended", None),
    ("ingest_decided", None),
    ("refused", Some(2)),
    ("imported", Some(1)),
    ("sign_in_failed", Some(1)),
    ("signed_in", Some(2)),
    ("signed_out", Some(1)),
    ("token_created", Some(1)),
    ("denied", None),
    ("peer_added", Some(1)),
    ("queried", None),
    ("view_begun", None),
    ("view_ended", None),
    ("retrieve_begun", Some(3)),
    ("retrieve_ended", Some(3)),
    ("share_created", Some(2)),
    ("share_probed", None),
    ("factor_failed", Some(1)),
    ("share_opened", Some(2)),
    ("notice_accepted", Some(2)),
    ("share_revoked", Some(2)),
    ("share_session_ended", Some(2)),
    ("share_renewed", Some(1)),
    ("authorisation_recorded", Some(1)),
    ("authorisation_form_attached", Some(1)),
    ("authorisation_revoked", Some(1)),
    ("study_withdrawn", Some(1)),
    ("study_restored", Some(1)),
    ("audit_read", None),
];

async fn a_day_is_on_record_and_the_record_stands(mut house: House) {
    let secrets = day::live(&house).await;
    assert!(house.server.stop().unwrap(), "{}", house.log());
    house.server.start().unwrap();
    house.audit();
    let audit = house.audit();
    let events = house.events();
    let mut wrong: Vec<String> = EXPECTED
        .iter()
        .filter(|(name, count)| {
            let found = events.get(*name).copied().unwrap_or(0);
            count.map_or(found == 0, |count| found != count)
        })
        .map(|(name, count)| format!("{name}: {:?}, expected {count:?}", events.get(*name)))
        .collect();
    wrong.sort();
    assert!(wrong.is_empty(), "{wrong:#?}");

    let ids: HashSet<_> = audit.iter().map(|record| record["id"].to_string()).collect();
    assert_eq!(ids.len(), audit.len());
    let text = serde_json::to_string(&audit).unwrap().to_lowercase();
    for planted in PLANTED.iter().map(|text| text.to_lowercase()) {
        assert!(!text.contains(&planted), "{planted}");
    }
    for (what, secret) in secrets {
        assert!(!text.contains(&secret.to_lowercase()), "{what}");
    }
    let pairs = |begun: &str, ended: &str| {
        let ids = |name: &str| -> HashSet<String> {
            let named = audit.iter().filter(|record| record["event"] == name);
            named.map(|record| record["data"]["access_id"].to_string()).collect()
        };
        assert_eq!(ids(begun), ids(ended), "{begun}");
    };
    pairs("store_begun", "store_ended");
    pairs("view_begun", "view_ended");
    pairs("retrieve_begun", "retrieve_ended");

    let Some(database) = &house.database else { return };
    for sql in [
        "UPDATE audit_event SET at = at + 1",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_chain SET seq = seq + 1000000",
        "DELETE FROM audit_chain",
    ] {
        assert!(database.execute(sql).is_err(), "{sql}");
    }
    let count = database.execute("SELECT count(*) FROM audit_event").unwrap();
    assert!(count.trim().parse::<usize>().unwrap() >= audit.len());
}
