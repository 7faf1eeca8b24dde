//! Refused objects: who sent them, why they were not taken, where their bytes wait.

use lightcase_model::{Phi, RefusalId, Timestamp};
use lightcase_storage::{ObjectId, SubjectKeyId};

use crate::row::sixteen;
use crate::{Catalog, Result, Tx};

/// Where the bytes of a refused object wait, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Sealed object.
    pub object: ObjectId,
    /// Key that wraps its data key.
    pub subject_key: SubjectKeyId,
    /// Length of the envelope in bytes.
    pub sealed_length: i64,
    /// Length of the plaintext in bytes.
    pub plain_length: i64,
}

/// An object that was not taken.
#[derive(Debug, Clone)]
pub struct NewRefusal {
    /// Its identifier, also in the log and the audit.
    pub id: RefusalId,
    /// When.
    pub at: Timestamp,
    /// The way it came, in words: `CT1 → LIGHTCASE`, `import`.
    pub origin: String,
    /// Network address or file name of the sender.
    pub sender: Phi<String>,
    /// Name of the reason.
    pub reason: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
    /// SOP Instance UID as the command gave it; empty when none was read.
    pub sop_uid: String,
    /// Where its bytes wait; `None` when they were not kept.
    pub quarantined: Option<Quarantined>,
}

/// A refusal as it is listed.
#[derive(Debug, Clone)]
pub struct RefusalRow {
    /// Its identifier.
    pub id: RefusalId,
    /// When.
    pub at: Timestamp,
    /// The way it came.
    pub origin: String,
    /// Network address or file name of the sender.
    pub sender: Phi<String>,
    /// Name of the reason.
    pub reason: String,
    /// What is wrong and what to do.
    pub sentence: String,
    /// SOP Instance UID; empty when none was read.
    pub sop_uid: String,
    /// Whether the bytes were kept.
    pub kept: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    at: i64,
    origin: String,
    sender: String,
    reason: String,
    sentence: String,
    sop_uid: String,
    object: Option<Vec<u8>>,
}

impl Tx {
    /// Writes a refusal. The caller records the event and commits.
    pub async fn refuse(&mut self, new: &NewRefusal) -> Result<()> {
        let kept = new.quarantined.as_ref();
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO refusal (id, at, origin, sender, reason, sentence, sop_uid, object, \
                 sealed_length, plain_length, subject_key) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.at.micros())
            .bind(new.origin.as_str()).bind(new.sender.expose().as_str())
            .bind(new.reason).bind(new.sentence.as_str()).bind(new.sop_uid.as_str())
            .bind(kept.map(|each| each.object.as_bytes().to_vec()))
            .bind(kept.map_or(0, |each| each.sealed_length))
            .bind(kept.map_or(0, |each| each.plain_length))
            .bind(kept.map(|each| each.subject_key.as_bytes().to_vec()))
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }
}

impl Catalog {
    /// Refusals, newest first.
    pub async fn refusals(&self, limit: u32, offset: u32) -> Result<Vec<RefusalRow>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT id, at, origin, sender, reason, sentence, sop_uid, object FROM refusal \
                 ORDER BY at DESC, id DESC LIMIT $1 OFFSET $2",
            )
            .bind(i64::from(limit)).bind(i64::from(offset))
            .fetch_all(&pools.read).await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(RefusalRow {
                    id: RefusalId::from_bytes(sixteen(&row.id, "refusal id")?),
                    at: Timestamp::from_micros(row.at),
                    origin: row.origin,
                    sender: Phi::new(row.sender),
                    reason: row.reason,
                    sentence: row.sentence,
                    sop_uid: row.sop_uid,
                    kept: row.object.is_some(),
                })
            })
            .collect()
    }

    /// How many refusals there are.
    pub async fn count_refusals(&self) -> Result<i64> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar("SELECT COUNT(*) FROM refusal").fetch_one(&pools.read).await?
        }))
    }
}
