//! Clean copies: what the policies of origins keep, who sees what, and what somebody must decide.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lightcase_testkit::phantom::{Instance, Study, part10};
use lightcase_testkit::servers::Settings;
use serde_json::{Value, json};

use crate::caller::{Caller, JSON};
use crate::house::{Backend, House, small_ct, write_private};
use crate::link::{Link, wish};
use crate::multipart::{OBJECTS, parts, split};
use crate::scu::{phantom, send};

on_both! {
    only_a_clean_copy_is_kept,
    both_are_kept_and_seen_by_different_people,
    what_may_show_a_name_waits_for_a_person,
    what_cannot_be_cleaned_waits_in_quarantine,
    what_comes_over_http_follows_its_policy,
    a_link_lends_out_clean_copies,
}

const PROJECT: &str = "/projects/lung/dicom-web";
const REVIEW: &str = "/review/lung/dicom-web";

fn make_project(house: &House, policy: &str) {
    house.server.run("project add", &["lung"], "").unwrap();
    house.server.run("policy set", &["ae:SCU", policy], "").unwrap();
}

/// A text of the header of the same length instead of another.
fn changed(instance: &Instance, from: &[u8], to: &[u8]) -> Instance {
    assert_eq!(from.len(), to.len());
    let mut changed = instance.clone();
    let at = changed.data_set.windows(from.len()).position(|part| part == from).unwrap();
    changed.data_set[at..at + to.len()].copy_from_slice(to);
    changed
}

/// No text of the phantom that names somebody is in there.
fn check_clean(bytes: &[u8], study: &Study, instance: &Instance) {
    let named = [
        study.patient_id(),
        study.accession(),
        study.uid.clone(),
        instance.sop_instance.clone(),
        "PHANTOM".to_owned(),
        "Phantom".to_owned(),
    ];
    for text in named {
        let found = bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(!found, "{text:?} is in what should be clean");
    }
}

/// The objects of a project, as data sets, in the order they are listed.
async fn objects(caller: &Caller, base: &str) -> Vec<Vec<u8>> {
    let studies = caller.get_json(&format!("{base}/studies")).await;
    let mut found = Vec::new();
    for study in studies.as_array().unwrap() {
        let uid = study["0020000D"]["Value"][0].as_str().unwrap();
        let reply = caller.get(&format!("{base}/studies/{uid}"), OBJECTS).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        found.extend(parts(&reply).iter().map(|file| split(file).1.to_vec()));
    }
    found
}

fn pixels(data_set: &[u8]) -> &[u8] {
    &data_set[data_set.len() - 64 * 64 * 2..]
}

async fn studies(caller: &Caller) -> Vec<Value> {
    let answer = caller.get_json("/api/v1/projects/lung/studies").await;
    answer["studies"].as_array().unwrap().clone()
}

/// All of a study lies with the project, clean and with its pixels; what is told of the clean study.
async fn check_copies(researcher: &Caller, study: &Study, instances: &[Instance]) -> Value {
    let copies = objects(researcher, PROJECT).await;
    assert_eq!(copies.len(), instances.len());
    for (copy, instance) in copies.iter().zip(instances) {
        check_clean(copy, study, instance);
        assert!(pixels(copy) == pixels(&instance.data_set), "pixels stay, byte for byte");
    }
    let [clean] = studies(researcher).await.try_into().unwrap();
    assert_eq!((&clean["released"], &clean["waiting"]), (&json!(4), &json!(0)));
    clean
}

async fn only_a_clean_copy_is_kept(house: House) {
    make_project(&house, "clean:lung");
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    for _ in 0..2 {
        for instance in &instances {
            assert_eq!(send(&house.server, phantom(instance)).await, 0);
        }
    }
    let radiologist = house.signed_in("radiologist").await;
    let worklist = radiologist.get_json("/api/v1/worklist").await;
    assert_eq!(worklist["studies"], json!([]));
    assert_eq!(worklist["refused"]["count"], 0);

    let researcher = house.signed_in("researcher").await;
    assert_eq!(researcher.get("/dicom-web/studies", JSON).await.status, 403);
    assert_eq!(researcher.get(&format!("{REVIEW}/studies"), JSON).await.status, 403);
    let clean = check_copies(&researcher, &study, &instances).await;
    let uid = clean["studyUid"].as_str().unwrap();

    let path = format!("/api/v1/projects/lung/studies/{uid}/certificate");
    let certificate = researcher.get_json(&path).await;
    assert_eq!((&certificate["released"], &certificate["held"]), (&json!(4), &json!(0)));
    assert_eq!(certificate["objects"].as_array().unwrap().len(), 4);
    assert_eq!(certificate, house.ask("project certificate", &["lung", uid]));
    check_clean(certificate.to_string().as_bytes(), &study, &instances[0]);

    // The way back needs its permission and a reason, and is on record.
    let ask = |reason: &str| json!({"studyUid": uid, "reason": reason});
    let path = "/api/v1/projects/lung/reidentify";
    for caller in [&researcher, &radiologist] {
        assert_eq!(caller.post(path, &ask("curious")).await.status, 403);
    }
    let privacy = house.signed_in("privacy").await;
    assert_eq!(privacy.post(path, &ask(" ")).await.status, 400);
    assert_eq!(privacy.get("/dicom-web/studies", JSON).await.status, 403);
    let told = privacy.post(path, &ask("an incidental finding")).await;
    assert_eq!(told.status, 200, "{}", told.text());
    assert_eq!(told.json()["patientId"], study.patient_id());
    assert_eq!(told.json()["studyUid"], study.uid);
    let told = told.json();
    let original = told["originals"][0]["sha256"].as_str().unwrap();
    assert_eq!(original.len(), 64);
    assert!(!certificate.to_string().contains(original), "{original}");
    let events = house.events();
    assert_eq!((events["re_identified"], events["project_created"]), (1, 1));
    assert_eq!(events["policy_changed"], 1);
    assert_eq!(events["store_begun"], events["store_ended"]);
}

async fn both_are_kept_and_seen_by_different_people(house: House) {
    make_project(&house, "both:lung");
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    for instance in &instances {
        assert_eq!(send(&house.server, phantom(instance)).await, 0);
    }
    let radiologist = house.signed_in("radiologist").await;
    let worklist = radiologist.get_json("/api/v1/worklist").await;
    assert_eq!(worklist["studies"][0]["studyInstanceUid"], study.uid);
    let researcher = house.signed_in("researcher").await;
    let begun = Instant::now();
    loop {
        if studies(&researcher).await.first().is_some_and(|found| found["released"] == 4) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "no copies were made");
    }
    let copies = objects(&researcher, PROJECT).await;
    for (copy, instance) in copies.iter().zip(&instances) {
        check_clean(copy, &study, instance);
    }
    // Another project has other names for the same, and copies can be ordered later.
    house.server.run("project add", &["other"], "").unwrap();
    house.server.run("project copy", &["other", &study.uid], "").unwrap();
    let begun = Instant::now();
    let other = loop {
        let found = researcher.get_json("/api/v1/projects/other/studies").await["studies"].clone();
        if found[0]["released"] == 4 {
            break found;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "no copies were made: {found}");
    };
    assert_ne!(other[0]["studyUid"], studies(&researcher).await[0]["studyUid"]);
    let origin = |project: &str, uid: &Value| {
        let uid = uid.as_str().unwrap();
        house.ask("project reidentify", &[project, uid, "--reason", "a test of the way back"])
    };
    let back = origin("other", &other[0]["studyUid"]);
    assert_eq!(back["studyUid"], study.uid);
    // The same patient and the same originals, under other UIDs of copies.
    let told = |mut told: Value| {
        let originals = told["originals"].take();
        let digests = originals.as_array().unwrap().iter().map(|each| each["sha256"].to_string());
        (told, digests.collect::<BTreeSet<_>>())
    };
    let (back, digests) = told(back);
    assert_eq!(digests.len(), 4);
    assert_eq!((back, digests), told(origin("lung", &studies(&researcher).await[0]["studyUid"])));
}

async fn what_may_show_a_name_waits_for_a_person(house: House) {
    make_project(&house, "clean:lung");
    let study = small_ct(1);
    let doubtful: Vec<Instance> = study
        .instances()
        .map(|instance| changed(&instance, b"PRIMARY\\AXIAL", b"PRIMARY\\QWXYZ"))
        .collect();
    for instance in &doubtful[..2] {
        assert_eq!(send(&house.server, phantom(instance)).await, 0);
    }
    let researcher = house.signed_in("researcher").await;
    let privacy = house.signed_in("privacy").await;
    assert_eq!(researcher.get_json(&format!("{PROJECT}/studies")).await, json!([]));
    assert_eq!(researcher.get("/api/v1/reviews", JSON).await.status, 403);
    let waiting = privacy.get_json("/api/v1/reviews?project=lung").await["reviews"].clone();
    let [one, other] = <[Value; 2]>::try_from(waiting.as_array().unwrap().clone()).unwrap();
    assert_eq!(
        (&one["rows"], &one["columns"], &one["frames"]),
        (&json!(64), &json!(64), &json!(1))
    );
    assert!(!one["because"].as_array().unwrap().is_empty(), "{one}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let path = format!(
        "{REVIEW}/studies/{}/series/{}/instances/{}/rendered",
        text(&one["studyUid"]),
        text(&one["seriesUid"]),
        text(&one["sopInstanceUid"])
    );
    assert_eq!(privacy.get(&path, "image/png").await.status, 200);
    assert_eq!(researcher.get(&path, "image/png").await.status, 403);

    let approve = format!("/api/v1/reviews/{}/approve", text(&one["id"]));
    let decision = |height: u32, reason: &str| {
        let region = json!({"x": 0, "y": 0, "width": 64, "height": height});
        json!({"regions": [region], "reason": reason})
    };
    assert_eq!(privacy.post(&approve, &decision(8, "")).await.status, 400);
    assert_eq!(privacy.post(&approve, &decision(65, "too high")).await.status, 400);
    assert_eq!(researcher.post(&approve, &decision(8, "mine")).await.status, 403);
    let approved = privacy.post(&approve, &decision(8, "a name at the top")).await;
    assert_eq!(approved.status, 204, "{}", approved.text());
    assert_eq!(privacy.post(&approve, &decision(8, "again")).await.status, 409);
    let [copy] = <[Vec<u8>; 1]>::try_from(objects(&researcher, PROJECT).await).unwrap();
    let sent = doubtful.iter().find(|sent| pixels(&sent.data_set)[1024..] == pixels(&copy)[1024..]);
    check_clean(&copy, &study, sent.unwrap());
    assert!(pixels(&copy)[..1024].iter().all(|byte| *byte == 0), "the region is black");

    let reject = format!("/api/v1/reviews/{}/reject", text(&other["id"]));
    let rejected = privacy.post(&reject, &json!({"reason": "a face"})).await;
    assert_eq!(rejected.status, 204, "{}", rejected.text());
    assert_eq!(privacy.get_json("/api/v1/reviews").await["reviews"], json!([]));
    assert_eq!(privacy.get_json(&format!("{REVIEW}/studies")).await, json!([]));
    assert_eq!(objects(&researcher, PROJECT).await.len(), 1);
    let [clean] = studies(&researcher).await.try_into().unwrap();
    assert_eq!((&clean["approved"], &clean["rejected"]), (&json!(1), &json!(1)));

    // What was decided stays decided when the same is sent again; Success would say that what was
    // rejected is held.
    let mut answers = Vec::new();
    for instance in &doubtful[..2] {
        answers.push(send(&house.server, phantom(instance)).await);
    }
    answers.sort_unstable();
    assert_eq!(answers, [0, 0x0124]);
    assert_eq!(studies(&researcher).await, std::slice::from_ref(&clean));
    // At the command line too.
    assert_eq!(send(&house.server, phantom(&doubtful[2])).await, 0);
    let listed = house.ask("review list", &["--json"]);
    let id = text(&listed["reviews"][0]["id"]);
    house
        .server
        .run("review approve", &[&id, "--region", "1,2,3,4", "--reason", "seen"], "")
        .unwrap();
    let path = format!("/api/v1/projects/lung/studies/{}/certificate", text(&clean["studyUid"]));
    let certificate = researcher.get_json(&path).await;
    let decisions = certificate["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 3, "{certificate}");
    let rejected = |each: &Value| each["by"] == "privacy" && each["decision"] == "rejected";
    assert!(decisions.iter().any(rejected));
    let counts = (&certificate["released"], &certificate["held"], &certificate["rejected"]);
    assert_eq!(counts, (&json!(2), &json!(0), &json!(1)), "what was decided counts");
    // What reviewers type may name somebody.
    assert!(!certificate.to_string().contains("a face"), "{certificate}");
    assert_eq!(house.events()["reviewed"], 3);
}

async fn what_cannot_be_cleaned_waits_in_quarantine(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("dates.toml");
    write_private(&profile, b"name = 'dates'\noptions = ['retain-modified-dates']\n");
    let profile = profile.to_str().unwrap();
    house.server.run("project add", &["lung", "--profile", profile], "").unwrap();
    house.server.run("policy set", &["ae:SCU", "clean:lung"], "").unwrap();
    let study = small_ct(1);
    let id = study.patient_id();
    let nobody =
        changed(&study.instances().next().unwrap(), id.as_bytes(), " ".repeat(id.len()).as_bytes());
    assert_eq!(send(&house.server, phantom(&nobody)).await, 0x0124);
    let radiologist = house.signed_in("radiologist").await;
    let refused = radiologist.get_json("/api/v1/refusals").await["refusals"][0].clone();
    assert_eq!(refused["kept"], true, "{refused}");
    assert_eq!(refused["bytes"], nobody.data_set.len());
    let path = format!("/api/v1/refusals/{}/redrive", refused["id"].as_str().unwrap());
    assert_eq!(radiologist.post(&path, &json!({})).await.status, 403);
    assert_eq!(radiologist.get_json("/api/v1/worklist").await["studies"], json!([]));
    // Under another policy it is taken as it is.
    house.server.run("policy clear", &["ae:SCU"], "").unwrap();
    let taken = radiologist.post(&path, &json!({})).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let worklist = radiologist.get_json("/api/v1/worklist").await;
    assert_eq!(worklist["studies"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_configured_policy_covers_what_is_imported_and_needs_its_project() {
    let none = Settings::default().set("deident.policy", "clean:nobody").start();
    assert!(none.is_err_and(|error| format!("{error:#}").contains("project add nobody")));
    let Some(house) = House::start(Backend::Embedded) else { return };
    make_project(&house, "keep");
    house.server.run("policy set", &["import", "clean:lung"], "").unwrap();
    let study = small_ct(3);
    house.import(&study);
    let radiologist = house.signed_in("radiologist").await;
    let file = part10(&study.instances().next().unwrap());
    let again = radiologist.import(file).await;
    assert_eq!(again.json()["outcome"], "alreadyHeld", "{}", again.text());
    assert_eq!(radiologist.get_json("/api/v1/worklist").await["studies"], json!([]));
    assert_eq!(studies(&radiologist).await[0]["released"], 4);
    let wrong = house.server.run("policy set", &["import", "clean:nobody"], "");
    assert!(wrong.is_err_and(|error| format!("{error:#}").contains("project add nobody")));
    let wrong = house.server.run("policy set", &["CT1", "keep"], "");
    assert!(wrong.is_err_and(|error| format!("{error:#}").contains("ae:")));
}

/// STOW-RS and import have policies of their own, and neither tells where a clean copy lies.
async fn what_comes_over_http_follows_its_policy(house: House) {
    house.server.run("project add", &["lung"], "").unwrap();
    house.server.run("policy set", &["stow", "clean:lung"], "").unwrap();
    let token = house.server.create_token("router", &["dicomweb:write"]).unwrap();
    let (router, radiologist) =
        (Caller::with_token(&house.server, &token), house.signed_in("radiologist").await);
    let researcher = house.signed_in("researcher").await;
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    let files: Vec<_> = instances.iter().map(part10).collect();
    for _ in 0..2 {
        let reply = router.store("/dicom-web/studies", &files).await;
        assert_eq!(reply.status, 202, "{}", reply.text());
        let module = reply.json();
        assert_eq!(module["00081190"], json!({"vr": "UR"}));
        assert_eq!(module["00081198"], Value::Null);
        for (item, instance) in
            module["00081199"]["Value"].as_array().unwrap().iter().zip(&instances)
        {
            assert_eq!(item["00081155"]["Value"][0], instance.sop_instance);
            assert_eq!(item["00081196"]["Value"][0], 0xB000);
            assert_eq!(item["00081190"], json!({"vr": "UR"}));
        }
    }
    assert_eq!(radiologist.get_json("/dicom-web/studies").await, json!([]));
    check_copies(&researcher, &study, &instances).await;
    let events = house.events();
    assert_eq!(events["store_begun"], events["store_ended"]);

    // Nothing was said of imports, or of those who call: they are kept.
    assert_eq!(radiologist.import(files[0].clone()).await.json()["outcome"], "stored");
    assert_eq!(send(&house.server, phantom(&instances[1])).await, 0);
    assert_eq!(radiologist.get_json("/dicom-web/instances").await.as_array().unwrap().len(), 2);

    // An import of which a clean copy alone is kept tells no more.
    house.server.run("policy set", &["import", "clean:lung"], "").unwrap();
    let imported = radiologist.import(files[2].clone()).await.json();
    assert_eq!(imported["outcome"], "alreadyHeld");
    assert_eq!(imported["studyInstanceUid"], study.uid);
    assert_eq!(imported["sopInstanceUid"], instances[2].sop_instance);

    house.server.run("policy set", &["stow", "both:lung"], "").unwrap();
    let reply = router.store(&format!("/dicom-web/studies/{}", study.uid), &files).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let url = format!("{}/dicom-web/studies/{}", router.base, study.uid);
    assert_eq!(reply.json()["00081190"]["Value"][0], url);
    assert_eq!(radiologist.get_json("/dicom-web/instances").await.as_array().unwrap().len(), 4);

    // An object of which no copy can be made is refused, and waits where it can be driven in again.
    house.server.run("policy set", &["stow", "clean:lung"], "").unwrap();
    let other = Study::ct_of(9, 1, 64).instances().next().unwrap();
    let odd = changed(&other, b"ISO_IR 192", b"ISO_IR 999");
    let reply = router.store("/dicom-web/studies", &[part10(&odd), part10(&other)]).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    let failed = &reply.json()["00081198"]["Value"];
    assert_eq!(failed.as_array().unwrap().len(), 1, "{failed}");
    assert_eq!(failed[0]["00081155"]["Value"][0], odd.sop_instance);
    assert_eq!(failed[0]["00081197"]["Value"][0], 0x0124);
    let refused = radiologist.get_json("/api/v1/refusals").await;
    assert_eq!(refused["refusals"][0]["origin"], "STOW-RS", "{refused}");
}

/// A link that asks for clean copies names nobody, on any of its routes, and leaves out what may.
async fn a_link_lends_out_clean_copies(house: House) {
    let study = small_ct(1);
    let instances: Vec<_> = study.instances().collect();
    let doubtful = changed(&instances[3], b"PRIMARY\\AXIAL", b"PRIMARY\\QWXYZ");
    for instance in instances[..3].iter().chain([&doubtful]) {
        assert_eq!(send(&house.server, phantom(instance)).await, 0);
    }
    let staff = house.signed_in("radiologist").await;
    let mut asked = wish(&study.uid);
    asked["clean"] = true.into();
    asked["may"] = "download".into();
    let made = staff.post("/api/v1/shares", &asked).await;
    assert_eq!((made.status, &made.json()["leftOut"]), (201, &json!(1)), "{}", made.text());
    let visitor = Link::read(&made.json()).open(&house).await;
    let base = format!("/s/{}/dicom-web", visitor.handle);
    let copies = objects(&visitor.browser, &base).await;
    assert_eq!(copies.len(), 3);
    for (copy, instance) in copies.iter().zip(&instances) {
        check_clean(copy, &study, instance);
        assert!(pixels(copy) == pixels(&instance.data_set));
    }
    let shown = visitor.get("share", JSON).await;
    let listed = visitor.browser.get_json(&format!("{base}/instances")).await;
    for bytes in [&shown.body, &listed.to_string().into_bytes()] {
        check_clean(bytes, &study, &instances[0]);
    }
    let original = format!("{base}/studies/{}/metadata", study.uid);
    assert_eq!(visitor.browser.get(&original, JSON).await.status, 404);

    // Two links cannot be linked, and the command line does the same.
    let words = ["--study", &study.uid, "--recipient", "Another Group", "--clean", "--json"];
    let other = house.ask("share create", &words);
    assert_eq!(other["leftOut"], 1);
    let other = Link::read(&other).open(&house).await;
    let base = format!("/s/{}/dicom-web", other.handle);
    let theirs = other.browser.get_json(&format!("{base}/studies")).await;
    let ours = visitor.browser.get_json(&format!("/s/{}/dicom-web/studies", visitor.handle)).await;
    for tag in ["0020000D", "00100020", "00100010"] {
        assert_ne!(theirs[0][tag]["Value"], ours[0][tag]["Value"], "{tag}");
    }
}
