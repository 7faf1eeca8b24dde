//! What is known of the patient of a link to be made, and what a link may therefore not be.

use lightcase_accounts::Principal;
use lightcase_catalog::{Match, Share};
use lightcase_model::{
    Attribute, CollectionId, Factor, Level, Matching, Query, Scope, Uid, is_day,
};

use crate::mention::Known;
use crate::{Deliver, NewLink, PlainText, Result, ShareError, Shares};

const NAMES_THE_PATIENT: &str = "The message has the patient's name or a number of theirs in it, and a mail must name no patient. \
     Leave it out, or copy the link instead of mailing it.";
const CLEAN_NAMES: &str = "The message or the purpose has the patient's name or a number of \
     theirs in it, and clean copies are of nobody who is named. Leave it out.";
const CLEAN_FOR: &str = "A recipient has the patient's family name or a number of theirs in the \
     name, and clean copies are of nobody who is named. Write who they are without it, or do not \
     share clean copies.";
const NO_BIRTH_DATE: &str = "The patient's date of birth is not known. Ask for another factor.";

impl Shares {
    /// Refuses a factor that nobody could prove, a mail that would say whose images they are, and
    /// clean copies beside words that would.
    pub(crate) async fn check_patient(&self, by: &Principal, new: &NewLink) -> Result<()> {
        let mailed = new.deliver != Deliver::Copy;
        let born = new.factors.contains(&Factor::BirthDate);
        if !mailed && !new.clean && !born {
            return Ok(());
        }
        let uids = new.studies.iter().map(|uid| uid.as_uid().clone()).collect();
        let found = self.studies_of(&by.scope(), uids).await?;
        if born && found.iter().any(|each| !is_day(each.patient.birth_date.expose())) {
            return Err(ShareError::Malformed(NO_BIRTH_DATE));
        }
        let (known, message) = (Known::of(&found), new.message.expose());
        if mailed && known.stands_in(message) {
            return Err(ShareError::Malformed(NAMES_THE_PATIENT));
        }
        if new.clean && [message, &new.purpose].into_iter().any(|text| known.stands_in(text)) {
            return Err(ShareError::Malformed(CLEAN_NAMES));
        }
        if new.clean && new.recipients.iter().any(|each| known.stands_in_name(each.name.expose())) {
            return Err(ShareError::Malformed(CLEAN_FOR));
        }
        Ok(())
    }

    /// The message of a link that is mailed again, unless it may say whose images they are: that of
    /// a link which was copied may, and of which patient clean copies or withdrawn studies are
    /// cannot be told.
    pub(crate) async fn message_to_mail(&self, share: &Share) -> Result<Option<PlainText>> {
        let Ok(Some(message)) = PlainText::parse(share.message.expose()) else { return Ok(None) };
        let studies = self.catalog.share_studies(share.id).await?;
        let uids = studies.iter().map(|study| study.study_uid.as_uid().clone()).collect();
        let found = self.studies_of(&Scope::archive(), uids).await?;
        let told = found.len() == studies.len() && !Known::of(&found).stands_in(message.as_str());
        Ok((told && share.collection == CollectionId::ARCHIVE).then_some(message))
    }

    /// What the archive holds of these studies.
    async fn studies_of(&self, scope: &Scope, uids: Vec<Uid>) -> Result<Vec<Match>> {
        let query = Query::at(Level::Study, u32::MAX)
            .with(Attribute::StudyInstanceUID, Matching::Uids(uids));
        Ok(self.catalog.find(scope, &query).await?.items)
    }
}
