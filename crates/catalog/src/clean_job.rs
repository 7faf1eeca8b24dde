//! Instances of which a clean copy is still to be made.

use lightcase_model::{InstanceId, ProjectId, StudyUid, Timestamp};

use crate::row::sixteen;
use crate::{Catalog, Result, Tx};

/// A clean copy to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanJob {
    /// Of this instance.
    pub instance: InstanceId,
    /// For this project.
    pub project: ProjectId,
    /// How often it was tried.
    pub attempts: i64,
}

impl Tx {
    /// Orders a clean copy; once for an instance and a project. What was refused before is tried
    /// again. No event: the copy's own accounts for it.
    pub async fn order_clean(
        &mut self,
        instance: InstanceId,
        project: ProjectId,
        due: Timestamp,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO clean_job (instance, project, due_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (instance, project) DO UPDATE SET due_at = $3, refused = ''",
            )
            .bind(instance.0).bind(project.as_bytes().as_slice()).bind(due.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        self.accounted = true;
        Ok(())
    }
}

impl Catalog {
    /// What is due, the oldest first.
    pub async fn clean_jobs(&self, now: Timestamp, limit: u32) -> Result<Vec<CleanJob>> {
        let rows: Vec<(i64, Vec<u8>, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT instance, project, attempts FROM clean_job \
                 WHERE refused = '' AND due_at <= $1 ORDER BY due_at, instance LIMIT $2",
            )
            .bind(now.micros()).bind(i64::from(limit)).fetch_all(&pools.read).await?
        });
        rows.into_iter()
            .map(|(instance, project, attempts)| {
                let project = ProjectId::from_bytes(sixteen(&project, "project id")?);
                Ok(CleanJob { instance: InstanceId(instance), project, attempts })
            })
            .collect()
    }

    /// The copy was made.
    pub async fn clean_done(&self, job: &CleanJob) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("DELETE FROM clean_job WHERE instance = $1 AND project = $2")
                .bind(job.instance.0).bind(job.project.as_bytes().as_slice())
                .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// The copy was not made; it is due again, or never, for a reason.
    pub async fn clean_failed(&self, job: &CleanJob, due: Timestamp, refused: &str) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query(
                "UPDATE clean_job SET attempts = attempts + 1, due_at = $3, refused = $4 \
                 WHERE instance = $1 AND project = $2",
            )
            .bind(job.instance.0).bind(job.project.as_bytes().as_slice())
            .bind(due.micros()).bind(refused)
            .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// Notes that no copy can be made of an object that came for a project alone, under the UIDs
    /// that it would have.
    pub async fn refuse_clean(
        &self,
        project: ProjectId,
        (study_uid, sop_uid): (&str, &str),
        sentence: &str,
        at: Timestamp,
    ) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query(
                "INSERT INTO clean_refusal (project, study_uid, sop_uid, sentence, at) \
                 VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (project, study_uid, sop_uid) DO UPDATE SET sentence = $4, at = $5",
            )
            .bind(project.as_bytes().as_slice()).bind(study_uid).bind(sop_uid)
            .bind(sentence).bind(at.micros())
            .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// Why no copies can be made of objects that came for a project alone, of a clean study.
    pub async fn clean_refused(
        &self,
        project: ProjectId,
        study_uid: &StudyUid,
    ) -> Result<Vec<String>> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT sentence FROM clean_refusal WHERE project = $1 AND study_uid = $2 \
                 ORDER BY sop_uid",
            )
            .bind(project.as_bytes().as_slice()).bind(study_uid.as_str())
            .fetch_all(&pools.read).await?
        }))
    }

    /// Why no copy can be made of instances of an original study, for a project.
    pub async fn clean_refusals(
        &self,
        project: ProjectId,
        original: &StudyUid,
    ) -> Result<Vec<String>> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT j.refused FROM clean_job j JOIN instance i ON i.id = j.instance \
                 JOIN study st ON st.id = i.study \
                 WHERE j.project = $1 AND st.study_uid = $2 AND j.refused <> ''",
            )
            .bind(project.as_bytes().as_slice()).bind(original.as_str())
            .fetch_all(&pools.read).await?
        }))
    }
}
