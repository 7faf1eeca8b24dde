//! De-identification projects, and which origin's studies go into them.

use lightcase_model::{CollectionId, Phi, ProjectId, ProjectName, Timestamp};
use zeroize::Zeroizing;

use crate::key::KeyPurpose;
use crate::row::{sixteen, stored};
use crate::{Catalog, CatalogError, Result, Tx};

/// A project to be made.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Its identifier.
    pub id: ProjectId,
    /// Its name.
    pub name: ProjectName,
    /// Its profile, as TOML. It may say which patient got which pseudonym.
    pub profile: Phi<String>,
    /// It holds the copies of one share link, for that link alone.
    pub lent: bool,
    /// When it is made.
    pub at: Timestamp,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its identifier.
    pub id: ProjectId,
    /// Its name.
    pub name: ProjectName,
    /// Where its clean copies lie.
    pub collection: CollectionId,
    /// Where those lie that somebody must look at first.
    pub review: CollectionId,
    /// It holds the copies of one share link, for that link alone.
    pub lent: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    name: String,
    collection: i64,
    review: i64,
    lent: i64,
    created_at: i64,
}

const SELECT: &str = "SELECT id, name, collection, review, lent, created_at FROM project";

impl Row {
    fn into_project(self) -> Result<Project> {
        Ok(Project {
            id: ProjectId::from_bytes(sixteen(&self.id, "project id")?),
            name: stored(self.name.parse(), "project name")?,
            collection: CollectionId(self.collection),
            review: CollectionId(self.review),
            lent: self.lent != 0,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

impl Tx {
    /// Makes a project with its two collections; [`CatalogError::Taken`] when the name is. The
    /// caller records the event.
    pub async fn add_project(&mut self, new: &NewProject, key: &[u8; 32]) -> Result<()> {
        let system = self.key_for(&KeyPurpose::System, new.at).await?;
        let sealed = system.seal_field(&context(new.id), key).map_err(CatalogError::Keys)?;
        let profile = system.seal_field(&profile_of(new.id), new.profile.expose().as_bytes());
        let profile = profile.map_err(CatalogError::Keys)?;
        let taken: Option<Vec<u8>> = on_tx!(self, conn => {
            sqlx::query_scalar("SELECT id FROM project WHERE name = $1")
                .bind(new.name.as_str()).fetch_optional(&mut *conn).await?
        });
        if taken.is_some() {
            return Err(CatalogError::Taken(new.name.to_string()));
        }
        let collection = self.add_collection(&format!("project/{}", new.name)).await?;
        let review = self.add_collection(&format!("review/{}", new.name)).await?;
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO project (id, name, collection, review, profile, sealed_profile, \
                 sealed_key, lent, created_at) VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8)",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.name.as_str())
            .bind(collection).bind(review).bind(profile).bind(sealed)
            .bind(i64::from(new.lent)).bind(new.at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    async fn add_collection(&mut self, name: &str) -> Result<i64> {
        Ok(on_tx!(self, conn => {
            sqlx::query_scalar("INSERT INTO collection (name) VALUES ($1) RETURNING id")
                .bind(name).fetch_one(&mut *conn).await?
        }))
    }

    /// Says what is kept of an origin's studies; `None` is what the default says. The caller
    /// records the event.
    pub async fn set_policy(&mut self, origin: &str, policy: Option<&str>) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM origin_policy WHERE origin = $1")
                .bind(origin).execute(&mut *conn).await?;
            if let Some(policy) = policy {
                sqlx::query("INSERT INTO origin_policy (origin, policy) VALUES ($1, $2)")
                    .bind(origin).bind(policy).execute(&mut *conn).await?;
            }
        });
        self.changed = true;
        Ok(())
    }
}

impl Catalog {
    /// A project by its name.
    pub async fn project(&self, name: &ProjectName) -> Result<Option<Project>> {
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE name = $1")))
                .bind(name.as_str()).fetch_optional(&pools.read).await?
        });
        row.map(Row::into_project).transpose()
    }

    /// All projects by name.
    pub async fn projects(&self) -> Result<Vec<Project>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} ORDER BY name")))
                .fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_project).collect()
    }

    /// The secret of a project.
    pub async fn project_key(&self, id: ProjectId, now: Timestamp) -> Result<Zeroizing<[u8; 32]>> {
        let sealed: Vec<u8> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT sealed_key FROM project WHERE id = $1")
                .bind(id.as_bytes().as_slice()).fetch_one(&pools.read).await?
        });
        let system = self.key_for(&KeyPurpose::System, now).await?;
        let opened = system.open_field(&context(id), &sealed).map_err(CatalogError::Keys)?;
        let opened = Zeroizing::new(opened);
        Ok(Zeroizing::new(stored(opened.as_slice().try_into(), "project key")?))
    }

    /// The profile of a project, as TOML.
    pub async fn project_profile(&self, id: ProjectId, now: Timestamp) -> Result<Phi<String>> {
        let sealed: Vec<u8> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT sealed_profile FROM project WHERE id = $1")
                .bind(id.as_bytes().as_slice()).fetch_one(&pools.read).await?
        });
        let system = self.key_for(&KeyPurpose::System, now).await?;
        let opened = system.open_field(&profile_of(id), &sealed).map_err(CatalogError::Keys)?;
        Ok(Phi::new(stored(String::from_utf8(opened), "profile of a project")?))
    }

    /// Seals the profiles that an earlier version kept open. It changes nothing that the ledger tells.
    pub(crate) async fn seal_profiles(&self) -> Result<()> {
        let open: Vec<(Vec<u8>, String, i64)> = on_engine!(self, pools => {
            sqlx::query_as("SELECT id, profile, created_at FROM project WHERE profile <> ''")
                .fetch_all(&pools.read).await?
        });
        for (id, profile, created_at) in open {
            let id = ProjectId::from_bytes(sixteen(&id, "project id")?);
            let mut tx = self.begin().await?;
            let now = Timestamp::from_micros(created_at);
            let system = tx.key_for(&KeyPurpose::System, now).await?;
            let sealed = system.seal_field(&profile_of(id), profile.as_bytes());
            let sealed = sealed.map_err(CatalogError::Keys)?;
            on_tx!(tx, conn => {
                sqlx::query("UPDATE project SET sealed_profile = $2, profile = '' WHERE id = $1")
                    .bind(id.as_bytes().as_slice()).bind(sealed).execute(&mut *conn).await?;
            });
            tx.changed = true;
            tx.accounted = true;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What was said of an origin.
    pub async fn policy(&self, origin: &str) -> Result<Option<String>> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar("SELECT policy FROM origin_policy WHERE origin = $1")
                .bind(origin).fetch_optional(&pools.read).await?
        }))
    }

    /// All origins of which something was said, with it.
    pub async fn policies(&self) -> Result<Vec<(String, String)>> {
        Ok(on_engine!(self, pools => {
            sqlx::query_as("SELECT origin, policy FROM origin_policy ORDER BY origin")
                .fetch_all(&pools.read).await?
        }))
    }
}

/// Where the sealed secret stands, so that it opens nowhere else.
fn context(id: ProjectId) -> Vec<u8> {
    [b"project/".as_slice(), id.as_bytes()].concat()
}

/// The same for its profile.
fn profile_of(id: ProjectId) -> Vec<u8> {
    [b"project_profile/".as_slice(), id.as_bytes()].concat()
}
