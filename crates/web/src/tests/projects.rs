//! What readers of clean copies are told, and what they are not.

use lightcase_model::{Ctx, Level, ProjectName, Query, Scope};

use super::world::{PLAIN, World};

fn name(text: &str) -> ProjectName {
    ProjectName::parse(text).unwrap()
}

/// A profile can say which patient got which pseudonym: the way back, which needs its permission.
#[tokio::test]
async fn a_profile_is_told_by_name_and_options_alone() {
    let world = World::open(PLAIN).await;
    let ctx = Ctx::system(world.archive.clock().now());
    let profile = "# asked for by Dr. Quillerby\nname = 'lungs'\noptions = ['clean-pixel-data', \
                   'retain-uids']\n[[subject]]\nid = '7731905'\npseudonym_id = 'L-001'\n\
                   pseudonym_name = 'Lung^One'\n";
    world.archive.add_project(&ctx, name("lung"), profile.to_owned()).await.unwrap();
    let reader = world.radiologist().await;
    let listed = reader.get("/api/v1/projects", "").await;
    assert_eq!(listed.status, 200, "{}", listed.json());
    let project = &listed.json()["projects"][0];
    assert_eq!(project["profile"], "lungs");
    assert_eq!(project["options"], serde_json::json!(["clean-pixel-data", "retain-uids"]));
    let text = String::from_utf8(listed.bytes.to_vec()).unwrap();
    for told in ["7731905", "Quillerby", "L-001", "Lung^One"] {
        assert!(!text.contains(told), "{text}");
    }
}

/// The copies that were made for a link are read by the link, as long as it lives.
#[tokio::test]
async fn copies_of_a_link_are_no_project_of_staff() {
    let world = World::open(PLAIN).await;
    let ctx = Ctx::system(world.archive.clock().now());
    let query = Query::at(Level::Series, 10);
    let found = world.archive.catalog().find(&Scope::archive(), &query).await.unwrap().items;
    let series = found.iter().map(|each| each.series.as_ref().unwrap().id).collect();
    let share = name("share-1");
    let lent = Box::pin(world.archive.lend_copies(&ctx, &share, &series)).await.unwrap();
    assert!(!lent.studies.is_empty());
    world
        .archive
        .add_project(&ctx, name("lung"), lightcase_archive::BASIC.to_owned())
        .await
        .unwrap();
    let reader = world.radiologist().await;
    let listed = reader.get("/api/v1/projects", "").await.json();
    let listed = listed["projects"].as_array().unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    for (path, status) in [
        ("/projects/lung/dicom-web/studies", 200),
        ("/projects/share-1/dicom-web/studies", 404),
        ("/api/v1/projects/lung/studies", 200),
        ("/api/v1/projects/share-1/studies", 404),
    ] {
        assert_eq!(reader.get(path, "application/dicom+json").await.status, status, "{path}");
    }
}
