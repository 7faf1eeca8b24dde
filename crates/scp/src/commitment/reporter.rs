//! The job that answers: from a read-back, by N-EVENT-REPORT, until the peer has it.

use std::time::Duration;

use lightcase_archive::{ArchiveError, CommitmentReport};
use lightcase_dimse::scu::{Offer, ScuError, Session};
use lightcase_dimse::{Context, EventReport, Roles, Status};
use lightcase_model::{TransferSyntaxUid, Uid};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Commitments, WELL_KNOWN_INSTANCE, information};
use crate::dial::NoWay;
use crate::hand_over::PLAIN;
use crate::models::STORAGE_COMMITMENT;

/// How often is looked for what is due again.
const LOOK: Duration = Duration::from_secs(5);
/// How many look for it then.
const LOOKERS: usize = 8;
/// Reports under way at once.
const AT_ONCE: usize = 32;
/// The longest wait for an answer on the peer's own association.
const ANSWER: Duration = Duration::from_secs(30);

/// Why a peer could not be told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error(transparent)]
    NoWay(#[from] NoWay),
    #[error("the report cannot be written")]
    Unwritten,
    #[error("it answered with status {0}")]
    Refused(Status),
    #[error(transparent)]
    Scu(#[from] ScuError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl Commitments {
    /// Reports what is due, and what is asked for, until it is told to stop. Several at once, so
    /// that a peer that is switched off does not keep the others waiting.
    pub async fn run(self, stop: CancellationToken) {
        let mut reports = JoinSet::new();
        let mut look = LOOKERS;
        loop {
            for _ in 0..look.min(AT_ONCE.saturating_sub(reports.len())) {
                let this = self.clone();
                reports.spawn(async move { this.report_next().await });
            }
            look = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.shared.asked.notified() => 1,
                Some(ended) = reports.join_next() => match ended {
                    Ok(Ok(worked)) => usize::from(worked),
                    Ok(Err(error)) => {
                        tracing::error!("storage commitments are not reported: {error}");
                        0
                    }
                    Err(error) => {
                        tracing::error!("a report of storage commitment broke off: {error}");
                        0
                    }
                },
                () = tokio::time::sleep(LOOK) => LOOKERS,
            };
        }
    }

    /// Whether there was something to report.
    async fn report_next(&self) -> Result<bool, ArchiveError> {
        let Some(report) = self.archive.next_commitment().await? else { return Ok(false) };
        let commitment = &report.commitment;
        match self.tell(&report).await {
            Ok(()) => {
                self.archive.commitment_reported(&report).await?;
                tracing::info!(commitment = %commitment.id, peer = %commitment.peer,
                    "storage commitment was reported");
            }
            Err(error) => {
                tracing::warn!(commitment = %commitment.id, peer = %commitment.peer,
                    "storage commitment could not be reported; it is tried again: {error}");
                self.archive.postpone_commitment(commitment).await?;
            }
        }
        Ok(true)
    }

    async fn tell(&self, report: &CommitmentReport) -> Result<(), Untold> {
        let line = self.open().remove(&report.commitment.id);
        if let Some(line) = line {
            let sending = line.reports.send(line.context.id, event(report, &line.context)?);
            // An association that ended meanwhile, or a peer that does not answer on it, is asked
            // for another one.
            if let Ok(Ok(Status::SUCCESS)) = timeout(ANSWER, sending).await {
                return Ok(());
            }
        }
        let peer = self.archive.catalog().peer(&report.commitment.peer).await;
        let peer = peer.map_err(ArchiveError::from)?;
        let peer = peer.ok_or(NoWay::Address)?;
        let target = self.dialer.target(&peer, &report.commitment.called)?;
        let mut session = Session::offer(&target, &offers()).await?;
        let context = session.contexts().first().cloned().ok_or(ScuError::NoContext)?;
        let status = session.report(context.id, &event(report, &context)?).await?;
        session.release().await?;
        if status == Status::SUCCESS { Ok(()) } else { Err(Untold::Refused(status)) }
    }
}

/// On an association of our own we are the SCP (PS3.4 section J.3.3), which has to be agreed on.
fn offers() -> Vec<Offer> {
    let Ok(abstract_syntax) = Uid::parse(STORAGE_COMMITMENT) else { return Vec::new() };
    let transfer_syntaxes = PLAIN.iter().filter_map(|uid| TransferSyntaxUid::parse(uid).ok());
    vec![Offer {
        abstract_syntax,
        transfer_syntaxes: transfer_syntaxes.collect(),
        roles: Roles { scu: false, scp: true },
    }]
}

fn event(report: &CommitmentReport, context: &Context) -> Result<EventReport, Untold> {
    let information = information::write(report, &context.transfer_syntax);
    let information = information.map_err(|error| {
        tracing::error!(commitment = %report.commitment.id, "a report cannot be written: {error}");
        Untold::Unwritten
    })?;
    let instance = Uid::parse(WELL_KNOWN_INSTANCE);
    Ok(EventReport {
        class: context.abstract_syntax.clone(),
        instance: instance.map_err(|_error: lightcase_model::UidError| Untold::Unwritten)?,
        event_type: information::event_type(report),
        information: information.into(),
    })
}
