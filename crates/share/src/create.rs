//! Making a link.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_accounts::{Principal, Secret};
use lightcase_archive::LENT_SERIES;
use lightcase_audit::Event;
use lightcase_catalog::{NewShare, Tx};
use lightcase_model::{
    Attribute, CollectionId, Ctx, Factor, Level, Matching, PatientId, Permission, Phi, ProjectName,
    ProjectNameError, Query, SeriesId, ShareId, StudyId, StudyUid,
};

use crate::authority::authorise;
use crate::deliver::Terms;
use crate::{
    Deliver, NewLink, Passcode, Recipient, Result, SecretLink, ShareError, ShareView, Shares,
    Warning,
};

/// A link shows at most so many series: they are named one by one in statements and grants.
const MAX_SERIES: u32 = 20_000;

/// A link that was made, with what is shown this once.
#[derive(Debug)]
pub struct Created {
    /// The link.
    pub share: ShareView,
    /// The fragment of its address.
    pub link: SecretLink,
    /// Its passcode.
    pub passcode: Option<Passcode>,
}

/// Links that were made, one for each recipient.
#[derive(Debug)]
pub struct Made {
    /// In the order of the recipients.
    pub links: Vec<Created>,
    /// Objects that are left out of clean copies: they wait for somebody to look at them, or cannot
    /// be cleaned.
    pub left_out: u64,
    /// What the sender should know.
    pub warnings: Vec<Warning>,
}

/// A study of the link to be made.
pub(crate) struct Chosen {
    patient: PatientId,
    study: StudyId,
    series: BTreeSet<SeriesId>,
}

impl Chosen {
    pub(crate) fn series(&self) -> impl Iterator<Item = SeriesId> {
        self.series.iter().copied()
    }
}

/// What is granted.
struct Granted {
    collection: CollectionId,
    studies: Vec<(StudyId, BTreeSet<SeriesId>)>,
    /// What clean copies were made of.
    sources: BTreeSet<StudyId>,
    left_out: u64,
}

impl Granted {
    fn of_archive(chosen: &[Chosen]) -> Self {
        let studies = chosen.iter().map(|each| (each.study, each.series.clone())).collect();
        let (collection, sources) = (CollectionId::ARCHIVE, BTreeSet::new());
        Self { collection, studies, sources, left_out: 0 }
    }
}

impl Shares {
    /// Makes links to what `by` may see, one for each recipient, all or none, recorded. Series are
    /// frozen, unless later arrivals are to belong to it: a study stands for the series it has now.
    ///
    /// # Errors
    /// `NotPermitted` without [`Permission::Share`]; `FactorNeeded` for links without a factor
    /// without [`Permission::ShareWithoutFactor`]; `Malformed` when a limit is not kept;
    /// `NotFound` when a study or series does not exist or is out of sight;
    /// [`crate::AuthorisationFault`] when the authorisation does not carry them.
    pub async fn create(&self, ctx: &Ctx, by: &Principal, new: NewLink) -> Result<Made> {
        self.check(ctx, by, &new).await?;
        let chosen = self.choose(by, &new).await?;
        let patient = self.carried(ctx, &new, &chosen).await?;
        let warnings = self.warnings(by, &new, ctx.now).await?;
        let message = new.text()?;
        let mut granted = Vec::with_capacity(new.recipients.len());
        for _ in &new.recipients {
            let id = ShareId::random();
            // Copies of two links cannot be told to be of one patient, so each link has its own.
            let lent = if new.clean {
                self.copies(ctx, id, &chosen).await?
            } else {
                Granted::of_archive(&chosen)
            };
            granted.push((id, lent));
        }
        let left_out = granted.first().map_or(0, |(_, lent)| lent.left_out);
        let mut tx = self.catalog.begin().await?;
        let mut made = Vec::with_capacity(granted.len());
        for (recipient, (id, lent)) in new.recipients.iter().zip(&granted) {
            let (link, passcode) = add(&mut tx, ctx, by, (&new, recipient, lent, *id)).await?;
            authorise(&mut tx, ctx, *id, (&new, patient)).await?;
            if let (Deliver::Mail { base }, Some(to)) = (&new.deliver, &recipient.email) {
                let terms = Terms {
                    to,
                    sender: &by.name,
                    starts: new.starts,
                    expires: new.expires,
                    factors: &new.factors,
                    message: message.as_ref(),
                    language: new.language,
                };
                self.mail_link(&mut tx, ctx, &link, (base, terms)).await?;
            }
            made.push((link, passcode));
        }
        tx.commit().await?;
        let mut links = Vec::with_capacity(made.len());
        for (link, passcode) in made {
            let share = self.view_of(link.share, ctx.now).await?.ok_or(ShareError::NotFound)?;
            links.push(Created { share, link, passcode });
        }
        Ok(Made { links, left_out, warnings })
    }

    /// Whether `by` may make such links at all.
    pub(crate) async fn check(&self, ctx: &Ctx, by: &Principal, new: &NewLink) -> Result<()> {
        if !by.may(Permission::Share) {
            return Err(ShareError::NotPermitted(Permission::Share));
        }
        if new.factors.is_empty() && !by.may(Permission::ShareWithoutFactor) {
            return Err(ShareError::FactorNeeded);
        }
        new.check(ctx.now)?;
        self.check_patient(by, new).await?;
        if new.deliver != Deliver::Copy || new.factors.contains(&Factor::Email) {
            self.mail()?;
        }
        if new.factors.contains(&Factor::Account) {
            for email in new.recipients.iter().filter_map(|each| each.email.as_ref()) {
                if self.account_of(email.expose()).await?.is_none() {
                    return Err(ShareError::Malformed(
                        "A recipient has no account under this address. Ask an administrator to \
                         make one, or choose another factor.",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Whose images were chosen, if the authority carries links to them.
    pub(crate) async fn carried(
        &self,
        ctx: &Ctx,
        new: &NewLink,
        chosen: &[Chosen],
    ) -> Result<PatientId> {
        let patient = chosen.first().map(|each| each.patient).ok_or(ShareError::NotFound)?;
        self.authority_of(new.authority, patient, new.expires, ctx.now).await?;
        Ok(patient)
    }

    /// Clean copies of what was chosen, in a project of this link alone.
    async fn copies(&self, ctx: &Ctx, share: ShareId, chosen: &[Chosen]) -> Result<Granted> {
        let name = ProjectName::parse(&format!("share-{share}"));
        let name = name.map_err(|_error: ProjectNameError| ShareError::NotFound)?;
        let series = chosen.iter().flat_map(Chosen::series).collect();
        let lent = Box::pin(self.archive.lend_copies(ctx, &name, &series)).await?;
        if lent.studies.is_empty() {
            return Err(ShareError::Malformed(
                "None of these images can be lent out as a clean copy before somebody has looked \
                 at them. They wait on the page Review.",
            ));
        }
        Ok(Granted {
            collection: lent.collection,
            studies: lent.studies.into_iter().collect(),
            sources: chosen.iter().map(|each| each.study).collect(),
            left_out: lent.held.saturating_add(lent.refused),
        })
    }

    /// The studies and series that are named, all of them in sight, of one patient.
    pub(crate) async fn choose(&self, by: &Principal, new: &NewLink) -> Result<Vec<Chosen>> {
        let named: BTreeSet<&StudyUid> = new.studies.iter().collect();
        let mut missing: BTreeSet<&str> =
            new.series.iter().flatten().map(lightcase_model::SeriesUid::as_str).collect();
        let wanted = new.series.is_some().then(|| missing.clone());
        let mut chosen = Vec::with_capacity(named.len());
        let mut total = 0_usize;
        for study in named {
            let series = self.series_in_sight(by, study).await?;
            let (patient, study) =
                series.keys().next().map(|first| (first.0, first.1)).ok_or(ShareError::NotFound)?;
            let mut granted = BTreeSet::new();
            for ((.., id), uid) in &series {
                if wanted.as_ref().is_none_or(|wanted| wanted.contains(uid.as_str())) {
                    granted.insert(*id);
                    missing.remove(uid.as_str());
                }
            }
            if granted.is_empty() {
                return Err(ShareError::NotFound);
            }
            total = total.saturating_add(granted.len());
            check_amount(total, new.clean)?;
            chosen.push(Chosen { patient, study, series: granted });
        }
        if !missing.is_empty() {
            return Err(ShareError::NotFound);
        }
        let patients: BTreeSet<PatientId> = chosen.iter().map(|each| each.patient).collect();
        if patients.len() > 1 {
            return Err(ShareError::Malformed(
                "The studies belong to different patients. Make one link for each patient.",
            ));
        }
        Ok(chosen)
    }

    async fn series_in_sight(
        &self,
        by: &Principal,
        study: &StudyUid,
    ) -> Result<BTreeMap<(PatientId, StudyId, SeriesId), String>> {
        let query = Query::at(Level::Series, MAX_SERIES)
            .with(Attribute::StudyInstanceUID, Matching::Uids(vec![study.as_uid().clone()]));
        let page = self.catalog.find(&by.scope(), &query).await?;
        if page.more {
            return Err(ShareError::Malformed("The study has more than 20000 series."));
        }
        let series = page.items.into_iter().filter_map(|each| {
            let (study, series) = (each.study?, each.series?);
            Some(((each.patient.id, study.id, series.id), series.series_uid.to_string()))
        });
        Ok(series.collect())
    }
}

/// Refuses more series than a link shows, or lends copies of.
fn check_amount(series: usize, clean: bool) -> Result<()> {
    let series = u32::try_from(series).unwrap_or(u32::MAX);
    if clean && series > LENT_SERIES {
        return Err(ShareError::Malformed(
            "A link lends out clean copies of at most 5000 series. Choose fewer, or make several \
             links.",
        ));
    }
    if series > MAX_SERIES {
        return Err(ShareError::Malformed(
            "A link shows at most 20000 series. Choose fewer, or make several links.",
        ));
    }
    Ok(())
}

/// Adds one link and records it.
async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    by: &Principal,
    (new, recipient, granted, id): (&NewLink, &Recipient, &Granted, ShareId),
) -> Result<(SecretLink, Option<Passcode>)> {
    let link = SecretLink { share: id, secret: Secret::random() };
    let passcode = new.factors.contains(&Factor::Passcode).then(Passcode::random);
    let email = recipient.email.as_ref().map(|email| Phi::new(email.expose().to_owned()));
    let whole = new.series.is_none();
    let grants = granted.studies.iter().map(|(study, series)| (*study, series.clone(), whole));
    let share = NewShare {
        id,
        collection: granted.collection,
        secret_hash: link.secret.hash(),
        passcode_verifier: passcode.as_ref().map(|each| each.verifier(&link.secret)),
        recipient: Phi::new(recipient.name.expose().trim().to_owned()),
        email: email.clone().unwrap_or_else(|| Phi::new(String::new())),
        factors: new.factors.clone(),
        message: new.message.clone(),
        language: new.language,
        live: new.live,
        purpose: new.purpose.trim().to_owned(),
        authority: new.authority,
        may: new.may,
        created_by: by.account,
        shared_by: by.name.clone(),
        created_at: ctx.now,
        starts_at: new.starts,
        expires_at: new.expires,
        max_uses: new.max_uses,
        grants: grants.collect(),
        sources: granted.sources.clone(),
    };
    tx.add_share(&share).await?;
    let created = Event::ShareCreated {
        share: id,
        studies: share.grants.iter().map(|(study, ..)| *study).collect(),
        may: share.may,
        expires: share.expires_at,
        max_uses: share.max_uses,
        factors: share.factors.iter().map(|each| each.name()).collect(),
        recipient: share.recipient.clone(),
        reason: Some(Phi::new(share.purpose.clone())),
    };
    tx.record(ctx, created).await?;
    let described = Event::ShareDescribed {
        share: id,
        starts: share.starts_at,
        live: share.live,
        clean: new.clean,
        language: share.language,
        email,
    };
    tx.record(ctx, described).await?;
    Ok((link, passcode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_shows_so_many_series_and_lends_fewer() {
        let check = |series: usize, clean: bool, word: &str| {
            let refused = check_amount(series, clean).err();
            let said = refused.map(|error| error.to_string()).unwrap_or_default();
            assert!(said.is_empty() == word.is_empty() && said.contains(word), "{series}: {said}");
        };
        check(5_000, true, "");
        check(5_001, true, "5000");
        check(5_001, false, "");
        check(20_000, false, "");
        check(20_001, false, "20000");
        check(usize::MAX, true, "5000");
    }
}
