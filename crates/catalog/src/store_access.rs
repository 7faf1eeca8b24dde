//! Store accesses that have a beginning and no end: a crash, or a store still under way.

use lightcase_audit::AccessId;
use lightcase_model::{StudyId, Timestamp};

use crate::audit::access_id;
use crate::{Catalog, Result};

/// A view or a retrieval without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReadAccess {
    /// Name of the event that began it.
    pub event: String,
    /// Joins beginning and end.
    pub access: AccessId,
    /// The study.
    pub study: StudyId,
    /// When it was begun.
    pub begun: Timestamp,
}

/// A store access without its end.
#[derive(Debug, Clone)]
pub struct OpenStoreAccess {
    /// Joins beginning and end.
    pub access: AccessId,
    /// The study.
    pub study: StudyId,
    /// When it was begun.
    pub begun: Timestamp,
    /// SOP Instance UIDs that were indexed under it.
    pub sop_uids: Vec<String>,
}

impl Catalog {
    /// Store accesses that were begun and not ended. At start-up, before a listener opens, every
    /// one of them is dangling that no other server has under way.
    pub async fn open_store_accesses(&self) -> Result<Vec<OpenStoreAccess>> {
        let open: Vec<(Vec<u8>, i64, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT b.access, b.study, b.at FROM audit_event b WHERE b.name = 'store_begun' \
                 AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.access = b.access \
                 AND e.name = 'store_ended') ORDER BY b.at, b.id",
            )
            .fetch_all(&pools.read).await?
        });
        let mut accesses = Vec::with_capacity(open.len());
        for (access, study, at) in open {
            let sop_uids: Vec<String> = on_engine!(self, pools => {
                sqlx::query_scalar("SELECT sop_uid FROM instance WHERE store_access = $1 ORDER BY sop_uid")
                    .bind(access.as_slice()).fetch_all(&pools.read).await?
            });
            accesses.push(OpenStoreAccess {
                access: access_id(&access)?,
                study: StudyId(study),
                begun: Timestamp::from_micros(at),
                sop_uids,
            });
        }
        Ok(accesses)
    }

    /// View and retrieve accesses that were begun and not ended.
    pub async fn open_read_accesses(&self) -> Result<Vec<OpenReadAccess>> {
        let open: Vec<(String, Vec<u8>, i64, i64)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT b.name, b.access, b.study, b.at FROM audit_event b \
                 WHERE b.name IN ('view_begun', 'retrieve_begun') \
                 AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.access = b.access \
                 AND e.name IN ('view_ended', 'retrieve_ended')) ORDER BY b.at, b.id",
            )
            .fetch_all(&pools.read).await?
        });
        let access = |(event, access, study, at): (String, Vec<u8>, i64, i64)| {
            Ok(OpenReadAccess {
                event,
                access: access_id(&access)?,
                study: StudyId(study),
                begun: Timestamp::from_micros(at),
            })
        };
        open.into_iter().map(access).collect()
    }
}
