//! The ledger: recording events, numbering and chaining them, reading them.

use std::sync::Arc;

use lightcase_audit::{Draft, Event, GENESIS, Personal, Record, Subject, chain};
use lightcase_model::{Ctx, EventId, ShareId, StudyId, Timestamp};

use crate::key::KeyPurpose;
use crate::row::{sixteen, stored};
use crate::sql::Sql;
use crate::{Catalog, Result, Tx};

/// A row of the ledger.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Number in the chain; `None` until the sequencer came by.
    pub seq: Option<i64>,
    /// The record.
    pub record: Record,
}

/// Which rows to read, newest first.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only this kind of event.
    pub event: Option<String>,
    /// Only of this share.
    pub share: Option<ShareId>,
    /// Only of this study.
    pub study: Option<StudyId>,
    /// At most so many.
    pub limit: u32,
}

impl Catalog {
    /// Records one event by itself: a fact that changes nothing else, such as a read or a denial.
    pub async fn record(&self, ctx: &Ctx, event: Event) -> Result<EventId> {
        let mut tx = self.begin().await?;
        let id = tx.record(ctx, event).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Numbers and chains events that have no number yet, at most `limit`; returns how many. One
    /// process at a time does it: SQLite has one writer, PostgreSQL is asked for a lock.
    pub async fn sequence_audit(&self, limit: u32) -> Result<u64> {
        let mut tx = self.begin().await?;
        if let crate::tx::Inner::Postgres(transaction) = &mut tx.inner {
            let mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(7202611)")
                .fetch_one(&mut **transaction)
                .await?;
            if !mine {
                return Ok(0);
            }
        }
        let last: Option<(i64, Vec<u8>)> = on_tx!(tx, conn => {
            sqlx::query_as("SELECT seq, chain FROM audit_chain ORDER BY seq DESC LIMIT 1")
                .fetch_optional(&mut *conn).await?
        });
        let (mut seq, mut previous) = match last {
            Some((seq, hash)) => (seq, stored(hash.as_slice().try_into(), "chain hash")?),
            None => (0, GENESIS),
        };
        let waiting: Vec<(Vec<u8>, Vec<u8>)> = on_tx!(tx, conn => {
            sqlx::query_as(
                "SELECT e.id, e.canonical FROM audit_event e LEFT JOIN audit_chain c \
                 ON c.event = e.id WHERE c.event IS NULL ORDER BY e.at, e.id LIMIT $1",
            )
            .bind(i64::from(limit)).fetch_all(&mut *conn).await?
        });
        let mut count = 0;
        for (event, canonical) in waiting {
            seq = seq.saturating_add(1);
            count += 1;
            let leaf = Record::leaf_of(&canonical);
            previous = chain(&previous, seq.unsigned_abs(), &leaf);
            on_tx!(tx, conn => {
                sqlx::query(
                    "INSERT INTO audit_chain (seq, event, leaf, chain) VALUES ($1, $2, $3, $4)",
                )
                .bind(seq).bind(event).bind(leaf.as_slice()).bind(previous.as_slice())
                .execute(&mut *conn).await?;
            });
        }
        tx.commit().await?;
        Ok(count)
    }

    /// Rows of the ledger, newest first. Personal fields stay sealed.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>> {
        let mut sql = Sql::new(
            "SELECT c.seq, e.canonical FROM audit_event e LEFT JOIN audit_chain c \
             ON c.event = e.id WHERE 1 = 1",
        );
        if let Some(event) = &filter.event {
            sql.push(" AND e.name = ").text(event.as_str());
        }
        if let Some(share) = &filter.share {
            sql.push(" AND e.share = ").bytes(share.as_bytes());
        }
        if let Some(study) = &filter.study {
            sql.push(" AND e.study = ").int(study.0);
        }
        sql.push(" ORDER BY e.at DESC, e.id DESC LIMIT ").int(filter.limit);
        let rows: Vec<(Option<i64>, Vec<u8>)> = on_engine!(self, pools => {
            bound!(sqlx::query_as, sql).fetch_all(&pools.read).await?
        });
        rows.into_iter()
            .map(|(seq, canonical)| {
                Ok(AuditRow { seq, record: stored(Record::parse(&canonical), "audit record")? })
            })
            .collect()
    }

    /// Opens the personal fields of a record, for a reader who is entitled to them; `None` when
    /// there are none, or when their key was shredded.
    pub async fn open_personal(
        &self,
        record: &Record,
        subject: Subject,
        now: Timestamp,
    ) -> Result<Option<Personal>> {
        let Some(ciphertext) = &record.personal else { return Ok(None) };
        let mut tx = self.begin().await?;
        let key = tx.key_for(&KeyPurpose::Of(subject), now).await?;
        drop(tx);
        Ok(key
            .open_field(record.id.as_bytes(), ciphertext)
            .ok()
            .and_then(|bytes| Personal::parse(&bytes).ok()))
    }
}

impl Tx {
    /// Records an event in this transaction, its personal fields sealed under its subject's key.
    pub async fn record(&mut self, ctx: &Ctx, event: Event) -> Result<EventId> {
        let draft = Draft::new(EventId::random(), ctx, event);
        let ciphertext = match draft.personal_bytes() {
            None => None,
            Some(personal) => {
                let key = self.key_for(&KeyPurpose::Of(draft.subject()), ctx.now).await?;
                Some(seal(&key, draft.id(), &personal)?)
            }
        };
        let record = draft.seal(ciphertext);
        self.insert_record(&record).await?;
        self.accounted = true;
        Ok(record.id)
    }

    async fn insert_record(&mut self, record: &Record) -> Result<()> {
        let study = record.studies().first().map(|study| study.0);
        let access = record.access().map(|access| access.as_bytes().to_vec());
        let share = record.share().map(|share| share.as_bytes().to_vec());
        let actor = record.actor.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
        on_tx!(self, conn => {
            sqlx::query(
                "INSERT INTO audit_event (id, at, name, actor, request, access, share, study, \
                 canonical) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(record.id.as_bytes().as_slice()).bind(record.at.micros())
            .bind(record.event.as_str()).bind(actor)
            .bind(record.request.as_bytes().as_slice())
            .bind(access).bind(share).bind(study).bind(record.canonical())
            .execute(&mut *conn).await?;
        });
        Ok(())
    }
}

/// The event's id is the context: a ciphertext cannot be moved to another row.
fn seal(key: &Arc<lightcase_storage::SubjectKey>, id: EventId, personal: &[u8]) -> Result<Vec<u8>> {
    key.seal_field(id.as_bytes(), personal).map_err(crate::CatalogError::Keys)
}

/// Sixteen bytes as an access id.
pub(crate) fn access_id(bytes: &[u8]) -> Result<lightcase_audit::AccessId> {
    Ok(lightcase_audit::AccessId::from_bytes(sixteen(bytes, "access id")?))
}
