//! Projects: making one, and opening one that is there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lightcase_audit::{Event, ListDigest};
use lightcase_catalog::{NewProject, Project};
use lightcase_deident::{Policy, Profile, ProjectKey};
use lightcase_model::{Ctx, Phi, ProjectId, ProjectName};
use sha2::{Digest, Sha256};

use crate::{Archive, ArchiveError};

/// The profile of a project that names none: the Basic Profile and Clean Pixel Data.
pub const BASIC: &str = "name = \"basic\"\noptions = [\"clean-pixel-data\"]\n";

/// What may be told of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileShown {
    /// What it is called.
    pub name: String,
    /// Its options, as profile files name them.
    pub options: Vec<String>,
}

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
        self.make_project(ctx, name, profile, false).await
    }

    /// A project of one share link, or of everybody's.
    pub(super) async fn make_project(
        &self,
        ctx: &Ctx,
        name: ProjectName,
        profile: String,
        lent: bool,
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
            // Under the secret: a profile may list patients, and a digest would tell whoever guesses.
            digest: ListDigest(
                Sha256::new().chain_update(key).chain_update(&profile).finalize().into(),
            ),
        };
        let new = NewProject { id, name, profile: Phi::new(profile), lent, at: ctx.now };
        let mut tx = self.catalog.begin().await?;
        tx.add_project(&new, &key).await?;
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Says what is kept of an origin's studies: `import`, `stow`, or `ae:` and a calling AE title. `None` is
    /// what the configuration says.
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
            Some(name) => Some(self.filled_project(name).await?.id),
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

    /// A project that copies can be ordered for: those of share links take no more.
    pub(super) async fn filled_project(&self, name: &ProjectName) -> Result<Project, ArchiveError> {
        let project = self.project(name).await?;
        if project.lent {
            return Err(ArchiveError::BadRequest(format!(
                "{name} holds the copies of a share link, and of that link alone"
            )));
        }
        Ok(project)
    }

    /// What may be told of a project's profile: not which patients it lists, nor its text.
    pub async fn profile(
        &self,
        ctx: &Ctx,
        project: &ProjectName,
    ) -> Result<ProfileShown, ArchiveError> {
        let open = self.open_project(ctx, project).await?.ok_or(ArchiveError::NotFound)?;
        let profile = open.engine.profile();
        Ok(ProfileShown {
            name: profile.name().to_owned(),
            options: profile.options().map(|option| option.name().to_owned()).collect(),
        })
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
        let text = self.catalog.project_profile(row.id, ctx.now).await?;
        let profile = Profile::from_toml(text.expose()).map_err(
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
