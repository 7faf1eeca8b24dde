//! A request that is being answered, and its responses on the wire.

use crate::association::Association;
use crate::{
    AssociationError, CEchoRq, CEchoRsp, CFindRq, CFindRsp, CGetRq, CGetRsp, CMoveRq, CMoveRsp,
    CStoreRq, CStoreRsp, Command, NActionRq, NActionRsp, NEventReportRsp, RefusedRq, Response,
};

/// The requests that services answer.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Echo(CEchoRq),
    Store(CStoreRq),
    Find(CFindRq),
    Get(CGetRq),
    Move(CMoveRq),
    Action(NActionRq),
}

/// A command that no service answers.
#[derive(Debug)]
pub(crate) enum Unasked {
    /// A cancel that crossed the last response: there is nothing left to stop.
    Cancel,
    /// A request that is answered with a failure, whatever the service.
    Refused(RefusedRq),
    /// The answer to a report of ours.
    Reported(NEventReportRsp),
    /// A response nobody awaits, or a request for the other side; its name.
    Unexpected(&'static str),
}

impl Asked {
    /// The request that a command is.
    pub(crate) fn of(command: Command) -> Result<Self, Unasked> {
        Ok(match command {
            Command::CEchoRq(rq) => Self::Echo(rq),
            Command::CStoreRq(rq) => Self::Store(rq),
            Command::CFindRq(rq) => Self::Find(rq),
            Command::CGetRq(rq) => Self::Get(rq),
            Command::CMoveRq(rq) => Self::Move(rq),
            Command::NActionRq(rq) => Self::Action(rq),
            Command::CCancelRq(_) => return Err(Unasked::Cancel),
            Command::NEventReportRsp(rsp) => return Err(Unasked::Reported(rsp)),
            Command::Refused(refused) => return Err(Unasked::Refused(refused)),
            Command::CEchoRsp(_)
            | Command::CStoreRsp(_)
            | Command::CFindRsp(_)
            | Command::CGetRsp(_)
            | Command::CMoveRsp(_)
            | Command::NActionRsp(_)
            | Command::NEventReportRq(_) => return Err(Unasked::Unexpected(command.name())),
        })
    }

    pub(crate) fn message_id(&self) -> u16 {
        match self {
            Self::Echo(rq) => rq.message_id,
            Self::Store(rq) => rq.message_id,
            Self::Find(rq) => rq.message_id,
            Self::Get(rq) => rq.message_id,
            Self::Move(rq) => rq.message_id,
            Self::Action(rq) => rq.message_id,
        }
    }

    /// Whether C-CANCEL-RQ may come before the final response (PS3.7 section 9.3).
    pub(crate) fn can_be_cancelled(&self) -> bool {
        match self {
            Self::Find(_) | Self::Get(_) | Self::Move(_) => true,
            Self::Echo(_) | Self::Store(_) | Self::Action(_) => false,
        }
    }

    fn encode(&self, response: &Response) -> Vec<u8> {
        let Response { status, comment, data_set, sub_operations } = response.clone();
        let follows = data_set.is_some();
        match self.clone() {
            Self::Echo(CEchoRq { message_id }) => CEchoRsp { message_id, status }.encode(),
            Self::Store(rq) => CStoreRsp {
                message_id: rq.message_id,
                affected_class: Some(rq.affected_class),
                affected_instance: Some(rq.affected_instance),
                status,
                comment,
            }
            .encode(),
            Self::Find(CFindRq { message_id, affected_class, .. }) => {
                CFindRsp { message_id, affected_class, status, comment }.encode(follows)
            }
            Self::Get(CGetRq { message_id, affected_class, .. }) => {
                CGetRsp { message_id, affected_class, status, comment, sub_operations }
                    .encode(follows)
            }
            Self::Move(CMoveRq { message_id, affected_class, .. }) => {
                CMoveRsp { message_id, affected_class, status, comment, sub_operations }
                    .encode(follows)
            }
            Self::Action(rq) => NActionRsp {
                message_id: rq.message_id,
                affected_class: rq.requested_class,
                affected_instance: rq.requested_instance,
                action_type: rq.action_type,
                status,
                comment,
            }
            .encode(),
        }
    }
}

impl Association {
    /// Sends a response, pending or final.
    pub(crate) async fn respond(
        &mut self,
        context: u8,
        asked: &Asked,
        response: &Response,
    ) -> Result<(), AssociationError> {
        self.send_command(context, &asked.encode(response)).await?;
        match (asked, &response.data_set) {
            (Asked::Find(_) | Asked::Get(_) | Asked::Move(_), Some(bytes)) => {
                self.send_data_set(context, bytes).await
            }
            (Asked::Echo(_) | Asked::Store(_) | Asked::Action(_), Some(_)) | (_, None) => Ok(()),
        }
    }
}
