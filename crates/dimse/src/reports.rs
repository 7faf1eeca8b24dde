//! N-EVENT-REPORT on the association that the peer requested: sent between its messages, and
//! answered whenever it likes.

use bytes::Bytes;
use lightcase_model::Uid;
use tokio::sync::{mpsc, oneshot};

use crate::association::Association;
use crate::{AssociationError, Gone, NEventReportRq, NEventReportRsp, Status, Violation};

/// What is reported (PS3.7 section 10.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventReport {
    /// Affected SOP Class UID, that of the presentation context.
    pub class: Uid,
    /// Affected SOP Instance UID.
    pub instance: Uid,
    /// Event Type ID.
    pub event_type: u16,
    /// Event Information, in the transfer syntax of the presentation context.
    pub information: Bytes,
}

impl EventReport {
    /// The command that announces it.
    pub(crate) fn command(&self, message_id: u16) -> NEventReportRq {
        NEventReportRq {
            message_id,
            affected_class: Some(self.class.clone()),
            affected_instance: Some(self.instance.clone()),
            event_type: self.event_type,
        }
    }
}

/// A report on its way, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Report {
    context: u8,
    event: EventReport,
    answered: oneshot::Sender<Status>,
}

/// A service's way to report something to a peer for as long as the peer's association lasts.
#[derive(Debug, Clone)]
pub struct Reports(mpsc::Sender<Report>);

impl Reports {
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Report>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), receiver)
    }

    /// Reports something in a presentation context, and waits for the peer's answer.
    pub async fn send(&self, context: u8, event: EventReport) -> Result<Status, Gone> {
        let (answered, answer) = oneshot::channel();
        let report = Report { context, event, answered };
        self.0.send(report).await.map_err(|_closed: mpsc::error::SendError<Report>| Gone)?;
        answer.await.map_err(|_closed: oneshot::error::RecvError| Gone)
    }
}

/// The report that the peer has not answered yet; there is one at a time.
#[derive(Debug, Default)]
pub(crate) struct Reporting {
    last_id: u16,
    awaited: Option<oneshot::Sender<Status>>,
}

impl Reporting {
    /// Whether another may be sent.
    pub(crate) const fn is_free(&self) -> bool {
        self.awaited.is_none()
    }

    /// Hands the answer on; an answer to nothing is a violation.
    pub(crate) fn answered(&mut self, rsp: &NEventReportRsp) -> Result<(), Violation> {
        match self.awaited.take() {
            Some(awaited) if rsp.message_id == self.last_id => {
                // Whoever no longer waits has no use for the answer.
                awaited.send(rsp.status).ok();
                Ok(())
            }
            Some(_) | None => Err(Violation::UnexpectedMessage("N-EVENT-REPORT-RSP")),
        }
    }
}

impl Association {
    /// Sends a report. A context that was not accepted drops it.
    pub(crate) async fn report(&mut self, report: Report) -> Result<(), AssociationError> {
        let Report { context, event, answered } = report;
        if self.info().contexts.iter().all(|each| each.id != context) {
            return Ok(());
        }
        let reporting = self.reporting();
        reporting.last_id = reporting.last_id.wrapping_add(1);
        reporting.awaited = Some(answered);
        let command = event.command(reporting.last_id);
        self.send_command(context, &command.encode(true)).await?;
        self.send_data_set(context, &event.information).await
    }
}
