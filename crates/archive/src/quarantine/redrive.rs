//! Trying a refused object again: the whole ingest, with the sender and the instant of its coming.

use futures::StreamExt;
use lightcase_audit::Event;
use lightcase_catalog::{Came, Quarantined, RefusalRow};
use lightcase_model::{
    AeTitle, Ctx, Origin, RefusalId, SopClassUid, SopInstanceUid, TransferSyntaxUid,
};

use super::expected;
use crate::ingest::{BodyError, Failed, Received, Taken, discard};
use crate::{Accepted, Archive, ArchiveError, Refusal};

/// What became of a refused object that was tried again.
#[derive(Debug, Clone)]
pub enum Redriven {
    /// It is held now, and is no refusal any more.
    Accepted(Box<Accepted>),
    /// It was refused again, for this reason; its bytes stay where they are.
    Refused(Refusal),
}

impl Archive {
    /// Drives a refused object through the ingest again. Nothing of it is edited: it is the same
    /// bytes under the same command, judged by what is held and configured now.
    pub async fn redrive(&self, ctx: &Ctx, id: RefusalId) -> Result<Redriven, ArchiveError> {
        let (row, place) = self.waiting(id).await?;
        let Some(origin) = origin(&row.came) else {
            return Err(ArchiveError::BadRequest(
                "how this object came was not noted when it was refused; it must be sent again"
                    .to_owned(),
            ));
        };
        let received = self.received(ctx, &row, &place).await?;
        let mut intake = self.intake(row.came.issuer.clone()).on_behalf(origin, row.at);
        let outcome = Box::pin(intake.attempt(ctx, received)).await;
        intake.end(ctx).await;
        match outcome {
            Ok(accepted) => {
                let outcome = if accepted.already_held { "already_held" } else { "stored" };
                let mut tx = self.catalog.begin().await?;
                tx.resolve_refusal(id, outcome, ctx.now).await?;
                tx.record(ctx, redriven(&row, outcome, None)).await?;
                tx.commit().await?;
                self.clear(id, &place).await;
                Ok(Redriven::Accepted(Box::new(accepted)))
            }
            Err(Failed { fault, taken, rest: _ }) => {
                self.release(taken).await;
                let reason = fault.reason.name();
                let mut tx = self.catalog.begin().await?;
                tx.refuse_again(id, reason, &fault.sentence, ctx.now).await?;
                tx.record(ctx, redriven(&row, "refused", Some(reason))).await?;
                tx.commit().await?;
                let (reason, sentence) = (fault.reason, fault.sentence);
                Ok(Redriven::Refused(Refusal { reason, sentence, id: Some(id) }))
            }
        }
    }

    /// The object as its edge handed it over.
    async fn received(
        &self,
        ctx: &Ctx,
        row: &RefusalRow,
        place: &Quarantined,
    ) -> Result<Received, ArchiveError> {
        let Ok(transfer_syntax) = TransferSyntaxUid::parse(&row.came.transfer_syntax) else {
            return Err(ArchiveError::BadRequest(
                "the transfer syntax of this object was not noted when it was refused; it must be \
                 sent again"
                    .to_owned(),
            ));
        };
        let expected = expected(place);
        let key = self.catalog.subject_key(place.subject_key, ctx.now).await?;
        let body = self.vault.open(&expected, &key, 0..expected.plain_len).await?;
        // Only a command has to be right; what a file named it by is for the list.
        let commanded = row.came.way == "dimse";
        Ok(Received {
            affected_class: SopClassUid::parse(&row.came.sop_class).ok().filter(|_| commanded),
            affected_instance: SopInstanceUid::parse(&row.came.sop_uid).ok().filter(|_| commanded),
            study: None,
            media_storage: None,
            transfer_syntax,
            sender: row.sender.clone(),
            body: body.map(|bytes| bytes.map_err(|error| BodyError(error.to_string()))).boxed(),
        })
    }

    /// Lets go of what a failed attempt had written; the bytes are in quarantine already.
    async fn release(&self, taken: Taken) {
        match taken {
            Taken::Object { object, .. } => discard(self, object.object).await,
            // An object that is not finished is not there.
            Taken::Head(_) | Taken::Partial { .. } | Taken::Adopted { .. } | Taken::Lost => {}
        }
    }
}

fn redriven(row: &RefusalRow, outcome: &'static str, reason: Option<&'static str>) -> Event {
    Event::Redriven { refusal: row.id, received: row.at, outcome, reason }
}

/// The way it came; `None` for rows of before that was noted.
fn origin(came: &Came) -> Option<Origin> {
    match came.way.as_str() {
        "dimse" => Some(Origin::Dimse {
            calling: AeTitle::parse(&came.calling).ok()?,
            called: AeTitle::parse(&came.called).ok()?,
            address: came.address.parse().ok()?,
        }),
        "stow" => Some(Origin::Stow { address: came.address.parse().ok()? }),
        "import" => Some(Origin::Import),
        "share" | "local" => Some(Origin::Local),
        _ => None,
    }
}
