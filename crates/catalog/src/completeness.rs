//! The completeness ledger: what was received of each series and study, what is expected by real
//! signals, and whether somebody is storing into it. Silence is no signal.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_model::{Level, Scope, SeriesUid, StudyId, StudyUid};

use crate::expectation::STORAGE_COMMITMENT;
use crate::filter::push_scope;
use crate::row::{stored, tables};
use crate::sql::{Bind, Sql};
use crate::{Catalog, Result};

/// Which studies are asked about.
#[derive(Debug, Clone, Copy)]
pub enum Studies<'a> {
    /// This one.
    Uid(&'a StudyUid),
    /// These.
    Ids(&'a [StudyId]),
    /// So many that came last.
    Newest(u32),
}

/// What is known of a study's completeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// Row.
    pub study: StudyId,
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// Instances and what is expected, over all series in sight.
    pub count: Count,
    /// Whether an association or request that stores into it is open.
    pub arriving: bool,
    /// Signals about the study as a whole.
    pub signals: Vec<Signal>,
    /// Its series.
    pub series: Vec<SeriesCompleteness>,
}

/// What is known of a series' completeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesCompleteness {
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// Instances and what is expected.
    pub count: Count,
    /// Whether an association or request that stored into it is still open.
    pub arriving: bool,
    /// Its signals.
    pub signals: Vec<Signal>,
}

/// Received and expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Instances held.
    pub received: i64,
    /// How many there are to be, by the strictest signal; `None` without any signal.
    pub expected: Option<i64>,
}

impl Count {
    /// How many are known to be missing.
    pub fn missing(self) -> i64 {
        self.expected.map_or(0, |expected| expected.saturating_sub(self.received).max(0))
    }

    fn with_missing(received: i64, missing: Option<i64>) -> Self {
        Self { received, expected: missing.map(|missing| received.saturating_add(missing)) }
    }
}

/// One signal and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What says so: a keyword of PS3.6, or the name of a service.
    pub source: String,
    /// Which of several of that source; may be empty.
    pub name: String,
    /// Instances that belong to it.
    pub received: i64,
    /// How many it expects.
    pub expected: i64,
}

#[derive(sqlx::FromRow)]
struct SeriesRow {
    st_id: i64,
    st_uid: String,
    se_id: i64,
    se_uid: String,
    se_instances: i64,
}

#[derive(sqlx::FromRow)]
struct ExpectationRow {
    study: i64,
    series: i64,
    source: String,
    name: String,
    expected: i64,
    received: i64,
}

/// Instance numbers of a series: how many different ones, the first, the last.
#[derive(sqlx::FromRow)]
struct Numbers {
    series: i64,
    different: i64,
    first: i64,
    last: i64,
}

impl Numbers {
    /// Numbers between the first and the last that nobody has. A series that uses few of its
    /// numbers counts in another way, and says nothing.
    fn gaps(&self) -> i64 {
        let span = self.last.saturating_sub(self.first).saturating_add(1);
        let gaps = span.saturating_sub(self.different);
        if gaps > self.different { 0 } else { gaps.max(0) }
    }
}

/// Everything that was read of the studies in question.
struct Found {
    series: Vec<SeriesRow>,
    expectations: Vec<ExpectationRow>,
    gaps: BTreeMap<i64, i64>,
    arriving_studies: BTreeSet<i64>,
    arriving_series: BTreeSet<i64>,
    /// Whether whole studies are in sight, so that their own signals may be told.
    whole: bool,
}

impl Catalog {
    /// The completeness of studies, as far as the scope shows them, in the order of their rows,
    /// newest first.
    pub async fn completeness(
        &self,
        scope: &Scope,
        studies: Studies<'_>,
    ) -> Result<Vec<Completeness>> {
        let series = self.series_in_question(scope, studies).await?;
        let ids: BTreeSet<i64> = series.iter().map(|row| row.st_id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let whole = match scope {
            Scope::All(_) => true,
            Scope::Grants(_) | Scope::Nothing => false,
        };
        let gaps = self.gaps(&series).await?;
        let mut expectations = self.expectations(&ids).await?;
        self.recount(&mut expectations).await?;
        let (arriving_studies, arriving_series) = self.arriving(&ids).await?;
        let found = Found { series, expectations, gaps, arriving_studies, arriving_series, whole };
        ids.iter().rev().map(|id| found.study(*id)).collect()
    }

    async fn series_in_question(
        &self,
        scope: &Scope,
        studies: Studies<'_>,
    ) -> Result<Vec<SeriesRow>> {
        let mut sql = Sql::new(
            "SELECT st.id AS st_id, st.study_uid AS st_uid, se.id AS se_id, \
             se.series_uid AS se_uid, se.instances AS se_instances",
        );
        sql.push(tables(Level::Series)).push(" WHERE ");
        push_scope(&mut sql, scope, Level::Series);
        match studies {
            Studies::Uid(uid) => {
                sql.push(" AND st.study_uid = ").text(uid.as_str());
            }
            Studies::Ids(ids) => {
                sql.push(" AND st.id IN ").list(ids.iter().map(|id| Bind::Int(id.0)));
            }
            Studies::Newest(limit) => {
                sql.push(" AND st.id IN (SELECT id FROM study WHERE instances > 0 ");
                sql.push("AND withdrawn_at = 0 ORDER BY id DESC LIMIT ").int(limit).push(")");
            }
        }
        sql.push(" AND se.instances > 0 ORDER BY se.series_number, se.id");
        Ok(on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        }))
    }

    async fn gaps(&self, series: &[SeriesRow]) -> Result<BTreeMap<i64, i64>> {
        let mut sql = Sql::new(
            "SELECT series, COUNT(DISTINCT instance_number) AS different, \
             MIN(instance_number) AS first, MAX(instance_number) AS last FROM instance \
             WHERE instance_number > 0 AND series IN ",
        );
        sql.list(series.iter().map(|row| Bind::Int(row.se_id))).push(" GROUP BY series");
        let rows: Vec<Numbers> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        Ok(rows.iter().map(|row| (row.series, row.gaps())).collect())
    }

    async fn expectations(&self, studies: &BTreeSet<i64>) -> Result<Vec<ExpectationRow>> {
        let mut sql = Sql::new(
            "SELECT study, series, source, name, expected, received FROM expectation \
             WHERE study IN ",
        );
        sql.list(studies.iter().map(|id| Bind::Int(*id))).push(" ORDER BY source, name");
        Ok(on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        }))
    }

    /// What a commitment missed may have come since.
    async fn recount(&self, expectations: &mut [ExpectationRow]) -> Result<()> {
        for row in expectations {
            if row.source == STORAGE_COMMITMENT && row.received < row.expected {
                let id = stored(row.name.parse(), "commitment id")?;
                row.received = self.held_of_commitment(id).await?;
            }
        }
        Ok(())
    }

    /// Studies with a store access that has a beginning and no end, and the series with instances
    /// of one.
    async fn arriving(&self, studies: &BTreeSet<i64>) -> Result<(BTreeSet<i64>, BTreeSet<i64>)> {
        let mut sql = Sql::new("SELECT b.study, b.access FROM audit_event b WHERE b.study IN ");
        sql.list(studies.iter().map(|id| Bind::Int(*id)));
        sql.push(" AND b.name = 'store_begun' AND NOT EXISTS (SELECT 1 FROM audit_event e ");
        sql.push("WHERE e.access = b.access AND e.name = 'store_ended')");
        let open: Vec<(i64, Vec<u8>)> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        if open.is_empty() {
            return Ok((BTreeSet::new(), BTreeSet::new()));
        }
        let mut sql = Sql::new("SELECT DISTINCT series FROM instance WHERE store_access IN ");
        sql.list(open.iter().map(|(_, access)| Bind::Bytes(access.clone())));
        let series: Vec<i64> = on_engine!(self, pools => {
            bound!(sqlx::query_scalar, sql).fetch_all(&pools.read).await?
        });
        Ok((open.into_iter().map(|(study, _)| study).collect(), series.into_iter().collect()))
    }
}

impl Found {
    fn study(&self, id: i64) -> Result<Completeness> {
        let rows: Vec<&SeriesRow> = self.series.iter().filter(|row| row.st_id == id).collect();
        let uid = rows.first().map(|row| row.st_uid.as_str()).unwrap_or_default();
        let study_uid = stored(StudyUid::parse(uid), "study UID")?;
        let series = rows.iter().map(|row| self.one(row)).collect::<Result<Vec<_>>>()?;
        let received = series.iter().map(|each| each.count.received).sum();
        let mut signals = if self.whole { self.signals(id, 0) } else { Vec::new() };
        for signal in &mut signals {
            // A commitment names its instances; other counts are about all there are.
            if signal.source != STORAGE_COMMITMENT {
                signal.received = received;
            }
        }
        // Who asks for some has not said that these are all: it counts while some are missing.
        let counts = |signal: &&Signal| {
            signal.source != STORAGE_COMMITMENT || signal.received < signal.expected
        };
        let whole = signals
            .iter()
            .filter(counts)
            .map(|signal| signal.expected.saturating_sub(signal.received).max(0));
        let known = series.iter().filter(|each| each.count.expected.is_some());
        let known: Vec<i64> = known.map(|each| each.count.missing()).collect();
        let parts = (!known.is_empty()).then(|| known.iter().sum());
        Ok(Completeness {
            study: StudyId(id),
            study_uid,
            count: Count::with_missing(received, whole.chain(parts).max()),
            arriving: if self.whole {
                self.arriving_studies.contains(&id)
            } else {
                series.iter().any(|each| each.arriving)
            },
            signals,
            series,
        })
    }

    fn one(&self, row: &SeriesRow) -> Result<SeriesCompleteness> {
        let received = row.se_instances;
        let mut signals = self.signals(row.st_id, row.se_id);
        // Such a count is about all instances, also about those that do not carry it.
        for signal in &mut signals {
            if matches!(signal.source.as_str(), "NumberOfSeriesRelatedInstances" | "NumberOfSlices")
            {
                signal.received = received;
            }
        }
        let gaps = self.gaps.get(&row.se_id).copied().filter(|gaps| *gaps > 0);
        signals.extend(gaps.map(|gaps| Signal {
            source: "InstanceNumber".to_owned(),
            name: String::new(),
            received,
            expected: received.saturating_add(gaps),
        }));
        let mut missing: BTreeMap<&str, i64> = BTreeMap::new();
        for signal in &signals {
            let sum = missing.entry(signal.source.as_str()).or_default();
            *sum = sum.saturating_add(self.missing(row.st_id, signal));
        }
        Ok(SeriesCompleteness {
            series_uid: stored(SeriesUid::parse(&row.se_uid), "series UID")?,
            count: Count::with_missing(received, missing.values().max().copied()),
            arriving: self.arriving_series.contains(&row.se_id),
            signals,
        })
    }

    fn signals(&self, study: i64, series: i64) -> Vec<Signal> {
        let of_it = |row: &&ExpectationRow| row.study == study && row.series == series;
        let signal = |row: &ExpectationRow| Signal {
            source: row.source.clone(),
            name: row.name.clone(),
            received: row.received,
            expected: row.expected,
        };
        self.expectations.iter().filter(of_it).map(signal).collect()
    }

    /// An acquisition may make several series, and its count then means all of them: it is whole
    /// when they have it together.
    fn missing(&self, study: i64, signal: &Signal) -> i64 {
        let of_it = |row: &&ExpectationRow| {
            row.study == study && row.source == signal.source && row.name == signal.name
        };
        let together = self.expectations.iter().filter(of_it).map(|row| row.received).sum::<i64>();
        if signal.source == "ImagesInAcquisition" && together == signal.expected {
            return 0;
        }
        signal.expected.saturating_sub(signal.received).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check((different, first, last): (i64, i64, i64), gaps: i64) {
        assert_eq!(Numbers { series: 1, different, first, last }.gaps(), gaps, "{first}..{last}");
    }

    #[test]
    fn gaps_are_numbers_nobody_has() {
        check((188, 1, 188), 0);
        check((187, 1, 188), 1);
        check((1, 40, 40), 0);
        check((2, 1, 3), 1);
        // Numbered by hundreds, or by a counter of the machine.
        check((3, 100, 300), 0);
        check((2, 1, i64::MAX), 0);
        check((1, i64::MIN, i64::MAX), 0);
    }
}
