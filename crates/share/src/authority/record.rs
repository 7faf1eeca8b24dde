//! Recording an authorisation, and recording it anew.

use lightcase_accounts::Principal;
use lightcase_audit::Event;
use lightcase_catalog::{NewAuthorisation, NewTerms, Tx};
use lightcase_model::{AuthorisationId, Ctx, Phi, StudyUid, Timestamp};

use super::may_handle;
use crate::{Authorisation, AuthorisationFault, Result, ShareError, Shares, Terms};

impl Shares {
    /// Records what a form says, for the patient of a study in the caller's sight.
    ///
    /// # Errors
    /// `NotPermitted` without [`lightcase_model::Permission::Share`]; `NotFound` when the study is
    /// not there or out of sight; [`AuthorisationFault`] names what is missing.
    pub async fn record_authorisation(
        &self,
        ctx: &Ctx,
        by: &Principal,
        study: &StudyUid,
        terms: Terms,
    ) -> Result<Authorisation> {
        may_handle(by)?;
        let terms = terms.tidied();
        terms.check(ctx.now)?;
        let (patient, study) = self.patient_of(by, study).await?;
        let id = AuthorisationId::random();
        let new = NewAuthorisation { id, patient, study, terms: written(&terms, ctx, by) };
        let mut tx = self.catalog.begin().await?;
        tx.add_authorisation(&new).await?;
        let event = Event::AuthorisationRecorded {
            authorisation: id,
            study,
            expires: new.terms.expires_at,
            recipient: Phi::new(terms.recipient),
            reason: Phi::new(terms.purpose),
        };
        tx.record(ctx, event).await?;
        tx.commit().await?;
        let record = self.catalog.authorisation(id, ctx.now).await?;
        self.shown(record.ok_or(ShareError::NotFound)?, ctx.now).await
    }

    /// Records a new version; the old ones stay. Links that would outlive it end with its last day
    /// from then on, in the same transaction.
    ///
    /// # Errors
    /// As [`Self::record_authorisation`]; `NotFound` when there is no such record;
    /// [`AuthorisationFault`] also when it is revoked, or the study is another patient's.
    pub async fn change_authorisation(
        &self,
        ctx: &Ctx,
        by: &Principal,
        id: AuthorisationId,
        (study, terms): (&StudyUid, Terms),
    ) -> Result<Authorisation> {
        let record = self.record_of(by, id, ctx.now).await?;
        let terms = terms.tidied();
        terms.check(ctx.now)?;
        // A study that was withdrawn since still names the patient it named.
        if *study != record.study_uid && self.patient_of(by, study).await?.0 != record.patient {
            return Err(AuthorisationFault::StudyOfAnotherPatient.into());
        }
        let new = written(&terms, ctx, by);
        let mut tx = self.catalog.begin().await?;
        let version = tx.change_authorisation(id, &new).await?;
        let event = Event::AuthorisationChanged {
            authorisation: id,
            study: record.study,
            version: version.ok_or(AuthorisationFault::Closed)?,
            expires: new.expires_at,
            recipient: Phi::new(terms.recipient),
            reason: Phi::new(terms.purpose),
        };
        tx.record(ctx, event).await?;
        if let Some(end) = new.expires_at {
            shorten(&mut tx, ctx, id, end).await?;
        }
        tx.commit().await?;
        let record = self.record_of(by, id, ctx.now).await?;
        self.shown(record, ctx.now).await
    }
}

fn written(terms: &Terms, ctx: &Ctx, by: &Principal) -> NewTerms {
    NewTerms {
        terms: terms.to_bytes(),
        expires_at: terms.expires_at(),
        recorded_at: ctx.now,
        recorded_by: by.name.clone(),
    }
}

/// No link outlives its authority, and none is cut short without a record of it.
async fn shorten(
    tx: &mut Tx,
    ctx: &Ctx,
    authorisation: AuthorisationId,
    to: Timestamp,
) -> Result<()> {
    for (share, from) in tx.links_under(authorisation, to).await? {
        tx.set_share_expiry(share, to).await?;
        tx.record(ctx, Event::ShareShortened { share, authorisation, from, to }).await?;
    }
    Ok(())
}
