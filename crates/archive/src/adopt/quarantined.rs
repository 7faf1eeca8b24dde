//! A refused object without a row: it is listed again, so that it is not lost.

use futures::TryStreamExt;
use lightcase_audit::Event;
use lightcase_catalog::{Came, NewRefusal, Quarantined};
use lightcase_model::{Ctx, Phi, RefusalId};
use lightcase_storage::{Expected, StorageError, StoredObject, SubjectKey};

use super::{Fate, Halt};
use crate::Archive;

/// Why it was refused stood in the row that is lost.
const REASON: &str = "Unknown";
const SENTENCE: &str = "found in quarantine without its entry, as after an older database was put \
    back: why it was refused, and who sent it, is not known";

impl Archive {
    pub(super) async fn list_again(
        &self,
        ctx: &Ctx,
        stored: &StoredObject,
        object: Expected,
    ) -> Result<Fate, Halt> {
        let Some((key, _)) = self.key_of_blob(ctx, object.subject_key, "quarantine").await? else {
            tracing::warn!(object = %object.object, "there is no key for a blob without a row");
            return Ok(Fate::Left);
        };
        if let Err(error) = self.authenticate(&object, &key).await {
            return self.unusable(ctx, stored, error).await;
        }
        let id = RefusalId::random();
        let new = NewRefusal {
            id,
            at: stored.written,
            origin: String::new(),
            sender: Phi::new(String::new()),
            reason: REASON,
            sentence: SENTENCE.to_owned(),
            came: Came::default(),
            length: i64::try_from(object.plain_len).unwrap_or(i64::MAX),
            data_set_sha256: None,
            kept: Ok(Quarantined {
                object: object.object,
                subject_key: object.subject_key,
                sealed_length: i64::try_from(object.sealed_len).unwrap_or(i64::MAX),
                plain_length: i64::try_from(object.plain_len).unwrap_or(i64::MAX),
            }),
        };
        let event = Event::Refused {
            refusal: id,
            reason: REASON,
            bytes: object.plain_len,
            study_uid: None,
            sop_instance_uid: None,
        };
        let mut tx = self.catalog.begin().await?;
        if tx.is_listed(object.object).await? {
            return Ok(Fate::Gone);
        }
        tx.refuse(&new).await?;
        tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(Fate::Listed)
    }

    /// Reads all of it.
    async fn authenticate(&self, object: &Expected, key: &SubjectKey) -> Result<(), StorageError> {
        let body = self.vault.open(object, key, 0..object.plain_len).await?;
        body.try_for_each(async |_bytes| Ok(())).await?;
        self.vault.prove_length(object, key).await
    }
}
