//! Opening a study for storing: its row, its key, and the event that accounts for what follows.

use std::sync::Arc;

use lightcase_audit::{AccessId, Event};
use lightcase_catalog::{NewKey, NewStudy, StudyOpening};
use lightcase_dataset::{Attributes, Identity};
use lightcase_model::{Attribute, CollectionId, Ctx, Phi, Timestamp};
use lightcase_storage::{StorageError, SubjectKey};

use super::Intake;
use super::index::text;
use super::intake::OpenStudy;
use crate::refusal::{Fault, Reason};

/// The object that a study is opened for.
pub(super) struct First<'a> {
    pub(super) identity: &'a Identity,
    pub(super) attributes: &'a Attributes,
    /// Issuer of Patient ID where the data set has none.
    pub(super) issuer: String,
    /// When it was received.
    pub(super) received: Timestamp,
    /// The key it is sealed under already; a study that is new takes it.
    pub(super) key: Option<NewKey>,
    /// The word of the ledger for what is kept.
    pub(super) decision: &'static str,
}

impl Intake {
    /// Opens the study: its row, its key, and `StoreBegun`, all durable before the first byte is
    /// sealed.
    pub(super) async fn open(&mut self, ctx: &Ctx, first: First<'_>) -> Result<(), Fault> {
        let identity = first.identity;
        let issuer = match identity.issuer.expose().as_str() {
            "" => first.issuer.clone(),
            issuer => issuer.to_owned(),
        };
        if let Some(open) = self.studies.get(&identity.study) {
            let same = open.patient_id == identity.patient_id && open.issuer == issuer;
            return if same { self.has_room(open.held) } else { Err(other_patient()) };
        }
        let catalog = &self.archive.catalog;
        let known = catalog.study_key_id(self.collection, &identity.study).await?;
        let (fresh, candidate) = match (known, &first.key) {
            (Some(_), _) => (None, None),
            (None, Some(key)) => (None, Some(key.clone())),
            (None, None) => {
                let (key, new) = self.fresh_key().await?;
                (Some(key), Some(new))
            }
        };
        let new = new_study(&first, issuer.clone(), self.collection);
        let mut tx = catalog.begin().await?;
        let opening = tx.open_study(&new, candidate.as_ref()).await?;
        let StudyOpening::Open { study, subject_key, instances } = opening else {
            return Err(other_patient());
        };
        self.has_room(instances)?;
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
                policy: first.decision,
                decision: first.decision,
            },
        )
        .await?;
        tx.commit().await?;
        let key = match fresh {
            Some(key) if key.id() == subject_key => key,
            Some(_) | None => catalog.subject_key(subject_key, ctx.now).await?,
        };
        self.studies.insert(
            identity.study.clone(),
            OpenStudy {
                id: study,
                collection: self.collection,
                key,
                access,
                patient_id: identity.patient_id.clone(),
                issuer,
                held: instances,
                stored: Vec::new(),
                already_held: 0,
                refused: 0,
            },
        );
        Ok(())
    }

    /// Whether a study of so many instances takes another one. What an earlier run left has been
    /// answered for already, and comes in.
    fn has_room(&self, instances: i64) -> Result<(), Fault> {
        let most = self.archive.study_limit;
        if instances < most || self.recovered {
            return Ok(());
        }
        Err(Fault::new(
            Reason::Full,
            format!(
                "its study holds {most} objects, which is the limit of one study; raise \
                 storage.study_limit if that is no mistake, and send again"
            ),
        ))
    }

    /// A new subject key, its wrapped form durable beside the blobs before anything is sealed
    /// under it: bucket and root key alone must open everything.
    async fn fresh_key(&self) -> Result<(Arc<SubjectKey>, NewKey), StorageError> {
        let (key, wrapped) = self.archive.ring.generate().await?;
        self.archive.vault.put_key_record(key.id(), &wrapped).await?;
        let id = key.id();
        Ok((key, NewKey { id, wrapped }))
    }
}

fn new_study(first: &First<'_>, issuer: String, collection: CollectionId) -> NewStudy {
    let First { identity, attributes, .. } = first;
    let text = |attribute| text(attributes, attribute);
    NewStudy {
        collection,
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
        received_at: first.received,
    }
}

fn other_patient() -> Fault {
    Fault::new(
        Reason::Conflict,
        "this Study Instance UID is held with another patient; correct the patient at the sender, \
         or send the study under a new UID",
    )
}
