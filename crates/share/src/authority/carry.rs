//! Whether an authority carries a link.

use std::time::Duration;

use lightcase_audit::Event;
use lightcase_catalog::{Standing, Tx};
use lightcase_model::{Authority, Ctx, Day, PatientId, ShareId, Timestamp};

use crate::{AuthorisationFault, NewLink, Result, Shares};

impl Shares {
    /// Refuses a link that its authority does not carry, before anything is made for it.
    /// Treatment and the patient's own access need no record.
    ///
    /// # Errors
    /// [`AuthorisationFault`]: there is no such record, it is revoked or expired, it is another
    /// patient's, or the link would outlive it.
    pub async fn authority_of(
        &self,
        wanted: Authority,
        patient: PatientId,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        if let Some(record) = wanted.record() {
            let standing = self.catalog.begin().await?.hold_authorisation(record).await?;
            carries(standing, Some(patient), expires, now)?;
        }
        Ok(())
    }
}

/// Refuses the same in the transaction that makes the link, and records by what right it is made.
/// Nobody revokes the record before the link is there.
pub(crate) async fn authorise(
    tx: &mut Tx,
    ctx: &Ctx,
    share: ShareId,
    (new, patient): (&NewLink, PatientId),
) -> Result<()> {
    let version = match new.authority.record() {
        None => None,
        Some(record) => {
            let standing = tx.hold_authorisation(record).await?;
            Some(carries(standing, Some(patient), new.expires, ctx.now)?.version)
        }
    };
    let event = Event::ShareAuthorised {
        share,
        authority: new.authority.name(),
        authorisation: new.authority.record(),
        version,
    };
    tx.record(ctx, event).await?;
    Ok(())
}

/// Refuses to let a link that is there last longer than its authority, in the transaction that
/// moves its end.
pub(crate) async fn may_last(
    tx: &mut Tx,
    authority: Authority,
    expires: Timestamp,
    now: Timestamp,
) -> Result<()> {
    if let Some(record) = authority.record() {
        let standing = tx.hold_authorisation(record).await?;
        carries(standing, None, expires, now)?;
    }
    Ok(())
}

/// The day that ends then.
fn last_day(end: Timestamp) -> Day {
    Day::of(end.minus(Duration::from_micros(1)))
}

/// What the record allows, if it carries a link to this patient's images that ends then.
fn carries(
    standing: Option<Standing>,
    patient: Option<PatientId>,
    expires: Timestamp,
    now: Timestamp,
) -> Result<Standing, AuthorisationFault> {
    let standing = standing.ok_or(AuthorisationFault::Unknown)?;
    if patient.is_some_and(|patient| patient != standing.patient) {
        return Err(AuthorisationFault::AnotherPatient);
    }
    if standing.revoked {
        return Err(AuthorisationFault::Revoked);
    }
    match standing.expires_at {
        Some(end) if end <= now => Err(AuthorisationFault::Expired),
        Some(end) if expires > end => Err(AuthorisationFault::Outlived(last_day(end))),
        Some(_) | None => Ok(standing),
    }
}
