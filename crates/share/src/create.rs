//! Making a link.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_accounts::{Principal, Secret};
use lightcase_audit::Event;
use lightcase_catalog::NewShare;
use lightcase_model::{
    Attribute, CollectionId, Ctx, Level, Matching, PatientId, Permission, Phi, ProjectName,
    ProjectNameError, Query, SeriesId, ShareId, StudyId, StudyUid,
};

use crate::{NewLink, Passcode, Result, SecretLink, ShareError, ShareView, Shares};

/// A study has fewer series than this, or is not shared.
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
    /// Objects that are left out of clean copies: they wait for somebody to look at them, or cannot
    /// be cleaned.
    pub left_out: u64,
}

/// A study of the link to be made.
struct Chosen {
    patient: PatientId,
    study: StudyId,
    series: BTreeSet<SeriesId>,
}

/// What is granted.
struct Granted {
    collection: CollectionId,
    studies: Vec<(StudyId, BTreeSet<SeriesId>)>,
    left_out: u64,
}

impl Granted {
    fn of_archive(chosen: Vec<Chosen>) -> Self {
        let studies = chosen.into_iter().map(|each| (each.study, each.series)).collect();
        Self { collection: CollectionId::ARCHIVE, studies, left_out: 0 }
    }
}

impl Shares {
    /// Makes a link to what `by` may see, recorded. Series are frozen: a study stands for the
    /// series it has now.
    ///
    /// # Errors
    /// `NotPermitted` without [`Permission::Share`]; `FactorNeeded` for a link without a passcode
    /// without [`Permission::ShareWithoutFactor`]; `Malformed` when a limit is not kept;
    /// `NotFound` when a study or series does not exist or is out of sight.
    pub async fn create(&self, ctx: &Ctx, by: &Principal, new: NewLink) -> Result<Created> {
        if !by.may(Permission::Share) {
            return Err(ShareError::NotPermitted(Permission::Share));
        }
        if !new.passcode && !by.may(Permission::ShareWithoutFactor) {
            return Err(ShareError::FactorNeeded);
        }
        new.check(ctx.now)?;
        let chosen = self.choose(by, &new).await?;
        let link = SecretLink { share: ShareId::random(), secret: Secret::random() };
        let chosen = if new.clean {
            self.copies(ctx, link.share, chosen).await?
        } else {
            Granted::of_archive(chosen)
        };
        let passcode = new.passcode.then(Passcode::random);
        let whole = new.series.is_none();
        let share = NewShare {
            id: link.share,
            collection: chosen.collection,
            secret_hash: link.secret.hash(),
            passcode_verifier: passcode.as_ref().map(|each| each.verifier(&link.secret)),
            recipient: Phi::new(new.recipient.expose().trim().to_owned()),
            purpose: new.purpose,
            may: new.may,
            created_by: by.account,
            shared_by: by.name.clone(),
            created_at: ctx.now,
            expires_at: new.expires,
            max_uses: new.max_uses,
            grants: chosen
                .studies
                .into_iter()
                .map(|(study, series)| (study, series, whole))
                .collect(),
        };
        let event = Event::ShareCreated {
            share: share.id,
            studies: share.grants.iter().map(|(study, ..)| *study).collect(),
            may: share.may,
            expires: share.expires_at,
            max_uses: share.max_uses,
            factors: if new.passcode { vec!["passcode"] } else { Vec::new() },
            recipient: share.recipient.clone(),
            reason: Some(Phi::new(share.purpose.clone())),
        };
        let mut tx = self.catalog.begin().await?;
        tx.add_share(&share).await?;
        tx.record(ctx, event).await?;
        tx.commit().await?;
        let share = self.view_of(share.id, ctx.now).await?.ok_or(ShareError::NotFound)?;
        Ok(Created { share, link, passcode, left_out: chosen.left_out })
    }

    /// Clean copies of what was chosen, in a project of this link alone.
    async fn copies(&self, ctx: &Ctx, share: ShareId, chosen: Vec<Chosen>) -> Result<Granted> {
        let name = ProjectName::parse(&format!("share-{share}"));
        let name = name.map_err(|_error: ProjectNameError| ShareError::NotFound)?;
        let series = chosen.into_iter().flat_map(|each| each.series).collect();
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
            left_out: lent.held.saturating_add(lent.refused),
        })
    }

    /// The studies and series that are named, all of them in sight, of one patient.
    async fn choose(&self, by: &Principal, new: &NewLink) -> Result<Vec<Chosen>> {
        let named: BTreeSet<&StudyUid> = new.studies.iter().collect();
        let mut missing: BTreeSet<&str> =
            new.series.iter().flatten().map(lightcase_model::SeriesUid::as_str).collect();
        let wanted = new.series.is_some().then(|| missing.clone());
        let mut chosen = Vec::with_capacity(named.len());
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
