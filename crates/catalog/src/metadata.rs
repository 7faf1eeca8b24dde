//! Metadata documents of held instances, within a scope.

use lightcase_model::{Level, Scope, SeriesId, SeriesUid, SopInstanceUid, StudyId};

use crate::held::push_selection;
use crate::row::{stored, tables};
use crate::sql::Sql;
use crate::{Catalog, Result, Selection};

/// The metadata of one instance.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Series row, for the audit of the read.
    pub series: SeriesId,
    /// Study row.
    pub study: StudyId,
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// (0008,0018).
    pub sop_uid: SopInstanceUid,
    /// Deflated DICOM JSON.
    pub document: Vec<u8>,
}

impl Catalog {
    /// The metadata documents of a selection that the scope shows, in the order of series and
    /// instance numbers.
    pub async fn metadata(&self, scope: &Scope, selection: &Selection) -> Result<Vec<Metadata>> {
        let mut sql = Sql::new("SELECT i.series, i.study, se.series_uid, i.sop_uid, m.document");
        sql.push(tables(Level::Instance));
        sql.push(" JOIN instance_metadata m ON m.instance = i.id WHERE ");
        push_selection(&mut sql, scope, selection);
        sql.push(" ORDER BY se.series_number, se.id, i.instance_number, i.id");
        let rows: Vec<(i64, i64, String, String, Vec<u8>)> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter()
            .map(|(series, study, series_uid, sop_uid, document)| {
                Ok(Metadata {
                    series: SeriesId(series),
                    study: StudyId(study),
                    series_uid: stored(series_uid.parse(), "series UID")?,
                    sop_uid: stored(sop_uid.parse(), "SOP instance UID")?,
                    document,
                })
            })
            .collect()
    }
}
