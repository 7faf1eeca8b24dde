//! Quarantine: what was refused is kept, sealed under the key of the day, and listed with its
//! reason. Quarantine never answers Success.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, stream};
use lightcase_audit::Event;
use lightcase_catalog::{NewRefusal, Quarantined};
use lightcase_model::{Ctx, Origin, Phi, RefusalId, SopInstanceUid};
use lightcase_storage::{Expected, ObjectKind, Sealed, Sealing, SubjectKey};

use crate::error::cause;
use crate::ingest::{Body, BodyError, Failed, Taken};
use crate::refusal::{Fault, Reason};
use crate::{Archive, Refusal};

/// The most bytes of one object that are kept: 512 MiB.
pub(crate) const LIMIT: u64 = 512 << 20;

impl Archive {
    /// Keeps what was refused, lists it, records it, and says so in words.
    pub(crate) async fn refuse(
        &self,
        ctx: &Ctx,
        named: Option<SopInstanceUid>,
        sender: Phi<String>,
        failed: Failed,
    ) -> Refusal {
        let Failed { fault, taken, rest } = failed;
        let kept = match self.keep(ctx, &fault, taken, rest).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::error!(reason = error.reason.name(), "a refused object was not kept");
                None
            }
        };
        let id = RefusalId::random();
        // The sender waits for its answer, and an index that is down would be waited for again.
        let written = fault.reason != Reason::IndexDown
            && self.list(ctx, id, &fault, named, sender, kept).await;
        tracing::warn!(
            request = %ctx.request,
            refusal = %id,
            reason = fault.reason.name(),
            "object refused: {}",
            fault.sentence
        );
        Refusal { reason: fault.reason, sentence: fault.sentence, id: written.then_some(id) }
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    async fn list(
        &self,
        ctx: &Ctx,
        id: RefusalId,
        fault: &Fault,
        named: Option<SopInstanceUid>,
        sender: Phi<String>,
        kept: Option<Quarantined>,
    ) -> bool {
        let bytes = kept.as_ref().map_or(0, |kept| kept.plain_length.unsigned_abs());
        let sop_uid = named.as_ref().map(ToString::to_string);
        let new = NewRefusal {
            id,
            at: ctx.now,
            origin: origin(&ctx.origin),
            sender,
            reason: fault.reason.name(),
            sentence: fault.sentence.clone(),
            sop_uid: sop_uid.clone().unwrap_or_default(),
            quarantined: kept,
        };
        let event = Event::Refused {
            refusal: id,
            reason: fault.reason.name(),
            bytes,
            study_uid: None,
            sop_instance_uid: sop_uid.map(Phi::new),
        };
        let written = async {
            let mut tx = self.catalog.begin().await?;
            tx.refuse(&new).await?;
            tx.record(ctx, event).await?;
            tx.commit().await
        };
        match written.await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(error = cause(&error), "a refusal could not be listed");
                false
            }
        }
    }

    /// Seals the bytes under the day's key. `None`: there is nothing to keep, or no place.
    async fn keep(
        &self,
        ctx: &Ctx,
        fault: &Fault,
        taken: Taken,
        rest: Body,
    ) -> Result<Option<Quarantined>, Fault> {
        if fault.reason.may_pass() {
            // There is no place; the sender keeps its object and sends it again.
            return Ok(None);
        }
        let (before, spent): (Body, Option<Expected>) = match taken {
            Taken::Lost => return Ok(None),
            Taken::Head(head) => (stream::iter(head.into_iter().map(Ok)).boxed(), None),
            Taken::Partial { sealing, key, skip } => {
                let object = Expected::from(&sealing.finish().await?);
                (self.read_back(object, key, skip).await?, Some(object))
            }
            Taken::Object { object, key, skip } => {
                (self.read_back(object, key, skip).await?, Some(object))
            }
        };
        let key = self.quarantine_key(ctx).await?;
        let sealing = self.vault.seal(ObjectKind::Quarantine, &key).await?;
        let sealed = copy(sealing, before, rest).await?;
        if let Some(object) = spent {
            crate::ingest::discard(self, object.object).await;
        }
        Ok(sealed.map(|sealed| Quarantined {
            object: sealed.object,
            subject_key: sealed.subject_key,
            sealed_length: i64::try_from(sealed.sealed_len).unwrap_or(i64::MAX),
            plain_length: i64::try_from(sealed.plain_len).unwrap_or(i64::MAX),
        }))
    }

    async fn read_back(
        &self,
        object: Expected,
        key: Arc<SubjectKey>,
        skip: u64,
    ) -> Result<Body, Fault> {
        let body = self.vault.open(&object, &key, skip.min(object.plain_len)..object.plain_len);
        Ok(body.await?.map(|bytes| bytes.map_err(|error| BodyError(error.to_string()))).boxed())
    }
}

/// Copies a body into a sealed object, up to the limit; what is longer is not kept at all.
/// `before` is read back from the store and must come whole, since its source is removed after;
/// of `rest` a sender that goes away leaves what came so far.
async fn copy(mut sealing: Sealing, before: Body, rest: Body) -> Result<Option<Sealed>, Fault> {
    let mut length = 0_u64;
    let whole = before.map(|bytes| {
        bytes.map(Some).map_err(|error| Fault::new(Reason::StoreDown, error.to_string()))
    });
    let mut body = whole.chain(rest.map(|bytes| Ok(bytes.ok())));
    while let Some(bytes) = body.next().await {
        let Some(bytes): Option<Bytes> = bytes? else { break };
        length = length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if length > LIMIT {
            return Ok(None);
        }
        sealing.write(bytes).await?;
    }
    Ok(Some(sealing.finish().await?))
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Dimse { calling, called, address: _ } => format!("{calling} → {called}"),
        Origin::Stow { .. } => "STOW-RS".to_owned(),
        Origin::Http { .. } | Origin::Import => "import".to_owned(),
        Origin::Share { .. } => "share".to_owned(),
        Origin::Local => "local".to_owned(),
    }
}
