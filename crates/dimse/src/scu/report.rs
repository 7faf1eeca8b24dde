//! N-EVENT-REPORT on an association that we requested, as the SCP of its SOP class.

use super::{ScuError, Session};
use crate::{Command, EventReport, Status};

impl Session {
    /// Reports something in an accepted context in which the SCP role is ours; the peer's answer.
    pub async fn report(&mut self, context: u8, report: &EventReport) -> Result<Status, ScuError> {
        let scp = self.contexts().iter().any(|each| each.id == context && each.roles.scp);
        if !scp {
            return Err(ScuError::NoContext);
        }
        let message_id = self.next_id();
        let command = report.command(message_id).encode(true);
        self.association.send_command(context, &command).await?;
        self.association.send_data_set(context, &report.information).await?;
        let message = self.association.next_message().await?.ok_or(ScuError::Unexpected)?;
        let Command::NEventReportRsp(rsp) = message.command else {
            return Err(ScuError::Unexpected);
        };
        if rsp.message_id == message_id { Ok(rsp.status) } else { Err(ScuError::Unexpected) }
    }
}
