//! The acceptor's side of an association: message in, service, response out.

use tokio_util::sync::CancellationToken;

use crate::asked::{Asked, Unasked};
use crate::association::{Association, Message};
use crate::converse::Conversation;
use crate::{
    AssociationError, Body, Context, Feed, Reports, Request, Response, Services, Status, Violation,
};

/// Serves until the peer releases; stops between messages when `shutdown` is cancelled.
pub(crate) async fn serve(
    association: &mut Association,
    services: &Services,
    shutdown: &CancellationToken,
) -> Result<(), AssociationError> {
    let (reports, mut waiting) = Reports::channel();
    loop {
        let free = association.reporting().is_free();
        let message = tokio::select! {
            biased;
            () = shutdown.cancelled() => return Err(AssociationError::Shutdown),
            Some(report) = waiting.recv(), if free => {
                association.report(report).await?;
                continue;
            }
            message = association.next_message() => message?,
        };
        match message {
            Some(message) => answer(association, services, message, &reports).await?,
            None => return association.confirm_release().await,
        }
    }
}

async fn answer(
    association: &mut Association,
    services: &Services,
    message: Message,
    reports: &Reports,
) -> Result<(), AssociationError> {
    let Message { context, command, data_set } = message;
    let service =
        services.serving(&context.abstract_syntax).ok_or(Violation::UnknownContext(context.id))?;
    let id = context.id;
    let asked = match Asked::of(command) {
        // A requestor that gave the SCU role away may not ask in this context.
        Ok(_) if !context.roles.scu => {
            return Err(Violation::UnexpectedMessage("a request by a mere SCP").into());
        }
        Ok(asked) => asked,
        Err(unasked) => return not_asked(association, id, unasked, data_set).await,
    };
    let response = match request(&asked, &context, data_set) {
        Ok((request, feed)) => {
            let conversation = Conversation::new(association, context, &asked, reports);
            conversation.run(service, request, feed).await?
        }
        Err((response, data_set)) => {
            drain(association, id, data_set).await?;
            response
        }
    };
    association.respond(id, &asked, &response).await
}

/// A data set on its way: what fills it, and what it is read from.
type DataSet = Option<(Feed, Body)>;

/// The request for the service; the answer at once where it makes no sense.
fn request(
    asked: &Asked,
    context: &Context,
    data_set: DataSet,
) -> Result<(Request, Option<Feed>), (Response, DataSet)> {
    if let Asked::Store(rq) = asked
        && *rq.affected_class.as_uid() != context.abstract_syntax
    {
        let why = "SOP class is not that of the presentation context";
        return Err((Response::because(Status::SOP_CLASS_NOT_SUPPORTED, why), data_set));
    }
    let (feed, body) = data_set.unzip();
    let request = match (asked, body) {
        // No data set belongs to a C-ECHO: one that comes is read away.
        (Asked::Echo(rq), _) => Request::Echo(*rq),
        (Asked::Action(rq), body) => Request::Action(rq.clone(), body),
        (Asked::Store(rq), Some(body)) => Request::Store(rq.clone(), body),
        (Asked::Find(rq), Some(body)) => Request::Find(rq.clone(), body),
        (Asked::Get(rq), Some(body)) => Request::Get(rq.clone(), body),
        (Asked::Move(rq), Some(body)) => Request::Move(rq.clone(), body),
        (Asked::Store(_) | Asked::Find(_) | Asked::Get(_) | Asked::Move(_), None) => {
            let why = "this request needs a data set, and has none";
            return Err((Response::because(Status::MISTYPED_ARGUMENT, why), None));
        }
    };
    Ok((request, feed))
}

async fn not_asked(
    association: &mut Association,
    context: u8,
    unasked: Unasked,
    data_set: DataSet,
) -> Result<(), AssociationError> {
    match unasked {
        Unasked::Cancel => drain(association, context, data_set).await,
        Unasked::Refused(refused) => {
            tracing::info!(status = %refused.status, "refused a request: {}", refused.comment);
            drain(association, context, data_set).await?;
            association.send_command(context, &refused.encode_response()).await
        }
        Unasked::Reported(rsp) => {
            drain(association, context, data_set).await?;
            Ok(association.reporting().answered(&rsp)?)
        }
        Unasked::Unexpected(name) => Err(Violation::UnexpectedMessage(name).into()),
    }
}

async fn drain(
    association: &mut Association,
    context: u8,
    data_set: DataSet,
) -> Result<(), AssociationError> {
    let Some((feed, body)) = data_set else { return Ok(()) };
    drop(body);
    association.pump(context, feed).await
}
