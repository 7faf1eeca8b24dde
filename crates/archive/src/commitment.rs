//! Storage commitment: vouching for objects, from a read-back of every byte of them.

use std::time::Duration;

use futures::StreamExt;
use lightcase_audit::Event;
use lightcase_catalog::{
    Commitment, CommitmentEnd, Held, NewCommitment, Reference, Verdict, Wanted,
};
use lightcase_model::{Actor, CommitmentId, Ctx, Origin, Scope};
use sha2::{Digest, Sha256};

use crate::error::cause;
use crate::{Archive, ArchiveError};

/// How long a claim lasts when nobody renews it.
const LEASE: Duration = Duration::from_mins(2);
/// The first wait after a peer could not be told; each is twice the one before.
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// After so long a peer that could not be told is given up.
const GIVEN_UP: Duration = Duration::from_hours(72);
/// Attempts after which an object that cannot be read at the moment is reported so.
const ATTEMPTS: i64 = 6;

/// What is to be told, and to whom.
#[derive(Debug, Clone)]
pub struct CommitmentReport {
    /// The request.
    pub commitment: Commitment,
    /// What was found of each object, in the order of the request.
    pub verdicts: Vec<(Reference, Verdict)>,
}

impl Archive {
    /// Takes a request; it is durable when this returns.
    pub async fn request_commitment(
        &self,
        ctx: &Ctx,
        new: &NewCommitment,
    ) -> Result<(), ArchiveError> {
        let mut tx = self.catalog.begin().await?;
        tx.add_commitment(new).await?;
        let requested = Event::CommitmentRequested {
            commitment: new.id,
            peer: new.peer.clone(),
            instances: u64::try_from(new.references.len()).unwrap_or(u64::MAX),
        };
        tx.record(ctx, requested).await?;
        Ok(tx.commit().await?)
    }

    /// The next report that is due, claimed for a while; `None` when none is, or when what it is
    /// about cannot be read at the moment.
    pub async fn next_commitment(&self) -> Result<Option<CommitmentReport>, ArchiveError> {
        let claimed = self.catalog.claim_commitment(self.clock.now(), LEASE).await?;
        let Some(commitment) = claimed else { return Ok(None) };
        match self.verdicts(&commitment).await {
            Ok(verdicts) => Ok(Some(CommitmentReport { commitment, verdicts })),
            Err(error) => {
                tracing::warn!(
                    error = cause(&error),
                    commitment = %commitment.id,
                    "objects could not be read back; it is tried again later"
                );
                self.postpone_commitment(&commitment).await?;
                Ok(None)
            }
        }
    }

    /// The peer was told.
    pub async fn commitment_reported(&self, report: &CommitmentReport) -> Result<(), ArchiveError> {
        let committed =
            report.verdicts.iter().filter(|(_, verdict)| *verdict == Verdict::Committed).count();
        let failed = report.verdicts.len().saturating_sub(committed);
        let event = Event::CommitmentReported {
            commitment: report.commitment.id,
            peer: report.commitment.peer.clone(),
            committed: u64::try_from(committed).unwrap_or(u64::MAX),
            failed: u64::try_from(failed).unwrap_or(u64::MAX),
        };
        self.end_commitment(report.commitment.id, CommitmentEnd::Reported, event).await
    }

    /// The peer could not be told: it is tried again later, until that makes no sense any more.
    pub async fn postpone_commitment(&self, commitment: &Commitment) -> Result<(), ArchiveError> {
        let now = self.clock.now();
        if now.since(commitment.requested_at) >= GIVEN_UP {
            tracing::error!(commitment = %commitment.id, peer = %commitment.peer,
                "a peer could not be told of its storage commitment and is given up");
            let event = Event::CommitmentGivenUp {
                commitment: commitment.id,
                peer: commitment.peer.clone(),
                attempts: commitment.attempts.unsigned_abs(),
            };
            return self.end_commitment(commitment.id, CommitmentEnd::GivenUp, event).await;
        }
        let doublings = u32::try_from(commitment.attempts.saturating_sub(1)).unwrap_or(0).min(16);
        let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
        Ok(self.catalog.postpone_commitment(commitment.id, now.plus(wait)).await?)
    }

    async fn end_commitment(
        &self,
        id: CommitmentId,
        end: CommitmentEnd,
        event: Event,
    ) -> Result<(), ArchiveError> {
        let ctx = Ctx::new(Actor::System, Origin::Local, self.clock.now());
        let mut tx = self.catalog.begin().await?;
        if tx.end_commitment(id, end).await? {
            tx.expect_of_commitment(id).await?;
            tx.record(&ctx, event).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn verdicts(
        &self,
        commitment: &Commitment,
    ) -> Result<Vec<(Reference, Verdict)>, ArchiveError> {
        let mut verdicts = Vec::with_capacity(commitment.items.len());
        for (position, (reference, known)) in (0_i64..).zip(&commitment.items) {
            if let Some(known) = known {
                verdicts.push((reference.clone(), *known));
                continue;
            }
            let until = self.clock.now().plus(LEASE);
            self.catalog.renew_commitment(commitment.id, until).await?;
            let found = match self.verdict(reference).await {
                Err(_unreadable) if commitment.attempts >= ATTEMPTS => Verdict::Unreadable,
                found => found?,
            };
            self.catalog.note_verdict(commitment.id, position, found).await?;
            verdicts.push((reference.clone(), found));
        }
        Ok(verdicts)
    }

    async fn verdict(&self, reference: &Reference) -> Result<Verdict, ArchiveError> {
        let (scope, instances) = (Scope::archive(), vec![reference.sop_uid.clone()]);
        let wanted = Wanted { instances, ..Wanted::default() };
        let listed = self.catalog.wanted(&scope, &wanted, 1).await?.pop();
        let Some(listed) = listed else { return Ok(Verdict::NoSuchInstance) };
        if listed.sop_class != reference.sop_class {
            return Ok(Verdict::ClassConflict);
        }
        let held = self.catalog.held_instance(&scope, listed.id).await?;
        let Some(held) = held else { return Ok(Verdict::NoSuchInstance) };
        match self.is_intact(&held).await {
            Ok(true) => Ok(Verdict::Committed),
            Ok(false) => {
                tracing::error!(object = %held.location.object, "an object is not what it was");
                Ok(Verdict::Damaged)
            }
            Err(error @ ArchiveError::Damaged(_)) => {
                tracing::error!(error = cause(&error), object = %held.location.object,
                    "an object cannot be read back");
                Ok(Verdict::Damaged)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the data set is, byte by byte, what was received.
    async fn is_intact(&self, held: &Held) -> Result<bool, ArchiveError> {
        let mut digest = Sha256::new();
        let mut body = self.data_set(held).await?;
        while let Some(bytes) = body.next().await {
            digest.update(&bytes?);
        }
        Ok(digest.finalize().as_slice() == held.location.data_set_sha256.as_slice())
    }
}
