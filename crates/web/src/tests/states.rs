//! Every route that a visitor can call, in every state of a link: what is answered.

pub(super) mod put;
mod table;

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::{Value, json};

use super::world::{Client, PLAIN, Reply, World, worker};
use crate::route::Route;
use crate::{dicomweb, page, share};
use put::{Kept, State, put};
use table::{ROWS, Row, Who};

/// The routes of the lists that the router is made of.
fn routes() -> BTreeSet<(String, String)> {
    let named =
        |prefix: &str, route: &Route| (route.method.to_owned(), format!("{prefix}{}", route.path));
    let own = share::ROUTES.iter().map(|route| named("", route));
    let lent = dicomweb::ROUTES.iter().map(|route| named(share::DICOMWEB, route));
    let pages = page::ROUTES.iter().filter(|route| is_visitors(route.path));
    own.chain(lent).chain(pages.map(|route| named("", route))).collect()
}

fn is_visitors(path: &str) -> bool {
    path == "/s" || path.starts_with("/s/")
}

/// The routes of the description that are below a visitor's path.
fn described() -> BTreeSet<(String, String)> {
    let text = include_str!("../../openapi.json");
    let document: Value = serde_json::from_str(text).unwrap();
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|_| is_visitors(path)) {
            found.insert((method.clone(), path.clone()));
        }
    }
    found
}

#[test]
fn no_route_is_without_an_answer_for_every_state() {
    let expected: BTreeSet<(String, String)> =
        ROWS.iter().map(|row| (row.1.to_owned(), row.2.to_owned())).collect();
    assert_eq!(expected, routes(), "the table has each route of the router, and no other");
    let described = described();
    assert!(described.len() > 3);
    assert!(described.is_subset(&expected), "{:?}", described.difference(&expected));
    for row in ROWS {
        assert_eq!(row.answers().count(), State::ALL.len(), "{} {}", row.1, row.2);
    }
}

/// A path of the table with the names of what is asked for.
fn filled(path: &str, kept: &Kept) -> String {
    path.replace("{handle}", &kept.handle)
        .replace("{study}", &kept.asked.study)
        .replace("{series}", &kept.asked.series)
        .replace("{instance}", &kept.asked.instance)
        .replace("{frames}", "1")
        .replace("{*path}", "7FE00010")
}

async fn ask(client: &Client, method: &str, path: &str, kept: &Kept) -> Reply {
    let body = match path {
        "/s/session" => Some(kept.link.attempt(&kept.link.passcode)),
        _ if path.ends_with("/notice") => Some(json!({"hash": kept.notice})),
        _ => None,
    };
    client.ask(&method.to_uppercase(), path, body.as_ref()).await
}

/// The answer to a letter of the table; what does not answer says why, in the same words each time.
fn check(reply: &Reply, expected: char, state: State, what: &str) {
    let (status, body) = (reply.status.as_u16(), reply.json());
    let reason = match expected {
        'y' => {
            assert!((200..300).contains(&status), "{what}: {status} {body}");
            return;
        }
        'n' => state.refusal(),
        '-' => "NotFound",
        other => panic!("{what}: {other}"),
    };
    assert_eq!(status, if expected == 'n' { 403 } else { 404 }, "{what}: {body}");
    if !reply.bytes.is_empty() {
        assert_eq!(body["reason"], reason, "{what}: {body}");
    }
    assert_eq!(reply.header("set-cookie"), "", "{what}");
}

#[tokio::test]
async fn every_route_answers_as_the_state_of_its_link_says() {
    let world = World::open(PLAIN).await;
    let draws = worker().is_some();
    if !draws {
        println!("skipped: pictures, without the codec worker beside this test");
    }
    let mut nowhere: Vec<Value> = Vec::new();
    for (state, column) in State::ALL.iter().copied().zip(0..) {
        let kept = put(&world, state).await;
        let stranger = world.anybody().at(&kept.address);
        for row in ROWS {
            let Row(who, method, pattern, _) = row;
            let expected = row.answers().nth(column).unwrap();
            let path = filled(pattern, &kept);
            let what = format!("{method} {pattern} when {state:?}");
            let picture = path.ends_with("/rendered") || path.ends_with("/thumbnail");
            if picture && expected == 'y' && !draws {
                continue;
            }
            let client = if *who == Who::Inside { &kept.visitor } else { &stranger };
            let reply = ask(client, method, &path, &kept).await;
            check(&reply, expected, state, &what);
            if expected == '-' {
                nowhere.push(reply.without_request().1);
            }
            if *method == "get" {
                let head = client.send("HEAD", &path, &[], Body::empty()).await;
                assert!(head.bytes.is_empty(), "HEAD {what}");
                check(&head, expected, state, &format!("HEAD {what}"));
            }
            if *who == Who::Inside && path.contains(&kept.handle) && !path.ends_with('/') {
                let refused = ask(&stranger, method, &path, &kept).await;
                assert_eq!(refused.status, 403, "{what} for who has no cookie");
                assert_eq!(refused.json()["reason"], "Refused", "{what}");
            }
        }
    }
    assert!(nowhere.len() > 40);
    assert!(nowhere.windows(2).all(|pair| pair[0] == pair[1]), "{nowhere:?}");
}

#[tokio::test]
async fn lists_name_what_is_granted_and_nothing_else() {
    let world = World::open(PLAIN).await;
    let (mr, ct) = (&world.mr, &world.ct);
    // How many studies, series and instances there are, and texts that must not be there.
    let check = async |state: State, counts: [usize; 3], hidden: &[&str]| {
        let kept = put(&world, state).await;
        for (list, count) in ["studies", "series", "instances"].into_iter().zip(counts) {
            let path = format!("/s/{}/dicom-web/{list}", kept.handle);
            let reply = kept.visitor.get(&path, "").await;
            assert_eq!(reply.json().as_array().map(Vec::len), Some(count), "{state:?} {list}");
            let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
            for uid in hidden {
                assert!(!text.contains(uid), "{state:?} {list}: {uid}");
            }
        }
        let shown = kept.visitor.get(&format!("/s/{}/share", kept.handle), "").await;
        let text = String::from_utf8(shown.bytes.to_vec()).unwrap();
        for uid in hidden {
            assert!(!text.contains(uid), "{state:?}: {uid}");
        }
    };
    let other = ct.uid.as_str();
    check(State::Live, [1, 4, 8], &[other]).await;
    check(State::ViewOnly, [1, 4, 8], &[other]).await;
    let [second, last] = [1, 3].map(|series| mr.series[series].uid.as_str());
    check(State::OtherSeries, [1, 1, 2], &[other, second, last]).await;
    let (series, granted) = (ct.series[0].uid.as_str(), mr.uid.as_str());
    check(State::Copy, [1, 1, 3], &[other, series, granted, "Lovelace", "PHANTOM-"]).await;
}
