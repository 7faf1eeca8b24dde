//! The intake of one association or request: its objects pass the chain, and what they were is
//! accounted for, per study, at its beginning and its end.

use std::collections::HashMap;
use std::sync::Arc;

use lightcase_audit::{AccessId, Event, list_digest};
use lightcase_catalog::{Conflict, NewClean};
use lightcase_dataset::Identity;
use lightcase_model::{
    CollectionId, Ctx, Origin, Phi, SeriesUid, SopClassUid, SopInstanceUid, StudyId, StudyUid,
    Timestamp,
};
use lightcase_storage::SubjectKey;

use super::decide::{Decision, decide};
use super::index::{Noted, index};
use super::open_study::First;
use super::other_syntax::{Settled, settle};
use super::seal::{seal, spool};
use super::store::store;
use super::validate::{Validated, validate};
use super::{Failed, Received, Taken};
use crate::clean::{CleanIntake, CopyFate, OpenProject, Source, cleaned};
use crate::error::cause;
use crate::import::Unread;
use crate::quarantine::Sent;
use crate::record::IngestRecord;
use crate::refusal::{Fault, Reason};
use crate::{Archive, Refusal};

/// The objects of one association or request.
#[derive(Debug)]
pub struct Intake {
    pub(super) archive: Archive,
    /// Where what it takes is filed.
    pub(super) collection: CollectionId,
    /// What the policy of its origin says, once it was asked.
    decision: Option<Decision>,
    /// The word of the ledger where it is not the decision's own.
    word: Option<&'static str>,
    /// The clean copies of its objects.
    copies: Option<Box<CleanIntake>>,
    /// Issuer of patient id where the data set has none: the peer's configured one.
    issuer: String,
    /// How and when its objects came, where that was before this request.
    came: Option<(Origin, Timestamp)>,
    pub(super) studies: HashMap<StudyUid, OpenStudy>,
    refused: u64,
    /// Whether it takes up what an earlier run left, and not what somebody sends.
    pub(super) recovered: bool,
}

#[derive(Debug)]
pub(super) struct OpenStudy {
    pub(super) id: StudyId,
    pub(super) collection: CollectionId,
    pub(super) key: Arc<SubjectKey>,
    pub(super) access: AccessId,
    pub(super) patient_id: Phi<String>,
    pub(super) issuer: String,
    /// Instances it holds, as far as this intake knows.
    pub(super) held: i64,
    pub(super) stored: Vec<SopInstanceUid>,
    pub(super) already_held: u64,
    pub(super) refused: u64,
}

/// An object that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Whether it was held before; nothing was written then.
    pub already_held: bool,
    /// Whether a clean copy alone is kept, which lies under other UIDs than these. Nobody is told
    /// here which: that is the way from a patient to the copy, which needs its permission.
    pub cleaned: bool,
    /// (0008,0016).
    pub sop_class: SopClassUid,
    /// (0020,000D).
    pub study: StudyUid,
    /// (0020,000E).
    pub series: SeriesUid,
    /// (0008,0018).
    pub sop_instance: SopInstanceUid,
}

impl Accepted {
    /// An object that is new here, and kept as it came.
    fn of(identity: &Identity) -> Self {
        Self {
            already_held: false,
            cleaned: false,
            sop_class: identity.sop_class.clone(),
            study: identity.study.clone(),
            series: identity.series.clone(),
            sop_instance: identity.sop_instance.clone(),
        }
    }
}

impl Archive {
    /// Begins the intake of an association or request. `issuer` stands in for an absent Issuer of
    /// Patient ID.
    pub fn intake(&self, issuer: String) -> Intake {
        Intake {
            archive: self.clone(),
            collection: CollectionId::ARCHIVE,
            decision: None,
            word: None,
            copies: None,
            issuer,
            came: None,
            studies: HashMap::new(),
            refused: 0,
            recovered: false,
        }
    }

    /// Begins an intake into a collection of a project, of what is clean already.
    pub(crate) fn intake_into(&self, collection: CollectionId) -> Intake {
        let decision = Some(Decision::Keep);
        Intake { collection, decision, ..self.intake(String::new()) }
    }

    /// Begins the intake of blobs of a collection that are in the store already.
    pub(crate) fn recovery_into(&self, collection: CollectionId) -> Intake {
        Intake { recovered: true, ..self.intake_into(collection) }
    }

    /// Begins the intake of blobs that are in the store already.
    pub(crate) fn recovery(&self) -> Intake {
        Intake { recovered: true, decision: Some(Decision::Keep), ..self.intake(String::new()) }
    }
}

impl Intake {
    /// For objects that came earlier: what is stored says how and when they did.
    pub(crate) fn on_behalf(self, origin: Origin, at: Timestamp) -> Self {
        Self { came: Some((origin, at)), ..self }
    }

    /// What the ledger says was decided of what it takes.
    pub(crate) fn deciding(self, word: &'static str) -> Self {
        Self { word: Some(word), ..self }
    }

    /// The store access and the row of a study that it has opened.
    pub(crate) fn access_of(&self, study: &StudyUid) -> Option<(AccessId, StudyId)> {
        self.studies.get(study).map(|open| (open.access, open.id))
    }

    /// Takes one object through the chain. When this returns `Ok`, the object is durable and
    /// findable, and Success may be said.
    pub async fn ingest(&mut self, ctx: &Ctx, received: Received) -> Result<Accepted, Refusal> {
        let sent = Sent::of(&received, &self.issuer);
        match Box::pin(self.attempt(ctx, received)).await {
            Ok(accepted) => Ok(accepted),
            Err(failed) => Err(Box::pin(self.archive.refuse(ctx, sent, failed)).await),
        }
    }

    /// Lists and keeps a file that could not even be read as one.
    pub async fn refuse(&mut self, ctx: &Ctx, unread: Unread) -> Refusal {
        self.refused = self.refused.saturating_add(1);
        let (sent, failed) = unread.into_failed();
        Box::pin(self.archive.refuse(ctx, sent, failed)).await
    }

    /// Like [`Self::ingest`], but what fails is given back instead of being listed.
    pub(crate) async fn attempt(
        &mut self,
        ctx: &Ctx,
        received: Received,
    ) -> Result<Accepted, Failed> {
        match Box::pin(self.chain(ctx, received)).await {
            Ok(accepted) => Ok(accepted),
            Err((study, failed)) => {
                self.refused = self.refused.saturating_add(1);
                if let Some(open) = study.and_then(|study| self.studies.get_mut(&study)) {
                    open.refused = open.refused.saturating_add(1);
                }
                Err(failed)
            }
        }
    }

    /// The context of the object's coming.
    fn came(&self, ctx: &Ctx) -> Ctx {
        match &self.came {
            Some((origin, at)) => Ctx { origin: origin.clone(), now: *at, ..ctx.clone() },
            None => ctx.clone(),
        }
    }

    async fn chain(
        &mut self,
        ctx: &Ctx,
        received: Received,
    ) -> Result<Accepted, (Option<StudyUid>, Failed)> {
        let validated =
            validate(received, self.archive.rooms.room()).await.map_err(|failed| (None, failed))?;
        let came = self.came(ctx);
        let decision = match &self.decision {
            Some(decision) => decision.clone(),
            None => match self.archive.decision(ctx, &came.origin).await {
                Ok(decision) => decision,
                Err(fault) => {
                    let Validated { head, rest, .. } = validated;
                    return Err((None, Failed { fault, taken: Taken::Head(head), rest }));
                }
            },
        };
        self.decision = Some(decision.clone());
        if let Decision::Clean(project) = &decision {
            return Box::pin(self.clean(ctx, &came, validated, project))
                .await
                .map_err(|failed| (None, failed));
        }
        Box::pin(self.keep(ctx, &came, (validated, decision), None)).await
    }

    /// Takes a data set that is clean already, with what is noted of it.
    pub(crate) async fn take_clean(
        &mut self,
        ctx: &Ctx,
        received: Received,
        clean: NewClean,
    ) -> Result<Accepted, Failed> {
        let validated = validate(received, self.archive.rooms.room()).await?;
        let given = (validated, Decision::Keep);
        Box::pin(self.keep(ctx, ctx, given, Some(clean))).await.map_err(|(_, failed)| failed)
    }

    /// A clean copy alone is kept. The object lies sealed in quarantine until there is one, so that
    /// what cannot be cleaned is not lost.
    async fn clean(
        &mut self,
        ctx: &Ctx,
        came: &Ctx,
        validated: Validated,
        project: &Arc<OpenProject>,
    ) -> Result<Accepted, Failed> {
        let key = match self.archive.quarantine_key(ctx).await {
            Ok(key) => key,
            Err(fault) => {
                let Validated { head, rest, .. } = validated;
                return Err(Failed { fault, taken: Taken::Head(head), rest });
            }
        };
        let gone =
            |fault| Failed { fault, taken: Taken::Lost, rest: Box::pin(futures::stream::empty()) };
        let decided = decide(validated, Decision::Clean(Arc::clone(project)));
        let word = decided.decision.name();
        let spooled = spool(decided, &self.archive.vault, key).await?;
        let stored = store(spooled).await.map_err(gone)?;
        let copies = self
            .copies
            .get_or_insert_with(|| Box::new(CleanIntake::new(&self.archive, project, word)));
        let source = Source::spooled(&stored, &self.issuer);
        let fault = match Box::pin(copies.copy(came, &source)).await {
            Ok(made @ (CopyFate::Made | CopyFate::Held)) => {
                discard(&self.archive, stored.object.object).await;
                let (already_held, cleaned) = (made == CopyFate::Held, true);
                return Ok(Accepted {
                    already_held,
                    cleaned,
                    ..Accepted::of(&stored.scan.identity)
                });
            }
            // Success would say that something is held. Its certificate tells of it already, and
            // nobody can do anything about the original, which is not to be kept.
            Ok(CopyFate::Rejected) => {
                discard(&self.archive, stored.object.object).await;
                return Err(gone(Fault::new(
                    Reason::NotPermitted,
                    "only clean copies of what comes from here are kept, and somebody has looked \
                     at that of this object and rejected it",
                )));
            }
            Err(no) => {
                let fault = cleaned(no);
                if fault.reason.may_pass() {
                    // Quarantine does not take it up, and the sender keeps its object.
                    discard(&self.archive, stored.object.object).await;
                    return Err(gone(fault));
                }
                copies.note_refused(came, &source, &fault.sentence).await;
                fault
            }
        };
        let taken = Taken::Object { object: stored.object, key: stored.key, skip: 0 };
        Err(Failed { fault, taken, rest: Box::pin(futures::stream::empty()) })
    }

    /// The object is kept as it is.
    async fn keep(
        &mut self,
        ctx: &Ctx,
        came: &Ctx,
        (validated, decision): (Validated, Decision),
        clean: Option<NewClean>,
    ) -> Result<Accepted, (Option<StudyUid>, Failed)> {
        let uid = validated.identity.study.clone();
        let at = |failed| (Some(uid.clone()), failed);
        let word = self.word.unwrap_or(decision.name());
        let first = First {
            identity: &validated.identity,
            attributes: validated.scanner.attributes(),
            issuer: self.issuer.clone(),
            received: came.now,
            key: None,
            decision: word,
        };
        if let Err(fault) = self.open(ctx, first).await {
            let Validated { head, rest, .. } = validated;
            return Err(at(Failed { fault, taken: Taken::Head(head), rest }));
        }
        let disposition = clean.as_ref().map_or("identified", |clean| clean.state.name());
        let decided = decide(validated, decision);
        let copied_into = decided.decision.copied_into().cloned();
        let Some(open) = self.studies.get_mut(&uid) else {
            let Validated { head, rest, .. } = decided.validated;
            let fault = Fault::new(Reason::IndexDown, "the study could not be opened");
            return Err(at(Failed { fault, taken: Taken::Head(head), rest }));
        };
        let record = IngestRecord {
            issuer: self.issuer.clone(),
            report: clean.as_ref().map(|clean| clean.report.clone()),
            ..IngestRecord::new(
                came,
                self.collection,
                disposition,
                &decided.validated.transfer_syntax,
                word,
            )
        };
        let key = Arc::clone(&open.key);
        let sealed = seal(decided, &self.archive.vault, key, &record).await.map_err(at)?;
        let gone =
            |fault| Failed { fault, taken: Taken::Lost, rest: Box::pin(futures::stream::empty()) };
        let stored = store(sealed).await.map_err(|fault| at(gone(fault)))?;
        let project = copied_into.as_ref().map(|project| project.row.id);
        let noted = Noted { received: came.now, clean, copied_into: project };
        let outcome = index(noted, &self.archive.catalog, &stored, open)
            .await
            // The commit may have come through although its answer did not: the blob stays.
            .map_err(|fault| at(gone(fault)))?;
        let outcome = match settle(&self.archive, outcome, &stored, open).await {
            Ok(outcome) => outcome,
            Err(fault) => {
                // No row names the blob, and the sender keeps its object.
                discard(&self.archive, stored.object.object).await;
                return Err(at(gone(fault)));
            }
        };
        let identity = &stored.scan.identity;
        let accepted = |already_held| Accepted { already_held, ..Accepted::of(identity) };
        match outcome {
            Settled::Indexed => {
                open.stored.push(identity.sop_instance.clone());
                open.held = open.held.saturating_add(1);
                Ok(accepted(false))
            }
            Settled::AlreadyHeld(instance) => {
                // No row names the new blob, and none will.
                open.already_held = open.already_held.saturating_add(1);
                discard(&self.archive, stored.object.object).await;
                // It may have come when no copy was wanted yet.
                if let Some(project) = copied_into {
                    let held = (instance, &identity.sop_instance);
                    let ordered = self.archive.order_copy(held, &project, came.now).await;
                    ordered.map_err(|fault| at(gone(fault)))?;
                }
                Ok(accepted(true))
            }
            Settled::Conflict(conflict) => {
                let skip = stored.layout.record_length.saturating_add(stored.layout.meta_length);
                Err(at(Failed {
                    fault: Fault::new(Reason::Conflict, sentence(conflict)),
                    taken: Taken::Object { object: stored.object, key: stored.key, skip },
                    rest: Box::pin(futures::stream::empty()),
                }))
            }
        }
    }

    /// Ends the intake: `StoreEnded` for every study that was opened.
    pub async fn end(self, ctx: &Ctx) {
        if let Some(copies) = self.copies {
            Box::pin(copies.end(ctx)).await;
        }
        for (_, open) in self.studies {
            let ended = Event::StoreEnded {
                access_id: open.access,
                study: open.id,
                count: u64::try_from(open.stored.len()).unwrap_or(u64::MAX),
                already_held: open.already_held,
                refused: open.refused,
                list_digest: list_digest(&open.stored),
                recovered: self.recovered,
            };
            if let Err(error) = self.archive.catalog.record(ctx, ended).await {
                // Start-up finds the beginning without an end and accounts for it.
                tracing::error!(error = cause(&error), "the end of a store could not be recorded");
            }
        }
    }

    /// Objects refused so far.
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

pub(super) const fn sentence(conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::OtherContent => {
            "this SOP Instance UID is held with other content; the first stays, this one waits in \
             quarantine"
        }
        Conflict::OtherStudy => {
            "this SOP Instance UID is held in another study; the first stays, this one waits in \
             quarantine"
        }
    }
}

pub(crate) async fn discard(archive: &Archive, object: lightcase_storage::ObjectId) {
    if let Err(error) = archive.vault.remove(object).await {
        tracing::warn!(
            error = cause(&error),
            %object,
            "a blob that no row names could not be removed"
        );
    }
}
