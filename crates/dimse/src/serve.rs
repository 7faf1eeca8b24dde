//! The acceptor's side of an association: message in, service, response out.

use std::sync::Arc;

use futures::future::join;
use tokio_util::sync::CancellationToken;

use crate::association::{Association, Message};
use crate::{
    AssociationError, Body, CEchoRsp, CStoreRq, CStoreRsp, Call, Command, Context, Feed, Request,
    Response, Service, Services, Status, Violation,
};

/// Serves until the peer releases; stops between messages when `shutdown` is cancelled.
pub(crate) async fn serve(
    association: &mut Association,
    services: &Services,
    shutdown: &CancellationToken,
) -> Result<(), AssociationError> {
    loop {
        let message = tokio::select! {
            biased;
            () = shutdown.cancelled() => return Err(AssociationError::Shutdown),
            message = association.next_message() => message?,
        };
        match message {
            Some(message) => answer(association, services, message).await?,
            None => return association.confirm_release().await,
        }
    }
}

async fn answer(
    association: &mut Association,
    services: &Services,
    message: Message,
) -> Result<(), AssociationError> {
    let Message { context, command, data_set } = message;
    let service =
        services.serving(&context.abstract_syntax).ok_or(Violation::UnknownContext(context.id))?;
    let id = context.id;
    match command {
        Command::CEchoRq(rq) => {
            let response = call(association, service, context, (Request::Echo(rq), None)).await?;
            let rsp = CEchoRsp { message_id: rq.message_id, status: response.status };
            drain(association, id, data_set).await?;
            association.send_command(id, &rsp.encode()).await
        }
        Command::CStoreRq(rq) => {
            let response = store(association, service, context, (&rq, data_set)).await?;
            let rsp = CStoreRsp {
                message_id: rq.message_id,
                affected_class: Some(rq.affected_class),
                affected_instance: Some(rq.affected_instance),
                status: response.status,
                comment: response.comment,
            };
            association.send_command(id, &rsp.encode()).await
        }
        Command::Refused(refused) => {
            tracing::info!(status = %refused.status, "refused a request: {}", refused.comment);
            drain(association, id, data_set).await?;
            association.send_command(id, &refused.encode_response()).await
        }
        // A cancel that crossed the last response: there is nothing left to stop.
        Command::CCancelRq(_) => drain(association, id, data_set).await,
        Command::CEchoRsp(_) | Command::CStoreRsp(_) => {
            Err(Violation::UnexpectedMessage(command.name()).into())
        }
    }
}

async fn store(
    association: &mut Association,
    service: &dyn Service,
    context: Context,
    (rq, data_set): (&CStoreRq, Option<(Feed, Body)>),
) -> Result<Response, AssociationError> {
    if *rq.affected_class.as_uid() != context.abstract_syntax {
        drain(association, context.id, data_set).await?;
        return Ok(Response::because(
            Status::SOP_CLASS_NOT_SUPPORTED,
            "SOP class is not that of the presentation context",
        ));
    }
    let Some((feed, body)) = data_set else {
        return Ok(Response::because(Status::MISTYPED_ARGUMENT, "C-STORE without a data set"));
    };
    let request = Request::Store(rq.clone(), body);
    call(association, service, context, (request, Some(feed))).await
}

/// Runs the service while the data set streams into it. A service that answers early leaves the
/// rest of the data set to be thrown away; an association that breaks is an error only after the
/// service has seen it on its stream and finished.
async fn call(
    association: &mut Association,
    service: &dyn Service,
    context: Context,
    (request, feed): (Request, Option<Feed>),
) -> Result<Response, AssociationError> {
    let id = context.id;
    let call = Call { association: Arc::clone(association.info()), context, request };
    let handling = service.handle(call);
    let Some(feed) = feed else { return Ok(handling.await) };
    let (response, pumped) = join(handling, association.pump(id, feed)).await;
    pumped.map(|()| response)
}

async fn drain(
    association: &mut Association,
    context: u8,
    data_set: Option<(Feed, Body)>,
) -> Result<(), AssociationError> {
    let Some((feed, body)) = data_set else { return Ok(()) };
    drop(body);
    association.pump(context, feed).await
}
