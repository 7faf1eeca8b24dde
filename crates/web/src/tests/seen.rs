//! What the owner of a link learns of what was looked at, whichever way it was.

use super::dicomweb::instance_path;
use super::sharing::{accept, enter, make};
use super::world::{PLAIN, World, worker};

const FRAME: &str = "application/octet-stream; transfer-syntax=*";

/// Asks for something below a link's DICOMweb; so many of the two images of its series count as
/// seen then.
async fn check(world: &World, below: &str, wanted: &str, seen: u64) {
    let reader = world.radiologist().await;
    let link = make(world, &reader, "download").await;
    let (visitor, handle) = enter(world, &link).await;
    accept(&visitor, &handle).await;
    let reply = visitor.get(&format!("/s/{handle}/dicom-web{below}"), wanted).await;
    assert_eq!(reply.status, 200, "{below}: {}", reply.json());
    let told = reader.get(&format!("/api/v1/shares/{}", link.id), "").await.json();
    let series = &told["seen"][0];
    let counted = (series["images"].as_u64(), series["seen"].as_u64());
    assert_eq!(counted, (Some(2), Some(seen)), "{below}");
}

#[tokio::test]
async fn what_is_shown_and_what_is_taken_along_counts() {
    let world = World::open(PLAIN).await;
    let study = format!("/studies/{}", world.mr.uid);
    let series = format!("{study}/series/{}", world.mr.series[0].uid);
    let instance = instance_path(&world.mr, 0, 1);
    for (below, wanted, seen) in [
        (format!("{instance}/metadata"), "", 0),
        (format!("{series}/instances"), "", 0),
        (format!("{instance}/frames/1"), FRAME, 1),
        (format!("{instance}/bulkdata/7FE00010"), "application/octet-stream", 1),
        (instance, "", 1),
        (series, "", 2),
        (study, "", 2),
    ] {
        check(&world, &below, wanted, seen).await;
    }
}

#[tokio::test]
async fn a_picture_counts_and_the_thumbnails_of_a_list_do_not() {
    if worker().is_none() {
        println!("skipped: no codec worker beside this test, and LIGHTCASE_BIN is not set");
        return;
    }
    let world = World::open(PLAIN).await;
    let study = format!("/studies/{}", world.mr.uid);
    let series = format!("{study}/series/{}", world.mr.series[0].uid);
    let instance = instance_path(&world.mr, 0, 1);
    for (below, seen) in [
        (format!("{study}/thumbnail"), 0),
        (format!("{series}/thumbnail"), 0),
        (format!("{instance}/thumbnail"), 0),
        (format!("{instance}/rendered"), 1),
        (format!("{instance}/frames/1/rendered"), 1),
    ] {
        check(&world, &below, "image/jpeg", seen).await;
    }
}
