//! What is known of the patient of a link to be made, and what a link may therefore not be.

use lightcase_accounts::Principal;
use lightcase_model::{Attribute, Factor, Level, Matching, Query, is_day};

use crate::{Deliver, NewLink, PlainText, Result, ShareError, Shares};

const NAMES_THE_PATIENT: &str = "The message has the patient's name or a number of theirs in it, and a mail must name no patient. \
     Leave it out, or copy the link instead of mailing it.";
const NO_BIRTH_DATE: &str = "The patient's date of birth is not known. Ask for another factor.";

impl Shares {
    /// Refuses a factor that nobody could prove, and a mail that would say whose images they are.
    pub(crate) async fn check_patient(&self, by: &Principal, new: &NewLink) -> Result<()> {
        let mailed = new.deliver != Deliver::Copy;
        if !mailed && !new.factors.contains(&Factor::BirthDate) {
            return Ok(());
        }
        let query = Query::at(Level::Study, u32::MAX).with(
            Attribute::StudyInstanceUID,
            Matching::Uids(new.studies.iter().map(|uid| uid.as_uid().clone()).collect()),
        );
        let found = self.catalog.find(&by.scope(), &query).await?.items;
        let unborn = found.iter().any(|each| !is_day(each.patient.birth_date.expose()));
        if new.factors.contains(&Factor::BirthDate) && unborn {
            return Err(ShareError::Malformed(NO_BIRTH_DATE));
        }
        let message = new.text()?.filter(|_| mailed);
        let words = found.iter().flat_map(|each| {
            let number = each.study.as_ref().map(|study| study.accession_number.expose().as_str());
            let patient = [&each.patient.name, &each.patient.patient_id];
            patient.map(|text| text.expose().as_str()).into_iter().chain(number)
        });
        match message {
            Some(message) if message.mentions(words) => {
                Err(ShareError::Malformed(NAMES_THE_PATIENT))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether a text has a part of one of these names in it.
pub(crate) fn names<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> bool {
    PlainText::parse(text).ok().flatten().is_some_and(|text| text.mentions(words))
}
