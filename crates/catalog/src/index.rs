//! Index: the rows of one received instance, with duplicates and conflicts told apart.

use lightcase_audit::AccessId;
use lightcase_model::{
    CollectionId, InstanceId, ProjectId, SeriesId, SeriesUid, SopClassUid, SopInstanceUid, StudyId,
    Timestamp, TransferSyntaxUid,
};

use crate::clean::NewClean;
use crate::expectation::Expectation;
use crate::held::Location;
use crate::{Result, Tx};

/// Everything the catalog keeps of one instance.
#[derive(Debug, Clone)]
pub struct NewInstance {
    /// Collection it goes into.
    pub collection: CollectionId,
    /// Study row, from [`Tx::open_study`].
    pub study: StudyId,
    /// (0020,0010); fills the study's when that is empty, as it comes behind the identity.
    pub study_id: String,
    /// (0020,000E).
    pub series_uid: SeriesUid,
    /// (0008,0060).
    pub modality: String,
    /// (0020,0011); 0 when absent.
    pub series_number: i64,
    /// (0008,0021).
    pub series_date: String,
    /// (0008,0031).
    pub series_time: String,
    /// (0008,103E).
    pub series_description: String,
    /// (0018,0015).
    pub body_part: String,
    /// (0008,0018).
    pub sop_uid: SopInstanceUid,
    /// (0008,0016).
    pub sop_class: SopClassUid,
    /// The syntax it came and is held in.
    pub transfer_syntax: TransferSyntaxUid,
    /// (0020,0013); 0 when absent.
    pub instance_number: i64,
    /// (0028,0008); 1 for an image without it, 0 without pixels.
    pub frames: i64,
    /// (0028,0010).
    pub rows: i64,
    /// (0028,0011).
    pub columns: i64,
    /// (0028,0100).
    pub bits_allocated: i64,
    /// Where the sealed bytes are.
    pub location: Location,
    /// JSON of what a frame needs to be cut out and decoded; empty without pixels.
    pub image: String,
    /// Deflated DICOM JSON of the data set.
    pub metadata: Vec<u8>,
    /// What its header lets expect of its series and study.
    pub expectations: Vec<Expectation>,
    /// The store access that accounts for it; its `StoreBegun` is recorded already.
    pub store_access: AccessId,
    /// When it was received.
    pub received_at: Timestamp,
    /// What is noted of it where it is a clean copy.
    pub clean: Option<NewClean>,
    /// The project that is to have a clean copy of it.
    pub clean_into: Option<ProjectId>,
}

/// What became of an instance that was to be indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// New rows, or rows that name this very blob already: adopted from another process's sweep.
    Indexed(Indexed),
    /// The same instance is held already; nothing was written.
    AlreadyHeld(Indexed),
    /// The same instance is held in another transfer syntax, so that the digests cannot tell
    /// whether it has the same content; nothing was written.
    OtherSyntax(Indexed),
    /// It contradicts what is held; nothing was written.
    Conflict(Conflict),
}

/// The rows of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexed {
    /// Study row.
    pub study: StudyId,
    /// Series row.
    pub series: SeriesId,
    /// Instance row.
    pub instance: InstanceId,
}

/// How an instance contradicts what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The same SOP Instance UID with other content.
    OtherContent,
    /// The same SOP Instance UID in another study.
    OtherStudy,
}

/// Id, study, series, object, transfer syntax and digest of a held instance.
type HeldAs = (i64, i64, i64, Vec<u8>, String, Vec<u8>);

impl Tx {
    /// Writes the rows of one instance, or says why not. The caller commits.
    pub async fn index(&mut self, new: &NewInstance) -> Result<Outcome> {
        if let Some(outcome) = self.compare(new).await? {
            return Ok(outcome);
        }
        let study = new.study;
        let series = self.series_row(new).await?;
        let Some(instance) = self.instance_row(new, series).await? else {
            // Another association was faster with the same UID.
            return Ok(self
                .compare(new)
                .await?
                .unwrap_or(Outcome::Conflict(Conflict::OtherContent)));
        };
        on_tx!(self, conn => {
            sqlx::query(
                "UPDATE study SET instances = instances + 1, study_id = CASE WHEN study_id = '' \
                 THEN $2 ELSE study_id END WHERE id = $1",
            )
            .bind(study.0).bind(new.study_id.as_str()).execute(&mut *conn).await?;
            sqlx::query("UPDATE series SET instances = instances + 1 WHERE id = $1")
                .bind(series.0).execute(&mut *conn).await?;
            sqlx::query("INSERT INTO instance_metadata (instance, document) VALUES ($1, $2)")
                .bind(instance.0).bind(new.metadata.as_slice()).execute(&mut *conn).await?;
        });
        if let Some(clean) = &new.clean {
            self.note_clean(new, clean, instance).await?;
        }
        if let Some(project) = new.clean_into {
            self.order_clean(instance, project, new.received_at).await?;
        }
        for expectation in &new.expectations {
            self.expect(study, series, expectation, 1).await?;
        }
        self.changed = true;
        // The store access was recorded durably before the first byte was sealed.
        self.accounted = true;
        Ok(Outcome::Indexed(Indexed { study, series, instance }))
    }

    /// Compares with an instance of the same SOP Instance UID, if one is held.
    async fn compare(&mut self, new: &NewInstance) -> Result<Option<Outcome>> {
        let held: Option<HeldAs> = on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT id, study, series, object, transfer_syntax, data_set_sha256 FROM instance \
                 WHERE collection = $1 AND sop_uid = $2",
            )
            .bind(new.collection.0).bind(new.sop_uid.as_str())
            .fetch_optional(&mut *conn).await?
        });
        let Some((id, study, series, object, syntax, sha256)) = held else { return Ok(None) };
        let rows =
            Indexed { study: StudyId(study), series: SeriesId(series), instance: InstanceId(id) };
        if object == new.location.object.as_bytes() {
            // A sweep of another process was faster with this very blob; nobody may remove it.
            return Ok(Some(Outcome::Indexed(rows)));
        }
        if study != new.study.0 {
            return Ok(Some(Outcome::Conflict(Conflict::OtherStudy)));
        }
        if syntax != new.transfer_syntax.as_str() {
            return Ok(Some(Outcome::OtherSyntax(rows)));
        }
        if sha256 == new.location.data_set_sha256 {
            return Ok(Some(Outcome::AlreadyHeld(rows)));
        }
        Ok(Some(Outcome::Conflict(Conflict::OtherContent)))
    }

    async fn series_row(&mut self, new: &NewInstance) -> Result<SeriesId> {
        on_tx!(self, conn => {
            let inserted: Option<i64> = sqlx::query_scalar(
                "INSERT INTO series (collection, study, series_uid, modality, series_number, \
                 series_date, series_time, description, body_part) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                 ON CONFLICT (study, series_uid) DO NOTHING RETURNING id",
            )
            .bind(new.collection.0).bind(new.study.0).bind(new.series_uid.as_str())
            .bind(new.modality.as_str()).bind(new.series_number).bind(new.series_date.as_str())
            .bind(new.series_time.as_str()).bind(new.series_description.as_str())
            .bind(new.body_part.as_str())
            .fetch_optional(&mut *conn).await?;
            if let Some(id) = inserted {
                return Ok(SeriesId(id));
            }
            Ok(SeriesId(sqlx::query_scalar(
                "SELECT id FROM series WHERE study = $1 AND series_uid = $2",
            )
            .bind(new.study.0).bind(new.series_uid.as_str())
            .fetch_one(&mut *conn).await?))
        })
    }

    async fn instance_row(
        &mut self,
        new: &NewInstance,
        series: SeriesId,
    ) -> Result<Option<InstanceId>> {
        let location = &new.location;
        let id: Option<i64> = on_tx!(self, conn => {
            sqlx::query_scalar(
                "INSERT INTO instance (collection, study, series, sop_uid, sop_class, \
                 transfer_syntax, instance_number, frames, pixel_rows, pixel_columns, \
                 bits_allocated, object, sealed_offset, sealed_length, plain_length, subject_key, \
                 record_length, file_length, file_sha256, file_crc32, meta_length, \
                 data_set_sha256, image, store_access, received_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
                 $17, $18, $19, $20, $21, $22, $23, $24, $25) \
                 ON CONFLICT (collection, sop_uid) DO NOTHING RETURNING id",
            )
            .bind(new.collection.0).bind(new.study.0).bind(series.0).bind(new.sop_uid.as_str())
            .bind(new.sop_class.as_str()).bind(new.transfer_syntax.as_str())
            .bind(new.instance_number).bind(new.frames).bind(new.rows).bind(new.columns)
            .bind(new.bits_allocated)
            .bind(location.object.as_bytes().as_slice()).bind(location.sealed_offset)
            .bind(location.sealed_length).bind(location.plain_length)
            .bind(location.subject_key.as_bytes().as_slice())
            .bind(location.record_length).bind(location.file_length)
            .bind(location.file_sha256.as_slice()).bind(i64::from(location.file_crc32))
            .bind(location.meta_length).bind(location.data_set_sha256.as_slice())
            .bind(new.image.as_str()).bind(new.store_access.as_bytes().as_slice())
            .bind(new.received_at.micros())
            .fetch_optional(&mut *conn).await?
        });
        Ok(id.map(InstanceId))
    }
}
