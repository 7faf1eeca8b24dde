//! Storage commitment: what a peer asked this archive to vouch for, until it has been told.

use std::time::Duration;

use lightcase_model::{
    AeTitle, CollectionId, CommitmentId, SeriesId, SopClassUid, SopInstanceUid, StudyId, Timestamp,
    Uid,
};

use crate::expectation::{Expectation, STORAGE_COMMITMENT};
use crate::row::{sixteen, stored};
use crate::{Catalog, Result, Tx};

/// An instance that a peer wants to be vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Referenced SOP Class UID (0008,1150).
    pub sop_class: SopClassUid,
    /// Referenced SOP Instance UID (0008,1155).
    pub sop_uid: SopInstanceUid,
}

/// A request for commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommitment {
    /// Its identifier, also in the log and the audit.
    pub id: CommitmentId,
    /// Who asked.
    pub peer: AeTitle,
    /// Under which of our titles.
    pub called: AeTitle,
    /// Transaction UID (0008,1195).
    pub transaction: Uid,
    /// When.
    pub at: Timestamp,
    /// For what.
    pub references: Vec<Reference>,
}

/// What was found of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is held, and its bytes were read back.
    Committed,
    /// It is not held.
    NoSuchInstance,
    /// It is held under another SOP class.
    ClassConflict,
    /// It is held, but its bytes are not what they were.
    Damaged,
    /// It could not be read back at the moment.
    Unreadable,
}

impl Verdict {
    const ALL: [Self; 5] = [
        Self::Committed,
        Self::NoSuchInstance,
        Self::ClassConflict,
        Self::Damaged,
        Self::Unreadable,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::NoSuchInstance => "no such instance",
            Self::ClassConflict => "class conflict",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A commitment that is to be answered, leased to whoever claimed it.
#[derive(Debug, Clone)]
pub struct Commitment {
    /// Its identifier.
    pub id: CommitmentId,
    /// Who asked.
    pub peer: AeTitle,
    /// Under which of our titles.
    pub called: AeTitle,
    /// Transaction UID (0008,1195).
    pub transaction: Uid,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// What was asked for, with what was found so far.
    pub items: Vec<(Reference, Option<Verdict>)>,
}

/// How a commitment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitmentEnd {
    /// The peer was told.
    Reported,
    /// The peer could not be told for too long.
    GivenUp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Vec<u8>,
    peer: String,
    called: String,
    transaction_uid: String,
    requested_at: i64,
    attempts: i64,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    sop_class: String,
    sop_uid: String,
    verdict: String,
}

impl ItemRow {
    fn into_item(self) -> Result<(Reference, Option<Verdict>)> {
        let reference = Reference {
            sop_class: stored(self.sop_class.parse(), "SOP class UID")?,
            sop_uid: stored(self.sop_uid.parse(), "SOP instance UID")?,
        };
        let verdict = Verdict::ALL.into_iter().find(|each| each.name() == self.verdict);
        Ok((reference, verdict))
    }
}

impl Tx {
    /// Writes a request. One with the same transaction of the same peer is replaced: it asks
    /// again. The caller records the event.
    pub async fn add_commitment(&mut self, new: &NewCommitment) -> Result<()> {
        on_tx!(self, conn => {
            let known: Option<Vec<u8>> = sqlx::query_scalar(
                "SELECT id FROM commitment WHERE peer = $1 AND transaction_uid = $2",
            )
            .bind(new.peer.as_str()).bind(new.transaction.as_str())
            .fetch_optional(&mut *conn).await?;
            if let Some(known) = known {
                sqlx::query("DELETE FROM commitment_item WHERE commitment = $1")
                    .bind(known.clone()).execute(&mut *conn).await?;
                sqlx::query("DELETE FROM commitment WHERE id = $1")
                    .bind(known).execute(&mut *conn).await?;
            }
            sqlx::query(
                "INSERT INTO commitment (id, peer, called, transaction_uid, requested_at, due_at) \
                 VALUES ($1, $2, $3, $4, $5, $5)",
            )
            .bind(new.id.as_bytes().as_slice()).bind(new.peer.as_str()).bind(new.called.as_str())
            .bind(new.transaction.as_str()).bind(new.at.micros())
            .execute(&mut *conn).await?;
            for (position, reference) in (0_i64..).zip(&new.references) {
                sqlx::query(
                    "INSERT INTO commitment_item (commitment, position, sop_class, sop_uid) \
                     VALUES ($1, $2, $3, $4)",
                )
                .bind(new.id.as_bytes().as_slice()).bind(position)
                .bind(reference.sop_class.as_str()).bind(reference.sop_uid.as_str())
                .execute(&mut *conn).await?;
            }
        });
        self.changed = true;
        Ok(())
    }

    /// Notes what a commitment says of the study that its instances are held in: who asks for them
    /// has sent them. One about several studies does not say to which the others belong, and one
    /// of which nothing is held says nothing. The caller's change is on record already.
    pub async fn expect_of_commitment(&mut self, id: CommitmentId) -> Result<()> {
        let (study, other, expected, received): (Option<i64>, Option<i64>, i64, i64) = on_tx!(self, conn => {
            sqlx::query_as(
                "SELECT MIN(i.study), MAX(i.study), COUNT(DISTINCT m.sop_uid), \
                 COUNT(DISTINCT i.id) FROM commitment_item m \
                 LEFT JOIN instance i ON i.collection = $2 AND i.sop_uid = m.sop_uid \
                 WHERE m.commitment = $1",
            )
            .bind(id.as_bytes().as_slice()).bind(CollectionId::ARCHIVE.0)
            .fetch_one(&mut *conn).await?
        });
        let Some(study) = study.filter(|_| study == other) else { return Ok(()) };
        let expectation = Expectation {
            source: STORAGE_COMMITMENT,
            name: id.to_string(),
            whole_study: true,
            expected,
        };
        self.expect(StudyId(study), SeriesId(0), &expectation, received).await
    }

    /// Closes a commitment; whether it was open. The caller records the event.
    pub async fn end_commitment(&mut self, id: CommitmentId, end: CommitmentEnd) -> Result<bool> {
        let state = match end {
            CommitmentEnd::Reported => 1_i64,
            CommitmentEnd::GivenUp => 2,
        };
        let ended = on_tx!(self, conn => {
            sqlx::query("UPDATE commitment SET state = $1 WHERE id = $2 AND state = 0")
                .bind(state).bind(id.as_bytes().as_slice())
                .execute(&mut *conn).await?.rows_affected()
        });
        self.changed |= ended > 0;
        Ok(ended > 0)
    }
}

impl Catalog {
    /// Of the instances that a commitment named, how many are held.
    pub(crate) async fn held_of_commitment(&self, id: CommitmentId) -> Result<i64> {
        Ok(on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT COUNT(DISTINCT i.id) FROM commitment_item m JOIN instance i \
                 ON i.collection = $2 AND i.sop_uid = m.sop_uid WHERE m.commitment = $1",
            )
            .bind(id.as_bytes().as_slice()).bind(CollectionId::ARCHIVE.0)
            .fetch_one(&pools.read).await?
        }))
    }

    /// Claims the commitment that has been due longest, for as long as the lease lasts. Leases
    /// and attempts are bookkeeping: nothing that the ledger tells.
    pub async fn claim_commitment(
        &self,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Commitment>> {
        let until = now.plus(lease);
        let due: Option<Vec<u8>> = on_engine!(self, pools => {
            sqlx::query_scalar(
                "SELECT id FROM commitment WHERE state = 0 AND due_at <= $1 AND lease_until <= $1 \
                 ORDER BY due_at, id LIMIT 1",
            )
            .bind(now.micros()).fetch_optional(&pools.read).await?
        });
        let Some(due) = due else { return Ok(None) };
        // Of two that found it, one gets it.
        let row: Option<Row> = on_engine!(self, pools => {
            sqlx::query_as(
                "UPDATE commitment SET lease_until = $1, attempts = attempts + 1 \
                 WHERE id = $2 AND state = 0 AND lease_until <= $3 \
                 RETURNING id, peer, called, transaction_uid, requested_at, attempts",
            )
            .bind(until.micros()).bind(due).bind(now.micros())
            .fetch_optional(&pools.write).await?
        });
        let Some(row) = row else { return Ok(None) };
        let items: Vec<ItemRow> = on_engine!(self, pools => {
            sqlx::query_as(
                "SELECT sop_class, sop_uid, verdict FROM commitment_item WHERE commitment = $1 \
                 ORDER BY position",
            )
            .bind(row.id.as_slice()).fetch_all(&pools.read).await?
        });
        Ok(Some(Commitment {
            id: CommitmentId::from_bytes(sixteen(&row.id, "commitment id")?),
            peer: stored(row.peer.parse(), "AE title")?,
            called: stored(row.called.parse(), "AE title")?,
            transaction: stored(row.transaction_uid.parse(), "transaction UID")?,
            requested_at: Timestamp::from_micros(row.requested_at),
            attempts: row.attempts,
            items: items.into_iter().map(ItemRow::into_item).collect::<Result<_>>()?,
        }))
    }

    /// Keeps a claim for longer.
    pub async fn renew_commitment(&self, id: CommitmentId, until: Timestamp) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("UPDATE commitment SET lease_until = $1 WHERE id = $2 AND state = 0")
                .bind(until.micros()).bind(id.as_bytes().as_slice())
                .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// Notes what was found of an item, by its place in the request.
    pub async fn note_verdict(
        &self,
        id: CommitmentId,
        position: i64,
        verdict: Verdict,
    ) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query(
                "UPDATE commitment_item SET verdict = $1 WHERE commitment = $2 AND position = $3",
            )
            .bind(verdict.name()).bind(id.as_bytes().as_slice()).bind(position)
            .execute(&pools.write).await?;
        });
        Ok(())
    }

    /// Gives a claim back, to be made again when it is due.
    pub async fn postpone_commitment(&self, id: CommitmentId, due: Timestamp) -> Result<()> {
        on_engine!(self, pools => {
            sqlx::query("UPDATE commitment SET due_at = $1, lease_until = 0 WHERE id = $2")
                .bind(due.micros()).bind(id.as_bytes().as_slice())
                .execute(&pools.write).await?;
        });
        Ok(())
    }
}
