//! Adoption of one object: the chain of ingest over a blob that no row names.

use std::sync::Arc;

use lightcase_catalog::{NewClean, NewKey};
use lightcase_model::{Ctx, Timestamp};

use super::decide::{Decision, decide};
use super::index::{Noted, index};
use super::intake::sentence;
use super::open_study::First;
use super::other_syntax::{Settled, settle};
use super::reread::{Blob, reread};
use super::validate::validate;
use super::{Intake, Received, discard};
use crate::clean::OpenProject;
use crate::refusal::{Fault, Reason};

/// What became of a blob that the chain has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adopted {
    /// A row names it.
    Rows,
    /// The same instance is held in another blob; this one was removed.
    Surplus,
}

/// An object of the store, as adoption hands it over.
pub(crate) struct Found {
    pub(crate) blob: Blob,
    pub(crate) wrapped: NewKey,
    /// Its ingest record's.
    pub(crate) issuer: String,
    /// Its ingest record's.
    pub(crate) received: Timestamp,
    /// What was done to it, where it is a clean copy.
    pub(crate) clean: Option<NewClean>,
    /// The project that is to have a clean copy of it.
    pub(crate) copied_into: Option<Arc<OpenProject>>,
    pub(crate) body: Received,
}

impl Intake {
    /// Takes a blob through the chain without sealing it anew.
    pub(crate) async fn adopt(&mut self, ctx: &Ctx, found: Found) -> Result<Adopted, Fault> {
        let Found { blob, wrapped, issuer, received, clean, copied_into, body } = found;
        let validated =
            validate(body, self.archive.rooms.room()).await.map_err(|failed| failed.fault)?;
        let uid = validated.identity.study.clone();
        let first = First {
            identity: &validated.identity,
            attributes: validated.scanner.attributes(),
            issuer,
            received,
            key: Some(wrapped),
            decision: Decision::Keep.name(),
        };
        self.open(ctx, first).await?;
        let Some(open) = self.studies.get_mut(&uid) else {
            return Err(Fault::new(Reason::IndexDown, "the study could not be opened"));
        };
        let chain = async {
            let stored = reread(decide(validated, Decision::Keep), &blob).await?;
            let project = copied_into.as_ref().map(|project| project.row.id);
            let noted = Noted { received, clean, copied_into: project };
            let outcome = index(noted, &self.archive.catalog, &stored, open).await?;
            let outcome = settle(&self.archive, outcome, &stored, open).await?;
            Ok((outcome, stored.scan.identity.sop_instance))
        };
        match Box::pin(chain).await {
            Ok((Settled::Indexed, instance)) => {
                open.stored.push(instance);
                Ok(Adopted::Rows)
            }
            Ok((Settled::AlreadyHeld(instance), sop)) => {
                open.already_held = open.already_held.saturating_add(1);
                if let Some(project) = &copied_into {
                    self.archive.order_copy((instance, &sop), project, received).await?;
                }
                discard(&self.archive, blob.object.object).await;
                Ok(Adopted::Surplus)
            }
            Ok((Settled::Conflict(conflict), _)) => {
                open.refused = open.refused.saturating_add(1);
                Err(Fault::new(Reason::Conflict, sentence(conflict)))
            }
            Err(fault) => {
                open.refused = open.refused.saturating_add(1);
                Err(fault)
            }
        }
    }
}
