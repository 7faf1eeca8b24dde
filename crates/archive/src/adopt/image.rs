//! An image without a row: its record and File Meta are read back, and it passes the chain.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::{StreamExt, stream};
use lightcase_catalog::{CleanState, NewClean};
use lightcase_dataset::Part10Prefix;
use lightcase_model::{CollectionId, Ctx, Phi, ReviewId};
use lightcase_storage::{Expected, StorageError, StoredObject};

use super::{Fate, Halt};
use crate::Archive;
use crate::clean::{OpenProject, digest_before};
use crate::ingest::{Adopted, Blob, BodyError, Failed, Found, Intake, Received, Taken};
use crate::quarantine::{LONGEST, Sent};
use crate::record::IngestRecord;
use crate::refusal::Fault;

/// Record and File Meta are some hundred bytes; both lie in the first chunk.
const FRONT: u64 = 64 << 10;

impl Archive {
    pub(super) async fn adopt_image(
        &self,
        ctx: &Ctx,
        intake: &mut Intake,
        stored: &StoredObject,
        object: Expected,
    ) -> Result<Fate, Halt> {
        let Some((key, wrapped)) = self.key_of_blob(ctx, object.subject_key, "study").await? else {
            tracing::warn!(object = %object.object, "there is no key for a blob without a row");
            return Ok(Fate::Left);
        };
        let front = match self.vault.read(&object, &key, 0..object.plain_len.min(FRONT)).await {
            Ok(front) => front,
            Err(error) => return self.unusable(ctx, stored, error).await,
        };
        let Some((record, record_length, meta)) = parse(&front) else {
            tracing::warn!(object = %object.object, "a blob without a row is not understood");
            return Ok(Fate::Left);
        };
        // Before anything is made of it: it ends where it was sealed to end.
        if let Err(error) = self.vault.prove_length(&object, &key).await {
            return self.unusable(ctx, stored, error).await;
        }
        let blob = Blob { object, key, record_length, meta };
        let data_set = blob.skip()..object.plain_len;
        let body = match self.vault.open(&object, &blob.key, data_set).await {
            Ok(body) => body,
            Err(error) => return self.unusable(ctx, stored, error).await,
        };
        // The chain knows bodies that were cut off; why this one was is told beside it.
        let trouble: Arc<Mutex<Option<StorageError>>> = Arc::default();
        let seen = Arc::clone(&trouble);
        let body = body.map(move |bytes| {
            bytes.map_err(|error| {
                let cut = BodyError(error.to_string());
                *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                cut
            })
        });
        let place = CollectionId(record.collection);
        let Some(clean) = self.copy_of(place, &record).await? else {
            tracing::warn!(object = %object.object, "a blob without a row is of no known collection");
            return Ok(Fate::Left);
        };
        let copied_into = self.copied_into(ctx, place, &record).await?;
        let sender = Phi::new(record.calling.unwrap_or_default());
        let syntax = record.transfer_syntax.clone();
        let sent = Sent::found(syntax, sender.clone(), record.issuer.clone());
        let body = Received {
            affected_class: None,
            affected_instance: None,
            study: None,
            media_storage: None,
            transfer_syntax: record.transfer_syntax,
            sender,
            body: body.boxed(),
        };
        let skip = blob.skip();
        let key = Arc::clone(&blob.key);
        let (issuer, received) = (record.issuer, record.received);
        let found = Found { blob, wrapped, issuer, received, clean, copied_into, body };
        let adopted = if place == CollectionId::ARCHIVE {
            Box::pin(intake.adopt(ctx, found)).await
        } else {
            let mut own = self.recovery_into(place);
            let adopted = Box::pin(own.adopt(ctx, found)).await;
            Box::pin(own.end(ctx)).await;
            adopted
        };
        let fault = match adopted {
            Ok(Adopted::Rows) => return Ok(Fate::Adopted),
            Ok(Adopted::Surplus) => return Ok(Fate::Surplus),
            Err(fault) => fault,
        };
        let trouble = trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(error) = trouble {
            return self.unusable(ctx, stored, error).await;
        }
        let taken = Taken::Adopted { object: Box::new(object), key, skip };
        self.set_aside(ctx, sent, fault, taken).await
    }

    /// What is noted of a blob that is a clean copy; `None` where it is of no collection that the
    /// catalog knows, as after an older database was put back.
    async fn copy_of(
        &self,
        place: CollectionId,
        record: &IngestRecord,
    ) -> Result<Option<Option<NewClean>>, Halt> {
        if place == CollectionId::ARCHIVE {
            return Ok(Some(None));
        }
        let projects = self.catalog.projects().await?;
        let found = projects.iter().find(|each| each.collection == place || each.review == place);
        let (Some(project), Some(report)) = (found, &record.report) else { return Ok(None) };
        let released = project.collection == place;
        Ok(Some(Some(NewClean {
            id: ReviewId::random(),
            project: project.id,
            state: if released { CleanState::Released } else { CleanState::Waiting },
            digest_before: digest_before(report),
            report: report.clone(),
        })))
    }

    /// The project that is to have a clean copy of a blob that came for both: the one that the policy of
    /// its origin names now.
    async fn copied_into(
        &self,
        ctx: &Ctx,
        place: CollectionId,
        record: &IngestRecord,
    ) -> Result<Option<Arc<OpenProject>>, Halt> {
        if place != CollectionId::ARCHIVE || record.policy != "both" {
            return Ok(None);
        }
        let origin = match &record.calling {
            Some(calling) => format!("ae:{calling}"),
            None => record.origin.clone(),
        };
        let project = match self.decision_by(ctx, Some(origin)).await {
            Ok(decision) => decision.copied_into().cloned(),
            Err(fault) if fault.reason.may_pass() => return Err(Halt::Later),
            Err(_no_such_project) => None,
        };
        if project.is_none() {
            tracing::warn!(
                "an object that came for both has no project to be copied into any more"
            );
        }
        Ok(project)
    }

    /// What the chain refused goes where a received object would go.
    async fn set_aside(
        &self,
        ctx: &Ctx,
        sent: Sent,
        fault: Fault,
        taken: Taken,
    ) -> Result<Fate, Halt> {
        if fault.reason.may_pass() {
            return Err(Halt::Later);
        }
        if let Taken::Adopted { object, skip, .. } = &taken
            && object.plain_len.saturating_sub(*skip) > LONGEST
        {
            // Quarantine would not keep it, and here nobody else has it.
            tracing::error!(object = %object.object, "a blob is refused and too long for quarantine");
            return Ok(Fate::Left);
        }
        let failed = Failed { fault, taken, rest: stream::empty().boxed() };
        let refusal = Box::pin(self.refuse(ctx, sent, failed)).await;
        if refusal.id.is_some() { Ok(Fate::Quarantined) } else { Err(Halt::Later) }
    }
}

/// Ingest record, its length, and the File Meta behind it; `None` for what another version wrote.
fn parse(front: &Bytes) -> Option<(IngestRecord, u64, Bytes)> {
    let (record, length) = IngestRecord::parse(front)?;
    let file = front.get(length..)?;
    let mut prefix = Part10Prefix::new();
    let meta = prefix.push(file).ok().flatten().or_else(|| prefix.finish().ok())?;
    let end = usize::try_from(meta.meta_len).ok()?.checked_add(length)?;
    let meta = (end <= front.len()).then(|| front.slice(length..end))?;
    Some((record, u64::try_from(length).ok()?, meta))
}
