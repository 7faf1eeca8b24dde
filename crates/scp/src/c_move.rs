//! C-MOVE, PS3.4 section C.4.2: objects handed over to a configured peer, on an association of
//! our own with it.

use std::pin::pin;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use lightcase_archive::{Archive, HandOver, Passage};
use lightcase_catalog::Wanted;
use lightcase_dimse::scu::Target;
use lightcase_dimse::{
    AssociationInfo, Body, CMoveRq, Call, Context, MoveOriginator, Replies, Request, Response,
    Service, Status,
};
use lightcase_model::{Ctx, Scope, TransferSyntaxUid, Uid};

use tokio::time::timeout;

use crate::delivery::Delivery;
use crate::dial::{Dialer, NoWay};
use crate::models::{is_move, is_plain};
use crate::origin::context;
use crate::tally::{Tally, not_begun};
use crate::wanted::wanted;

/// How long a sub-operation may go on after a cancel.
const GRACE: Duration = Duration::from_secs(2);

/// Hands objects over to a third party.
pub(crate) struct CMove {
    archive: Archive,
    dialer: Dialer,
}

impl CMove {
    pub(crate) const fn new(archive: Archive, dialer: Dialer) -> Self {
        Self { archive, dialer }
    }

    async fn move_to(
        &self,
        association: &AssociationInfo,
        at: &Context,
        (rq, body): (CMoveRq, Body),
        replies: &Replies,
    ) -> Response {
        let ctx = context(association, self.archive.clock().now());
        let wanted = match wanted(body, at).await {
            Ok(wanted) => wanted,
            Err(response) => return response,
        };
        let target = match self.destination(association, &rq).await {
            Ok(target) => target,
            Err(response) => return response,
        };
        let objects = match self.objects(&ctx, &wanted, &rq).await {
            Ok(objects) => objects,
            Err(response) => return response,
        };
        let originator =
            MoveOriginator { title: association.calling.clone(), message_id: rq.message_id };
        Box::pin(deliver(objects, Delivery::new(target, originator), at, replies)).await
    }

    /// Only a configured peer is ever called, so that nobody makes this archive send images, or
    /// as much as a packet, to an address of their choice.
    async fn destination(
        &self,
        association: &AssociationInfo,
        rq: &CMoveRq,
    ) -> Result<Target, Response> {
        let peer = self.archive.catalog().peer(&rq.destination).await.map_err(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "a move destination could not be looked up");
            Response::because(Status::UNABLE_TO_COUNT_MATCHES, "The index is down; ask again later")
        })?;
        let target = match &peer {
            Some(peer) => self.dialer.target(peer, &association.called),
            None => Err(NoWay::Address),
        };
        target.map_err(|why| {
            tracing::warn!(
                "refused a C-MOVE: {} cannot be called: {why}; enter it with its host and port \
                 (`lightcase peer add … --port`)",
                rq.destination
            );
            let why = "Not a peer that this archive knows how to call";
            Response::because(Status::MOVE_DESTINATION_UNKNOWN, why)
        })
    }

    async fn objects(
        &self,
        ctx: &Ctx,
        wanted: &Wanted,
        rq: &CMoveRq,
    ) -> Result<HandOver, Response> {
        let passage = Passage { service: "C-MOVE", destination: Some(rq.destination.clone()) };
        let objects = self.archive.hand_over(ctx, &Scope::archive(), wanted, passage).await;
        objects.map_err(|error| {
            tracing::warn!(request = %ctx.request, "nothing was handed over: {error}");
            not_begun(&error)
        })
    }
}

/// What a step comes to; `None` when the peer has cancelled and the step does not come to its end
/// soon after: a destination that hangs must not keep who asked waiting.
async fn unless_cancelled<T>(replies: &Replies, step: impl Future<Output = T>) -> Option<T> {
    let mut step = pin!(step);
    tokio::select! {
        biased;
        outcome = &mut step => Some(outcome),
        () = replies.stop().cancelled() => timeout(GRACE, step).await.ok(),
    }
}

/// Sends everything, as long as somebody waits for it.
async fn deliver(
    mut objects: HandOver,
    mut delivery: Delivery,
    at: &Context,
    replies: &Replies,
) -> Response {
    let mut tally = Tally::new(objects.left());
    let (mut gone, mut interrupted) = (false, false);
    while !gone && !replies.stop().is_cancelled() {
        let Some(opened) = unless_cancelled(replies, delivery.open(&objects)).await else { break };
        if let Err(error) = opened {
            tracing::warn!("nothing more is handed over: {error}");
            objects.rest().for_each(|listed| tally.fail(&listed.sop_uid));
        }
        match objects.next().await {
            Ok(None) => break,
            Ok(Some(listed)) => {
                let sending = delivery.send(&mut objects, &listed);
                let Some(outcome) = unless_cancelled(replies, sending).await else {
                    delivery.abandon();
                    objects.done(false);
                    interrupted = true;
                    break;
                };
                objects.done(tally.count(&listed.sop_uid, &outcome));
                gone = replies.pending(tally.pending()).await.is_err();
            }
            Err(error) => {
                tracing::error!("nothing more is handed over: {error}");
                objects.rest().for_each(|listed| tally.fail(&listed.sop_uid));
            }
        }
    }
    let cancelled = replies.stop().is_cancelled() && (interrupted || objects.left() > 0);
    objects.end().await;
    delivery.close().await;
    tally.finish(cancelled, at)
}

impl Service for CMove {
    fn service_class(&self) -> &'static str {
        "Query/Retrieve (C-MOVE)"
    }

    fn takes(&self, abstract_syntax: &Uid) -> bool {
        is_move(abstract_syntax)
    }

    fn reads(&self, transfer_syntax: &TransferSyntaxUid) -> bool {
        is_plain(transfer_syntax)
    }

    fn handle(&self, call: Call) -> BoxFuture<'_, Response> {
        async move {
            let Call { association, context, request, replies } = call;
            match request {
                Request::Move(rq, body) => {
                    Box::pin(self.move_to(&association, &context, (rq, body), &replies)).await
                }
                Request::Echo(_)
                | Request::Store(..)
                | Request::Find(..)
                | Request::Get(..)
                | Request::Action(..) => Response::unrecognized(),
            }
        }
        .boxed()
    }

    fn ended<'a>(&'a self, _: &'a AssociationInfo) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }
}
