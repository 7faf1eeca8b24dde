//! The key that quarantine of a day is sealed under.

use std::sync::{Arc, PoisonError};

use lightcase_catalog::KeyPurpose;
use lightcase_model::Ctx;
use lightcase_storage::SubjectKey;

use crate::Archive;
use crate::refusal::Fault;

impl Archive {
    /// The day's key, made when there is none. Its wrapped form is durable beside the blobs, so
    /// that bucket and root key alone open quarantine too.
    pub(crate) async fn quarantine_key(&self, ctx: &Ctx) -> Result<Arc<SubjectKey>, Fault> {
        let key = self.catalog.key_for(&KeyPurpose::Quarantine(day(ctx)), ctx.now).await?;
        let beside =
            self.day_key.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&key.id());
        if !beside && let Some(wrapped) = self.catalog.wrapped_key(key.id()).await? {
            self.vault.put_key_record(key.id(), &wrapped).await?;
            *self.day_key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.id());
        }
        Ok(key)
    }
}

/// The day in UTC, `YYYYMMDD`.
fn day(ctx: &Ctx) -> String {
    ctx.now.to_string().chars().filter(char::is_ascii_digit).take(8).collect()
}
