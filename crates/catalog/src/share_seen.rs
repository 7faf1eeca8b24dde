//! Which images of a link its recipient was shown.

use std::collections::{BTreeMap, BTreeSet};

use lightcase_model::{InstanceId, SeriesId, SeriesUid, ShareId, StudyUid};

use crate::row::stored;
use crate::sql::{Bind, Sql};
use crate::{Catalog, Result};

/// So many rows go into one statement: SQLite binds 32,766 values at most.
const AT_ONCE: usize = 500;

/// How much of a series was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSeries {
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// (0008,103E).
    pub description: String,
    /// (0008,0060).
    pub modality: String,
    /// Instances it has.
    pub images: i64,
    /// Those that were shown, at least one frame of each, or taken along one by one.
    pub seen: i64,
}

impl Catalog {
    /// Notes images that were shown. Not an event: the views that showed them are recorded.
    pub async fn note_seen(
        &self,
        share: ShareId,
        images: &BTreeSet<(SeriesId, InstanceId)>,
    ) -> Result<()> {
        let images: Vec<_> = images.iter().collect();
        for some in images.chunks(AT_ONCE) {
            let mut sql = Sql::new("INSERT INTO share_seen (share, instance, series) VALUES ");
            for (index, (series, instance)) in some.iter().enumerate() {
                sql.push(if index == 0 { "(" } else { ", (" });
                sql.bind(Bind::Bytes(share.as_bytes().to_vec())).push(", ");
                sql.int(instance.0).push(", ").int(series.0).push(")");
            }
            sql.push(" ON CONFLICT (share, instance) DO NOTHING");
            on_engine!(self, pools => {
                bound!(sqlx::query, sql).execute(&pools.write).await?;
            });
        }
        Ok(())
    }

    /// Frames, and length of their files in bytes, of the instances of each series.
    pub async fn series_sizes(
        &self,
        series: &BTreeSet<SeriesId>,
    ) -> Result<BTreeMap<SeriesId, (i64, i64)>> {
        let mut sql = Sql::new(
            "SELECT series, CAST(SUM(frames) AS BIGINT), CAST(SUM(file_length) AS BIGINT) \
             FROM instance WHERE series IN ",
        );
        sql.list(series.iter().map(|series| Bind::Int(series.0))).push(" GROUP BY series");
        let rows: Vec<(i64, i64, i64)> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        let size = |(series, frames, bytes)| (SeriesId(series), (frames, bytes));
        Ok(rows.into_iter().map(size).collect())
    }

    /// The series of a link, with how many of their images were seen.
    pub async fn seen_series(&self, share: ShareId) -> Result<Vec<SeenSeries>> {
        type Row = (String, String, String, String, i64, i64);
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT st.study_uid, se.series_uid, se.description, se.modality, \
                 CAST(se.instances AS BIGINT), (SELECT COUNT(*) FROM share_seen n \
                 WHERE n.share = g.share AND n.series = se.id) \
                 FROM share_grant g JOIN study st ON st.id = g.study \
                 JOIN series se ON se.id = g.series WHERE g.share = $1 \
                 ORDER BY st.study_date DESC, st.id DESC, se.series_number, se.id",
            )
            .bind(share.as_bytes().as_slice()).fetch_all(&pools.read).await?
        });
        let series = |(study, series, description, modality, images, seen): Row| {
            Ok(SeenSeries {
                study_uid: stored(study.parse(), "study UID")?,
                series_uid: stored(series.parse(), "series UID")?,
                description,
                modality,
                images,
                seen,
            })
        };
        rows.into_iter().map(series).collect()
    }
}
