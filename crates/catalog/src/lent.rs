//! Copies that share links lent out, and that nobody reads any more.

use lightcase_model::{CollectionId, StudyId, Timestamp};
use lightcase_storage::ObjectId;

use crate::row::sixteen;
use crate::{Catalog, Result};

/// A copy that was lent out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpentCopy {
    /// The collection of its link.
    pub collection: CollectionId,
    /// Study row.
    pub study: StudyId,
    /// (0020,000D).
    pub study_uid: String,
    /// (0008,0018).
    pub sop_uid: String,
    /// Its blob.
    pub object: ObjectId,
}

impl Catalog {
    /// Copies that were made for links which ended before an instant, or which were to be made
    /// before it and never were; study by study, at most so many. What waits for review is not among
    /// them.
    pub async fn spent_copies(&self, before: Timestamp, limit: u32) -> Result<Vec<SpentCopy>> {
        let rows: Vec<(i64, i64, String, String, Vec<u8>)> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT i.collection, i.study, st.study_uid, i.sop_uid, i.object FROM project p \
                 JOIN instance i ON i.collection = p.collection JOIN study st ON st.id = i.study \
                 WHERE p.lent = 1 AND p.created_at < $1 AND NOT EXISTS (SELECT 1 FROM share s \
                 WHERE s.collection = p.collection AND s.expires_at >= $1 \
                 AND (s.revoked_at = 0 OR s.revoked_at >= $1)) ORDER BY i.study, i.id LIMIT $2",
            )
            .bind(before.micros()).bind(i64::from(limit)).fetch_all(&pools.read).await?
        });
        rows.into_iter()
            .map(|(collection, study, study_uid, sop_uid, object)| {
                Ok(SpentCopy {
                    collection: CollectionId(collection),
                    study: StudyId(study),
                    study_uid,
                    sop_uid,
                    object: ObjectId::from_bytes(sixteen(&object, "object id")?),
                })
            })
            .collect()
    }
}
