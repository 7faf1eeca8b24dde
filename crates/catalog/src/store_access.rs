//! Store accesses that have a beginning and no end: a crash, or a store still under way.

use lightcase_audit::AccessId;
use lightcase_model::StudyId;

use crate::audit::access_id;
use crate::{Catalog, Result};

/// A store access without its end.
#[derive(Debug, Clone)]
pub struct OpenStoreAccess {
    /// Joins beginning and end.
    pub access: AccessId,
    /// The study.
    pub study: StudyId,
    /// SOP Instance UIDs that were indexed under it.
    pub sop_uids: Vec<String>,
}

impl Catalog {
    /// Store accesses that were begun and not ended. At start-up, before a listener opens, every
    /// one of them is dangling.
    pub async fn open_store_accesses(&self) -> Result<Vec<OpenStoreAccess>> {
        let open: Vec<(Vec<u8>, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT b.access, b.study FROM audit_event b WHERE b.name = 'store_begun' \
                 AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.access = b.access \
                 AND e.name = 'store_ended') ORDER BY b.at, b.id",
            )
            .fetch_all(&pools.read).await?
        });
        let mut accesses = Vec::with_capacity(open.len());
        for (access, study) in open {
            let sop_uids: Vec<String> = on_engine!(self, pools => {
                sqlx::query_scalar("SELECT sop_uid FROM instance WHERE store_access = $1 ORDER BY sop_uid")
                    .bind(access.as_slice()).fetch_all(&pools.read).await?
            });
            accesses.push(OpenStoreAccess {
                access: access_id(&access)?,
                study: StudyId(study),
                sop_uids,
            });
        }
        Ok(accesses)
    }

    /// View and retrieve accesses that were begun and not ended.
    pub async fn open_read_accesses(&self) -> Result<Vec<(String, AccessId, StudyId)>> {
        let open: Vec<(String, Vec<u8>, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT b.name, b.access, b.study FROM audit_event b \
                 WHERE b.name IN ('view_begun', 'retrieve_begun') \
                 AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.access = b.access \
                 AND e.name IN ('view_ended', 'retrieve_ended')) ORDER BY b.at, b.id",
            )
            .fetch_all(&pools.read).await?
        });
        open.into_iter()
            .map(|(name, access, study)| Ok((name, access_id(&access)?, StudyId(study))))
            .collect()
    }
}
