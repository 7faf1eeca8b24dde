//! Clean copies over crashes: decisions that were cut short, and blobs whose rows are lost.

use std::collections::BTreeSet;
use std::time::Duration;

use lightcase_archive::{ArchiveError, Copied, LENT_SERIES, Lent, Swept};
use lightcase_audit::Event;
use lightcase_catalog::{AuditFilter, CleanObject, CleanState, Decision, NewShare, Selection, Tx};
use lightcase_deident::{Policy, Region, Report, Verdict};
use lightcase_model::{
    Authority, Collections, Language, Level, May, Phi, ProjectName, Query, ReviewId, Scope,
    SeriesId, ShareId, SopInstanceUid, StudyUid,
};
use lightcase_testkit::phantom::{Instance, Study};
use sha2::{Digest as _, Sha256};

use crate::house::{House, slices};

const PROFILE: &str = "name = 'basic'\noptions = ['clean-pixel-data']\n";

fn name() -> ProjectName {
    ProjectName::parse("lung").unwrap()
}

async fn house() -> House {
    house_with(PROFILE).await
}

async fn house_with(profile: &str) -> House {
    let house = House::open().await;
    let ctx = house.ctx();
    house.archive.add_project(&ctx, name(), profile.to_owned()).await.unwrap();
    let policy = Policy::Clean(name());
    house.archive.set_policy(&ctx, "import", Some(&policy)).await.unwrap();
    house
}

/// Where Image Type says what is not known to be safe.
fn doubtful(instance: &Instance) -> Instance {
    changed(instance, b"PRIMARY\\AXIAL", b"PRIMARY\\QWXYZ")
}

/// With more bytes of pixels than its 32 Rows have: blanking does not answer that.
fn half_as_high(instance: &Instance) -> Instance {
    let rows = |count: u8| [0x28, 0, 0x10, 0, b'U', b'S', 2, 0, count, 0];
    changed(instance, &rows(64), &rows(32))
}

fn changed(instance: &Instance, from: &[u8], to: &[u8]) -> Instance {
    let mut changed = instance.clone();
    let at = changed.data_set.windows(from.len()).position(|part| part == from).unwrap();
    changed.data_set[at..at + to.len()].copy_from_slice(to);
    changed
}

/// Instances with the project, and among what waits.
async fn counts(house: &House) -> (usize, usize) {
    let project = house.archive.project(&name()).await.unwrap();
    let mut found = Vec::new();
    for collection in [project.collection, project.review] {
        let scope = Scope::All(Collections::from([collection]));
        let query = Query::at(Level::Instance, 100);
        found.push(house.archive.catalog().find(&scope, &query).await.unwrap().items.len());
    }
    (found[0], found[1])
}

/// Records a decision and nothing else, as a crash leaves it.
async fn decide(house: &House, id: ReviewId, state: CleanState, regions: &str) {
    let decision = Decision {
        state,
        by: "petra".to_owned(),
        reason: Phi::new("a test".to_owned()),
        regions: regions.to_owned(),
        at: house.ctx().now,
    };
    let mut tx = house.archive.catalog().begin().await.unwrap();
    assert!(tx.decide(id, &decision).await.unwrap());
    tx.record(&house.ctx(), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_that_a_crash_cut_short_are_carried_out() {
    let house = house().await;
    for instance in slices(3) {
        house.take(&doubtful(&instance)).await;
    }
    assert_eq!((counts(&house).await, house.found().await), ((0, 3), 0));
    let waiting = house.archive.reviews(None).await.unwrap();
    let region = "[{\"x\":0,\"y\":0,\"width\":64,\"height\":2}]";
    decide(&house, waiting[0].object.id, CleanState::Approved, region).await;
    decide(&house, waiting[1].object.id, CleanState::Rejected, "[]").await;
    assert_eq!(counts(&house).await, (0, 3));
    for _ in 0..2 {
        house.archive.finish_reviews(&house.ctx()).await.unwrap();
        assert_eq!(counts(&house).await, (1, 1));
        assert_eq!(house.blobs().len(), 2, "what was rejected or written anew is gone");
    }
    // No blob is left that no row names, and none is adopted that was rejected.
    assert_eq!(house.adopt().await, Swept { objects: 2, ..Swept::default() });
    house.close().await;
}

/// What the certificate says of an object, and the digest of what lies with the project.
async fn certified(house: &House, object: &CleanObject) -> (Report, String) {
    let study = StudyUid::parse(&object.study_uid).unwrap();
    let made = house.archive.certificate(&house.ctx(), &name(), &study).await.unwrap();
    let mut objects = made.certificate.objects.into_iter();
    let report = objects.find(|each| each.sop_instance == object.sop_uid).unwrap();
    let project = house.archive.project(&name()).await.unwrap();
    let scope = Scope::All(Collections::from([project.collection]));
    let instance = Some(SopInstanceUid::parse(&object.sop_uid).unwrap());
    let selection = Selection { study, series: None, instance };
    let held = house.archive.catalog().held(&scope, &selection).await.unwrap();
    (report, data_encoding::HEXLOWER.encode(&held[0].location.data_set_sha256))
}

/// The certificate becomes true also when a crash came between filing a copy and noting it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_filed_before_a_crash_is_noted_after_it() {
    let mut house = house().await;
    house.take(&doubtful(&slices(1)[0])).await;
    let object = house.archive.reviews(None).await.unwrap().remove(0).object;
    let (blob, aside) = (house.blobs().remove(0), house.folder.path().join("aside"));
    std::fs::copy(&blob, &aside).unwrap();
    let region = Region { x: 0, y: 0, width: 64, height: 2 };
    let regions = serde_json::to_string(&[region]).unwrap();
    decide(&house, object.id, CleanState::Approved, &regions).await;
    house.remember().await;
    house.archive.finish_reviews(&house.ctx()).await.unwrap();
    let noted = house.archive.catalog().clean_object(object.id).await.unwrap().unwrap().report;
    // All is as it was, but that the copy lies with the project.
    std::fs::copy(&aside, &blob).unwrap();
    house.lose_rows().await;
    assert_eq!(house.adopt().await, Swept { objects: 2, adopted: 1, ..Swept::default() });
    assert_eq!(counts(&house).await, (1, 1));
    house.remember().await;
    for _ in 0..2 {
        house.archive.finish_reviews(&house.ctx()).await.unwrap();
        assert_eq!((counts(&house).await, house.blobs().len()), ((1, 0), 1));
        let (report, lies) = certified(&house, &object).await;
        assert_eq!((report.blanked, report.digest_after), (vec![region], lies));
    }
    // It is noted, and what waited is gone but for its row.
    house.lose_rows().await;
    let mut tx = house.archive.catalog().begin().await.unwrap();
    tx.note_report(object.id, &noted).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(counts(&house).await, (1, 1));
    house.archive.finish_reviews(&house.ctx()).await.unwrap();
    assert_eq!(counts(&house).await, (1, 0));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_catalog_takes_clean_copies_up_where_they_belong() {
    let mut house = house().await;
    house.remember().await;
    let all = slices(3);
    for instance in &all[..2] {
        house.take(instance).await;
    }
    house.take(&doubtful(&all[2])).await;
    assert_eq!(counts(&house).await, (2, 1));
    house.lose_rows().await;
    assert_eq!(counts(&house).await, (0, 0));
    assert_eq!(house.adopt().await, Swept { objects: 3, adopted: 3, ..Swept::default() });
    assert_eq!((counts(&house).await, house.found().await), ((2, 1), 0));
    let waiting = house.archive.reviews(Some(&name())).await.unwrap();
    assert!(!waiting[0].because.is_empty());
    let decision: (&[_], _) = (&[], "nothing to be seen");
    let id = waiting[0].object.id;
    house.archive.approve(&house.ctx(), id, "petra", decision).await.unwrap();
    assert_eq!(counts(&house).await, (3, 0));
    // A catalog that never knew the project leaves its copies alone.
    house.lose_rows().await;
    assert_eq!(house.adopt().await, Swept { objects: 3, left: 3, ..Swept::default() });
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn regions_of_a_known_device_are_proposed_where_an_image_is_held_all_the_same() {
    let device = "[[device]]\nmanufacturer = 'Lightcase Phantoms'\nmodel = 'Shepp-Logan'\n\
                  rows = 32\ncolumns = 64\nregions = [[0, 0, 64, 2]]\n";
    let house = house_with(&format!("{PROFILE}{device}")).await;
    house.take(&half_as_high(&slices(1)[0])).await;
    let waiting = house.archive.reviews(None).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].regions, [Region { x: 0, y: 0, width: 64, height: 2 }]);
    house.close().await;
}

/// The certificate says what lies there in the end, and nothing that somebody typed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_follows_what_was_decided() {
    let house = house().await;
    let all = slices(4);
    house.take(&all[0]).await;
    for instance in &all[1..] {
        house.take(&doubtful(instance)).await;
    }
    let ctx = house.ctx();
    let waiting = house.archive.reviews(None).await.unwrap();
    let study = StudyUid::parse(&waiting[0].object.study_uid).unwrap();
    let certificate = house.archive.certificate(&ctx, &name(), &study).await.unwrap();
    assert_eq!((certificate.certificate.released, certificate.certificate.held), (1, 3));
    let region = Region { x: 0, y: 0, width: 64, height: 2 };
    let (first, second) = (&waiting[0].object, &waiting[1].object);
    let why = "it showed Quillerby";
    house.archive.approve(&ctx, first.id, "petra", (&[region], why)).await.unwrap();
    house.archive.reject(&ctx, second.id, "petra", why).await.unwrap();
    let made = house.archive.certificate(&ctx, &name(), &study).await.unwrap();
    let counts = (made.certificate.released, made.certificate.held, made.rejected);
    assert_eq!(counts, (2, 1, 1));
    assert!(!format!("{made:?}").contains("Quillerby"));
    assert_eq!(made.decisions.len(), 2);
    let rejected = made.certificate.objects.iter().find(|each| each.sop_instance == second.sop_uid);
    assert_eq!(rejected.unwrap().blanked, []);
    let (approved, lies) = certified(&house, first).await;
    assert_eq!(approved.blanked, [region]);
    assert!(matches!(approved.verdict, Verdict::Held(_)), "why it was held stays");
    assert_eq!(approved.digest_after, lies, "of what lies there");
    assert_ne!(approved.digest_after, approved.digest_before);
    house.close().await;
}

/// Also where nothing is kept of an object, its study's certificate says that it came.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_names_what_came_and_cannot_be_cleaned() {
    let house = house().await;
    let all = slices(2);
    house.take(&all[0]).await;
    let mut wrong = all[1].clone();
    let charset = b"ISO_IR";
    let at = wrong.data_set.windows(charset.len()).position(|part| part == charset).unwrap();
    wrong.data_set[at..at + charset.len()].copy_from_slice(b"ISO_XX");
    assert!(house.offer(&wrong).await.is_err(), "nobody knows how to read it");
    let project = house.archive.project(&name()).await.unwrap();
    let study = &house.archive.catalog().clean_studies(project.id).await.unwrap()[0].study_uid;
    let study = StudyUid::parse(study).unwrap();
    for expected in [1, 0] {
        let made = house.archive.certificate(&house.ctx(), &name(), &study).await.unwrap();
        assert_eq!(made.certificate.refused.values().sum::<usize>(), expected);
        assert!(house.offer(&all[1]).await.is_ok(), "the sender has mended it");
    }
    house.close().await;
}

/// What the project does not take waits as before, so that it can be rejected, and no certificate says
/// that it was released.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_cannot_be_carried_out_is_none() {
    let house = house().await;
    let all = slices(2);
    house.take(&all[0]).await;
    house.take(&changed(&doubtful(&all[1]), b"PHANTOM-0001", b"PHANTOM-0002")).await;
    let waiting = house.archive.reviews(None).await.unwrap().remove(0).object;
    let study = StudyUid::parse(&waiting.study_uid).unwrap();
    for _ in 0..2 {
        let refused = house.archive.approve(&house.ctx(), waiting.id, "petra", (&[], "seen")).await;
        assert!(matches!(refused, Err(ArchiveError::Conflict(_))), "{refused:?}");
        let made = house.archive.certificate(&house.ctx(), &name(), &study).await.unwrap();
        assert_eq!((made.certificate.released, made.certificate.held), (1, 1));
        assert_eq!((counts(&house).await, made.decisions.len()), ((1, 1), 0));
    }
    house.archive.reject(&house.ctx(), waiting.id, "petra", "another patient").await.unwrap();
    assert_eq!(counts(&house).await, (1, 0));
    house.close().await;
}

/// Under `both`, where an object came before there was a copy to be made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_already_is_copied_when_it_comes_again() {
    let house = house().await;
    let ctx = house.ctx();
    let all = slices(2);
    house.archive.set_policy(&ctx, "import", Some(&Policy::Keep)).await.unwrap();
    house.take(&all[0]).await;
    house.archive.set_policy(&ctx, "import", Some(&Policy::Both(name()))).await.unwrap();
    for (instance, made) in [(&all[0], 1), (&all[1], 1), (&all[0], 0)] {
        house.take(instance).await;
        let copied = house.archive.make_copies(&ctx, &|| false).await.unwrap();
        assert_eq!(copied, Some(Copied { made, ..Copied::default() }));
    }
    assert_eq!((counts(&house).await, house.found().await), ((2, 0), 2));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_adopted_is_copied_where_it_came_for_both() {
    let mut house = house().await;
    let ctx = house.ctx();
    house.archive.set_policy(&ctx, "import", Some(&Policy::Both(name()))).await.unwrap();
    house.remember().await;
    house.take(&slices(1)[0]).await;
    house.lose_rows().await;
    assert_eq!(house.adopt().await, Swept { objects: 1, adopted: 1, ..Swept::default() });
    let copied = house.archive.make_copies(&house.ctx(), &|| false).await.unwrap();
    assert_eq!(copied, Some(Copied { made: 1, ..Copied::default() }));
    house.close().await;
}

/// A study is of one patient. Where its objects are not, its certificate says so: of what waits beside
/// the copies, and of what is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_says_that_a_study_is_of_two_patients() {
    let house = house().await;
    let all = slices(3);
    let other = |instance: &Instance| changed(instance, b"PHANTOM-0001", b"PHANTOM-0002");
    let certified = async || {
        let project = house.archive.project(&name()).await.unwrap();
        let study = house.archive.catalog().clean_studies(project.id).await.unwrap().remove(0);
        let study = StudyUid::parse(&study.study_uid).unwrap();
        let made = house.archive.certificate(&house.ctx(), &name(), &study).await.unwrap();
        (made.patients, made.certificate.refused.values().sum::<usize>())
    };
    house.take(&all[0]).await;
    assert_eq!(certified().await, (1, 0));
    house.take(&doubtful(&other(&all[1]))).await;
    assert_eq!(certified().await, (2, 0));
    let refused = house.offer(&other(&all[2])).await.unwrap_err();
    assert!(refused.contains("Conflict"), "{refused}");
    assert_eq!(certified().await, (2, 1));
    house.close().await;
}

/// What is made for a link is the link's alone, and nobody is asked twice about one image.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_for_links_are_looked_at_once() {
    let house = House::open().await;
    let all = slices(3);
    house.take(&all[0]).await;
    for instance in &all[1..] {
        house.take(&doubtful(instance)).await;
    }
    let ctx = house.ctx();
    let lent = async |name: &str| {
        let held = lend(&house, name).await.held;
        let project = house.archive.project(&ProjectName::parse(name).unwrap()).await.unwrap();
        assert!(project.lent);
        let scope = Scope::All(Collections::from([project.collection]));
        let query = Query::at(Level::Instance, 100);
        let there = house.archive.catalog().find(&scope, &query).await.unwrap().items.len();
        (there, held)
    };
    assert_eq!(lent("share-1").await, (1, 2));
    assert_eq!(lent("share-2").await, (1, 2));
    let waiting = house.archive.reviews(None).await.unwrap();
    assert_eq!(waiting.len(), 2, "each once");
    let decision: (&[_], _) = (&[Region { x: 0, y: 0, width: 9, height: 9 }], "a name");
    house.archive.approve(&ctx, waiting[0].object.id, "petra", decision).await.unwrap();
    house.archive.reject(&ctx, waiting[1].object.id, "petra", "a face").await.unwrap();
    assert_eq!(lent("share-3").await, (2, 1), "what was decided holds for the next link");
    assert_eq!(lent("share-4").await, (2, 1), "and for the one after it");
    assert!(house.archive.reviews(None).await.unwrap().is_empty());
    // Nothing else may be put there.
    let policy = Policy::Clean(ProjectName::parse("share-1").unwrap());
    let refused = house.archive.set_policy(&ctx, "import", Some(&policy)).await;
    assert!(matches!(refused, Err(ArchiveError::BadRequest(_))));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_is_not_lent_out_for_all() {
    let house = House::open().await;
    let name = ProjectName::parse("share-1").unwrap();
    let series = (0..=i64::from(LENT_SERIES)).map(SeriesId).collect();
    let lent = Box::pin(house.archive.lend_copies(&house.ctx(), &name, &series)).await;
    let Err(ArchiveError::BadRequest(why)) = lent else { panic!("it was lent") };
    assert!(why.contains("5000 series"), "{why}");
    assert!(house.archive.project(&name).await.is_err(), "nothing was made");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_is_of_an_origin_that_there_is() {
    let house = house().await;
    let set = async |origin: &str| {
        house.archive.set_policy(&house.ctx(), origin, Some(&Policy::Keep)).await
    };
    for origin in ["import", "stow", "ae:CT1"] {
        assert!(set(origin).await.is_ok(), "{origin}");
    }
    for origin in ["stow-rs", "STOW", "ae:", "CT1", ""] {
        let Err(ArchiveError::BadRequest(why)) = set(origin).await else { panic!("{origin}") };
        assert!(why.contains("import, stow, or ae:"), "{why}");
    }
    house.close().await;
}

/// What cannot be cleaned now, since too much is, comes again: nothing of it is kept, or forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_wait_for_their_turn_to_be_cleaned() {
    let mut house = house().await;
    let idle = house.archive.clone();
    let busy = || idle.clone().cleaning(0, Duration::ZERO);
    let all = slices(2);
    house.archive = busy();
    let refused = house.offer(&all[0]).await.unwrap_err();
    assert!(refused.contains("Full") && refused.contains("send it again"), "{refused}");
    assert_eq!((counts(&house).await, house.blobs().len()), ((0, 0), 0));
    house.archive = idle.clone();
    house.take(&all[0]).await;
    assert_eq!(counts(&house).await, (1, 0));

    let ctx = house.ctx();
    let policy = Policy::Both(name());
    house.archive.set_policy(&ctx, "import", Some(&policy)).await.unwrap();
    house.take(&doubtful(&all[1])).await;
    let made = async |house: &House| {
        Box::pin(house.archive.make_copies(&house.ctx(), &|| false)).await.unwrap().unwrap()
    };
    house.archive = busy();
    assert_eq!(made(&house).await, Copied { later: 1, ..Copied::default() });
    house.later(Duration::from_hours(1));
    house.archive = idle.clone();
    assert_eq!(made(&house).await, Copied { made: 1, ..Copied::default() });
    assert_eq!(counts(&house).await, (1, 1));

    let id = house.archive.reviews(None).await.unwrap()[0].object.id;
    let decision: (&[_], _) = (&[], "nothing to be seen");
    let approved = busy().approve(&house.ctx(), id, "petra", decision).await;
    assert!(matches!(approved, Err(ArchiveError::Busy)));
    idle.approve(&house.ctx(), id, "petra", decision).await.unwrap();
    assert_eq!(counts(&house).await, (2, 0));
    house.close().await;
}

/// Certificates of two projects do not tell that they are of one original, nor of which; the way back
/// does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_do_not_link_projects() {
    let house = House::open().await;
    let (ctx, study) = (house.ctx(), Study::ct_of(1, 1, 64));
    let original = study.instances().next().unwrap();
    house.take(&original).await;
    let uid = StudyUid::parse(&study.uid).unwrap();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&original.data_set));
    let mut told = Vec::new();
    for name in ["lung", "heart"].map(|name| ProjectName::parse(name).unwrap()) {
        house.archive.add_project(&ctx, name.clone(), PROFILE.to_owned()).await.unwrap();
        assert_eq!(house.archive.order_copies(&ctx, &name, &uid).await.unwrap(), 1);
        let made = Box::pin(house.archive.make_copies(&ctx, &|| false)).await.unwrap();
        assert_eq!(made, Some(Copied { made: 1, ..Copied::default() }));
        let project = house.archive.project(&name).await.unwrap();
        let clean = house.archive.catalog().clean_studies(project.id).await.unwrap();
        let clean = StudyUid::parse(&clean[0].study_uid).unwrap();
        let certificate = house.archive.certificate(&ctx, &name, &clean).await.unwrap();
        let again = house.archive.certificate(&ctx, &name, &clean).await.unwrap();
        assert_eq!(certificate, again);
        assert!(!serde_json::to_string(&certificate).unwrap().contains(&digest));
        let copy = &certificate.certificate.objects[0];
        let keyed = copy.digest_before.strip_prefix("hmac-sha-256:").unwrap();
        assert_eq!(data_encoding::HEXLOWER.decode(keyed.as_bytes()).unwrap().len(), 32);
        let back = house.archive.reidentify(&ctx, &name, &clean, "a test").await.unwrap();
        assert_eq!(back.origin.study_uid, study.uid);
        assert_eq!(back.originals.len(), 1);
        assert_eq!(back.originals[0].sop_instance_uid, copy.sop_instance);
        assert_eq!(back.originals[0].sha256, digest);
        told.extend([keyed.to_owned(), copy.digest_after.clone()]);
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 4, "{told:?}");
    house.close().await;
}

/// Copies of all that the archive holds, for a link.
async fn lend(house: &House, name: &str) -> Lent {
    let query = Query::at(Level::Series, 10);
    let found = house.archive.catalog().find(&Scope::archive(), &query).await.unwrap().items;
    let series = found.iter().map(|each| each.series.as_ref().unwrap().id).collect();
    let name = ProjectName::parse(name).unwrap();
    Box::pin(house.archive.lend_copies(&house.ctx(), &name, &series)).await.unwrap()
}

/// Ends what a test changes in the catalog.
async fn commit(house: &House, mut tx: Tx) {
    tx.record(&house.ctx(), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
}

/// A link to copies, which lives for a week.
async fn link(house: &House, lent: Lent) -> ShareId {
    let now = house.ctx().now;
    let share = NewShare {
        id: ShareId::random(),
        collection: lent.collection,
        secret_hash: [1; 32],
        passcode_verifier: None,
        recipient: Phi::new("Dr. A".to_owned()),
        email: Phi::new(String::new()),
        factors: Vec::new(),
        message: Phi::new(String::new()),
        language: Language::English,
        live: false,
        purpose: "a second opinion".to_owned(),
        authority: Authority::Treatment,
        may: May::View,
        created_by: None,
        shared_by: "jane".to_owned(),
        created_at: now,
        starts_at: None,
        expires_at: now.plus(Duration::from_hours(7 * 24)),
        max_uses: 5,
        grants: lent.studies.into_iter().map(|(study, series)| (study, series, true)).collect(),
        sources: BTreeSet::new(),
    };
    let mut tx = house.archive.catalog().begin().await.unwrap();
    tx.add_share(&share).await.unwrap();
    commit(house, tx).await;
    share.id
}

/// How many copies of links that have ended were removed, and how many blobs are left.
async fn spent(house: &House) -> (u64, usize) {
    let removed = house.archive.remove_spent(&house.ctx(), &|| false).await.unwrap();
    (removed, house.blobs().len())
}

/// What a link lent out goes a day after its end; originals and decisions stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_links_that_have_ended_are_removed() {
    let day = Duration::from_hours(25);
    let house = House::open().await;
    let all = slices(3);
    house.take(&all[0]).await;
    house.take(&all[1]).await;
    house.take(&doubtful(&all[2])).await;
    let (one, other) = (lend(&house, "share-1").await, lend(&house, "share-2").await);
    let (one, _) = (link(&house, one).await, link(&house, other).await);
    // Three originals, two copies for each link, and one that waits for both.
    house.later(day);
    assert_eq!(spent(&house).await, (0, 8), "both live");
    let mut tx = house.archive.catalog().begin().await.unwrap();
    assert!(tx.revoke_share(one, house.ctx().now).await.unwrap());
    commit(&house, tx).await;
    assert_eq!(spent(&house).await, (0, 8), "something may be on its way");
    house.later(day);
    for expected in [(2, 6), (0, 6)] {
        assert_eq!(spent(&house).await, expected);
    }
    assert_eq!(house.found().await, 3);
    assert_eq!(house.adopt().await, Swept { objects: 6, ..Swept::default() });
    let filter =
        AuditFilter { event: Some("deletion_recorded".to_owned()), limit: 9, ..Default::default() };
    assert_eq!(house.archive.catalog().audit(&filter).await.unwrap().len(), 1);

    // What waited is decided, and goes too; the decision holds for the next link.
    let waiting = house.archive.reviews(None).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let decision: (&[_], _) = (&[], "nothing to be seen");
    house.archive.approve(&house.ctx(), waiting[0].object.id, "petra", decision).await.unwrap();
    assert_eq!(spent(&house).await, (1, 5));
    // Of this one no link came.
    assert_eq!(lend(&house, "share-3").await.held, 0);
    assert_eq!(spent(&house).await, (0, 8));
    house.later(day);
    assert_eq!(spent(&house).await, (3, 5));
    // The other link comes to the end of its time.
    house.later(day * 6);
    assert_eq!(spent(&house).await, (2, 3));
    assert_eq!((house.found().await, house.blobs().len()), (3, 3));
    house.close().await;
}
