//! Quarantine: what was refused is kept, sealed under the key of the day, and listed with its
//! reason; from there it is tried again or discarded. Quarantine never answers Success.

mod discard;
mod keep;
mod open;
mod redrive;

pub(crate) use keep::LONGEST;
pub use redrive::Redriven;

use lightcase_audit::Event;
use lightcase_catalog::{Came, NewRefusal, Quarantined, RefusalRow, WAITS_ALREADY};
use lightcase_model::{
    Ctx, Origin, Phi, RefusalId, SopClassUid, SopInstanceUid, TransferSyntaxUid,
};
use lightcase_storage::{Expected, ObjectKind};

use crate::error::cause;
use crate::ingest::{Failed, Received};
use crate::record::way;
use crate::refusal::{Fault, Reason};
use crate::{Archive, ArchiveError, Refusal};
use keep::Kept;

/// What is known of an object whose ingest may fail.
pub(crate) struct Sent {
    named: Option<SopInstanceUid>,
    class: Option<SopClassUid>,
    /// `None` where nobody knows it.
    transfer_syntax: Option<TransferSyntaxUid>,
    sender: Phi<String>,
    issuer: String,
}

impl Sent {
    /// An object that was taken up from the store.
    pub(crate) fn found(
        transfer_syntax: TransferSyntaxUid,
        sender: Phi<String>,
        issuer: String,
    ) -> Self {
        let transfer_syntax = Some(transfer_syntax);
        Self { named: None, class: None, transfer_syntax, sender, issuer }
    }

    /// Bytes that nobody could read.
    pub(crate) fn unread(sender: Phi<String>) -> Self {
        Self { named: None, class: None, transfer_syntax: None, sender, issuer: String::new() }
    }

    pub(crate) fn of(received: &Received, issuer: &str) -> Self {
        let file = received.media_storage.as_ref();
        let (class, named) = (&received.affected_class, &received.affected_instance);
        Self {
            named: named.clone().or_else(|| file?.sop_instance.clone()),
            class: class.clone().or_else(|| file?.sop_class.clone()),
            transfer_syntax: Some(received.transfer_syntax.clone()),
            sender: received.sender.clone(),
            issuer: issuer.to_owned(),
        }
    }
}

impl Archive {
    /// Keeps what was refused, lists it, records it, and says so in words.
    pub(crate) async fn refuse(&self, ctx: &Ctx, sent: Sent, failed: Failed) -> Refusal {
        let Failed { fault, taken, rest } = failed;
        let came = came(&ctx.origin, &sent);
        let kept = match self.keep(ctx, &came, fault.reason, (taken, rest)).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::error!(reason = error.reason.name(), "a refused object was not kept");
                Kept::nothing("the store or the index did not answer")
            }
        };
        let id = RefusalId::random();
        // The sender waits for its answer, and an index that is down would be waited for again.
        let written = fault.reason != Reason::IndexDown
            && self.list(ctx, id, &fault, (sent, came, kept)).await;
        tracing::warn!(
            request = %ctx.request,
            refusal = %id,
            reason = fault.reason.name(),
            "object refused: {}",
            fault.sentence
        );
        Refusal { reason: fault.reason, sentence: fault.sentence, id: written.then_some(id) }
    }

    async fn list(
        &self,
        ctx: &Ctx,
        id: RefusalId,
        fault: &Fault,
        (sent, came, kept): (Sent, Came, Kept),
    ) -> bool {
        let bytes = kept.place.as_ref().map_or(0, |kept| kept.plain_length.unsigned_abs());
        let event = Event::Refused {
            refusal: id,
            reason: fault.reason.name(),
            bytes,
            study_uid: None,
            sop_instance_uid: sent.named.map(|uid| Phi::new(uid.to_string())),
        };
        let new = NewRefusal {
            id,
            at: ctx.now,
            origin: origin(&ctx.origin),
            sender: sent.sender,
            came,
            reason: fault.reason.name(),
            sentence: fault.sentence.clone(),
            length: i64::try_from(kept.length).unwrap_or(i64::MAX),
            data_set_sha256: kept.sha256,
            kept: kept.place,
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

    /// An open refusal with its bytes, or why it has none.
    async fn waiting(&self, id: RefusalId) -> Result<(RefusalRow, Quarantined), ArchiveError> {
        let mut row = self.open_refusal(id).await?;
        match row.quarantined.take() {
            Some(place) => Ok((row, place)),
            None => Err(ArchiveError::BadRequest(not_kept(&row))),
        }
    }

    async fn open_refusal(&self, id: RefusalId) -> Result<RefusalRow, ArchiveError> {
        let row = self.catalog.refusal(id).await?;
        row.filter(|row| row.resolved.is_none()).ok_or(ArchiveError::NotFound)
    }

    /// Removes the blob of a resolved refusal. One that stays is removed at the next start.
    async fn clear(&self, id: RefusalId, place: &Quarantined) {
        let cleared = async {
            self.vault.remove(place.object).await?;
            let mut tx = self.catalog.begin().await?;
            tx.forget_quarantined(id).await?;
            tx.commit().await?;
            Ok::<(), ArchiveError>(())
        };
        if let Err(error) = cleared.await {
            tracing::warn!(error = cause(&error), refusal = %id, "quarantine could not be cleared");
        }
    }

    /// Removes blobs of refusals that were resolved just before a crash. Called at the start.
    pub async fn clear_quarantine(&self) -> Result<(), ArchiveError> {
        for row in self.catalog.spent_quarantine().await? {
            if let Some(place) = &row.quarantined {
                self.clear(row.id, place).await;
            }
        }
        Ok(())
    }
}

fn not_kept(row: &RefusalRow) -> String {
    if row.not_kept == WAITS_ALREADY {
        return WAITS_ALREADY.to_owned();
    }
    let why = if row.not_kept.is_empty() { "they did not arrive" } else { &row.not_kept };
    format!("the bytes of this object were not kept: {why}; it must be sent again")
}

fn expected(place: &Quarantined) -> Expected {
    Expected {
        object: place.object,
        kind: ObjectKind::Quarantine,
        subject_key: place.subject_key,
        plain_len: u64::try_from(place.plain_length).unwrap_or(0),
        sealed_len: u64::try_from(place.sealed_length).unwrap_or(0),
    }
}

fn came(origin: &Origin, sent: &Sent) -> Came {
    let (calling, called, address) = match origin {
        Origin::Dimse { calling, called, address } => {
            (calling.to_string(), called.to_string(), address.to_string())
        }
        Origin::Stow { address } => (String::new(), String::new(), address.to_string()),
        Origin::Http { .. } | Origin::Import | Origin::Share { .. } | Origin::Local => {
            (String::new(), String::new(), String::new())
        }
    };
    let text = |uid: Option<String>| uid.unwrap_or_default();
    Came {
        way: way(origin).to_owned(),
        calling,
        called,
        address,
        issuer: sent.issuer.clone(),
        sop_class: text(sent.class.as_ref().map(ToString::to_string)),
        sop_uid: text(sent.named.as_ref().map(ToString::to_string)),
        transfer_syntax: text(sent.transfer_syntax.as_ref().map(ToString::to_string)),
    }
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
