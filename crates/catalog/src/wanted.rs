//! What unique keys name, PS3.4 section C.2.2.1: patients, studies, series, instances.

use lightcase_model::{
    InstanceId, Level, Phi, Scope, SeriesUid, SopClassUid, SopInstanceUid, StudyId, StudyUid,
    TransferSyntaxUid,
};

use crate::filter::push_scope;
use crate::row::{stored, tables};
use crate::sql::{Bind, Sql};
use crate::{Catalog, Result};

/// Unique keys; an instance is wanted when all that are given fit it. Empty ones are not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// (0010,0020).
    pub patient_id: Option<Phi<String>>,
    /// (0010,0021).
    pub issuer: Option<String>,
    /// (0020,000D).
    pub studies: Vec<StudyUid>,
    /// (0020,000E).
    pub series: Vec<SeriesUid>,
    /// (0008,0018).
    pub instances: Vec<SopInstanceUid>,
}

/// An instance as it has to be known before its bytes are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Row.
    pub id: InstanceId,
    /// Study row.
    pub study: StudyId,
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0008,0018).
    pub sop_uid: SopInstanceUid,
    /// (0008,0016).
    pub sop_class: SopClassUid,
    /// The syntax it is held in.
    pub transfer_syntax: TransferSyntaxUid,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    study: i64,
    study_uid: String,
    sop_uid: String,
    sop_class: String,
    transfer_syntax: String,
}

impl Row {
    fn into_listed(self) -> Result<Listed> {
        Ok(Listed {
            id: InstanceId(self.id),
            study: StudyId(self.study),
            study_uid: stored(self.study_uid.parse(), "study UID")?,
            sop_uid: stored(self.sop_uid.parse(), "SOP instance UID")?,
            sop_class: stored(self.sop_class.parse(), "SOP class UID")?,
            transfer_syntax: stored(self.transfer_syntax.parse(), "transfer syntax")?,
        })
    }
}

impl Catalog {
    /// The instances that keys name and the scope shows, study by study, in the order of series
    /// and instance numbers, at most `limit`.
    pub async fn wanted(&self, scope: &Scope, wanted: &Wanted, limit: u32) -> Result<Vec<Listed>> {
        let mut sql = Sql::new(
            "SELECT i.id, i.study, st.study_uid, i.sop_uid, i.sop_class, i.transfer_syntax",
        );
        sql.push(tables(Level::Instance)).push(" WHERE ");
        push_scope(&mut sql, scope, Level::Instance);
        push_wanted(&mut sql, wanted);
        sql.push(" ORDER BY st.id, se.series_number, se.id, i.instance_number, i.id LIMIT ");
        sql.int(limit);
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_listed).collect()
    }
}

fn push_wanted(sql: &mut Sql, wanted: &Wanted) {
    let Wanted { patient_id, issuer, studies, series, instances } = wanted;
    if let Some(id) = patient_id {
        sql.push(" AND p.patient_id = ").text(id.expose().as_str());
    }
    if let Some(issuer) = issuer {
        sql.push(" AND p.issuer = ").text(issuer.as_str());
    }
    if !studies.is_empty() {
        let uids = studies.iter().map(|uid| Bind::Text(uid.to_string()));
        sql.push(" AND st.study_uid IN ").list(uids);
    }
    if !series.is_empty() {
        let uids = series.iter().map(|uid| Bind::Text(uid.to_string()));
        sql.push(" AND se.series_uid IN ").list(uids);
    }
    if !instances.is_empty() {
        let uids = instances.iter().map(|uid| Bind::Text(uid.to_string()));
        sql.push(" AND i.sop_uid IN ").list(uids);
    }
}
