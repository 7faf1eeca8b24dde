//! C-GET as SCU: the objects come back on the same association.

use bytes::Bytes;
use futures::future::join;
use lightcase_model::TransferSyntaxUid;

use super::{ScuError, Session};
use crate::association::Message;
use crate::{
    Body, CCancelRq, CGetRq, CStoreRq, CStoreRsp, Command, Comment, Context, Feed, Priority,
    Status, StatusKind, SubOperations,
};

/// An object that the peer sends.
#[derive(Debug)]
pub struct Incoming {
    /// The command that announces it.
    pub command: CStoreRq,
    /// The transfer syntax of its data set.
    pub transfer_syntax: TransferSyntaxUid,
    /// Its data set.
    pub body: Body,
}

/// How a C-GET ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// The final status.
    pub status: Status,
    /// What the peer says about it.
    pub comment: Option<Comment>,
    /// The final counts, where the peer gave some.
    pub sub_operations: Option<SubOperations>,
    /// The identifier of the final response, which lists what failed, in the transfer syntax of the
    /// context; at most a mebibyte of it.
    pub identifier: Option<Bytes>,
}

impl Session {
    /// Asks for what an identifier names, in an accepted context of a C-GET SOP class. `take` is
    /// given each object that comes and answers it; `progress` hears of each pending response, and
    /// stops the rest when it says `false`.
    pub async fn get(
        &mut self,
        context: u8,
        identifier: &Bytes,
        mut take: impl AsyncFnMut(Incoming) -> Status,
        mut progress: impl FnMut(SubOperations) -> bool,
    ) -> Result<Got, ScuError> {
        let message_id = self.next_id();
        let class = self.contexts().iter().find(|each| each.id == context);
        let affected_class = class.map(|each| each.abstract_syntax.clone());
        let rq = CGetRq { message_id, affected_class, priority: Priority::Medium };
        self.association.send_command(context, &rq.encode()).await?;
        self.association.send_data_set(context, identifier).await?;
        let mut cancelled = false;
        loop {
            let message = self.association.next_message().await?.ok_or(ScuError::Unexpected)?;
            let Message { context: at, command, data_set } = message;
            if let Command::CStoreRq(command) = command {
                let Some((feed, body)) = data_set else { return Err(ScuError::Unexpected) };
                if !at.roles.scp {
                    return Err(ScuError::Unexpected);
                }
                self.take(at, (command, body), feed, &mut take).await?;
                continue;
            }
            let Command::CGetRsp(rsp) = command else { return Err(ScuError::Unexpected) };
            if rsp.message_id != message_id {
                return Err(ScuError::Unexpected);
            }
            let identifier = match data_set {
                Some(data_set) => Some(self.gather(at.id, data_set).await?),
                None => None,
            };
            if rsp.status.kind() != StatusKind::Pending {
                let (status, comment, sub_operations) =
                    (rsp.status, rsp.comment, rsp.sub_operations);
                return Ok(Got { status, comment, sub_operations, identifier });
            }
            let go_on = rsp.sub_operations.is_none_or(&mut progress);
            if !go_on && !cancelled {
                cancelled = true;
                let cancel = CCancelRq { message_id };
                self.association.send_command(context, &cancel.encode()).await?;
            }
        }
    }

    /// One object of a C-GET, and the answer to it.
    async fn take(
        &mut self,
        context: Context,
        (command, body): (CStoreRq, Body),
        feed: Feed,
        take: &mut impl AsyncFnMut(Incoming) -> Status,
    ) -> Result<(), ScuError> {
        let (id, transfer_syntax) = (context.id, context.transfer_syntax);
        let rsp = CStoreRsp {
            message_id: command.message_id,
            affected_class: Some(command.affected_class.clone()),
            affected_instance: Some(command.affected_instance.clone()),
            status: Status::SUCCESS,
            comment: None,
        };
        let taking = take(Incoming { command, transfer_syntax, body });
        let (status, pumped) = join(taking, self.association.pump(id, feed)).await;
        pumped?;
        let rsp = CStoreRsp { status, ..rsp };
        Ok(self.association.send_command(id, &rsp.encode()).await?)
    }
}
