//! The intake of one association or request: its objects pass the chain, and what they were is
//! accounted for, per study, at its beginning and its end.

use std::collections::HashMap;
use std::sync::Arc;

use lightcase_audit::{AccessId, Event, list_digest};
use lightcase_catalog::{Conflict, Indexed, NewKey, NewStudy, Outcome, StudyOpening};
use lightcase_dataset::{Attributes, Identity};
use lightcase_model::{
    Attribute, CollectionId, Ctx, Origin, Phi, SeriesUid, SopInstanceUid, StudyId, StudyUid,
    Timestamp,
};
use lightcase_storage::{StorageError, SubjectKey};

use super::decide::decide;
use super::index::{index, text};
use super::seal::seal;
use super::store::store;
use super::validate::{Validated, validate};
use super::{Failed, Received, Taken};
use crate::error::cause;
use crate::quarantine::Sent;
use crate::record::IngestRecord;
use crate::refusal::{Fault, Reason};
use crate::{Archive, Refusal};

/// The objects of one association or request.
#[derive(Debug)]
pub struct Intake {
    archive: Archive,
    /// Issuer of patient id where the data set has none: the peer's configured one.
    issuer: String,
    /// How and when its objects came, where that was before this request.
    came: Option<(Origin, Timestamp)>,
    studies: HashMap<StudyUid, OpenStudy>,
    refused: u64,
}

#[derive(Debug)]
struct OpenStudy {
    id: StudyId,
    key: Arc<SubjectKey>,
    access: AccessId,
    patient_id: Phi<String>,
    issuer: String,
    stored: Vec<SopInstanceUid>,
    already_held: u64,
    refused: u64,
}

/// An object that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its rows.
    pub rows: Indexed,
    /// Whether it was held before; nothing was written then.
    pub already_held: bool,
    /// (0020,000D).
    pub study: StudyUid,
    /// (0020,000E).
    pub series: SeriesUid,
    /// (0008,0018).
    pub sop_instance: SopInstanceUid,
}

impl Archive {
    /// Begins the intake of an association or request. `issuer` stands in for an absent Issuer of
    /// Patient ID.
    pub fn intake(&self, issuer: String) -> Intake {
        Intake { archive: self.clone(), issuer, came: None, studies: HashMap::new(), refused: 0 }
    }
}

impl Intake {
    /// For objects that came earlier: what is stored says how and when they did.
    pub(crate) fn on_behalf(self, origin: Origin, at: Timestamp) -> Self {
        Self { came: Some((origin, at)), ..self }
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
        let validated = validate(received).await.map_err(|failed| (None, failed))?;
        let uid = validated.identity.study.clone();
        let at = |failed| (Some(uid.clone()), failed);
        if let Err(fault) =
            self.open(ctx, &validated.identity, validated.scanner.attributes()).await
        {
            let Validated { head, rest, .. } = validated;
            return Err(at(Failed { fault, taken: Taken::Head(head), rest }));
        }
        let came = self.came(ctx);
        let decided = decide(validated, self.archive.policy).map_err(at)?;
        let Some(open) = self.studies.get_mut(&uid) else {
            let Validated { head, rest, .. } = decided.validated;
            let fault = Fault::new(Reason::IndexDown, "the study could not be opened");
            return Err(at(Failed { fault, taken: Taken::Head(head), rest }));
        };
        let record = IngestRecord::new(
            &came,
            CollectionId::ARCHIVE,
            decided.decision.disposition(),
            &decided.validated.transfer_syntax,
            self.archive.policy.name(),
        );
        let key = Arc::clone(&open.key);
        let sealed = seal(decided, &self.archive.vault, key, &record).await.map_err(at)?;
        let gone =
            |fault| Failed { fault, taken: Taken::Lost, rest: Box::pin(futures::stream::empty()) };
        let stored = store(sealed).await.map_err(|fault| at(gone(fault)))?;
        let outcome = index(&came, &self.archive.catalog, &stored, open.id, open.access)
            .await
            // The commit may have come through although its answer did not: the blob stays.
            .map_err(|fault| at(gone(fault)))?;
        let identity = &stored.scan.identity;
        let accepted = |rows, already_held| Accepted {
            rows,
            already_held,
            study: identity.study.clone(),
            series: identity.series.clone(),
            sop_instance: identity.sop_instance.clone(),
        };
        match outcome {
            Outcome::Indexed(rows) => {
                open.stored.push(identity.sop_instance.clone());
                Ok(accepted(rows, false))
            }
            Outcome::AlreadyHeld(rows) => {
                // No row names the new blob, and none will.
                open.already_held = open.already_held.saturating_add(1);
                discard(&self.archive, stored.object.object).await;
                Ok(accepted(rows, true))
            }
            Outcome::Conflict(conflict) => {
                let skip = stored.layout.record_length.saturating_add(stored.layout.meta_length);
                Err(at(Failed {
                    fault: Fault::new(Reason::Conflict, sentence(conflict)),
                    taken: Taken::Object { object: stored.object, key: stored.key, skip },
                    rest: Box::pin(futures::stream::empty()),
                }))
            }
        }
    }

    /// Opens the study for storing: its row, its key, and `StoreBegun`, all durable before the
    /// first byte is sealed.
    async fn open(
        &mut self,
        ctx: &Ctx,
        identity: &Identity,
        attributes: &Attributes,
    ) -> Result<(), Fault> {
        let issuer = match identity.issuer.expose().as_str() {
            "" => self.issuer.clone(),
            issuer => issuer.to_owned(),
        };
        if let Some(open) = self.studies.get(&identity.study) {
            let same = open.patient_id == identity.patient_id && open.issuer == issuer;
            return if same { Ok(()) } else { Err(other_patient()) };
        }
        let catalog = &self.archive.catalog;
        let known = catalog.study_key_id(CollectionId::ARCHIVE, &identity.study).await?;
        let fresh = match known {
            Some(_) => None,
            None => Some(self.fresh_key().await?),
        };
        let new = new_study(&self.came(ctx), identity, attributes, issuer.clone());
        let mut tx = catalog.begin().await?;
        let opening = tx.open_study(&new, fresh.as_ref().map(|(_, new)| new)).await?;
        let StudyOpening::Open { study, subject_key } = opening else {
            return Err(other_patient());
        };
        let access = AccessId::random();
        tx.record(
            ctx,
            Event::StoreBegun {
                access_id: access,
                study,
                patient_name: new.patient_name.clone(),
                patient_id: new.patient_id.clone(),
                study_uid: Phi::new(identity.study.to_string()),
            },
        )
        .await?;
        tx.record(
            ctx,
            Event::IngestDecided {
                access_id: access,
                study,
                policy: self.archive.policy.name(),
                decision: super::decide::Decision::Keep.name(),
            },
        )
        .await?;
        tx.commit().await?;
        let key = match fresh {
            Some((key, new)) if new.id == subject_key => key,
            Some(_) | None => catalog.subject_key(subject_key, ctx.now).await?,
        };
        self.studies.insert(
            identity.study.clone(),
            OpenStudy {
                id: study,
                key,
                access,
                patient_id: identity.patient_id.clone(),
                issuer,
                stored: Vec::new(),
                already_held: 0,
                refused: 0,
            },
        );
        Ok(())
    }

    /// A new subject key, its wrapped form durable beside the blobs before anything is sealed
    /// under it: bucket and root key alone must open everything.
    async fn fresh_key(&self) -> Result<(Arc<SubjectKey>, NewKey), StorageError> {
        let (key, wrapped) = self.archive.ring.generate().await?;
        self.archive.vault.put_key_record(key.id(), &wrapped).await?;
        let id = key.id();
        Ok((key, NewKey { id, wrapped }))
    }

    /// Ends the intake: `StoreEnded` for every study that was opened.
    pub async fn end(self, ctx: &Ctx) {
        for (_, open) in self.studies {
            let ended = Event::StoreEnded {
                access_id: open.access,
                study: open.id,
                count: u64::try_from(open.stored.len()).unwrap_or(u64::MAX),
                already_held: open.already_held,
                refused: open.refused,
                list_digest: list_digest(&open.stored),
                recovered: false,
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

fn new_study(ctx: &Ctx, identity: &Identity, attributes: &Attributes, issuer: String) -> NewStudy {
    let text = |attribute| text(attributes, attribute);
    NewStudy {
        collection: CollectionId::ARCHIVE,
        issuer,
        patient_id: identity.patient_id.clone(),
        patient_name: Phi::new(text(Attribute::PatientName)),
        birth_date: Phi::new(text(Attribute::PatientBirthDate)),
        sex: text(Attribute::PatientSex),
        study_uid: identity.study.clone(),
        study_date: text(Attribute::StudyDate),
        study_time: text(Attribute::StudyTime),
        accession_number: Phi::new(text(Attribute::AccessionNumber)),
        description: text(Attribute::StudyDescription),
        referring_physician: Phi::new(text(Attribute::ReferringPhysicianName)),
        received_at: ctx.now,
    }
}

fn other_patient() -> Fault {
    Fault::new(
        Reason::Conflict,
        "this Study Instance UID is held with another patient; correct the patient at the sender, \
         or send the study under a new UID",
    )
}

const fn sentence(conflict: Conflict) -> &'static str {
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
