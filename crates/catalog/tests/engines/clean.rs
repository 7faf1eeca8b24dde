//! Projects, policies of origins, and copies that are still to be made.

use std::sync::Arc;
use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{Catalog, CatalogError, NewProject, Project};
use lightcase_model::{Ctx, InstanceId, Level, Phi, ProjectId, ProjectName, Query, Scope};

use crate::audit::{meddle, text};
use crate::engine::{Engine, engines};
use crate::study::{NOW, hold, study_uid};

const PROFILE: &str = "name = 'x' # Quillerby\n[[subject]]\nid = '7731905'";

async fn make(engine: &Engine, name: &str, key: [u8; 32]) -> Result<ProjectId, CatalogError> {
    let name = ProjectName::parse(name).unwrap();
    let profile = Phi::new(PROFILE.to_owned());
    let new = NewProject { id: ProjectId::random(), name, profile, lent: false, at: NOW };
    let mut tx = engine.catalog.begin().await.unwrap();
    tx.add_project(&new, &key).await?;
    tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
    tx.commit().await.unwrap();
    Ok(new.id)
}

async fn project(engine: &Engine, name: &str) -> Project {
    engine.catalog.project(&ProjectName::parse(name).unwrap()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_project_has_collections_and_a_secret_of_its_own() {
    for engine in engines().await {
        let id = make(&engine, "lung", [1; 32]).await.unwrap();
        make(&engine, "other", [2; 32]).await.unwrap();
        assert!(matches!(make(&engine, "lung", [3; 32]).await, Err(CatalogError::Taken(_))));
        let (lung, other) = (project(&engine, "lung").await, project(&engine, "other").await);
        let places = [lung.collection, lung.review, other.collection, other.review];
        let unlike: std::collections::BTreeSet<_> = places.iter().map(|place| place.0).collect();
        assert!(unlike.len() == 4 && !unlike.contains(&1), "{places:?}");
        assert_eq!(lung.id, id);
        assert_eq!(*engine.catalog.project_key(id, NOW).await.unwrap(), [1; 32]);
        let names: Vec<_> =
            engine.catalog.projects().await.unwrap().into_iter().map(|each| each.name).collect();
        assert_eq!(names.iter().map(ProjectName::as_str).collect::<Vec<_>>(), ["lung", "other"]);
        engine.catalog.close().await;
    }
}

#[tokio::test]
async fn the_policy_of_an_origin_is_the_last_that_was_said() {
    for engine in engines().await {
        let set = async |origin: &str, policy: Option<&str>| {
            let mut tx = engine.catalog.begin().await.unwrap();
            tx.set_policy(origin, policy).await.unwrap();
            tx.record(&Ctx::system(NOW), Event::ServiceStopped {}).await.unwrap();
            tx.commit().await.unwrap();
        };
        set("ae:CT1", Some("clean:lung")).await;
        set("ae:CT1", Some("both:lung")).await;
        set("import", Some("keep")).await;
        assert_eq!(engine.catalog.policy("ae:CT1").await.unwrap().as_deref(), Some("both:lung"));
        assert_eq!(engine.catalog.policy("ae:CT2").await.unwrap(), None);
        assert_eq!(engine.catalog.policies().await.unwrap().len(), 2);
        set("ae:CT1", None).await;
        assert_eq!(engine.catalog.policy("ae:CT1").await.unwrap(), None);
        engine.catalog.close().await;
    }
}

#[tokio::test]
async fn a_copy_is_due_until_it_is_made_or_refused() {
    for engine in engines().await {
        hold(&engine, 1, 1, 2).await;
        let project = make(&engine, "lung", [1; 32]).await.unwrap();
        let query = Query::at(Level::Instance, 10);
        let found = engine.catalog.find(&Scope::archive(), &query).await.unwrap().items;
        let instances: Vec<InstanceId> =
            found.iter().map(|each| each.instance.as_ref().unwrap().id).collect();
        let order = async || {
            let mut tx = engine.catalog.begin().await.unwrap();
            for instance in &instances {
                tx.order_clean(*instance, project, NOW).await.unwrap();
            }
            tx.commit().await.unwrap();
        };
        order().await;
        order().await;
        let catalog = &engine.catalog;
        assert_eq!(catalog.clean_jobs(NOW.minus(Duration::from_secs(1)), 9).await.unwrap(), []);
        let jobs = catalog.clean_jobs(NOW, 9).await.unwrap();
        assert_eq!(jobs.len(), 2, "ordered twice, made once");
        let later = NOW.plus(Duration::from_mins(1));
        catalog.clean_failed(&jobs[0], later, "").await.unwrap();
        catalog.clean_failed(&jobs[1], NOW, "it cannot be read").await.unwrap();
        assert_eq!(catalog.clean_jobs(NOW, 9).await.unwrap(), []);
        let again = catalog.clean_jobs(later, 9).await.unwrap();
        assert_eq!((again.len(), again[0].attempts), (1, 1));
        let refused = catalog.clean_refusals(project, &study_uid(1)).await.unwrap();
        assert_eq!(refused, ["it cannot be read"]);
        catalog.clean_done(&again[0]).await.unwrap();
        assert_eq!(catalog.clean_jobs(later, 9).await.unwrap(), []);
        // What was refused is tried again when it is ordered again.
        order().await;
        assert_eq!(catalog.clean_jobs(NOW, 9).await.unwrap().len(), 2);
        catalog.close().await;
    }
}

/// A profile may say which patient got which pseudonym.
#[tokio::test]
async fn profiles_are_sealed_also_those_of_an_earlier_version() {
    const STORED: &str = "SELECT profile || '/' || name FROM project";
    for engine in engines().await {
        let id = make(&engine, "lung", [1; 32]).await.unwrap();
        assert_eq!(text(&engine.database, STORED).await, "/lung");
        let told = engine.catalog.project_profile(id, NOW).await.unwrap();
        assert_eq!(told.expose(), PROFILE);
        let open = "UPDATE project SET profile = 'as it was', sealed_profile = sealed_key";
        meddle(&engine.database, open).await.unwrap();
        engine.catalog.close().await;
        for _ in 0..2 {
            let again = Catalog::open(&engine.database, Arc::clone(&engine.ring)).await.unwrap();
            assert_eq!(text(&engine.database, STORED).await, "/lung");
            let told = again.project_profile(id, NOW).await.unwrap();
            assert_eq!(told.expose(), "as it was");
            again.close().await;
        }
    }
}

#[tokio::test]
async fn what_a_project_alone_was_refused_is_noted_once() {
    for engine in engines().await {
        let (catalog, project) = (&engine.catalog, make(&engine, "lung", [1; 32]).await.unwrap());
        let refuse = async |sop: &'static str, why: &'static str| {
            let uids = ("1.2.3.1", sop);
            catalog.refuse_clean(project, uids, why, NOW).await.unwrap();
        };
        refuse("2.25.1", "it cannot be read").await;
        refuse("2.25.1", "a SOP class is private").await;
        refuse("2.25.2", "it cannot be read").await;
        let refused = catalog.clean_refused(project, &study_uid(1)).await.unwrap();
        assert_eq!(refused, ["a SOP class is private", "it cannot be read"]);
        assert!(catalog.clean_refused(project, &study_uid(2)).await.unwrap().is_empty());
        catalog.close().await;
    }
}
