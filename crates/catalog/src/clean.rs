//! Clean copies: what was done to each, what waits for somebody to look at it, and what was decided.

use lightcase_model::{
    CollectionId, InstanceId, Phi, ProjectId, ReviewId, SopInstanceUid, StudyId, StudyUid,
    Timestamp,
};
use lightcase_storage::ObjectId;

use crate::key::KeyPurpose;
use crate::row::sixteen;
use crate::sql::Sql;
use crate::{Catalog, CatalogError, Result, Tx};

/// What became of a clean copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CleanState {
    /// It lies with the project.
    Released,
    /// Somebody must look at it first.
    Waiting,
    /// Somebody did, and it lies with the project.
    Approved,
    /// Somebody did, and it is gone.
    Rejected,
}

impl CleanState {
    const ALL: [Self; 4] = [Self::Released, Self::Waiting, Self::Approved, Self::Rejected];

    /// The word of the API, the command line and the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// What is noted of a clean copy with its rows.
#[derive(Debug, Clone)]
pub struct NewClean {
    /// Its identifier.
    pub id: ReviewId,
    /// The project.
    pub project: ProjectId,
    /// [`CleanState::Released`] or [`CleanState::Waiting`]; what was decided stays as it is.
    pub state: CleanState,
    /// The engine's report, as JSON.
    pub report: String,
    /// SHA-256 of the original's data set, in hexadecimal.
    pub digest_before: String,
}

/// A clean copy.
#[derive(Debug, Clone)]
pub struct CleanObject {
    /// Its identifier.
    pub id: ReviewId,
    /// The project.
    pub project: ProjectId,
    /// Study Instance UID of the copy.
    pub study_uid: String,
    /// Series Instance UID of the copy.
    pub series_uid: String,
    /// SOP Instance UID of the copy.
    pub sop_uid: String,
    /// What became of it.
    pub state: CleanState,
    /// The engine's report, as JSON.
    pub report: String,
    /// The instance that holds it; `None` when it is gone.
    pub instance: Option<InstanceId>,
    /// When it was made.
    pub at: Timestamp,
    /// When somebody decided.
    pub decided_at: Option<Timestamp>,
    /// Who did.
    pub decided_by: String,
    /// Why.
    pub reason: Phi<String>,
    /// Rectangles that were blanked then, as JSON.
    pub regions: String,
}

/// How the pixels of a copy that waits are made up.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Pixels {
    /// (0008,0060).
    pub modality: String,
    /// (0008,0016).
    pub sop_class: String,
    /// (0028,0010).
    pub pixel_rows: i64,
    /// (0028,0011).
    pub pixel_columns: i64,
    /// Frames; 0 without pixels.
    pub frames: i64,
}

/// How many copies of a study are in which state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CleanStudy {
    /// Study Instance UID of the copies.
    pub study_uid: String,
    /// Released unseen.
    pub released: i64,
    /// Not decided yet.
    pub waiting: i64,
    /// Released by somebody.
    pub approved: i64,
    /// Rejected by somebody.
    pub rejected: i64,
}

/// A decision about a copy.
#[derive(Debug, Clone)]
pub struct Decision {
    /// [`CleanState::Approved`] or [`CleanState::Rejected`].
    pub state: CleanState,
    /// Who decides, as a name.
    pub by: String,
    /// Why.
    pub reason: Phi<String>,
    /// Rectangles to blank, as JSON.
    pub regions: String,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    project: Vec<u8>,
    study_uid: String,
    series_uid: String,
    sop_uid: String,
    state: String,
    report: String,
    instance: i64,
    at: i64,
    decided_at: i64,
    decided_by: String,
    reason: String,
    regions: String,
}

const COLUMNS: &str = "SELECT c.id, c.project, c.study_uid, c.series_uid, c.sop_uid, c.state, \
    c.report, c.instance, c.at, c.decided_at, c.decided_by, c.reason, c.regions \
    FROM clean_object c";

impl Row {
    fn into_clean(self) -> Result<CleanObject> {
        let state = CleanState::ALL.into_iter().find(|state| state.name() == self.state);
        Ok(CleanObject {
            id: ReviewId::from_bytes(sixteen(&self.id, "review id")?),
            project: ProjectId::from_bytes(sixteen(&self.project, "project id")?),
            study_uid: self.study_uid,
            series_uid: self.series_uid,
            sop_uid: self.sop_uid,
            state: state.ok_or(CatalogError::Corrupt("state of a clean copy"))?,
            report: self.report,
            instance: (self.instance != 0).then_some(InstanceId(self.instance)),
            at: Timestamp::from_micros(self.at),
            decided_at: (self.decided_at != 0).then(|| Timestamp::from_micros(self.decided_at)),
            decided_by: self.decided_by,
            reason: Phi::new(self.reason),
            regions: self.regions,
        })
    }
}

impl Tx {
    /// Notes a clean copy beside its rows. What was decided about one of the same UID stays.
    pub(crate) async fn note_clean(
        &mut self,
        new: &crate::NewInstance,
        clean: &NewClean,
        instance: InstanceId,
    ) -> Result<()> {
        let study: String = on_tx!(self, conn => {
            sqlx::query_scalar("SELECT study_uid FROM study WHERE id = $1")
                .bind(new.study.0).fetch_one(&mut *conn).await?
        });
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO clean_object (id, project, study_uid, series_uid, sop_uid, state, \
                 report, instance, at, digest_before) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 ON CONFLICT (project, sop_uid) DO UPDATE SET instance = $8",
            )
            .bind(clean.id.as_bytes().as_slice()).bind(clean.project.as_bytes().as_slice())
            .bind(study).bind(new.series_uid.as_str()).bind(new.sop_uid.as_str())
            .bind(clean.state.name()).bind(clean.report.as_str()).bind(instance.0)
            .bind(new.received_at.micros()).bind(clean.digest_before.as_str())
            .execute(&mut *conn).await?;
            sqlx::query("DELETE FROM clean_refusal WHERE project = $1 AND sop_uid = $2")
                .bind(clean.project.as_bytes().as_slice()).bind(new.sop_uid.as_str())
                .execute(&mut *conn).await?;
        });
        Ok(())
    }

    /// Notes how an approved copy was written in the end.
    pub async fn note_report(&mut self, id: ReviewId, report: &str) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query("UPDATE clean_object SET report = $2 WHERE id = $1")
                .bind(id.as_bytes().as_slice()).bind(report).execute(&mut *conn).await?;
        });
        self.changed = true;
        self.accounted = true;
        Ok(())
    }

    /// Notes what somebody decided; whether nobody had. The caller records the event.
    pub async fn decide(&mut self, id: ReviewId, decision: &Decision) -> Result<bool> {
        let decided = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE clean_object SET state = $2, decided_by = $3, reason = $4, regions = $5, \
                 decided_at = $6 WHERE id = $1 AND state = 'waiting'",
            )
            .bind(id.as_bytes().as_slice()).bind(decision.state.name())
            .bind(decision.by.as_str()).bind(decision.reason.expose().as_str())
            .bind(decision.regions.as_str()).bind(decision.at.micros())
            .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= decided > 0;
        Ok(decided > 0)
    }

    /// Lets a copy wait again that was approved and could not be filed; whether it was. The caller
    /// records the event.
    pub async fn undecide(&mut self, id: ReviewId) -> Result<bool> {
        let undone = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE clean_object SET state = 'waiting', decided_by = '', reason = '', \
                 regions = '[]', decided_at = 0 WHERE id = $1 AND state = 'approved'",
            )
            .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= undone > 0;
        Ok(undone > 0)
    }

    /// Takes the rows of a copy out whose blob is gone; whether there were any. Why it is gone was
    /// recorded before, or is by the caller.
    pub async fn forget_copy(&mut self, collection: CollectionId, sop_uid: &str) -> Result<bool> {
        let found: Option<(i64, i64, i64)> = on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT id, series, study FROM instance WHERE collection = $1 AND sop_uid = $2",
            )
            .bind(collection.0).bind(sop_uid).fetch_optional(&mut *conn).await?
        });
        let Some((id, series, study)) = found else { return Ok(false) };
        on_tx!(self, conn => {
            sqlx::query("DELETE FROM instance_metadata WHERE instance = $1")
                .bind(id).execute(&mut *conn).await?;
            sqlx::query("DELETE FROM instance WHERE id = $1").bind(id).execute(&mut *conn).await?;
            sqlx::query("UPDATE series SET instances = instances - 1 WHERE id = $1")
                .bind(series).execute(&mut *conn).await?;
            sqlx::query("UPDATE study SET instances = instances - 1 WHERE id = $1")
                .bind(study).execute(&mut *conn).await?;
            sqlx::query("UPDATE clean_object SET instance = 0 WHERE instance = $1")
                .bind(id).execute(&mut *conn).await?;
        });
        self.changed = true;
        self.accounted = true;
        Ok(true)
    }

    /// Keeps, sealed, whom a clean study is of. No event: the copy's own accounts for it.
    pub async fn note_origin(
        &mut self,
        project: ProjectId,
        study_uid: &StudyUid,
        origin: &[u8],
        now: Timestamp,
    ) -> Result<()> {
        let key = self.key_for(&KeyPurpose::System, now).await?;
        let sealed = key.seal_field(&context(project, study_uid.as_str()), origin);
        let sealed = sealed.map_err(CatalogError::Keys)?;
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO clean_origin (project, study_uid, sealed) VALUES ($1, $2, $3) \
                 ON CONFLICT (project, study_uid) DO NOTHING",
            )
            .bind(project.as_bytes().as_slice()).bind(study_uid.as_str()).bind(sealed)
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        self.accounted = true;
        Ok(())
    }
}

impl Catalog {
    /// A clean copy.
    pub async fn clean_object(&self, id: ReviewId) -> Result<Option<CleanObject>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE c.id = ").bytes(id.as_bytes());
        Ok(self.clean(sql).await?.pop())
    }

    /// The copy of a project with a UID.
    pub async fn clean_by_uid(
        &self,
        project: ProjectId,
        sop_uid: &SopInstanceUid,
    ) -> Result<Option<CleanObject>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE c.project = ").bytes(project.as_bytes());
        sql.push(" AND c.sop_uid = ").text(sop_uid.as_str());
        Ok(self.clean(sql).await?.pop())
    }

    /// What was decided last, for share links, about the same original; else the copy of it that
    /// waits for one of them.
    pub async fn lent_before(&self, digest_before: &str) -> Result<Option<CleanObject>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(
            " JOIN project p ON p.id = c.project WHERE p.lent = 1 AND c.state <> 'released' \
             AND c.digest_before = ",
        )
        .text(digest_before);
        sql.push(" ORDER BY c.decided_at DESC, c.at, c.id LIMIT 1");
        Ok(self.clean(sql).await?.pop())
    }

    /// The copies of a study.
    pub async fn clean_of_study(
        &self,
        project: ProjectId,
        study_uid: &StudyUid,
    ) -> Result<Vec<CleanObject>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE c.project = ").bytes(project.as_bytes());
        sql.push(" AND c.study_uid = ").text(study_uid.as_str());
        sql.push(" ORDER BY c.series_uid, c.sop_uid");
        self.clean(sql).await
    }

    /// What waits, of one project or of all, the oldest first.
    pub async fn waiting(
        &self,
        project: Option<ProjectId>,
        limit: u32,
    ) -> Result<Vec<CleanObject>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE c.state = 'waiting'");
        if let Some(project) = project {
            sql.push(" AND c.project = ").bytes(project.as_bytes());
        }
        sql.push(" ORDER BY c.at, c.id LIMIT ").int(limit);
        self.clean(sql).await
    }

    /// Copies that somebody decided about and that still lie with what waits.
    pub async fn decided_but_there(&self) -> Result<Vec<CleanObject>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(
            " JOIN project p ON p.id = c.project JOIN instance i ON i.collection = p.review \
             AND i.sop_uid = c.sop_uid WHERE c.state IN ('approved', 'rejected')",
        );
        self.clean(sql).await
    }

    async fn clean(&self, sql: Sql) -> Result<Vec<CleanObject>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_clean).collect()
    }

    /// How the pixels of an instance are made up.
    pub async fn pixels(&self, instance: InstanceId) -> Result<Option<Pixels>> {
        Ok(on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT se.modality, i.sop_class, i.pixel_rows, i.pixel_columns, i.frames \
                 FROM instance i JOIN series se ON se.id = i.series WHERE i.id = $1",
            )
            .bind(instance.0).fetch_optional(&pools.read).await?
        }))
    }

    /// The studies of a project.
    pub async fn clean_studies(&self, project: ProjectId) -> Result<Vec<CleanStudy>> {
        let rows: Vec<(String, String, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT study_uid, state, COUNT(*) FROM clean_object WHERE project = $1 \
                 GROUP BY study_uid, state ORDER BY study_uid",
            )
            .bind(project.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        let mut studies: Vec<CleanStudy> = Vec::new();
        for (study_uid, state, count) in rows {
            if studies.last().is_none_or(|last| last.study_uid != study_uid) {
                studies.push(CleanStudy { study_uid, ..CleanStudy::default() });
            }
            let Some(study) = studies.last_mut() else { continue };
            match CleanState::ALL.into_iter().find(|each| each.name() == state) {
                Some(CleanState::Released) => study.released = count,
                Some(CleanState::Waiting) => study.waiting = count,
                Some(CleanState::Approved) => study.approved = count,
                Some(CleanState::Rejected) => study.rejected = count,
                None => return Err(CatalogError::Corrupt("state of a clean copy")),
            }
        }
        Ok(studies)
    }

    /// Whom a clean study is of, as it was noted.
    pub async fn origin_of(
        &self,
        project: ProjectId,
        study_uid: &StudyUid,
        now: Timestamp,
    ) -> Result<Option<Phi<Vec<u8>>>> {
        let sealed: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT sealed FROM clean_origin WHERE project = $1 AND study_uid = $2")
                .bind(project.as_bytes().as_slice()).bind(study_uid.as_str())
                .fetch_optional(&pools.read).await?
        });
        let Some(sealed) = sealed else { return Ok(None) };
        let key = self.key_for(&KeyPurpose::System, now).await?;
        let opened = key.open_field(&context(project, study_uid.as_str()), &sealed);
        Ok(Some(Phi::new(opened.map_err(CatalogError::Keys)?)))
    }

    /// The row of a study in a collection, whether or not it has instances.
    pub async fn study_row(
        &self,
        collection: CollectionId,
        study_uid: &StudyUid,
    ) -> Result<Option<StudyId>> {
        let id: Option<i64> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT id FROM study WHERE collection = $1 AND study_uid = $2")
                .bind(collection.0).bind(study_uid.as_str())
                .fetch_optional(&pools.read).await?
        });
        Ok(id.map(StudyId))
    }

    /// The blob of an instance in a collection.
    pub async fn blob_of(
        &self,
        collection: CollectionId,
        sop_uid: &str,
    ) -> Result<Option<ObjectId>> {
        let object: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT object FROM instance WHERE collection = $1 AND sop_uid = $2")
                .bind(collection.0).bind(sop_uid).fetch_optional(&pools.read).await?
        });
        object.map(|bytes| Ok(ObjectId::from_bytes(sixteen(&bytes, "object id")?))).transpose()
    }
}

/// Where a sealed origin stands, so that it opens nowhere else.
fn context(project: ProjectId, study_uid: &str) -> Vec<u8> {
    [b"clean_origin/".as_slice(), project.as_bytes(), b"/", study_uid.as_bytes()].concat()
}
