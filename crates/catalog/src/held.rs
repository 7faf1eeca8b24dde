//! Held instances: where their bytes are, within a scope.

use std::collections::BTreeSet;

use lightcase_model::{
    InstanceId, Level, Scope, SeriesId, SeriesUid, SopClassUid, SopInstanceUid, StudyId, StudyUid,
    TransferSyntaxUid,
};
use lightcase_storage::{ObjectId, SubjectKeyId};

use crate::filter::push_scope;
use crate::row::{sixteen, stored, tables};
use crate::sql::{Bind, Sql};
use crate::{Catalog, Result};

/// Where an instance's sealed bytes are, and how its plaintext is laid out: ingest record, then
/// the PS3.10 file, which is File Meta Information followed by the data set. Lengths in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Sealed object.
    pub object: ObjectId,
    /// Offset of the envelope within the object.
    pub sealed_offset: i64,
    /// Length of the envelope.
    pub sealed_length: i64,
    /// Length of the plaintext.
    pub plain_length: i64,
    /// Key that wraps its data key.
    pub subject_key: SubjectKeyId,
    /// Length of the ingest record with its length field.
    pub record_length: i64,
    /// Length of the PS3.10 file.
    pub file_length: i64,
    /// SHA-256 of the PS3.10 file.
    pub file_sha256: [u8; 32],
    /// CRC-32 of the PS3.10 file.
    pub file_crc32: u32,
    /// Length of preamble, prefix and File Meta Information.
    pub meta_length: i64,
    /// SHA-256 of the data set without File Meta Information.
    pub data_set_sha256: [u8; 32],
}

/// A study, a series of it, or an instance of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The study.
    pub study: StudyUid,
    /// One series of it.
    pub series: Option<SeriesUid>,
    /// One instance of it.
    pub instance: Option<SopInstanceUid>,
}

/// An instance that the scope shows.
#[derive(Debug, Clone)]
pub struct Held {
    /// Row.
    pub id: InstanceId,
    /// Study row.
    pub study: StudyId,
    /// Series row.
    pub series: SeriesId,
    /// (0020,000D).
    pub study_uid: StudyUid,
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// (0008,0018).
    pub sop_uid: SopInstanceUid,
    /// (0008,0016).
    pub sop_class: SopClassUid,
    /// The syntax it is held in.
    pub transfer_syntax: TransferSyntaxUid,
    /// Frames; 0 without pixels.
    pub frames: i64,
    /// Where its bytes are.
    pub location: Location,
    /// JSON of what a frame needs to be cut out and decoded; empty without pixels.
    pub image: String,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: i64,
    study: i64,
    series: i64,
    study_uid: String,
    series_uid: String,
    sop_uid: String,
    sop_class: String,
    transfer_syntax: String,
    frames: i64,
    #[sqlx(flatten)]
    location: LocationRow,
    image: String,
}

/// Columns of an instance's place.
pub(crate) const LOCATION: &str = ", i.object, i.sealed_offset, i.sealed_length, i.plain_length, \
    i.subject_key, i.record_length, i.file_length, i.file_sha256, i.file_crc32, i.meta_length, \
    i.data_set_sha256";

#[derive(sqlx::FromRow)]
pub(crate) struct LocationRow {
    object: Vec<u8>,
    sealed_offset: i64,
    sealed_length: i64,
    plain_length: i64,
    subject_key: Vec<u8>,
    record_length: i64,
    file_length: i64,
    file_sha256: Vec<u8>,
    file_crc32: i64,
    meta_length: i64,
    data_set_sha256: Vec<u8>,
}

impl LocationRow {
    pub(crate) fn into_location(self) -> Result<Location> {
        Ok(Location {
            object: ObjectId::from_bytes(sixteen(&self.object, "object id")?),
            sealed_offset: self.sealed_offset,
            sealed_length: self.sealed_length,
            plain_length: self.plain_length,
            subject_key: SubjectKeyId::from_bytes(sixteen(&self.subject_key, "key id")?),
            record_length: self.record_length,
            file_length: self.file_length,
            file_sha256: stored(self.file_sha256.as_slice().try_into(), "digest")?,
            file_crc32: stored(u32::try_from(self.file_crc32), "checksum")?,
            meta_length: self.meta_length,
            data_set_sha256: stored(self.data_set_sha256.as_slice().try_into(), "digest")?,
        })
    }
}

impl HeldRow {
    fn into_held(self) -> Result<Held> {
        Ok(Held {
            id: InstanceId(self.id),
            study: StudyId(self.study),
            series: SeriesId(self.series),
            study_uid: stored(self.study_uid.parse(), "study UID")?,
            series_uid: stored(self.series_uid.parse(), "series UID")?,
            sop_uid: stored(self.sop_uid.parse(), "SOP instance UID")?,
            sop_class: stored(self.sop_class.parse(), "SOP class UID")?,
            transfer_syntax: stored(self.transfer_syntax.parse(), "transfer syntax")?,
            frames: self.frames,
            location: self.location.into_location()?,
            image: self.image,
        })
    }
}

impl Catalog {
    /// The instances of a selection that the scope shows, in the order of series and instance
    /// numbers; empty when nothing is there or nothing may be seen, which look the same.
    pub async fn held(&self, scope: &Scope, selection: &Selection) -> Result<Vec<Held>> {
        self.held_rows(scope, selection, None).await
    }

    /// Those of [`Catalog::held`] from an offset on, at most so many: the rest of a long series costs
    /// no more than being put in order.
    pub async fn held_some(
        &self,
        scope: &Scope,
        selection: &Selection,
        from_and_most: (i64, i64),
    ) -> Result<Vec<Held>> {
        self.held_rows(scope, selection, Some(from_and_most)).await
    }

    async fn held_rows(
        &self,
        scope: &Scope,
        selection: &Selection,
        part: Option<(i64, i64)>,
    ) -> Result<Vec<Held>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(LOCATION).push(tables(Level::Instance)).push(" WHERE ");
        push_selection(&mut sql, scope, selection);
        sql.push(" ORDER BY se.series_number, se.id, i.instance_number, i.id");
        if let Some((from, most)) = part {
            sql.push(" LIMIT ").int(most).push(" OFFSET ").int(from);
        }
        let rows: Vec<HeldRow> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(HeldRow::into_held).collect()
    }

    /// How many instances [`Catalog::held`] gives.
    pub async fn held_count(&self, scope: &Scope, selection: &Selection) -> Result<i64> {
        let mut sql = Sql::new("SELECT COUNT(*)");
        sql.push(tables(Level::Instance)).push(" WHERE ");
        push_selection(&mut sql, scope, selection);
        Ok(on_engine!(self, pools => {
            bound!(sqlx::query_scalar, sql).fetch_one(&pools.read).await?
        }))
    }

    /// The instances of these series that the scope shows, in the order of their rows.
    pub async fn instances_of(
        &self,
        scope: &Scope,
        series: &BTreeSet<SeriesId>,
    ) -> Result<Vec<InstanceId>> {
        let mut sql = Sql::new("SELECT i.id");
        sql.push(tables(Level::Instance)).push(" WHERE ");
        push_scope(&mut sql, scope, Level::Instance);
        sql.push(" AND se.id IN ").list(series.iter().map(|each| Bind::Int(each.0)));
        sql.push(" ORDER BY i.id");
        let rows: Vec<i64> = on_engine!(self, pools => {
            bound!(sqlx::query_scalar, sql).fetch_all(&pools.read).await?
        });
        Ok(rows.into_iter().map(InstanceId).collect())
    }

    /// One instance, if the scope shows it.
    pub async fn held_instance(&self, scope: &Scope, id: InstanceId) -> Result<Option<Held>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(LOCATION).push(tables(Level::Instance)).push(" WHERE ");
        push_scope(&mut sql, scope, Level::Instance);
        sql.push(" AND i.id = ").int(id.0);
        let row: Option<HeldRow> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_optional(&pools.read).await?
        });
        row.map(HeldRow::into_held).transpose()
    }
}

const COLUMNS: &str = "SELECT i.id, i.study, i.series, st.study_uid, se.series_uid, i.sop_uid, \
    i.sop_class, i.transfer_syntax, i.frames, i.image";

/// Appends scope and selection as one condition.
pub(crate) fn push_selection(sql: &mut Sql, scope: &Scope, selection: &Selection) {
    push_scope(sql, scope, Level::Instance);
    sql.push(" AND st.study_uid = ").text(selection.study.as_str());
    if let Some(series) = &selection.series {
        sql.push(" AND se.series_uid = ").text(series.as_str());
    }
    if let Some(instance) = &selection.instance {
        sql.push(" AND i.sop_uid = ").text(instance.as_str());
    }
}
