//! C-ECHO as SCU.

use std::time::Duration;

use lightcase_model::{TransferSyntaxUid, Uid};
use tokio::time::Instant;

use super::{ScuError, Session, Target};
use crate::syntax::{IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION};
use crate::{CEchoRq, Command, Status};

/// Associates, verifies, releases. The time is that of the C-ECHO alone.
pub async fn echo(target: &Target) -> Result<Duration, ScuError> {
    let (Ok(verification), Ok(syntax)) =
        (Uid::parse(VERIFICATION), TransferSyntaxUid::parse(IMPLICIT_VR_LITTLE_ENDIAN))
    else {
        return Err(ScuError::NoContext);
    };
    let mut session = Session::connect(target, &[(verification.clone(), syntax.clone())]).await?;
    let context = session.context(&verification, &syntax).ok_or(ScuError::NoContext)?;
    let took = session.echo(context).await?;
    session.release().await?;
    Ok(took)
}

impl Session {
    /// One C-ECHO in an accepted context.
    pub async fn echo(&mut self, context: u8) -> Result<Duration, ScuError> {
        let message_id = self.next_id();
        let asked = Instant::now();
        self.association.send_command(context, &CEchoRq { message_id }.encode()).await?;
        let message = self.association.next_message().await?.ok_or(ScuError::Unexpected)?;
        let Command::CEchoRsp(rsp) = message.command else { return Err(ScuError::Unexpected) };
        if rsp.message_id != message_id {
            return Err(ScuError::Unexpected);
        }
        match rsp.status {
            Status::SUCCESS => Ok(asked.elapsed()),
            status => Err(ScuError::Failed(status)),
        }
    }
}
