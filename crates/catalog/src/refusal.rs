//! Refused objects: who sent them, why they were not taken, where their bytes wait, and what became
//! of them.

use lightcase_model::{Phi, RefusalId, Timestamp};
use lightcase_storage::{ObjectId, SubjectKeyId};

use crate::row::{sixteen, stored};
use crate::sql::Sql;
use crate::{Catalog, Result, Tx};

/// Why the bytes of an object were not kept that its sender had sent before.
pub const WAITS_ALREADY: &str =
    "the same object of this sender waits under another entry, which has the same SHA-256";

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

/// How a refused object came, so that it can be tried again as it was. Texts as the edge read them;
/// what it did not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came {
    /// The way, as one word: `dimse`, `stow`, `import`.
    pub way: String,
    /// Calling AE title.
    pub calling: String,
    /// Called AE title.
    pub called: String,
    /// Network address.
    pub address: String,
    /// Issuer that stood in for an absent Issuer of Patient ID.
    pub issuer: String,
    /// SOP Class UID as the command gave it.
    pub sop_class: String,
    /// SOP Instance UID as the command gave it.
    pub sop_uid: String,
    /// Transfer Syntax UID.
    pub transfer_syntax: String,
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
    /// The same for the program.
    pub came: Came,
    /// Name of the reason.
    pub reason: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
    /// Length of the data set, as far as it came.
    pub length: i64,
    /// SHA-256 of that.
    pub data_set_sha256: Option<[u8; 32]>,
    /// Where its bytes wait, or why they were not kept.
    pub kept: std::result::Result<Quarantined, &'static str>,
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
    /// The same for the program.
    pub came: Came,
    /// Name of the reason.
    pub reason: String,
    /// What is wrong and what to do.
    pub sentence: String,
    /// Length of the data set, as far as it came.
    pub length: i64,
    /// SHA-256 of that.
    pub data_set_sha256: Option<[u8; 32]>,
    /// Where the bytes wait.
    pub quarantined: Option<Quarantined>,
    /// Why they were not kept, where they were not.
    pub not_kept: String,
    /// When it was last tried again.
    pub tried_at: Option<Timestamp>,
    /// What became of it, and when: `stored`, `already_held`, `discarded`.
    pub resolved: Option<(Timestamp, String)>,
}

const COLUMNS: &str = "id, at, origin, sender, reason, sentence, sop_uid, data_set_sha256, object, \
    sealed_length, plain_length, subject_key, transfer_syntax, sop_class, issuer, way, calling, \
    called, address, came_length, not_kept, resolved_at, resolution, tried_at";

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    at: i64,
    origin: String,
    sender: String,
    reason: String,
    sentence: String,
    sop_uid: String,
    data_set_sha256: Option<Vec<u8>>,
    object: Option<Vec<u8>>,
    sealed_length: i64,
    plain_length: i64,
    subject_key: Option<Vec<u8>>,
    transfer_syntax: String,
    sop_class: String,
    issuer: String,
    way: String,
    calling: String,
    called: String,
    address: String,
    came_length: i64,
    not_kept: String,
    resolved_at: i64,
    resolution: String,
    tried_at: i64,
}

impl Row {
    fn into_refusal(self) -> Result<RefusalRow> {
        let quarantined = match (self.object, self.subject_key) {
            (Some(object), Some(key)) => Some(Quarantined {
                object: ObjectId::from_bytes(sixteen(&object, "object id")?),
                subject_key: SubjectKeyId::from_bytes(sixteen(&key, "key id")?),
                sealed_length: self.sealed_length,
                plain_length: self.plain_length,
            }),
            (Some(_) | None, Some(_) | None) => None,
        };
        let digest = self.data_set_sha256;
        let at = |micros: i64| (micros != 0).then(|| Timestamp::from_micros(micros));
        Ok(RefusalRow {
            id: RefusalId::from_bytes(sixteen(&self.id, "refusal id")?),
            at: Timestamp::from_micros(self.at),
            origin: self.origin,
            sender: Phi::new(self.sender),
            came: Came {
                way: self.way,
                calling: self.calling,
                called: self.called,
                address: self.address,
                issuer: self.issuer,
                sop_class: self.sop_class,
                sop_uid: self.sop_uid,
                transfer_syntax: self.transfer_syntax,
            },
            reason: self.reason,
            sentence: self.sentence,
            // Rows of before the length was noted have that of the plaintext.
            length: self.came_length.max(self.plain_length),
            data_set_sha256: digest
                .map(|digest| stored(digest.as_slice().try_into(), "digest"))
                .transpose()?,
            quarantined,
            not_kept: self.not_kept,
            tried_at: at(self.tried_at),
            resolved: at(self.resolved_at).map(|at| (at, self.resolution)),
        })
    }
}

impl Tx {
    /// Writes a refusal. The caller records the event and commits.
    pub async fn refuse(&mut self, new: &NewRefusal) -> Result<()> {
        let (kept, not_kept) = match &new.kept {
            Ok(kept) => (Some(kept), ""),
            Err(why) => (None, *why),
        };
        let Came { way, calling, called, address, issuer, sop_class, sop_uid, transfer_syntax } =
            &new.came;
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO refusal (id, at, origin, sender, reason, sentence, sop_uid, object, \
                 sealed_length, plain_length, subject_key, data_set_sha256, transfer_syntax, \
                 sop_class, issuer, way, calling, called, address, came_length, not_kept) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
                 $17, $18, $19, $20, $21)",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.at.micros())
            .bind(new.origin.as_str()).bind(new.sender.expose().as_str())
            .bind(new.reason).bind(new.sentence.as_str()).bind(sop_uid.as_str())
            .bind(kept.map(|each| each.object.as_bytes().to_vec()))
            .bind(kept.map_or(0, |each| each.sealed_length))
            .bind(kept.map_or(0, |each| each.plain_length))
            .bind(kept.map(|each| each.subject_key.as_bytes().to_vec()))
            .bind(new.data_set_sha256.map(|digest| digest.to_vec()))
            .bind(transfer_syntax.as_str()).bind(sop_class.as_str()).bind(issuer.as_str())
            .bind(way.as_str()).bind(calling.as_str()).bind(called.as_str())
            .bind(address.as_str()).bind(new.length).bind(not_kept)
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Notes that a refused object was tried again and refused again. The caller records the event.
    pub async fn refuse_again(
        &mut self,
        id: RefusalId,
        reason: &'static str,
        sentence: &str,
        at: Timestamp,
    ) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "UPDATE refusal SET reason = $2, sentence = $3, tried_at = $4 \
                 WHERE id = $1 AND resolved_at = 0",
            )
            .bind(id.as_bytes().as_slice()).bind(reason).bind(sentence).bind(at.micros())
            .execute(&mut *conn).await?;
        });
        self.changed = true;
        Ok(())
    }

    /// Closes a refusal with what became of it; whether it was open. Its blob is removed
    /// afterwards, and [`Tx::forget_quarantined`] says so. The caller records the event.
    pub async fn resolve_refusal(
        &mut self,
        id: RefusalId,
        resolution: &'static str,
        at: Timestamp,
    ) -> Result<bool> {
        let closed = on_tx!(self, conn => {
            sqlx::query(
                "UPDATE refusal SET resolved_at = $2, resolution = $3 \
                 WHERE id = $1 AND resolved_at = 0",
            )
            .bind(id.as_bytes().as_slice()).bind(at.micros()).bind(resolution)
            .execute(&mut *conn).await?.rows_affected()
        });
        if closed > 0 {
            // What its sender repeated has the same fate.
            on_tx!(self, conn => {
                sqlx::query(
                    "UPDATE refusal SET resolved_at = $2, resolution = $3 WHERE resolved_at = 0 \
                     AND not_kept = $4 AND EXISTS (SELECT 1 FROM refusal kept WHERE kept.id = $1 \
                     AND kept.object IS NOT NULL AND kept.way = refusal.way \
                     AND kept.calling = refusal.calling AND kept.sop_uid = refusal.sop_uid \
                     AND kept.sop_class = refusal.sop_class \
                     AND kept.transfer_syntax = refusal.transfer_syntax \
                     AND kept.issuer = refusal.issuer \
                     AND kept.data_set_sha256 = refusal.data_set_sha256)",
                )
                .bind(id.as_bytes().as_slice()).bind(at.micros()).bind(resolution)
                .bind(WAITS_ALREADY).execute(&mut *conn).await?;
            });
        }
        self.changed |= closed > 0;
        Ok(closed > 0)
    }

    /// Notes that the blob of a resolved refusal is gone: bookkeeping, the resolution is on record.
    pub async fn forget_quarantined(&mut self, id: RefusalId) -> Result<()> {
        on_tx!(self, conn => {
            sqlx::query(
                "UPDATE refusal SET object = NULL, subject_key = NULL, sealed_length = 0 \
                 WHERE id = $1 AND resolved_at <> 0",
            )
            .bind(id.as_bytes().as_slice()).execute(&mut *conn).await?;
        });
        Ok(())
    }
}

impl Catalog {
    /// Refusals, newest first: open ones, or those that are resolved.
    pub async fn refusals(
        &self,
        resolved: bool,
        limit: u32,
        offset: u32,
    ) -> Result<Vec<RefusalRow>> {
        let mut sql = select();
        sql.push(if resolved { " WHERE resolved_at <> 0" } else { " WHERE resolved_at = 0" });
        sql.push(" ORDER BY at DESC, id DESC LIMIT ").int(limit).push(" OFFSET ").int(offset);
        self.select_refusals(sql).await
    }

    /// One refusal.
    pub async fn refusal(&self, id: RefusalId) -> Result<Option<RefusalRow>> {
        let mut sql = select();
        sql.push(" WHERE id = ").bytes(id.as_bytes());
        Ok(self.select_refusals(sql).await?.pop())
    }

    /// Resolved refusals whose blob is still there: a crash came between.
    pub async fn spent_quarantine(&self) -> Result<Vec<RefusalRow>> {
        let mut sql = select();
        sql.push(" WHERE resolved_at <> 0 AND object IS NOT NULL");
        self.select_refusals(sql).await
    }

    async fn select_refusals(&self, sql: Sql) -> Result<Vec<RefusalRow>> {
        let rows: Vec<Row> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter().map(Row::into_refusal).collect()
    }

    /// How many refusals are open.
    pub async fn count_refusals(&self) -> Result<i64> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar("SELECT COUNT(*) FROM refusal WHERE resolved_at = 0")
                .fetch_one(&pools.read).await?
        }))
    }

    /// Whether the same bytes of the same sender, under the same command, are in quarantine.
    pub async fn waits_already(&self, came: &Came, sha256: &[u8; 32]) -> Result<bool> {
        let found: Option<i64> = on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT at FROM refusal WHERE way = $1 AND calling = $2 AND sop_uid = $3 \
                 AND sop_class = $4 AND transfer_syntax = $5 AND issuer = $6 \
                 AND data_set_sha256 = $7 AND object IS NOT NULL AND resolved_at = 0 LIMIT 1",
            )
            .bind(came.way.as_str()).bind(came.calling.as_str()).bind(came.sop_uid.as_str())
            .bind(came.sop_class.as_str()).bind(came.transfer_syntax.as_str())
            .bind(came.issuer.as_str()).bind(sha256.as_slice()).fetch_optional(&pools.read).await?
        });
        Ok(found.is_some())
    }

    /// How many objects of a sender were refused since then, repeats apart.
    pub async fn refused_since(&self, way: &str, calling: &str, since: Timestamp) -> Result<i64> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM refusal WHERE way = $1 AND calling = $2 AND at >= $3 \
                 AND not_kept <> $4",
            )
            .bind(way).bind(calling).bind(since.micros()).bind(WAITS_ALREADY).fetch_one(&pools.read).await?
        }))
    }

    /// Bytes in quarantine, sealed.
    pub async fn quarantined_bytes(&self) -> Result<i64> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT CAST(COALESCE(SUM(sealed_length), 0) AS BIGINT) FROM refusal \
                 WHERE object IS NOT NULL",
            )
            .fetch_one(&pools.read).await?
        }))
    }
}

fn select() -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM refusal");
    sql
}
