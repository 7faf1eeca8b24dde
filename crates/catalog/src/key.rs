//! Wrapped subject keys, and which of them the system, accounts, shares and days use.

use std::sync::Arc;

use lightcase_audit::Subject;
use lightcase_model::Timestamp;
use lightcase_storage::{SubjectKey, SubjectKeyId, WrappedKey};

use crate::row::sixteen;
use crate::{Catalog, CatalogError, Result, Tx};

/// A fresh subject key, wrapped by the root key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id.
    pub id: SubjectKeyId,
    /// The wrapped key.
    pub wrapped: WrappedKey,
}

/// What a key that belongs to no study is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// What belongs to nobody in particular.
    System,
    /// The quarantine of one day, `YYYYMMDD`.
    Quarantine(String),
    /// An account's or a share's personal fields.
    Of(Subject),
}

impl KeyPurpose {
    fn name(&self) -> String {
        match self {
            Self::System | Self::Of(Subject::System) => "system".to_owned(),
            Self::Quarantine(day) => format!("quarantine/{day}"),
            Self::Of(Subject::Account(account)) => format!("account/{account}"),
            Self::Of(Subject::Share(share)) => format!("share/{share}"),
            Self::Of(Subject::Study(study)) => format!("study/{}", study.0),
        }
    }
}

impl Catalog {
    /// The key in use for a purpose, made when there is none.
    pub async fn key_for(&self, purpose: &KeyPurpose, now: Timestamp) -> Result<Arc<SubjectKey>> {
        let mut tx = self.begin().await?;
        let key = tx.key_for(purpose, now).await?;
        // A key by itself is no fact about anybody; what it seals is recorded when it is sealed.
        tx.accounted = true;
        tx.commit().await?;
        Ok(key)
    }

    /// Any wrapped key that is held, to tell whether the root key at hand is the archive's.
    pub async fn any_wrapped_key(&self) -> Result<Option<WrappedKey>> {
        let wrapped: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar("SELECT wrapped FROM subject_key ORDER BY created_at DESC LIMIT 1")
                .fetch_optional(&pools.read).await?
        });
        wrapped.map(|bytes| WrappedKey::from_bytes(&bytes).map_err(CatalogError::Keys)).transpose()
    }

    pub(crate) async fn unwrap(
        &self,
        id: SubjectKeyId,
        wrapped: Vec<u8>,
        now: Timestamp,
    ) -> Result<Arc<SubjectKey>> {
        let wrapped = WrappedKey::from_bytes(&wrapped).map_err(CatalogError::Keys)?;
        self.ring.unwrap(id, &wrapped, now).await.map_err(CatalogError::Keys)
    }
}

impl Tx {
    pub(crate) async fn insert_key(
        &mut self,
        key: &NewKey,
        purpose: &str,
        now: Timestamp,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO subject_key (id, purpose, wrapped, created_at) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
            )
            .bind(key.id.as_bytes().as_slice()).bind(purpose)
            .bind(key.wrapped.as_bytes()).bind(now.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// The key in use for a purpose, made in this transaction when there is none.
    pub(crate) async fn key_for(
        &mut self,
        purpose: &KeyPurpose,
        now: Timestamp,
    ) -> Result<Arc<SubjectKey>> {
        if let KeyPurpose::Of(Subject::Study(study)) = purpose {
            let found: (Vec<u8>, Vec<u8>) = on_tx!(self, conn => {
                sqlx::query_as(
                    "SELECT k.id, k.wrapped FROM study st JOIN subject_key k \
                     ON k.id = st.subject_key WHERE st.id = $1",
                )
                .bind(study.0).fetch_one(&mut *conn).await?
            });
            return self.unwrap(found, now).await;
        }
        let name = purpose.name();
        if let Some(found) = self.key_in_use(&name).await? {
            return self.unwrap(found, now).await;
        }
        let (key, wrapped) = self.ring.generate().await.map_err(CatalogError::Keys)?;
        let kind = name.split('/').next().unwrap_or_default().to_owned();
        self.insert_key(&NewKey { id: key.id(), wrapped }, &kind, now).await?;
        let taken = on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO key_use (purpose, subject_key) VALUES ($1, $2) \
                 ON CONFLICT (purpose) DO NOTHING",
            )
            .bind(name.as_str()).bind(key.id().as_bytes().as_slice())
            .execute(&mut *conn).await?.rows_affected()
        });
        if taken == 1 {
            return Ok(key);
        }
        let found = self.key_in_use(&name).await?.ok_or(CatalogError::Corrupt("key use"))?;
        self.unwrap(found, now).await
    }

    async fn key_in_use(&mut self, purpose: &str) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        Ok(on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT k.id, k.wrapped FROM key_use u JOIN subject_key k ON k.id = u.subject_key \
                 WHERE u.purpose = $1",
            )
            .bind(purpose).fetch_optional(&mut *conn).await?
        }))
    }

    async fn unwrap(
        &self,
        (id, wrapped): (Vec<u8>, Vec<u8>),
        now: Timestamp,
    ) -> Result<Arc<SubjectKey>> {
        let id = SubjectKeyId::from_bytes(sixteen(&id, "key id")?);
        let wrapped = WrappedKey::from_bytes(&wrapped).map_err(CatalogError::Keys)?;
        self.ring.unwrap(id, &wrapped, now).await.map_err(CatalogError::Keys)
    }
}
