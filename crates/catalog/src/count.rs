//! Counts: how many series and instances of a match the scope shows, and of which modalities.

use std::collections::HashMap;

use lightcase_model::{Level, Scope};

use crate::filter::push_scope;
use crate::row::tables;
use crate::sql::{Bind, Sql};
use crate::{Catalog, Match, Result};

/// Rows that are named in one statement, below the bind limit of both engines.
const NAMED: usize = 10_000;

#[derive(Default)]
struct Counts {
    series: i64,
    instances: i64,
    modalities: Vec<String>,
}

impl Catalog {
    /// Fills what is counted rather than stored: of the patients at their level, of the studies
    /// below it.
    pub(crate) async fn count(
        &self,
        scope: &Scope,
        level: Level,
        items: &mut [Match],
    ) -> Result<()> {
        if level == Level::Patient {
            self.count_patients(scope, items).await
        } else {
            self.count_studies(scope, items).await
        }
    }

    async fn count_studies(&self, scope: &Scope, items: &mut [Match]) -> Result<()> {
        let mut studies: Vec<i64> =
            items.iter().filter_map(|each| each.study.as_ref()).map(|study| study.id.0).collect();
        studies.sort_unstable();
        studies.dedup();
        let mut counts: HashMap<i64, Counts> = HashMap::new();
        for chunk in studies.chunks(NAMED) {
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

    async fn count_patients(&self, scope: &Scope, items: &mut [Match]) -> Result<()> {
        let mut counts: HashMap<i64, (i64, i64, i64)> = HashMap::new();
        for chunk in items.chunks(NAMED) {
            // Only then both engines give the sum as 64 bits.
            let mut sql = Sql::new(
                "SELECT st.patient, COUNT(DISTINCT st.id), COUNT(*), \
                 CAST(SUM(se.instances) AS BIGINT)",
            );
            sql.push(tables(Level::Series)).push(" WHERE st.patient IN ");
            sql.list(chunk.iter().map(|each| Bind::Int(each.patient.id.0))).push(" AND ");
            push_scope(&mut sql, scope, Level::Series);
            sql.push(" GROUP BY st.patient");
            let rows: Vec<(i64, i64, i64, i64)> = on_engine!(self, pools => {
                bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
            });
            counts
                .extend(rows.into_iter().map(|(patient, studies, series, images)| {
                    (patient, (studies, series, images))
                }));
        }
        for patient in items.iter_mut().map(|each| &mut each.patient) {
            if let Some((studies, series, instances)) = counts.get(&patient.id.0) {
                (patient.studies, patient.series, patient.instances) =
                    (*studies, *series, *instances);
            }
        }
        Ok(())
    }
}
