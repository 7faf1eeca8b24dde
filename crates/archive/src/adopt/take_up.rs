//! Taking up one blob: what it is, its key, and what is done about one that cannot be read.

use std::sync::Arc;

use lightcase_catalog::NewKey;
use lightcase_model::Ctx;
use lightcase_storage::{ObjectKind, StorageError, StoredObject, SubjectKey, SubjectKeyId};

use super::sweep::KEPT;
use super::{Fate, Halt};
use crate::Archive;
use crate::error::cause;
use crate::ingest::Intake;

impl Archive {
    /// Takes up one blob that no row names.
    pub(super) async fn take_up(
        &self,
        ctx: &Ctx,
        intake: &mut Intake,
        stored: &StoredObject,
    ) -> Result<Fate, Halt> {
        let blob = match self.vault.describe(stored.object).await {
            Ok(blob) => blob,
            Err(error) => return self.unusable(ctx, stored, error).await,
        };
        match blob.kind {
            ObjectKind::Image => self.adopt_image(ctx, intake, stored, blob).await,
            ObjectKind::Quarantine => self.list_again(ctx, stored, blob).await,
            ObjectKind::KeyRecord
            | ObjectKind::Deletion
            | ObjectKind::Rendition
            | ObjectKind::Metadata
            | ObjectKind::Export => Ok(Fate::Left),
        }
    }

    /// The key of a blob: the catalog's, else the one beside the blobs, which the catalog holds
    /// from then on. `None`: there is none that the root key opens.
    pub(super) async fn key_of_blob(
        &self,
        ctx: &Ctx,
        id: SubjectKeyId,
        purpose: &'static str,
    ) -> Result<Option<(Arc<SubjectKey>, NewKey)>, Halt> {
        let held = self.catalog.wrapped_key(id).await?;
        let known = held.is_some();
        let wrapped = match held {
            Some(wrapped) => wrapped,
            None => match self.vault.key_record(id).await {
                Ok(wrapped) => wrapped,
                Err(StorageError::NotFound | StorageError::KeyRefused { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            },
        };
        let key = match self.ring.unwrap(id, &wrapped, ctx.now).await {
            Ok(key) => key,
            Err(StorageError::KeyRefused { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let new = NewKey { id, wrapped };
        if !known {
            self.catalog.keep_key(&new, purpose, ctx.now).await?;
        }
        Ok(Some((key, new)))
    }

    /// What is done about a blob that was not read: one that does not authenticate and is older
    /// than a day is removed; one of a later version of the program never is.
    pub(super) async fn unusable(
        &self,
        ctx: &Ctx,
        stored: &StoredObject,
        error: StorageError,
    ) -> Result<Fate, Halt> {
        let object = stored.object;
        if error.may_be_later() {
            tracing::warn!(%object, "a blob without a row was written by a later version");
            return Ok(Fate::Left);
        }
        match error {
            StorageError::NotFound => Ok(Fate::Gone),
            StorageError::Corrupt { .. } if stored.written < ctx.now.minus(KEPT) => {
                tracing::error!(%object, error = cause(&error), "a damaged blob is removed");
                self.vault.remove(object).await?;
                Ok(Fate::Damaged)
            }
            StorageError::Corrupt { .. } | StorageError::KeyRefused { .. } => {
                tracing::warn!(%object, error = cause(&error), "a blob without a row is damaged");
                Ok(Fate::Left)
            }
            StorageError::Unavailable { .. }
            | StorageError::Full
            | StorageError::KeysUnavailable { .. }
            | StorageError::KeyFile { .. }
            | StorageError::Range
            | StorageError::TooLong
            | StorageError::Interrupted
            | StorageError::Setting { .. }
            | StorageError::NoEntropy => Err(error.into()),
        }
    }
}
