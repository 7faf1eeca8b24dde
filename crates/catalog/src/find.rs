//! Find: the matches of a query within a scope.

use std::collections::HashMap;

use lightcase_model::{Level, Page, Query, Scope};

use crate::filter::{push_keys, push_scope};
use crate::row::{
    INSTANCE, InstanceRow, PATIENT, PatientRow, SERIES, STUDY, SeriesRow, StudyRow, tables,
};
use crate::sql::{Bind, Sql};
use crate::{Catalog, Match, Result};

impl Catalog {
    /// The matches of `query` that `scope` shows. Studies and patients are ordered newest and
    /// alphabetically first, series and instances by their number.
    pub async fn find(&self, scope: &Scope, query: &Query) -> Result<Page<Match>> {
        let sql = select(scope, query);
        let mut items: Vec<Match> = on_engine!(self, pools => match query.level {
            Level::Patient => bound!(sqlx::query_as::<_, PatientRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(|row| Ok(row.into_match())).collect::<Result<_>>()?,
            Level::Study => bound!(sqlx::query_as::<_, StudyRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(StudyRow::into_match).collect::<Result<_>>()?,
            Level::Series => bound!(sqlx::query_as::<_, SeriesRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(SeriesRow::into_match).collect::<Result<_>>()?,
            Level::Instance => bound!(sqlx::query_as::<_, InstanceRow>, sql)
                .fetch_all(&pools.read).await?
                .into_iter().map(InstanceRow::into_match).collect::<Result<_>>()?,
        });
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        if query.level != Level::Patient {
            self.count(scope, &mut items).await?;
        }
        Ok(Page { items, more })
    }

    /// Fills counts and modalities of the studies from the series that the scope shows.
    pub(crate) async fn count(&self, scope: &Scope, items: &mut [Match]) -> Result<()> {
        let mut studies: Vec<i64> =
            items.iter().filter_map(|each| each.study.as_ref()).map(|study| study.id.0).collect();
        studies.sort_unstable();
        studies.dedup();
        let mut counts: HashMap<i64, Counts> = HashMap::new();
        // Below the bind limit of both engines.
        for chunk in studies.chunks(10_000) {
            let mut sql = Sql::new("SELECT se.study, se.modality, se.instances");
            sql.push(tables(Level::Series)).push(" WHERE se.study IN ");
            sql.list(chunk.iter().map(|id| Bind::Int(*id))).push(" AND ");
            push_scope(&mut sql, scope, Level::Series);
            let rows: Vec<(i64, String, i64)> = on_engine!(self, pools => {
                bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
            });
            for (study, modality, instances) in rows {
                let each = counts.entry(study).or_default();
                each.series += 1;
                each.instances += instances;
                if !modality.is_empty() && !each.modalities.contains(&modality) {
                    each.modalities.push(modality);
                }
            }
        }
        for study in items.iter_mut().filter_map(|each| each.study.as_mut()) {
            if let Some(each) = counts.get(&study.id.0) {
                study.series = each.series;
                study.instances = each.instances;
                study.modalities.clone_from(&each.modalities);
                study.modalities.sort_unstable();
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Counts {
    series: i64,
    instances: i64,
    modalities: Vec<String>,
}

fn select(scope: &Scope, query: &Query) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(PATIENT);
    if query.level >= Level::Study {
        sql.push(STUDY);
    }
    if query.level >= Level::Series {
        sql.push(SERIES);
    }
    if query.level >= Level::Instance {
        sql.push(INSTANCE);
    }
    sql.push(tables(query.level)).push(" WHERE ");
    if query.level == Level::Patient {
        sql.push("EXISTS (SELECT 1 FROM study st WHERE st.patient = p.id AND ");
        push_scope(&mut sql, scope, query.level);
        sql.push(")");
    } else {
        push_scope(&mut sql, scope, query.level);
    }
    push_keys(&mut sql, &query.keys, query.level, query.fuzzy, scope);
    sql.push(match query.level {
        Level::Patient => " ORDER BY p.name_folded, p.id",
        Level::Study => " ORDER BY st.study_date DESC, st.study_time DESC, st.id DESC",
        Level::Series => " ORDER BY st.study_date DESC, st.id DESC, se.series_number, se.id",
        Level::Instance => {
            " ORDER BY st.study_date DESC, st.id DESC, se.series_number, se.id, i.instance_number, i.id"
        }
    });
    // One more than asked for tells whether there are more.
    sql.push(" LIMIT ").int(i64::from(query.limit) + 1);
    sql.push(" OFFSET ").int(query.offset);
    sql
}
