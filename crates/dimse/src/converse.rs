//! One request and everything until its final response: the data set streams to the service,
//! pending responses and sub-operations go out, C-CANCEL comes in.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::asked::Asked;
use crate::association::{Association, Message};
use crate::replies::Reply;
use crate::scu::{Outcome, Outgoing};
use crate::send_object::SendError;
use crate::{
    AssociationError, CStoreRq, Call, Command, Context, Feed, Priority, Replies, Reports, Request,
    Response, Service, Violation,
};

/// A request that is being answered.
pub(crate) struct Conversation<'a> {
    pub(crate) association: &'a mut Association,
    pub(crate) context: Context,
    pub(crate) asked: &'a Asked,
    reports: &'a Reports,
    stop: CancellationToken,
    /// Message ID of the last sub-operation.
    sub_operation: u16,
}

impl<'a> Conversation<'a> {
    pub(crate) fn new(
        association: &'a mut Association,
        context: Context,
        asked: &'a Asked,
        reports: &'a Reports,
    ) -> Self {
        let stop = CancellationToken::new();
        Self { association, context, asked, reports, stop, sub_operation: 0 }
    }

    /// Runs the service to its end. A service that answers early leaves the rest of the data set
    /// to be thrown away; an association that breaks is an error only after the service has seen
    /// it and finished.
    pub(crate) async fn run(
        mut self,
        service: &dyn Service,
        request: Request,
        feed: Option<Feed>,
    ) -> Result<Response, AssociationError> {
        let (replies, outbound) = Replies::channel(self.stop.clone(), self.reports.clone());
        let call = Call {
            association: Arc::clone(self.association.info()),
            context: self.context.clone(),
            request,
            replies,
        };
        let mut handling = service.handle(call);
        let mut response = None;
        if let Some(feed) = feed {
            let pump = self.association.pump(self.context.id, feed);
            tokio::pin!(pump);
            let pumped = tokio::select! {
                biased;
                answer = &mut handling => {
                    response = Some(answer);
                    pump.await
                }
                pumped = &mut pump => pumped,
            };
            if let Err(error) = pumped {
                drop(outbound);
                self.stop.cancel();
                if response.is_none() {
                    handling.await;
                }
                return Err(error);
            }
        }
        match response {
            Some(response) => Ok(response),
            None => self.attend(&mut handling, outbound).await,
        }
    }

    /// Does what the service wants sent, and listens for what the peer has to say meanwhile.
    async fn attend(
        &mut self,
        handling: &mut (impl Future<Output = Response> + Unpin),
        mut outbound: mpsc::Receiver<Reply>,
    ) -> Result<Response, AssociationError> {
        loop {
            let step = tokio::select! {
                biased;
                response = &mut *handling => return Ok(response),
                Some(reply) = outbound.recv() => self.perform(reply).await,
                message = self.association.interruption(), if self.asked.can_be_cancelled() => {
                    message.and_then(|message| Ok(self.heed(message)?))
                }
            };
            if let Err(error) = step {
                drop(outbound);
                self.stop.cancel();
                handling.await;
                return Err(error);
            }
        }
    }

    /// What a peer may say before the final response: C-CANCEL-RQ, and the answer to a report.
    fn heed(&mut self, message: Option<Message>) -> Result<(), Violation> {
        match message.map(|message| message.command) {
            Some(Command::CCancelRq(cancel)) => {
                if cancel.message_id == self.asked.message_id() {
                    self.stop.cancel();
                }
                Ok(())
            }
            Some(Command::NEventReportRsp(rsp)) => self.association.reporting().answered(&rsp),
            Some(other) => Err(Violation::UnexpectedMessage(other.name())),
            None => Err(Violation::UnexpectedMessage("a release before the response")),
        }
    }

    async fn perform(&mut self, reply: Reply) -> Result<(), AssociationError> {
        match reply {
            Reply::Pending(response, sent) => {
                self.association.respond(self.context.id, self.asked, &response).await?;
                // A service that no longer waits has no use for the answer.
                sent.send(()).ok();
            }
            Reply::Store(object, sent) => {
                let outcome = self.store(*object).await?;
                sent.send(outcome).ok();
            }
        }
        Ok(())
    }

    /// A C-STORE sub-operation on this association.
    async fn store(&mut self, object: Outgoing) -> Result<Outcome, AssociationError> {
        let Outgoing { class, instance, syntax, source } = object;
        let context = self.association.info().contexts.iter().find(|context| {
            context.roles.scp
                && context.abstract_syntax == *class.as_uid()
                && context.transfer_syntax == syntax
        });
        let Some(context) = context.map(|context| context.id) else {
            return Ok(Outcome::NoContext);
        };
        let mut reader = match source.open().await {
            Ok(reader) => reader,
            Err(error) => return Ok(Outcome::Unreadable(error)),
        };
        self.sub_operation = self.sub_operation.wrapping_add(1);
        let rq = CStoreRq {
            message_id: self.sub_operation,
            affected_class: class,
            affected_instance: instance,
            priority: Priority::Medium,
            move_originator: None,
        };
        match self.association.send_object(context, &rq, &mut *reader).await {
            Ok(()) => self.stored().await,
            Err(SendError::Association(error)) => Err(error),
            Err(SendError::Source(error)) => Err(AssociationError::Source(error)),
        }
    }

    async fn stored(&mut self) -> Result<Outcome, AssociationError> {
        loop {
            let message = self.association.next_message().await?;
            match message {
                Some(Message { command: Command::CStoreRsp(rsp), .. })
                    if rsp.message_id == self.sub_operation =>
                {
                    return Ok(Outcome::of(rsp));
                }
                other => self.heed(other)?,
            }
        }
    }
}
