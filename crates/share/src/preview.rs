//! What a recipient will see, before anything is made.

use std::collections::BTreeMap;

use lightcase_accounts::Principal;
use lightcase_catalog::Studies;
use lightcase_model::{Attribute, Ctx, Level, Matching, Phi, Query, SeriesId, Timestamp};

use crate::authority::is_meant;
use crate::create::Chosen;
use crate::notice::sentences;
use crate::shown::studies;
use crate::{Deliver, LinkMail, MailText, NewLink, Result, SharedStudy, Shares};

/// What the sender of a link should know before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// No link was ever made for an address of this domain.
    NewDomain,
    /// The recipient is not the Referring Physician (0008,0090) of a study.
    NotReferrer,
    /// The authorisation that links are made under does not name the recipient.
    NotInRecord,
    /// Whoever has the link sees the images.
    NoFactor,
    /// A study is still arriving, and what comes later will not belong to the link.
    Arriving,
}

impl WarningKind {
    /// The word of the API and the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewDomain => "newDomain",
            Self::NotReferrer => "notReferrer",
            Self::NotInRecord => "notInRecord",
            Self::NoFactor => "noFactor",
            Self::Arriving => "arriving",
        }
    }
}

/// A warning, and about whom.
#[derive(Debug, Clone)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// The recipient, unless it is about all.
    pub recipient: Option<Phi<String>>,
    /// A sentence.
    pub detail: &'static str,
}

/// What the recipient of a link will see.
#[derive(Debug, Clone)]
pub struct Preview {
    /// (0010,0010), unless clean copies are lent.
    pub patient_name: Option<Phi<String>>,
    /// Studies and their series.
    pub studies: Vec<SharedStudy>,
    /// Instances of all series; of clean copies those that are held or refused will be left out.
    pub images: u64,
    /// Length of their files in bytes.
    pub bytes: u64,
    /// The notice, for the first recipient.
    pub notice: Vec<String>,
    /// The mail that brings the link, when it is mailed; the link stands as dots.
    pub mail: Option<MailText>,
    /// What the sender should know.
    pub warnings: Vec<Warning>,
}

impl Shares {
    /// What recipients of such a link will see; makes nothing. Of clean copies descriptions and
    /// dates are left out, since they are made when the link is.
    ///
    /// # Errors
    /// As [`Shares::create`].
    pub async fn preview(&self, ctx: &Ctx, by: &Principal, new: &NewLink) -> Result<Preview> {
        self.check(ctx, by, new).await?;
        let chosen = self.choose(by, new).await?;
        self.carried(ctx, new, &chosen).await?;
        let warnings = self.warnings(by, new, ctx.now).await?;
        let sizes: BTreeMap<SeriesId, (i64, i64)> =
            self.catalog.series_sizes(&chosen.iter().flat_map(Chosen::series).collect()).await?;
        let query = Query::at(Level::Series, u32::MAX).with(
            Attribute::StudyInstanceUID,
            Matching::Uids(new.studies.iter().map(|uid| uid.as_uid().clone()).collect()),
        );
        let mut found = self.catalog.find(&by.scope(), &query).await?.items;
        found.retain(|each| each.series.as_ref().is_some_and(|each| sizes.contains_key(&each.id)));
        let patient_name = found.first().map(|first| first.patient.name.clone());
        let frames = sizes.iter().map(|(series, (frames, _))| (*series, *frames)).collect();
        let images =
            found.iter().filter_map(|each| each.series.as_ref()).map(|each| each.instances);
        let images = images.sum::<i64>();
        let mut studies = studies(found, &frames);
        if new.clean {
            for study in &mut studies {
                study.description.clear();
                study.study_date.clear();
                for series in &mut study.series {
                    series.description.clear();
                }
            }
        }
        let first = new.recipients.first().map(|each| each.name.expose().as_str());
        Ok(Preview {
            patient_name: patient_name.filter(|_| !new.clean),
            studies,
            images: u64::try_from(images).unwrap_or(0),
            bytes: u64::try_from(sizes.values().map(|(_, bytes)| bytes).sum::<i64>()).unwrap_or(0),
            notice: sentences(
                new.language,
                new.authority,
                (&by.name, first.unwrap_or_default(), new.purpose.trim()),
                new.expires,
            ),
            mail: Self::preview_mail(by, new, ctx.now)?,
            warnings,
        })
    }

    /// The mail as the first recipient gets it.
    fn preview_mail(by: &Principal, new: &NewLink, now: Timestamp) -> Result<Option<MailText>> {
        let (Deliver::Mail { base }, Some(first)) = (&new.deliver, new.recipients.first()) else {
            return Ok(None);
        };
        let Some(to) = &first.email else { return Ok(None) };
        let message = new.text()?;
        let mail = LinkMail {
            to,
            url: &format!("{}/s#\u{2026}", base.trim_end_matches('/')),
            sender: &by.name,
            starts: new.starts.filter(|starts| *starts > now),
            expires: new.expires,
            factors: &new.factors,
            message: message.as_ref(),
            language: new.language,
        };
        Ok(Some(mail.text()))
    }

    /// What the sender should know of these links.
    pub(crate) async fn warnings(
        &self,
        by: &Principal,
        new: &NewLink,
        now: Timestamp,
    ) -> Result<Vec<Warning>> {
        let mut warnings = Vec::new();
        if new.factors.is_empty() {
            warnings.push(Warning {
                kind: WarningKind::NoFactor,
                recipient: None,
                detail: "Whoever gets hold of the link sees the images.",
            });
        }
        if !new.live && self.are_arriving(by, new).await? {
            warnings.push(Warning {
                kind: WarningKind::Arriving,
                recipient: None,
                detail: "Images of this study are still arriving. Those that come later will not \
                         belong to the link.",
            });
        }
        let query = Query::at(Level::Study, 100).with(
            Attribute::StudyInstanceUID,
            Matching::Uids(new.studies.iter().map(|uid| uid.as_uid().clone()).collect()),
        );
        let found = self.catalog.find(&by.scope(), &query).await?.items;
        let referrers: Vec<String> = found
            .into_iter()
            .filter_map(|each| each.study)
            .map(|study| study.referring_physician.into_exposed())
            .collect();
        let meant = self.meant(new.authority, now).await?;
        for recipient in &new.recipients {
            if let Some(email) = &recipient.email
                && !self.catalog.domain_known(email.domain()).await?
            {
                warnings.push(Warning {
                    kind: WarningKind::NewDomain,
                    recipient: Some(recipient.name.clone()),
                    detail: "No link was ever made for an address of this domain. Is it spelled \
                             right?",
                });
            }
            if !referrers.iter().all(|referrer| is_referrer(recipient.name.expose(), referrer)) {
                warnings.push(Warning {
                    kind: WarningKind::NotReferrer,
                    recipient: Some(recipient.name.clone()),
                    detail: "The recipient is not the referring physician of this study.",
                });
            }
            if meant.as_ref().is_some_and(|meant| !is_meant(recipient, meant)) {
                warnings.push(Warning {
                    kind: WarningKind::NotInRecord,
                    recipient: Some(recipient.name.clone()),
                    detail: "The authorisation does not name this recipient. Did the patient mean \
                             them?",
                });
            }
        }
        Ok(warnings)
    }
}

impl Shares {
    async fn are_arriving(&self, by: &Principal, new: &NewLink) -> Result<bool> {
        for uid in &new.studies {
            let found = self.catalog.completeness(&by.scope(), Studies::Uid(uid)).await?;
            if found.iter().any(|study| study.arriving) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the family name of a PN stands in a name as somebody wrote it, without case.
fn is_referrer(written: &str, referrer: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|each: char| !each.is_alphanumeric());
        parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let family = referrer.split(['^', '=']).next().unwrap_or_default();
    let (written, family) = (words(written), words(family));
    !family.is_empty() && family.iter().all(|word| written.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, referrer: &str, same: bool) {
        assert_eq!(is_referrer(written, referrer), same, "{written} {referrer}");
    }

    #[test]
    fn a_referrer_is_known_by_the_family_name() {
        check("Dr. Jane Roe", "ROE^JANE^^DR", true);
        check("Dr. Max von der Au", "von der Au^Max", true);
        check("Praxis M\u{fc}ller", "M\u{dc}LLER^Eva", true);
        check("Dr. Jane Roe", "Doe^Jane", false);
        check("Dr. Jane Roe", "", false);
        check("", "Roe", false);
    }
}
