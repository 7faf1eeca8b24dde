//! A link as it is asked for, and the limits it has to keep.

use std::time::Duration;

use lightcase_model::{May, Phi, SeriesUid, StudyUid, Timestamp};

use crate::{Result, ShareError};

/// A link lives at most so long.
pub const MAX_LIFETIME: Duration = Duration::from_hours(90 * 24);
/// A link can be opened from at most so many browsers.
pub const MAX_USES: u32 = 1000;
const MAX_STUDIES: usize = 100;
const MAX_SERIES: usize = 5000;
const MAX_RECIPIENT: usize = 200;
/// The one purpose that needs no authority beside the treating doctor's own.
pub(crate) const TREATMENT: &str = "treatment";

/// A link as it is asked for.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Studies of one patient.
    pub studies: Vec<StudyUid>,
    /// Only these series of them; `None` is every series they have now.
    pub series: Option<Vec<SeriesUid>>,
    /// Who it is for: one link per recipient, named.
    pub recipient: Phi<String>,
    /// What it is for: `treatment`.
    pub purpose: String,
    /// What may be done.
    pub may: May,
    /// When it ends, at most 90 days ahead.
    pub expires: Timestamp,
    /// How many browsers may open it, 1 to 1000.
    pub max_uses: u32,
    /// Whether a passcode is asked for.
    pub passcode: bool,
    /// Whether clean copies are lent out instead of what the archive holds. What may show a name
    /// in its pixels is left out then.
    pub clean: bool,
}

impl NewLink {
    /// Refuses what no link may be, whoever asks.
    pub(crate) fn check(&self, now: Timestamp) -> Result<()> {
        let recipient = self.recipient.expose().trim();
        let wrong = if self.studies.is_empty() {
            "No study is named. Choose at least one."
        } else if self.studies.len() > MAX_STUDIES {
            "More than 100 studies are named. Make several links."
        } else if self.series.as_ref().is_some_and(Vec::is_empty) {
            "The list of series is empty. Choose at least one, or leave the list out to share \
             whole studies."
        } else if self.series.as_ref().is_some_and(|series| series.len() > MAX_SERIES) {
            "More than 5000 series are named. Share whole studies, or make several links."
        } else if recipient.is_empty() {
            "The recipient is empty. Write who the link is for."
        } else if recipient.chars().count() > MAX_RECIPIENT {
            "The recipient is longer than 200 characters."
        } else if recipient.chars().any(char::is_control) {
            "The recipient has a control character."
        } else if self.purpose != TREATMENT {
            "The purpose is unknown. Links can be made for \"treatment\"."
        } else if self.expires <= now {
            "The link would have ended already. Choose a later end."
        } else if self.expires > now.plus(MAX_LIFETIME) {
            "The link would live longer than 90 days. Choose an earlier end."
        } else if self.max_uses == 0 {
            "The link could never be opened. Allow at least one use."
        } else if self.max_uses > MAX_USES {
            "The link could be opened more than 1000 times. Allow fewer uses."
        } else {
            return Ok(());
        };
        Err(ShareError::Malformed(wrong))
    }
}
