//! What a download holds, within a scope.

use std::collections::HashMap;

use futures::TryStreamExt;
use lightcase_model::{InstanceId, Level, Scope};

use crate::filter::push_scope;
use crate::held::{LOCATION, LocationRow};
use crate::row::{INSTANCE, InstanceRow, PATIENT, SERIES, STUDY, tables};
use crate::sql::{Bind, Sql};
use crate::{
    Catalog, InstanceAttributes, Location, Match, PatientAttributes, Result, SeriesAttributes,
    StudyAttributes,
};

/// Rows that are named in one statement, below the bind limit of both engines.
const NAMED: usize = 1_000;

/// A study with what the scope shows of it.
#[derive(Debug, Clone)]
pub struct HeldStudy {
    /// Whose it is.
    pub patient: PatientAttributes,
    /// Its attributes; nothing is counted.
    pub study: StudyAttributes,
    /// At least one.
    pub series: Vec<HeldSeries>,
}

/// A series with what the scope shows of it.
#[derive(Debug, Clone)]
pub struct HeldSeries {
    /// Its attributes; nothing is counted.
    pub series: SeriesAttributes,
    /// At least one.
    pub instances: Vec<HeldInstance>,
}

/// An instance and where its bytes are.
#[derive(Debug, Clone)]
pub struct HeldInstance {
    /// Its attributes.
    pub instance: InstanceAttributes,
    /// Where its bytes are.
    pub location: Location,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    found: InstanceRow,
    #[sqlx(flatten)]
    location: LocationRow,
}

impl Catalog {
    /// Everything that the scope shows, study by study, by date and number. Rows play no part in
    /// the order, so that it is the same after the index was built anew.
    pub async fn held_studies(&self, scope: &Scope) -> Result<Vec<HeldStudy>> {
        let mut sql = Sql::new("SELECT ");
        sql.push(PATIENT).push(STUDY).push(SERIES).push(INSTANCE).push(LOCATION);
        sql.push(tables(Level::Instance)).push(" WHERE ");
        push_scope(&mut sql, scope, Level::Instance);
        sql.push(
            " ORDER BY st.study_date, st.study_uid, st.collection, se.series_number, \
             se.series_uid, i.instance_number, i.sop_uid",
        );
        let mut studies = Vec::new();
        on_engine!(self, pools => {
            let mut rows = bound!(sqlx::query_as::<_, Row>, sql).fetch(&pools.read);
            while let Some(row) = rows.try_next().await? {
                push(&mut studies, row)?;
            }
        });
        Ok(studies)
    }

    /// Deflated DICOM JSON of instances that the scope shows.
    pub async fn documents(
        &self,
        scope: &Scope,
        instances: &[InstanceId],
    ) -> Result<HashMap<InstanceId, Vec<u8>>> {
        let mut documents = HashMap::with_capacity(instances.len());
        for chunk in instances.chunks(NAMED) {
            let mut sql = Sql::new("SELECT i.id, m.document");
            sql.push(tables(Level::Instance));
            sql.push(" JOIN instance_metadata m ON m.instance = i.id WHERE ");
            push_scope(&mut sql, scope, Level::Instance);
            sql.push(" AND i.id IN ").list(chunk.iter().map(|id| Bind::Int(id.0)));
            let rows: Vec<(i64, Vec<u8>)> = on_engine!(self, pools => {
                bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
            });
            documents.extend(rows.into_iter().map(|(id, document)| (InstanceId(id), document)));
        }
        Ok(documents)
    }
}

/// Adds a row to the study and series it is of, which are the last ones when they are there.
fn push(studies: &mut Vec<HeldStudy>, row: Row) -> Result<()> {
    let location = row.location.into_location()?;
    let Match { patient, study: Some(study), series: Some(series), instance: Some(instance) } =
        row.found.into_match()?
    else {
        return Ok(());
    };
    let held = HeldInstance { instance, location };
    let known = studies.last_mut().filter(|last| last.study.id == study.id);
    let Some(known) = known else {
        let series = vec![HeldSeries { series, instances: vec![held] }];
        studies.push(HeldStudy { patient, study, series });
        return Ok(());
    };
    match known.series.last_mut().filter(|last| last.series.id == series.id) {
        Some(last) => last.instances.push(held),
        None => known.series.push(HeldSeries { series, instances: vec![held] }),
    }
    Ok(())
}
