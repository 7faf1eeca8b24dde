//! Share links: what a recipient gets, and what nobody gets.

use lightcase_testkit::phantom::Study;
use lightcase_testkit::servers::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, DICOM_JSON, JSON, Reply};
use crate::house::{Backend, House, PASSWORD, small_ct};
use crate::link::{Link, Visitor, wish};
use crate::multipart::{OBJECTS, parts};

on_both! {
    a_link_opens_with_its_passcode_and_its_notice,
    every_link_that_does_not_open_answers_alike,
    uses_are_counted_after_the_factor,
    a_visitor_reaches_the_granted_study_and_nothing_else,
    cookies_stay_on_their_side,
    a_revoked_link_ends_at_once,
    viewing_is_not_downloading,
    wishes_that_cannot_be_granted_are_refused,
    the_command_line_makes_links_by_the_same_rules,
    the_command_line_recalls_links,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_do_not_depend_on_the_time_zone() {
    for zone in ["Asia/Tokyo", "America/New_York"] {
        let settings = Settings::default().variable("TZ", zone);
        let house = House::start_with(Backend::Embedded, settings).unwrap();
        a_link_opens_with_its_passcode_and_its_notice(house).await;
    }
}

async fn a_link_opens_with_its_passcode_and_its_notice(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    let utc = asked["expires"].as_str().unwrap().get(..19).unwrap().to_owned();
    asked["expires"] = format!("{utc}+00:00").into();
    let reply = staff.post("/api/v1/shares", &asked).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let link = Link::read(&reply.json());
    assert_eq!(link.passcode.len(), 8);
    let share = staff.get_json(&format!("/api/v1/shares/{}", link.id)).await;
    assert!(share["expires"].as_str().unwrap().starts_with(&utc), "{share}");
    assert!(share["expires"].as_str().unwrap().ends_with('Z'), "{share}");
    assert_eq!((&share["state"], &share["uses"]), (&"live".into(), &0.into()));

    // The challenge tells nothing, also of a link that does not exist.
    let body = json!({"share": link.share, "secret": link.secret});
    let known = house.stranger().post("/s/session", &body).await;
    assert_eq!((known.status, known.json()), (200, json!({"factor": "passcode"})));
    let body = json!({"share": unknown_share(&link), "secret": link.secret});
    assert_eq!(house.stranger().post("/s/session", &body).await.shape(), known.shape());

    let visitor = link.enter(&house).await;
    let before = visitor.browser.get_json(&visitor.path("share")).await;
    assert_eq!(before["noticeAccepted"], false);
    assert_eq!((&before["patient"], &before["studies"]), (&Value::Null, &json!([])));
    let text = before.to_string();
    assert!(!text.contains("Lovelace") && !text.contains(&study.uid), "{text}");
    assert!(before["notice"]["text"].to_string().contains("Dr. Recipient"));
    let early = visitor.get("dicom-web/studies", DICOM_JSON).await;
    assert_eq!(early.status, 403, "{}", early.text());

    visitor.accept().await;
    let after = visitor.browser.get_json(&visitor.path("share")).await;
    assert_eq!(after["noticeAccepted"], true);
    assert_eq!(after["studies"][0]["studyInstanceUid"], *study.uid);
    assert_eq!(after["studies"][0]["series"][0]["instances"], 4);
    let found = visitor.get("dicom-web/studies", DICOM_JSON).await;
    assert_eq!((found.status, found.json().as_array().unwrap().len()), (200, 1));
    assert!(found.header("cache-control").contains("no-store"));
    let picture = visitor.get(&below(&study, "/rendered"), "image/jpeg").await;
    assert_eq!((picture.status, &picture.body[..2]), (200, &[0xff, 0xd8][..]));
    let events = house.events();
    assert_eq!((events["share_opened"], events["notice_accepted"]), (1, 1));

    assert_eq!(visitor.browser.delete(&visitor.path("session")).await.status, 204);
    assert_eq!(visitor.get("share", JSON).await.status, 403);
}

/// The name of a link that nobody made.
fn unknown_share(link: &Link) -> String {
    "A".repeat(link.share.len())
}

/// A path to the first slice of a study.
fn below(study: &Study, rest: &str) -> String {
    let (study_uid, series) = (&study.uid, &study.series[0]);
    let (series_uid, instance) = (&series.uid, series.sop_instance(1));
    format!("dicom-web/studies/{study_uid}/series/{series_uid}/instances/{instance}{rest}")
}

async fn every_link_that_does_not_open_answers_alike(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let link = Link::create(&staff, &wish(&study.uid)).await;
    let wrong = link.attempt(&house.stranger(), "00000000").await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.text().contains("The passcode is not right, or this link has ended."));

    let unknown = Link { share: unknown_share(&link), ..link.clone() };
    let other = Link::create(&staff, &wish(&study.uid)).await;
    let exchanged = Link { secret: other.secret.clone(), ..link.clone() };
    let garbled =
        Link { share: "../../etc".to_owned(), secret: "\u{0}".to_owned(), ..link.clone() };
    let revoked = Link::create(&staff, &wish(&study.uid)).await;
    assert_eq!(staff.delete(&format!("/api/v1/shares/{}", revoked.id)).await.status, 204);
    let mut once = wish(&study.uid);
    once["maxUses"] = 1.into();
    let exhausted = Link::create(&staff, &once).await;
    exhausted.enter(&house).await;
    let mut dead = vec![
        ("unknown", unknown),
        ("wrong secret", exchanged),
        ("garbled", garbled),
        ("revoked", revoked),
        ("exhausted", exhausted),
    ];
    if let Some(database) = &house.database {
        let expired = Link::create(&staff, &wish(&study.uid)).await;
        let newest = "SELECT max(created_at) FROM share";
        let sql = format!("UPDATE share SET expires_at = 1 WHERE created_at = ({newest})");
        database.execute(&sql).unwrap();
        let state = staff.get_json(&format!("/api/v1/shares/{}", expired.id)).await;
        assert_eq!(state["state"], "expired");
        dead.push(("expired", expired));
    }
    for (what, link) in dead {
        for passcode in [link.passcode.as_str(), "00000000", ""] {
            let reply = link.attempt(&house.stranger(), passcode).await;
            assert_eq!(reply.shape(), wrong.shape(), "{what}");
        }
    }
    assert_eq!(link.attempt(&house.stranger(), &link.passcode).await.status, 200);
}

async fn uses_are_counted_after_the_factor(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let mut once = wish(&study.uid);
    once["maxUses"] = 1.into();
    let link = Link::create(&staff, &once).await;
    let uses = async || {
        let share = staff.get_json(&format!("/api/v1/shares/{}", link.id)).await;
        (share["uses"].as_u64().unwrap(), share["failedAttempts"].as_u64().unwrap())
    };
    let browser = house.stranger();
    link.attempt(&browser, "00000000").await;
    link.attempt(&browser, "").await;
    assert_eq!(uses().await, (0, 2));
    // As it was read over the telephone.
    let spoken = format!(" {}-{}", &link.passcode[..4].to_lowercase(), &link.passcode[4..]);
    assert_eq!(link.attempt(&browser, &spoken).await.status, 200);
    assert_eq!(uses().await.0, 1);
    // The same browser comes again without another use; another one does not come in.
    assert_eq!(link.attempt(&browser, &link.passcode).await.status, 200);
    assert_eq!(uses().await.0, 1);
    assert_eq!(link.attempt(&house.stranger(), &link.passcode).await.status, 403);
    assert_eq!(link.attempt(&browser, "00000000").await.status, 403);
}

/// Every DICOMweb route for these UIDs.
fn routes(s: &str, e: &str, i: &str) -> Vec<String> {
    let mut routes = Vec::new();
    for rest in ["", "/metadata", "/thumbnail"] {
        routes.push(format!("studies/{s}{rest}"));
    }
    for rest in ["", "/metadata", "/thumbnail"] {
        routes.push(format!("studies/{s}/series/{e}{rest}"));
    }
    for rest in [
        "",
        "/metadata",
        "/frames/1",
        "/rendered",
        "/frames/1/rendered",
        "/thumbnail",
        "/bulkdata/7FE00010",
    ] {
        routes.push(format!("studies/{s}/series/{e}/instances/{i}{rest}"));
    }
    routes.into_iter().map(|route| format!("dicom-web/{route}")).collect()
}

async fn a_visitor_reaches_the_granted_study_and_nothing_else(house: House) {
    let (granted, hidden) = (small_ct(1), Study::mr_of(2, 1));
    house.import(&granted);
    house.import(&hidden);
    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&granted.uid);
    asked["may"] = "download".into();
    let visitor = Link::create(&staff, &asked).await.open(&house).await;

    let uids = |study: &Study| {
        let series = &study.series[0];
        (study.uid.clone(), series.uid.clone(), series.sop_instance(1))
    };
    let ((s, e, i), (hs, he, hi)) = (uids(&granted), uids(&hidden));
    for route in routes(&s, &e, &i) {
        let reply = visitor.get(&route, "*/*").await;
        // Bulk data of native pixels need not have an address of its own.
        let fine = reply.status == 200 || route.contains("bulkdata");
        assert!(fine, "{route}: {} {}", reply.status, reply.text());
    }
    let nothing = visitor.get("dicom-web/studies/1.2.3/metadata", "*/*").await;
    assert_eq!(nothing.status, 404);
    // Hidden UIDs, and hidden series and instances below the granted study.
    let foreign = routes(&hs, &he, &hi).into_iter().chain(routes("1.2.3", "1.2.4", "1.2.5"));
    let below = routes(&s, &he, &hi).into_iter().chain(routes(&s, &e, &hi));
    let mixed = below.filter(|route| route.contains(&he) || route.contains(&hi));
    for route in foreign.chain(mixed) {
        let reply = visitor.get(&route, "*/*").await;
        assert_eq!(reply.shape(), nothing.shape(), "{route}");
    }
    let check = async |query: &str, expected: usize| {
        let reply = visitor.get(&format!("dicom-web/{query}"), DICOM_JSON).await;
        let found = reply.json().as_array().map(Vec::len);
        assert!(reply.status == 404 && expected == 0 || found == Some(expected), "{query}");
        assert!(!reply.text().contains(&hs), "{query}");
    };
    check("studies", 1).await;
    check("series", 1).await;
    check("instances", 4).await;
    check(&format!("studies?StudyInstanceUID={hs}"), 0).await;
    check(&format!("studies?StudyInstanceUID={hs}\\{s}"), 1).await;
    check("studies?PatientID=PHANTOM-0002", 0).await;
    check(&format!("series?SeriesInstanceUID={he}"), 0).await;
    check(&format!("instances?SOPInstanceUID={hi}"), 0).await;
    check(&format!("studies/{hs}/series"), 0).await;
    check(&format!("studies/{hs}/instances"), 0).await;
    for route in ["worklist", "shares", "session", "refusals", "users", "system"] {
        let reply = visitor.browser.get(&format!("/api/v1/{route}"), JSON).await;
        assert_eq!(reply.status, 401, "{route}");
    }
    one_series_of_a_study(&house, &staff, &hidden).await;
}

async fn one_series_of_a_study(house: &House, staff: &Caller, study: &Study) {
    let mut asked = wish(&study.uid);
    asked["series"] = json!([study.series[1].uid]);
    let visitor = Link::create(staff, &asked).await.open(house).await;
    let path = format!("dicom-web/studies/{}/series", study.uid);
    let found = visitor.get(&path, DICOM_JSON).await.json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["0020000E"]["Value"][0], *study.series[1].uid);
    for (series, expected) in study.series.iter().zip([404, 200, 404, 404]) {
        let reply = visitor.get(&format!("{path}/{}/metadata", series.uid), DICOM_JSON).await;
        assert_eq!(reply.status, expected);
    }
    let metadata = format!("dicom-web/studies/{}/metadata", study.uid);
    let found = visitor.get(&metadata, DICOM_JSON).await.json();
    assert_eq!(found.as_array().unwrap().len(), 1);
}

async fn cookies_stay_on_their_side(house: House) {
    let study = small_ct(1);
    house.import(&study);
    house.server.add_user("rita", "radiologist", PASSWORD).unwrap();
    let staff = house.stranger();
    let session = staff.sign_in("rita", PASSWORD).await.cookie("lc_session").unwrap().1;
    let token = house.server.create_token("t", &["dicomweb:read"]).unwrap();
    let link = Link::create(&staff, &wish(&study.uid)).await;
    let browser = house.stranger();
    let opened = link.attempt(&browser, &link.passcode).await;
    let share = opened.cookie("lc_share").unwrap().1;
    let handle = opened.json()["handle"].as_str().unwrap().to_owned();
    let visitor = Visitor { browser, handle };
    visitor.accept().await;

    let get = async |path: &str, header: &str, value: String| {
        let request = house.stranger().request(Method::GET, path).header(header, value);
        Reply::of(request).await.status
    };
    let lent = visitor.path("dicom-web/studies");
    let own = "/dicom-web/studies";
    assert_eq!(get(&lent, "cookie", format!("lc_share={share}")).await, 200);
    assert_eq!(get(own, "cookie", format!("lc_session={session}")).await, 200);
    assert_eq!(get(own, "authorization", format!("Bearer {token}")).await, 200);
    for cookie in [format!("lc_session={session}"), format!("lc_share={session}")] {
        assert_eq!(get(&lent, "cookie", cookie).await, 403);
    }
    assert_eq!(get(&lent, "authorization", format!("Bearer {token}")).await, 403);
    for cookie in [format!("lc_share={share}"), format!("lc_session={share}")] {
        assert_eq!(get(own, "cookie", cookie).await, 401);
    }
    // The cookie of one opening is not the key to another.
    let other = link.open(&house).await;
    assert_eq!(
        get(&other.path("dicom-web/studies"), "cookie", format!("lc_share={share}")).await,
        403
    );
}

async fn a_revoked_link_ends_at_once(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let link = Link::create(&staff, &wish(&study.uid)).await;
    let visitor = link.open(&house).await;
    let paths = ["dicom-web/studies".to_owned(), below(&study, "/rendered"), "share".to_owned()];
    for path in &paths {
        assert_eq!(visitor.get(path, "*/*").await.status, 200, "{path}");
    }
    assert_eq!(staff.delete(&format!("/api/v1/shares/{}", link.id)).await.status, 204);
    for path in &paths {
        assert_eq!(visitor.get(path, "*/*").await.status, 403, "{path}");
    }
    assert_eq!(link.attempt(&visitor.browser, &link.passcode).await.status, 403);
    let ended = staff.get_json("/api/v1/shares?state=ended").await;
    assert_eq!(ended["shares"][0]["state"], "revoked");
    assert_eq!(staff.get_json("/api/v1/shares?state=live").await["shares"], json!([]));
}

async fn viewing_is_not_downloading(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    for (may, expected) in [("view", 403), ("download", 200)] {
        let mut asked = wish(&study.uid);
        asked["may"] = may.into();
        let visitor = Link::create(&staff, &asked).await.open(&house).await;
        let (s, e) = (&study.uid, &study.series[0].uid);
        let whole = format!("dicom-web/studies/{s}");
        for path in [whole.clone(), format!("{whole}/series/{e}"), below(&study, "")] {
            let reply = visitor.get(&path, OBJECTS).await;
            assert_eq!(reply.status, expected, "{may} {path}");
            if expected == 200 {
                assert!(!parts(&reply).is_empty());
            } else {
                assert_eq!(reply.reason(), "NotPermitted");
            }
        }
        for path in [below(&study, "/frames/1"), below(&study, "/metadata")] {
            assert_eq!(visitor.get(&path, "*/*").await.status, 200, "{may} {path}");
        }
    }
}

async fn wishes_that_cannot_be_granted_are_refused(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let staff = house.signed_in("radiologist").await;
    let check = async |member: &str, value: Value, expected: u16| {
        let mut asked = wish(&study.uid);
        asked[member] = value;
        let reply = staff.post("/api/v1/shares", &asked).await;
        assert_eq!(reply.status, expected, "{member} {}: {}", asked[member], reply.text());
    };
    check("expires", "2020-01-01T00:00:00Z".into(), 400).await;
    check("expires", "2999-01-01T00:00:00Z".into(), 400).await;
    let zoned = wish(&study.uid)["expires"].as_str().unwrap().get(..19).unwrap().to_owned();
    check("expires", zoned.into(), 400).await;
    check("expires", "tomorrow".into(), 400).await;
    check("expires", Value::Null, 400).await;
    check("studies", json!([]), 400).await;
    check("studies", json!(["1.2.3"]), 404).await;
    check("studies", json!(["not a uid"]), 400).await;
    check("series", json!(["1.2.3"]), 404).await;
    check("may", "everything".into(), 400).await;
    check("maxUses", 0.into(), 400).await;
    check("maxUses", (-1).into(), 400).await;
    check("recipients", json!([]), 400).await;
    check("factors", json!([]), 403).await;
    check("colour", "green".into(), 400).await;
    assert_eq!(staff.get_json("/api/v1/shares").await["shares"], json!([]));
}

async fn the_command_line_makes_links_by_the_same_rules(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let arguments =
        ["--study", &study.uid, "--recipient", "Dr. Recipient", "--expires", "2d", "--json"];
    let answer = house.ask("share create", &arguments);
    let link = Link::read(&answer);
    let visitor = link.open(&house).await;
    assert_eq!(visitor.get("dicom-web/studies", DICOM_JSON).await.status, 200);
    let listed = house.ask("share list", &["--json"]);
    assert_eq!((&listed["shares"][0]["uses"], &listed["more"]), (&json!(1), &json!(false)));
    assert!(!listed.to_string().contains(&link.secret));
    house.server.run("share revoke", &[&link.id], "").unwrap();
    assert_eq!(visitor.get("dicom-web/studies", DICOM_JSON).await.status, 403);
    let shown = house.ask("share show", &[&link.id, "--json"]);
    assert_eq!((&shown["state"], &shown["series"]), (&json!("revoked"), &Value::Null));

    let mut open = arguments.to_vec();
    let series = study.series[0].uid.as_str();
    open.extend(["--no-passcode", "--series", series, "--message", "See slice 2."]);
    let made = house.ask("share create", &open);
    let warnings = made["warnings"].as_array().unwrap();
    let open_to_all = warnings.iter().find(|warning| warning["kind"] == "noFactor").unwrap();
    assert_eq!(open_to_all["recipient"], Value::Null);
    let told = &made["shares"][0]["share"];
    assert_eq!((&told["series"], &told["message"]), (&json!([series]), &json!("See slice 2.")));
    assert_eq!(told["byAccount"], false);
    let link = Link::read(&made);
    assert_eq!(link.passcode, "");
    for (which, count) in [("--live", 1), ("--ended", 1), ("--never-opened", 1)] {
        let listed = house.ask("share list", &[which, "--json"]);
        assert_eq!(listed["shares"].as_array().unwrap().len(), count, "{which}");
    }
    let body = json!({"share": link.share, "secret": link.secret});
    let reply = house.stranger().post("/s/session", &body).await;
    assert_eq!(reply.json(), json!({"factor": "none"}));
    let visitor = link.open(&house).await;
    let uses = || house.ask("share show", &[&link.id, "--json"])["uses"].clone();
    assert_eq!(uses(), 0);
    assert_eq!(visitor.get(&below(&study, "/rendered"), "image/jpeg").await.status, 200);
    assert_eq!(uses(), 1);
    for bad in [&["--study", "1.2.3", "--recipient", "x"][..], &["--study", &study.uid]] {
        assert!(house.server.run("share create", bad, "").is_err());
    }
}

async fn the_command_line_recalls_links(house: House) {
    let study = small_ct(1);
    house.import(&study);
    let patient = study.patient_id();
    for (choice, whose) in [("--patient-id", patient.as_str()), ("--study", study.uid.as_str())] {
        let uid = study.uid.as_str();
        let wanted = ["--study", uid, "--recipient", "Dr. Recipient", "--language", "de", "--json"];
        let link = Link::read(&house.ask("share create", &wanted));
        let visitor = link.open(&house).await;
        assert_eq!(visitor.get("dicom-web/studies", DICOM_JSON).await.status, 200);
        let wanted = [choice, whose, "--reason", "sent to the wrong practice", "--json"];
        assert_eq!(house.ask("share recall", &wanted), json!({"revoked": 1}), "{choice}");
        assert_eq!(visitor.get("dicom-web/studies", DICOM_JSON).await.status, 403);
        let shown = house.ask("share show", &[&link.id, "--json"]);
        assert_eq!((&shown["state"], &shown["purpose"]), (&json!("revoked"), &json!("Behandlung")));
    }
}
