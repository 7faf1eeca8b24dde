//! Sources: the studies of the archive of which a link's clean copies were made. Its grants name
//! the copies, so what becomes of the originals is looked up here.

use lightcase_model::{Phi, ShareId, StudyUid};

use crate::row::stored;
use crate::sql::Sql;
use crate::{Catalog, Result};

/// A study of the archive of which a link's clean copies were made, as its owner reads it.
#[derive(Debug, Clone)]
pub struct ShareSource {
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0010,0010).
    pub patient_name: Phi<String>,
    /// (0008,1030).
    pub description: String,
    /// (0008,0020).
    pub study_date: String,
}

/// Whether none of the studies of which a link's clean copies were made is withdrawn: copies are
/// lent as one, and one that must not be seen closes the link.
macro_rules! sources_in_sight {
    ($share:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM share_source o JOIN study so ON so.id = o.study \
             WHERE o.share = ",
            $share,
            " AND so.withdrawn_at <> 0)"
        )
    };
}

/// Whether a link shows anything: not all its studies are withdrawn, nor any of its sources.
macro_rules! in_sight {
    ($share:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM share_grant g JOIN study st ON st.id = g.study \
             WHERE g.share = ",
            $share,
            " AND st.withdrawn_at = 0) AND ",
            $crate::share_source::sources_in_sight!($share)
        )
    };
}

pub(crate) use {in_sight, sources_in_sight};

/// Narrows links `s` to those that show anything of some studies, or clean copies of it. The
/// condition is on a study `st` and its patient `p`, and ends where a value follows.
pub(crate) fn push_of_studies(sql: &mut Sql, condition: &'static str, value: &str) {
    sql.push(
        " AND s.id IN (SELECT g.share FROM share_grant g JOIN study st ON st.id = g.study \
         JOIN patient p ON p.id = st.patient WHERE ",
    );
    sql.push(condition).text(value);
    sql.push(
        " UNION SELECT o.share FROM share_source o JOIN study st ON st.id = o.study \
         JOIN patient p ON p.id = st.patient WHERE ",
    );
    sql.push(condition).text(value).push(")");
}

/// How many links `s` show anything of the study `st`, or clean copies of it, as far as the rest
/// of the condition lets them count.
pub(crate) const LINKS_OF_STUDY: &str = "(SELECT COUNT(*) FROM share s WHERE s.id IN \
    (SELECT g.share FROM share_grant g WHERE g.study = st.id \
    UNION SELECT o.share FROM share_source o WHERE o.study = st.id)";

impl Catalog {
    /// The studies of which a link's clean copies were made, withdrawn ones included.
    pub async fn share_sources(&self, id: ShareId) -> Result<Vec<ShareSource>> {
        type Row = (String, String, String, String);
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT st.study_uid, p.name, st.description, st.study_date FROM share_source o \
                 JOIN study st ON st.id = o.study JOIN patient p ON p.id = st.patient \
                 WHERE o.share = $1 ORDER BY st.study_date DESC, st.id DESC",
            )
            .bind(id.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        let source = |(study_uid, name, description, study_date): Row| {
            Ok(ShareSource {
                study_uid: stored(study_uid.parse(), "study UID")?,
                patient_name: Phi::new(name),
                description,
                study_date,
            })
        };
        rows.into_iter().map(source).collect()
    }
}
