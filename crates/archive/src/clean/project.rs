//! Projects: making one, and opening one that is there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::{NewProject, Project};
use lightcase_deident::{Policy, Profile, ProjectKey};
use lightcase_model::{Ctx, ProjectId, ProjectName};
use sha2::{Digest, Sha256};

use crate::{Archive, ArchiveError};

/// The profile of a project that names none: the Basic Profile and Clean Pixel Data.
pub const BASIC: &str = "name = \"basic\"\noptions = [\"clean-pixel-data\"]\n";

/// A project with its engine. Neither its profile nor its key ever changes: copies that were made
/// under another one would not fit those that come.
#[derive(Debug)]
pub(crate) struct OpenProject {
    pub(crate) row: Project,
    pub(crate) engine: Arc<lightcase_deident::Project>,
}

/// Projects that were opened.
pub(crate) type Projects = Arc<Mutex<HashMap<ProjectName, Arc<OpenProject>>>>;

impl Archive {
    /// Makes a project: a profile under a fresh key.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] for a profile that is none;
    /// [`lightcase_catalog::CatalogError::Taken`] when the name is.
    pub async fn add_project(
        &self,
        ctx: &Ctx,
        name: ProjectName,
        profile: String,
    ) -> Result<(), ArchiveError> {
        let read = Profile::from_toml(&profile);
        let read = read.map_err(|error| ArchiveError::BadRequest(error.to_string()))?;
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| ArchiveError::Damaged(Box::new(error)))?;
        let id = ProjectId::random();
        let event = Event::ProjectCreated {
            project: id,
            project_name: name.to_string(),
            profile: read.name().to_owned(),
            digest: ListDigest(Sha256::digest(profile.as_bytes()).into()),
        };
        let new = NewProject { id, name, profile, at: ctx.now };
        let mut tx = self.catalog.begin().await?;
        tx.add_project(&new, &key).await?;
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Says what is kept of an origin's studies: `import`, `stow`, or `ae:` and a calling AE title.
    /// `None` is what the configuration says.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] for another origin, or a project that is not there.
    pub async fn set_policy(
        &self,
        ctx: &Ctx,
        origin: &str,
        policy: Option<&Policy>,
    ) -> Result<(), ArchiveError> {
        let known = match origin.strip_prefix("ae:") {
            Some(title) => {
                lightcase_model::AeTitle::parse(title).is_ok_and(|t| t.as_str() == title)
            }
            None => matches!(origin, "import" | "stow"),
        };
        if !known {
            return Err(ArchiveError::BadRequest(
                "an origin is import, stow, or ae: and a calling AE title".to_owned(),
            ));
        }
        let project = match policy.and_then(Policy::project) {
            None => None,
            Some(name) => Some(self.project(name).await?.id),
        };
        let event = Event::PolicyChanged {
            origin: origin.to_owned(),
            policy: policy.map_or("default", Policy::name),
            project,
        };
        let text = policy.map(ToString::to_string);
        let mut tx = self.catalog.begin().await?;
        tx.set_policy(origin, text.as_deref()).await?;
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A project by its name.
    ///
    /// # Errors
    /// [`ArchiveError::BadRequest`] when there is none.
    pub async fn project(&self, name: &ProjectName) -> Result<Project, ArchiveError> {
        self.catalog.project(name).await?.ok_or_else(|| {
            ArchiveError::BadRequest(format!(
                "there is no project {name}; `lightcase project add {name}` makes it"
            ))
        })
    }

    /// A project with its engine; `None` when there is none of that name.
    pub(crate) async fn open_project(
        &self,
        ctx: &Ctx,
        name: &ProjectName,
    ) -> Result<Option<Arc<OpenProject>>, lightcase_catalog::CatalogError> {
        let known = self.projects.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(row) = self.catalog.project(name).await? else { return Ok(None) };
        let key = self.catalog.project_key(row.id, ctx.now).await?;
        let profile = Profile::from_toml(&row.profile).map_err(
            |_error: lightcase_deident::ProfileError| {
                lightcase_catalog::CatalogError::Corrupt("profile of a project")
            },
        )?;
        let key = ProjectKey::from_bytes(*key);
        let engine = Arc::new(lightcase_deident::Project::new(profile, key));
        let open = Arc::new(OpenProject { row, engine });
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(Arc::clone(projects.entry(name.clone()).or_insert(open))))
    }

    /// A project by its identifier.
    pub(crate) async fn project_of(
        &self,
        ctx: &Ctx,
        id: ProjectId,
    ) -> Result<Arc<OpenProject>, ArchiveError> {
        let rows = self.catalog.projects().await?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or(ArchiveError::NotFound)?;
        self.open_project(ctx, &row.name).await?.ok_or(ArchiveError::NotFound)
    }
}
