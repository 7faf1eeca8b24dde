//! What is known of the patient of a link to be made, and what a link may therefore not be.

use std::collections::BTreeSet;

use lightcase_accounts::Principal;
use lightcase_catalog::{Match, Share};
use lightcase_model::{
    Attribute, CollectionId, Factor, Level, Matching, Query, Scope, SeriesId, SeriesUid, Uid,
    is_day,
};

use crate::body_part::BodyParts;
use crate::mention::Known;
use crate::spelling::is_blank;
use crate::{Deliver, NewLink, PlainText, Result, ShareError, Shares};

const NAMES_THE_PATIENT: &str = "The message has the patient's name or a number of theirs in it, and a mail must name no patient. \
     Leave it out, or copy the link instead of mailing it.";
const NAMES_THE_PART: &str = "The message names a part of the body that the images show, and a \
     mail must name none. Leave it out, or copy the link instead of mailing it.";
const CLEAN_NAMES: &str = "The message or the purpose has the patient's name or a number of \
     theirs in it, and clean copies are of nobody who is named. Leave it out.";
const CLEAN_FOR: &str = "A recipient has the patient's family name or a number of theirs in the \
     name, and clean copies are of nobody who is named. Write who they are without it, or do not \
     share clean copies.";
const NO_BIRTH_DATE: &str = "The patient's date of birth is not known. Ask for another factor.";

impl Shares {
    /// Refuses a factor that nobody could prove, a mail that would say whose images they are or
    /// which part of the body they show, and clean copies beside words that would say whose.
    pub(crate) async fn check_patient(&self, by: &Principal, new: &NewLink) -> Result<()> {
        let mailed = new.deliver != Deliver::Copy;
        let born = new.factors.contains(&Factor::BirthDate);
        if !mailed && !new.clean && !born {
            return Ok(());
        }
        let uids: Vec<Uid> = new.studies.iter().map(|uid| uid.as_uid().clone()).collect();
        let found = self.found(&by.scope(), Level::Study, uids.clone()).await?;
        if born && found.iter().any(|each| !is_day(each.patient.birth_date.expose())) {
            return Err(ShareError::Malformed(NO_BIRTH_DATE));
        }
        let (known, message) = (Known::of(&found), new.message.expose());
        if mailed && known.stands_in(message) {
            return Err(ShareError::Malformed(NAMES_THE_PATIENT));
        }
        if mailed && !is_blank(message) {
            let mut shared = self.found(&by.scope(), Level::Series, uids).await?;
            if let Some(chosen) = &new.series {
                let chosen: BTreeSet<&SeriesUid> = chosen.iter().collect();
                shared.retain(|each| {
                    each.series.as_ref().is_some_and(|series| chosen.contains(&series.series_uid))
                });
            }
            if BodyParts::of(&shared).stand_in(message) {
                return Err(ShareError::Malformed(NAMES_THE_PART));
            }
        }
        if new.clean && [message, &new.purpose].into_iter().any(|text| known.stands_in(text)) {
            return Err(ShareError::Malformed(CLEAN_NAMES));
        }
        if new.clean && new.recipients.iter().any(|each| known.stands_in_name(each.name.expose())) {
            return Err(ShareError::Malformed(CLEAN_FOR));
        }
        Ok(())
    }

    /// The message of a link that is mailed again, unless it may say whose images they are or names
    /// a part of the body that they show: that of a link which was copied may, and of which patient
    /// clean copies or withdrawn studies are cannot be told.
    pub(crate) async fn message_to_mail(&self, share: &Share) -> Result<Option<PlainText>> {
        let Ok(Some(message)) = PlainText::parse(share.message.expose()) else { return Ok(None) };
        let studies = self.catalog.share_studies(share.id).await?;
        let uids: Vec<Uid> = studies.iter().map(|study| study.study_uid.as_uid().clone()).collect();
        let found = self.found(&Scope::archive(), Level::Study, uids.clone()).await?;
        let mut shared = self.found(&Scope::archive(), Level::Series, uids).await?;
        let granted: BTreeSet<SeriesId> =
            studies.iter().flat_map(|study| &study.series).map(|(id, _)| *id).collect();
        shared
            .retain(|each| each.series.as_ref().is_some_and(|series| granted.contains(&series.id)));
        let told = found.len() == studies.len()
            && !Known::of(&found).stands_in(message.as_str())
            && !BodyParts::of(&shared).stand_in(message.as_str());
        Ok((told && share.collection == CollectionId::ARCHIVE).then_some(message))
    }

    /// What the archive holds of these studies, at a level.
    async fn found(&self, scope: &Scope, level: Level, uids: Vec<Uid>) -> Result<Vec<Match>> {
        let query =
            Query::at(level, u32::MAX).with(Attribute::StudyInstanceUID, Matching::Uids(uids));
        Ok(self.catalog.find(scope, &query).await?.items)
    }
}
