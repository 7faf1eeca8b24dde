//! What adoption asks of the catalog: which blobs a row names, which keys it holds.

use std::collections::HashSet;

use lightcase_model::Timestamp;
use lightcase_storage::{ObjectId, SubjectKeyId, WrappedKey};

use crate::row::sixteen;
use crate::sql::{Bind, Sql};
use crate::{Catalog, CatalogError, NewKey, Result, Tx};

impl Catalog {
    /// Those of `objects` that a row names, be it of an instance or of a refusal. A statement of
    /// SQLite binds 32,766 values at most; a thousand objects are a good number.
    pub async fn named(&self, objects: &[ObjectId]) -> Result<HashSet<ObjectId>> {
        let list = || objects.iter().map(|object| Bind::Bytes(object.as_bytes().to_vec()));
        let mut sql = Sql::new("SELECT object FROM instance WHERE object IN ");
        sql.list(list());
        sql.push(" UNION ALL SELECT object FROM refusal WHERE object IN ").list(list());
        let rows: Vec<(Vec<u8>,)> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.iter()
            .map(|(object,)| Ok(ObjectId::from_bytes(sixteen(object, "object id")?)))
            .collect()
    }

    /// The wrapped form of a subject key; `None` when no row holds it.
    pub async fn wrapped_key(&self, id: SubjectKeyId) -> Result<Option<WrappedKey>> {
        let wrapped: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT wrapped FROM subject_key WHERE id = $1")
                .bind(id.as_bytes().as_slice()).fetch_optional(&pools.read).await?
        });
        wrapped.map(|bytes| WrappedKey::from_bytes(&bytes).map_err(CatalogError::Keys)).transpose()
    }

    /// Keeps a key that was found beside the blobs, for rows that will name it.
    pub async fn keep_key(
        &self,
        key: &NewKey,
        purpose: &'static str,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.insert_key(key, purpose, now).await?;
        // A key by itself is no fact about anybody; what it seals is recorded when rows name it.
        tx.accounted = true;
        tx.commit().await
    }
}

impl Tx {
    /// Whether a refusal names the blob.
    pub async fn is_listed(&mut self, object: ObjectId) -> Result<bool> {
        let found: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar("SELECT at FROM refusal WHERE object = $1")
                .bind(object.as_bytes().as_slice()).fetch_optional(&mut *conn).await?
        });
        Ok(found.is_some())
    }
}
