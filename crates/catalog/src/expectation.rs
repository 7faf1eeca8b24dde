//! Expectations: a row for each signal of how many instances there are to be.

use lightcase_model::{SeriesId, StudyId};

use crate::{Result, Tx};

/// The source of what storage commitment says; its name is that of the commitment's id.
pub(crate) const STORAGE_COMMITMENT: &str = "StorageCommitment";

/// A signal of how many instances there are to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What says so: a keyword of PS3.6, or the name of a service.
    pub source: &'static str,
    /// Tells several of a source apart: an acquisition, a concatenation, a transaction; may be
    /// empty.
    pub name: String,
    /// Whether it is about the study as a whole, not about one series.
    pub whole_study: bool,
    /// How many.
    pub expected: i64,
}

impl Tx {
    /// Notes a signal together with `received` more instances that belong to it. Where a source
    /// says several numbers, the largest stands. The caller's change is on record already.
    pub async fn expect(
        &mut self,
        study: StudyId,
        series: SeriesId,
        new: &Expectation,
        received: i64,
    ) -> Result<()> {
        let series = if new.whole_study { 0 } else { series.0 };
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO expectation (study, series, source, name, expected, received) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (study, series, source, name) \
                 DO UPDATE SET received = expectation.received + $6, expected = \
                 CASE WHEN $5 > expectation.expected THEN $5 ELSE expectation.expected END",
            )
            .bind(study.0).bind(series).bind(new.source).bind(new.name.as_str())
            .bind(new.expected).bind(received)
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }
}
