//! Withdrawing a wrongly sent study: hidden from everything, and reversible.

use lightcase_model::{AccountId, CollectionId, StudyId, StudyUid, Timestamp};

use crate::{Catalog, Result, Tx};

impl Tx {
    /// Hides a study; its row, or `None` when there is no such study in sight.
    pub async fn withdraw(
        &mut self,
        study: &StudyUid,
        by: Option<AccountId>,
        reason: &str,
        at: Timestamp,
    ) -> Result<Option<StudyId>> {
        let id: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE study SET withdrawn_at = $1, withdrawn_by = $2, withdrawn_reason = $3 \
                 WHERE collection = $4 AND study_uid = $5 AND withdrawn_at = 0 RETURNING id",
            )
            .bind(at.micros()).bind(by.map(|by| by.as_bytes().to_vec())).bind(reason)
            .bind(CollectionId::ARCHIVE.0).bind(study.as_str())
            .fetch_optional(&mut *conn).await?
        });
        self.changed |= id.is_some();
        Ok(id.map(StudyId))
    }

    /// Brings a hidden study back; its row, or `None` when none is hidden under that UID.
    pub async fn restore(&mut self, study: &StudyUid) -> Result<Option<StudyId>> {
        let id: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "UPDATE study SET withdrawn_at = 0, withdrawn_by = NULL, withdrawn_reason = '' \
                 WHERE collection = $1 AND study_uid = $2 AND withdrawn_at <> 0 RETURNING id",
            )
            .bind(CollectionId::ARCHIVE.0).bind(study.as_str())
            .fetch_optional(&mut *conn).await?
        });
        self.changed |= id.is_some();
        Ok(id.map(StudyId))
    }
}

impl Catalog {
    /// Whether a study is hidden; for the rules that stay on duty for hidden studies.
    pub async fn is_withdrawn(&self, study: StudyId) -> Result<bool> {
        let at: Option<i64> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT withdrawn_at FROM study WHERE id = $1")
                .bind(study.0).fetch_optional(&pools.read).await?
        });
        Ok(at.is_none_or(|at| at != 0))
    }
}
