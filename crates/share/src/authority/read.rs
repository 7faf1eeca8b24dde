//! Reading records. Whoever reads one is on record.

use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_model::{AuthorisationId, Ctx, StudyUid};

use super::may_handle;
use crate::{Authorisation, Result, Shares};

impl Shares {
    /// The records of the patient of a study in the caller's sight, newest first.
    pub async fn authorisations(
        &self,
        ctx: &Ctx,
        by: &Principal,
        study: &StudyUid,
    ) -> Result<Vec<Authorisation>> {
        may_handle(by)?;
        let (patient, study) = self.patient_of(by, study).await?;
        let mut shown = Vec::new();
        for record in self.catalog.authorisations_of(patient, ctx.now).await? {
            shown.push(self.shown(record, ctx.now).await?);
        }
        if !shown.is_empty() {
            let authorisations = shown.iter().map(|each| each.id).collect();
            let event = Event::AuthorisationRead { authorisations, study, what: "list" };
            self.catalog.record(ctx, event).await?;
        }
        Ok(shown)
    }

    /// One record.
    pub async fn authorisation(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AuthorisationId,
    ) -> Result<Authorisation> {
        let record = self.record_of(by, id, ctx.now).await?;
        let (authorisations, study) = (vec![id], record.study);
        let shown = self.shown(record, ctx.now).await?;
        let event = Event::AuthorisationRead { authorisations, study, what: "record" };
        self.catalog.record(ctx, event).await?;
        Ok(shown)
    }
}
